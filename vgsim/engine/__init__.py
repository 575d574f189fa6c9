"""The numerics: specs, networks, experiments and their telemetry. NumPy only, never Qt."""
