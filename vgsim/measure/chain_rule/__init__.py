"""One moment as the product that it is: the matrices that multiply, with their values."""
