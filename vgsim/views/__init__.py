"""Widgets: verbs in (``set_...``), signals out; they decide nothing."""
