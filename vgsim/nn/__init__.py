"""What trains: specs, networks, experiments. NumPy only, never Qt."""
