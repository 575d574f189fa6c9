"""Pictures to be shown: sheets laid out for their size, never seen on the screen."""
