"""The command line: commands, their words, progress, and what is looked at before Qt and NumPy."""
