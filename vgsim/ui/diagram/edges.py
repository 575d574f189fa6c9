"""The edges: opaque lines, weak ones first, each gap drawn again only when it changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRect
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from vgsim.text.scale import BELOW, OVERFLOW, SHADES, UNREACHED, ZERO
from vgsim.ui.diagram.items import DiagramPart, Scene
from vgsim.ui.diagram.model.geometry import Geometry
from vgsim.ui.diagram.model.picture import Gap, Picture
from vgsim.ui.diagram.paint import line_pen
from vgsim.ui.pacing import FULL
from vgsim.ui.style.paper import keeps_marks

_ORDER = np.array([ZERO, BELOW, *range(SHADES), OVERFLOW, UNREACHED])
"""Shades from the weakest to the strongest: the strong are painted over the weak."""
_STEP = 4
"""Neighboring shades that share a level, and so a pen: no eye tells them apart on a thin line."""
SLACK = 1
"""Levels by which an edge may be wrong in haste; it is put right once the picture stands still."""
_RANK = np.argsort(_ORDER) // _STEP
STILL_MOST = 1500
"""Edges that are smooth and exact even in haste; more are so once the picture stands still."""
MARKS_MOST = 20_000
"""Edges that are lines of their own in a file of marks; more would make it too large."""


class _Look(NamedTuple):
    """How a gap is drawn: levels of strength or of gradient, and whether lines are smooth."""

    known: bool
    levels: NDArray[np.intp]
    smooth: bool

    def will_do(self, wanted: _Look) -> bool:
        """Whether what was drawn so may stay for ``wanted``."""
        if self.known is not wanted.known:
            return False
        if wanted.smooth:
            return self.smooth and np.array_equal(self.levels, wanted.levels)
        return bool(np.abs(self.levels - wanted.levels).max() <= SLACK)


class EdgePart(DiagramPart):
    """All edges, in one cached image at the resolution of the device that asks for it."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self.due = FULL
        self._lines: list[list[QLineF]] = []
        self._image = QImage()
        self._drawn: list[_Look | None] = []
        self._shown: Picture | None = None
        self._colors: list[QColor] = []

    def resized(self) -> None:
        """Forget the lines and the image of the old geometry."""
        super().resized()
        self._lines = []
        self._drawn = []
        self._image = QImage()

    def draw(self, painter: QPainter, picture: Picture) -> None:
        """Bring the image up to date with the picture, once, and paint what is asked for of it."""
        if not picture.gaps:
            return
        if keeps_marks(painter) and sum(gap.strength.size for gap in picture.gaps) <= MARKS_MOST:
            self._draw_marks(painter, picture)
        else:
            self._draw_image(painter, picture)
        if self.sees(self.state.geometry.columns[-1].x, self.state.geometry.loss.x):
            self._draw_to_loss(painter, picture)

    def _draw_marks(self, painter: QPainter, picture: Picture) -> None:
        """Every edge as a line that stays one."""
        self._require_lines(len(picture.gaps))
        for at, gap in enumerate(picture.gaps):
            look = self._look(gap, smooth=True)
            _draw_lines(painter, self._lines[at], self._ramp(look), look.levels, line_pen)

    def _draw_image(self, painter: QPainter, picture: Picture) -> None:
        ratio = painter.deviceTransform().m11()
        if picture is not self._shown or not self._ready(ratio):
            self._renew(picture, ratio)
            self._shown = picture
        painter.drawImage(0, 0, self._image)

    def settle(self) -> None:
        """No frame follows: all that was left out in haste is drawn with the next painting."""
        self.due = FULL
        self._shown = None

    def _ready(self, ratio: float) -> bool:
        """Whether there is an image, from which a part can be painted again as it was."""
        return not self._image.isNull() and self._image.devicePixelRatio() == ratio

    def _renew(self, picture: Picture, ratio: float) -> None:
        """Draw what has changed, or in training this frame's turn of it, into the image."""
        self._require_image(ratio, len(picture.gaps))
        edges = sum(gap.strength.size for gap in picture.gaps)
        smooth = self.due.in_full or edges <= STILL_MOST
        for at, gap in enumerate(picture.gaps):
            drawn = self._drawn[at]
            wanted = self._look(gap, smooth)
            mine = drawn is None or smooth or self.due.gap(at)
            if mine and not (drawn is not None and drawn.will_do(wanted)):
                self._draw_gap(at, wanted, ratio)
                self._drawn[at] = wanted

    def _require_image(self, ratio: float, gaps: int) -> None:
        geometry = self.state.geometry
        self._require_lines(gaps)
        if not self._ready(ratio):
            width = round(geometry.width * ratio)
            height = round(geometry.height * ratio)
            self._image = self.state.palette.image(width, height, ratio)
            self._drawn = [None] * gaps

    def _require_lines(self, gaps: int) -> None:
        """Have the lines of this geometry, and the colors for that many."""
        if len(self._lines) != gaps:
            self._lines = [_gap_lines(self.state.geometry, at) for at in range(gaps)]
            self._image = QImage()
            dimmed = self.state.palette.dimmed(_density(sum(map(len, self._lines)) / gaps))
            self._colors = [dimmed[shade] for shade in _ORDER[_STEP // 2 :: _STEP]]

    def _draw_gap(self, at: int, look: _Look, ratio: float) -> None:
        painter = QPainter(self._image)
        try:
            self._clear(painter, at)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, look.smooth)
            pen = partial(_quick_pen, ratio)
            _draw_lines(painter, self._lines[at], self._ramp(look), look.levels, pen)
        finally:
            painter.end()

    def _clear(self, painter: QPainter, at: int) -> None:
        left, right = (self.state.geometry.columns[side].x for side in (at, at + 1))
        box = QRect(round(left), 0, round(right) - round(left), round(self.state.geometry.height))
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.fillRect(box, self.state.palette.ground)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)

    def _look(self, gap: Gap, smooth: bool) -> _Look:
        if gap.shade is not None:
            return _Look(True, _RANK[gap.shade.ravel()], smooth)
        strength = (gap.strength * 63).astype(np.intp).ravel()
        return _Look(False, strength // _STEP, smooth)

    def _ramp(self, look: _Look) -> list[QColor]:
        """The color of every level, weak ones first."""
        if look.known:
            return self._colors
        return self.state.palette.faint[_STEP // 2 :: _STEP]

    def _draw_to_loss(self, painter: QPainter, picture: Picture) -> None:
        geometry = self.state.geometry
        palette = self.state.palette
        last = geometry.columns[-1]
        box = geometry.loss
        known = picture.backward_from <= len(picture.looks)
        end = QPointF(box.x - 1, box.y + box.height / 2)
        for y, look in zip(last.ys.tolist(), picture.looks[-1].tolist(), strict=True):
            painter.setPen(line_pen(palette.looks[look] if known else palette.color("edge")))
            painter.drawLine(QPointF(last.x + last.half + 2, y), end)


def _density(edges: float) -> float:
    """How much of its color an edge keeps, by the mean number of edges in a gap."""
    return float(np.interp(edges, [60, 260], [0.9, 0.55]))


def _gap_lines(geometry: Geometry, at: int) -> list[QLineF]:
    """A line for each edge below stage ``at + 1``, in the order of the (below, here) array."""
    below = geometry.columns[at]
    here = geometry.columns[at + 1]
    start, stop = geometry.edge_span(at + 1)
    return [QLineF(start, low, stop, high) for low in below.ys for high in here.ys]


def _quick_pen(ratio: float, color: QColor) -> QPen:
    """A cosmetic pen, which is the fast one, at ``ratio`` device pixels a logical one."""
    pen = line_pen(color, max(1.0, ratio))
    pen.setCosmetic(True)
    return pen


def _draw_lines(
    painter: QPainter,
    lines: Sequence[QLineF],
    colors: Sequence[QColor],
    levels: NDArray[np.intp],
    pen: Callable[[QColor], QPen],
) -> None:
    """Lines in the order of their level, one pen a level."""
    order = np.argsort(levels, kind="stable")
    ends = np.flatnonzero(np.diff(levels[order], append=-1)) + 1
    start = 0
    for end in ends.tolist():
        chosen = order[start:end].tolist()
        painter.setPen(pen(colors[levels[chosen[0]]]))
        painter.drawLines([lines[at] for at in chosen])
        start = end
