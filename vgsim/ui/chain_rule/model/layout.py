"""How the panel of the chain rule is divided: the product, its side, the line at its foot."""

from __future__ import annotations

from dataclasses import dataclass

from vgsim.ui.plots.model.geometry import Box

CONTROLS = 30.0
"""Height of the choice between one sample and the batch mean, in pixels."""
_MARGIN = 4.0
_GUTTER = 12.0
_FOOT = 26.0
_LOW_SIDE = 116.0
_TALL = 190
_NARROW = 520
_UPRIGHT = 0.75


@dataclass(frozen=True, slots=True)
class HopPanelLayout:
    """Boxes in pixels; the ``foot`` has no height where the panel is low."""

    product: Box
    side: Box
    controls: Box
    foot: Box


def hop_panel_layout(width: float, height: float) -> HopPanelLayout:
    """The side is at the right, or below the product where the panel is narrow and tall."""
    high = _FOOT if height >= _TALL else 0.0
    foot = Box(_MARGIN, height - high, max(width - 2 * _MARGIN, 1), high)
    least = max(2 * _LOW_SIDE + CONTROLS, _UPRIGHT * width)  # lower, the product would be tiny
    stacked = width < _NARROW and height > least
    return (_below if stacked else _beside)(width, foot)


def _beside(width: float, foot: Box) -> HopPanelLayout:
    wide = min(max(0.24 * width, 176.0), 280.0)
    left = width - wide - _MARGIN
    high = foot.top - _MARGIN
    controls = Box(left, _MARGIN, wide, CONTROLS - 2)
    side = Box(left, _MARGIN + CONTROLS, wide, max(high - CONTROLS, 1))
    product = Box(2 * _MARGIN, _MARGIN, max(left - _GUTTER - 2 * _MARGIN, 1), max(high, 1))
    return HopPanelLayout(product, side, controls, foot)


def _below(width: float, foot: Box) -> HopPanelLayout:
    wide = width - 2 * _MARGIN
    top = foot.top - _LOW_SIDE
    controls = Box(_MARGIN, 2, wide, CONTROLS - 2)
    product = Box(2 * _MARGIN, CONTROLS + 2, wide - 2 * _MARGIN, top - CONTROLS - 6)
    return HopPanelLayout(product, Box(_MARGIN, top, wide, _LOW_SIDE), controls, foot)
