"""Maps: one experiment over two or more fields, many experiments as one stacked computation."""
