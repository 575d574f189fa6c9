"""From a moment to a finished file, and back."""
