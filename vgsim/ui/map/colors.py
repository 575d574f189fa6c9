"""Colors of verdicts on a map, and of cells that cannot be."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vgsim.ui.map.model.view import MapRegion
from vgsim.ui.style.theme import Theme, hue, mix, rgb

GOOD = ("green", 0.38)
OTHERS = (
    ("violet", 0.62), ("warning", 1.0), ("teal", 1.0), ("warning", 0.62), ("violet", 1.0),
    ("teal", 0.62), ("ochre", 0.38), ("blue", 0.62), ("ochre", 1.0), ("blue", 0.3),
)  # fmt: skip
"""Hues of regions, and how much of each is in the color, one after the other.

Chosen so that in every theme the first seven colors are at least 16 apart in L*a*b*, also as they
look to those who lack one kind of cone: they differ in lightness, too, not in hue alone.
"""


def region_colors(theme: Theme, regions: Sequence[MapRegion]) -> NDArray[np.uint8]:
    """(regions, 3): green for what is good, all others in turn of colors that are told apart."""
    colors = []
    others = 0
    for region in regions:
        name, share = GOOD
        if not region.good:
            name, share = OTHERS[others % len(OTHERS)]
            others += 1
        colors.append(rgb(mix(theme.surface, _hue_of(theme, name), share)))
    return np.array(colors, dtype=np.uint8).reshape(-1, 3)


def _hue_of(theme: Theme, name: str) -> str:
    """The theme's color of warnings, that of what is compared, or one of its hues."""
    named = {"warning": theme.warning, "blue": theme.second}
    return named.get(name) or hue(theme, name)


def failed_color(theme: Theme) -> tuple[int, int, int]:
    """The color of a cell that cannot be: that of nothing, with a stroke through it."""
    return rgb(theme.raised)
