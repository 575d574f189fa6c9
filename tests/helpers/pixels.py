"""How unlike two pictures of the same thing are, drawn by two programs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

YIQ = np.array(
    [
        [0.29889531, 0.58662247, 0.11448223],
        [0.59597799, -0.27417610, -0.32180189],
        [0.21147017, -0.52261711, 0.31114694],
    ]
)
WEIGHTS = np.array([0.5053, 0.299, 0.1957])
MOST = 35215.0
"""Largest distance of two colors.

Y. Kotsarenko and F. Ramos, "Measuring perceived color difference using YIQ NTSC transmission
color space in mobile applications" (2010), as pixelmatch uses it.
"""


def unlike(one: Image.Image, other: Image.Image, threshold: float = 0.1) -> float:
    """Share of pixels with no like one within a pixel of the same place in the other picture.

    Programs smooth edges and letters each in its own way, so a pixel may be a neighbor's.
    Something that is missing, moved, or of another color counts wholly. Worse of both ways.
    """
    first, second = _yiq(one), _yiq(other)
    assert first.shape == second.shape, "not pictures of the same size"
    limit = MOST * threshold**2
    return max(_lost(first, second, limit), _lost(second, first, limit))


def _yiq(image: Image.Image) -> NDArray[np.float64]:
    return np.asarray(image.convert("RGB"), dtype=np.float64) @ YIQ.T


def _lost(these: NDArray[np.float64], those: NDArray[np.float64], limit: float) -> float:
    """Share of the pixels of ``these`` that ``those`` have not."""
    high, wide, _ = these.shape
    down, right = np.nonzero((these - those) ** 2 @ WEIGHTS > limit)
    wanted, nearest = these[down, right], np.full(len(down), np.inf)
    for dy in (-1, 0, 1):
        for dx in (-1, 0, 1):
            near = those[(down + dy).clip(0, high - 1), (right + dx).clip(0, wide - 1)]
            np.minimum(nearest, (wanted - near) ** 2 @ WEIGHTS, out=nearest)
    return np.count_nonzero(nearest > limit) / (high * wide)
