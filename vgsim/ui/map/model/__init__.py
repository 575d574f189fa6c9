"""Numbers and words of a map as it is drawn, without Qt."""
