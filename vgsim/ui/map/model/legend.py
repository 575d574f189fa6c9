"""What the signs of a map mean, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from vgsim.ui.map.model.view import MapLine, MapView


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
APART = 0.5
"""Cells between two lines from which on one says that they differ."""


def legend_of(view: MapView) -> tuple[LegendItem, ...]:
    """The signs that are on this map."""
    items: list[LegendItem] = []
    for number, region in enumerate(view.regions):
        cells = "1 cell" if region.cells == 1 else f"{region.cells:,} cells"
        items.append(LegendItem(Sign.REGION, f"{region.name}, {cells}", number, region.sign))
    if view.dots.any() and not view.regions:
        items.append(LegendItem(Sign.CELL, "every cell measured"))
    if view.dots.any():
        items.append(
            LegendItem(Sign.DOT, "one cell measured: its block follows, contours are interpolated")
        )
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
    finite = [line for line in view.lines if line.finite]
    endless = [line for line in view.lines if not line.finite and not line.dots]
    if finite and view.trained:
        return "Dashed: theory of the start, before any update."
    if finite:
        return f"Dashed: theory. {_at_finite_depth(finite, endless)}"
    if endless:
        return "Dashed: theory."
    return ""


def _at_finite_depth(finite: Sequence[MapLine], endless: Sequence[MapLine]) -> str:
    """Where the edge of this depth lies, against that of endless depth."""
    if not endless:
        return "At finite depth the edge is taken layer by layer."
    here, there = finite[0], endless[0]
    level = np.ptp(there.x) >= np.ptp(there.y)
    along, across = (here.x, here.y) if level else (here.y, here.x)
    known, height = (there.x, there.y) if level else (there.y, there.x)
    order = np.argsort(known)
    apart = float(np.median(across - np.interp(along, known[order], height[order])))
    if abs(apart) < APART:
        return "Taken layer by layer at finite depth, it says the same as for endless depth."
    sides = ("below", "above") if level else ("left of", "right of")
    return (
        f"At finite depth the edge lies {sides[apart > 0]} χ₁ = 1, for the variance settles "
        "slowly; taken layer by layer, theory meets it."
    )
