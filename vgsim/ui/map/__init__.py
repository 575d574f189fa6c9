"""A map: its picture, the form that begins one, the figures of a cell and a slice through it."""
