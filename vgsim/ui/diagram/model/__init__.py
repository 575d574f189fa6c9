"""Where everything in the diagram lies and what it shows, without Qt."""
