"""Lessons: what a page says, shows and asks, read from files that anybody may have written."""
