"""The form of an experiment, built from the fields of a spec."""
