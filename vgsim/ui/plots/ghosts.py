"""Pinned runs behind everything else in a plot: dotted, muted, named where there is room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vgsim.ui.plots.decades import label_along
from vgsim.ui.plots.layer import Text
from vgsim.ui.plots.model.geometry import Box

if TYPE_CHECKING:
    from vgsim.ui.plots.base import Plot
    from vgsim.ui.plots.graph import Curve

Array = NDArray[np.float64]
DOTS = (1.0, 2.0)
_BEHIND = -1.0


@dataclass(frozen=True, slots=True)
class Ghost:
    """One line of a pinned run, in the plot's own units."""

    name: str
    x: Array
    y: Array


class GhostLayer:
    """Curves that are made when runs are first pinned: most who look at a plot have none."""

    def __init__(self, plot: Plot) -> None:
        self._plot = plot
        self._curves: list[Curve] = []
        self._ghosts: Sequence[Ghost] = ()

    def use_theme(self) -> None:
        """The muted color of the theme."""
        for curve in self._curves:
            curve.set_ink(self._plot.theme.muted, 1.2 * self._plot.pen_scale, DOTS)

    def draw(self, ghosts: Sequence[Ghost]) -> None:
        """Show these lines."""
        self._ghosts = ghosts
        if len(self._curves) < len(ghosts):
            while len(self._curves) < len(ghosts):
                curve = self._plot.add_curve()
                curve.setZValue(_BEHIND)
                self._curves.append(curve)
            self.use_theme()
        for number, curve in enumerate(self._curves):
            if number < len(ghosts):
                curve.set_points(ghosts[number].x, ghosts[number].y)
            else:
                curve.set_points(np.empty(0), np.empty(0))

    def texts(self, ink: tuple[Array, Array], taken: Sequence[Box]) -> list[Text]:
        """The name of each beside its line, clear of the ``ink`` and of what is ``taken``."""
        found: list[Text] = []
        area = self._plot.area
        theme = self._plot.theme
        for ghost in self._ghosts:
            inside = (ghost.x >= area.x[0]) & (ghost.x <= area.x[1])
            inside &= (ghost.y >= area.y[0]) & (ghost.y <= area.y[1])
            line = area.across(ghost.x[inside]), area.down(ghost.y[inside])
            boxes = [*taken, *(text.box for text in found)]
            words = f"pinned: {ghost.name}", ghost.name
            found += label_along(words, line, ink, area.box, boxes, theme, theme.muted)
        return found
