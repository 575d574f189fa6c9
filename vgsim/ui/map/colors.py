"""Colors of verdicts on a map, and of cells that cannot be."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vgsim.ui.map.model.view import MapRegion
from vgsim.ui.style.theme import Theme, hue, mix, rgb

SHARES = (0.62, 0.38, 0.85)
"""How much of a hue is in the color of a region, round after round of the hues."""


def region_colors(theme: Theme, regions: Sequence[MapRegion]) -> NDArray[np.uint8]:
    """(regions, 3): green for what is good, all others in turn of hues that are told apart."""
    hues = [theme.warning, hue(theme, "violet"), theme.second, hue(theme, "ochre"), theme.error,
            hue(theme, "teal")]  # fmt: skip
    colors = []
    others = 0
    for region in regions:
        if region.good:
            color = mix(theme.surface, hue(theme, "green"), SHARES[0])
        else:
            share = SHARES[others // len(hues) % len(SHARES)]
            color = mix(theme.surface, hues[others % len(hues)], share)
            others += 1
        colors.append(rgb(color))
    return np.array(colors, dtype=np.uint8).reshape(-1, 3)


def failed_color(theme: Theme) -> tuple[int, int, int]:
    """The color of a cell that cannot be: that of nothing, with a stroke through it."""
    return rgb(theme.raised)
