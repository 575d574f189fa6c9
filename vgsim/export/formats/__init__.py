"""Kinds of files that can be exported, one module each."""
