"""What the plots draw, as numbers and words, without Qt."""
