"""What the start page shows, without Qt."""
