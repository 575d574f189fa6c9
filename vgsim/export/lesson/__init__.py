"""A lesson on paper: slides with speaker notes, and a handout."""
