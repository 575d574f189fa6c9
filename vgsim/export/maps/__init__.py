"""A map as a picture, a slide or a table: what is chosen of it, what is said, what is drawn."""
