"""The start page: lessons, a gallery of experiments, and what was open lately."""
