"""What can be measured of a pass. NumPy only."""
