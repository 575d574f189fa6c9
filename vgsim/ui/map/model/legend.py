"""What the signs of a map mean, in words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from vgsim.ui.map.model.view import MapView


class Sign(StrEnum):
    """What stands before the words."""

    CELL = "cell"
    DOT = "dot"
    UNKNOWN = "not measured"
    FAILED = "failed"
    DASHED = "dashed"
    DOTTED = "dotted"
    REGION = "region"


@dataclass(frozen=True, slots=True)
class LegendItem:
    """One sign and what it means; ``number`` is that of a region, ``mark`` its letter."""

    sign: Sign
    words: str
    number: int = 0
    mark: str = ""


DEPTH_SCALE = "6 ξ = 6 / |ln χ₁|: here theory has changed it by 1.3 decades"
FINITE = (
    "Dashed: theory. At finite depth the edge lies above χ₁ = 1, for inputs settle slowly; taken "
    "layer by layer, theory meets it."
)


def legend_of(view: MapView) -> tuple[LegendItem, ...]:
    """The signs that are on this map."""
    items: list[LegendItem] = []
    for number, region in enumerate(view.regions):
        cells = "1 cell" if region.cells == 1 else f"{region.cells:,} cells"
        items.append(LegendItem(Sign.REGION, f"{region.name}, {cells}", number, region.sign))
    if view.measured.any() and not view.regions:
        items.append(LegendItem(Sign.CELL, "every cell measured"))
    if view.dots.any():
        items.append(LegendItem(Sign.DOT, "one cell measured, its block follows"))
    if (np.isnan(view.values) & ~view.failed).any():
        items.append(LegendItem(Sign.UNKNOWN, "not measured yet"))
    if view.failed.any():
        failed = int(np.count_nonzero(view.failed))
        cells = "1 cell" if failed == 1 else f"{failed:,} cells"
        items.append(LegendItem(Sign.FAILED, f"cannot be: {cells}"))
    if any(line.dots for line in view.lines):
        items.append(LegendItem(Sign.DOTTED, DEPTH_SCALE))
    return tuple(items)


def sentence_of(view: MapView) -> str:
    """What must be said of the lines of theory, or of why there are none."""
    if view.note:
        return view.note
    if any(line.finite for line in view.lines):
        return FINITE
    if any(not line.dots for line in view.lines):
        return "Dashed: theory."
    return ""
