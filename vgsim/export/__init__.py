"""Finished views -> files, one format a file."""
