"""The panel of two compared experiments: what differs, and what came of it."""
