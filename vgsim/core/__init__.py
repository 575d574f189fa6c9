"""What every other package stands on; the standard library alone."""
