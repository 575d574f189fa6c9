"""A hop as a row of matrices, laid out without Qt."""
