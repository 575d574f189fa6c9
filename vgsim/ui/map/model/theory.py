"""Curves of mean field as they are drawn over a map, and why there are none."""

from __future__ import annotations

from collections.abc import Iterable

from vgsim.sweep.theory import CurveKind, TheoryCurve
from vgsim.ui.map.model.view import MapLine

LABELS = {
    CurveKind.CRITICAL: "endless depth, χ₁ = 1",
    CurveKind.HE: "He's rule, χ₁ = 1",
    CurveKind.LAYERWISE: "theory at this depth",
    CurveKind.SCALE: "6 ξ",
}


def map_lines(
    curves: Iterable[TheoryCurve], *, theory: bool = True, scale: bool = True
) -> tuple[MapLine, ...]:
    """``curves`` as lines: those of ``theory`` at all, and those of the depth ``scale``."""
    lines = []
    for curve in curves:
        dots = curve.kind is CurveKind.SCALE
        if scale if dots else theory:
            finite = curve.kind is CurveKind.LAYERWISE
            lines.append(MapLine(LABELS[curve.kind], curve.x, curve.y, dots, finite))
    return tuple(lines)
