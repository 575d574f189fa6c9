"""What frames of a recording are made of: stages in the order of the backward pass, and figures."""
