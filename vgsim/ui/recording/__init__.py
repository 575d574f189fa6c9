"""The panel of a recording: its modules as a tree, and the one that is picked."""
