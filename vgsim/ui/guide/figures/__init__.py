"""Figures of lessons: live views of the present network, one file a kind."""
