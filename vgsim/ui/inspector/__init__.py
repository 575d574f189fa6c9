"""Every figure of what is picked in the diagram."""
