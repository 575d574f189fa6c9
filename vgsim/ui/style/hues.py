"""Colors that only tell things apart, beside those of the theme that mean something."""

from __future__ import annotations

from vgsim.ui.style.theme import Theme

HUES = {
    "violet": ("#7A4BC4", "#B69CFF"),
    "green": ("#1B8A5A", "#55C795"),
    "ochre": ("#8A7413", "#D9C667"),
}
"""(in a light theme, in a dark one), as strong as the theme's own accent there."""


def hue(theme: Theme, name: str) -> str:
    """One of ``HUES`` in the shade that suits ``theme``."""
    light, dark = HUES[name]
    return dark if theme.dark else light
