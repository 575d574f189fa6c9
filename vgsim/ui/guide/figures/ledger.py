"""The ledger: ∂J/∂h of the last stage, and a cell for every hop with its factor."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent

from vgsim.core.numbers import magnitude, subscript
from vgsim.text.pointed import Pointed, lit
from vgsim.ui.guide.figures.base import FIGURES, LessonFigureView
from vgsim.ui.guide.model.ledger import HopProgress, Ledger, LedgerCell, ledger_of
from vgsim.ui.plots.layer import Text, line_height, text_width
from vgsim.ui.style.theme import ink_on
from vgsim.ui.widgets.spots import SymbolSource, SymbolSpot

CELL = 46.0
"""Least width of a cell, in pixels."""
HEIGHT = 30.0
RADIUS = 6.0
GAP = 6.0
FOOT = 30.0
"""Room for the product below the cells, in pixels."""
ROWS_MOST = 3
"""A network so deep that its hops need more rows shares cells between hops."""


@FIGURES.register("ledger", "∂J/∂h of the last stage times the factor of every hop")
class LedgerFigure(LessonFigureView, SymbolSource):
    """Taken hops, the present one and those ahead, and what they make of the gradient."""

    def set_up(self) -> None:
        """As high as its cells need."""
        self.ledger: Ledger | None = None
        self._stages = 0
        self._points: tuple[Pointed, ...] = ()
        self._own = Pointed()
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMouseTracking(True)
        self.setAccessibleName("Product of the hops")

    def show_frame(self) -> None:
        """The pass that the frame is in."""
        self._count()
        stages = 0 if self.frame is None else self.frame.stages
        if stages != self._stages:
            self._stages = stages
            self.updateGeometry()

    def set_pointed(self, points: tuple[Pointed, ...]) -> None:
        """Frame the hop that is pointed at."""
        self._points = points
        self.update()

    def _count(self) -> None:
        if self.frame is None:
            self.ledger = None
            return
        most = ROWS_MOST * self._per_row(self.width()) - 1
        self.ledger = ledger_of(self.frame, most)
        said = f"{self.ledger.result} {self.ledger.share}".strip()
        self.setAccessibleDescription(said)

    def _cell_width(self) -> float:
        stages = 0 if self.frame is None else self.frame.stages
        widest = subscript(stages)
        return max(CELL, text_width(f"h{widest} → h{widest}") + 2)

    def _per_row(self, width: int) -> int:
        return max(2, int((width + GAP) // (self._cell_width() + GAP)))

    def _row_height(self) -> float:
        return HEIGHT + line_height() + 8

    def heightForWidth(self, width: int) -> int:
        """Rows of cells and the product."""
        stages = 2 if self.frame is None else self.frame.stages
        rows = min(-(-stages // self._per_row(width)), ROWS_MOST)
        return round(rows * self._row_height() + FOOT)

    def sizeHint(self) -> QSize:
        """As high as its cells need at the width that it has."""
        width = self.width() or 380
        return QSize(width, self.heightForWidth(width))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may mean other cells."""
        self._count()

    def _places(self) -> list[QRectF]:
        """Where the first cell and those of the hops stand."""
        if self.ledger is None:
            return []
        width = self._cell_width()
        per_row = self._per_row(self.width())
        places = []
        for at in range(len(self.ledger.cells) + 1):
            row, column = divmod(at, per_row)
            left = column * (width + GAP)
            places.append(QRectF(left, row * self._row_height(), width, HEIGHT))
        return places

    lights = False  # it frames its cells by itself

    def symbol_spots(self) -> list[SymbolSpot]:
        """The gradient of the last stage, and the factor of every cell."""
        if self.ledger is None:
            return []
        points = [Pointed("gradient", stage=self.ledger.stages)]
        points += [Pointed("factor", hop=cell.start) for cell in self.ledger.cells]
        places = zip(points, self._places(), strict=True)
        return [SymbolSpot(point, place) for point, place in places]

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell which hop, or the last stage, the mouse is on."""
        point = Pointed()
        if self.ledger is not None:
            points = [Pointed(stage=self.ledger.stages)]
            points += [Pointed(hop=cell.start) for cell in self.ledger.cells]
            for each, place in zip(points, self._places(), strict=True):
                if place.contains(event.position()):
                    point = each
        self._point(point)

    def leaveEvent(self, event: QEvent) -> None:
        """On none any more."""
        self._point(Pointed())

    def _point(self, point: Pointed) -> None:
        if point != self._own:
            self._own = point
            self.pointed.emit(point)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Cells, ways and the product."""
        if self.ledger is None or self.frame is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        places = self._places()
        self._paint_start(painter, places[0], self.ledger)
        for cell, place in zip(self.ledger.cells, places[1:], strict=True):
            self._paint_cell(painter, place, cell)
        self._paint_product(painter, places[-1].top() + self._row_height(), self.ledger)
        painter.end()

    def _paint_start(self, painter: QPainter, place: QRectF, ledger: Ledger) -> None:
        theme = self.theme
        shade = int(self.scale.index(np.array([ledger.start]))[0])
        if np.isnan(ledger.start):
            self._paint_box(painter, place, theme.surface, theme.edge, dashed=True)
            ink = theme.muted
        else:
            color = "#{:02x}{:02x}{:02x}".format(*theme.heat[shade])
            self._paint_box(painter, place, color, theme.edge)
            ink = ink_on(theme, shade)
        self._paint_texts(
            painter, place, magnitude(ledger.start), ink, f"∂J/∂h{subscript(ledger.stages)}"
        )

    def _paint_cell(self, painter: QPainter, place: QRectF, cell: LedgerCell) -> None:
        theme = self.theme
        way_ink = theme.muted
        if cell.progress is HopProgress.AHEAD:
            fill, edge, ink = theme.surface, theme.edge, theme.muted
        elif cell.progress is HopProgress.PRESENT:
            fill, edge, ink = theme.accent_soft, theme.accent, theme.accent
            way_ink = theme.accent
        elif cell.fades:
            fill, edge, ink = theme.warning_soft, theme.warning_soft, theme.warning
        else:
            fill, edge, ink = theme.raised, theme.raised, theme.text
        hops = (Pointed(hop=hop) for hop in range(cell.end + 1, cell.start + 1))
        if any(lit((*self._points, self._own), hop) for hop in hops):
            edge = theme.accent
        dashed = cell.progress is HopProgress.AHEAD
        self._paint_box(painter, place, fill, edge, dashed)
        self._paint_texts(painter, place, cell.words, ink, cell.way, way_ink)

    def _paint_box(
        self, painter: QPainter, place: QRectF, fill: str, edge: str, dashed: bool = False
    ) -> None:
        pen = QPen(QColor(edge), 1.0 if dashed else 1.5)
        if dashed:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(QColor(fill))
        painter.drawRoundedRect(place.adjusted(1, 1, -1, -1), RADIUS, RADIUS)

    def _paint_texts(
        self, painter: QPainter, place: QRectF, words: str, ink: str, way: str, way_ink: str = ""
    ) -> None:
        center = place.center()
        Text(words, center.x(), center.y(), ink, 12, 600, (0.5, 0.5)).paint(painter)
        below = place.bottom() + 2
        Text(way, center.x(), below, way_ink or self.theme.muted, anchor=(0.5, 0)).paint(painter)

    def _paint_product(self, painter: QPainter, top: float, ledger: Ledger) -> None:
        theme = self.theme
        middle = top + FOOT / 2 - 3
        result = ledger.result or "Take a hop: its factor will stand here."
        weight = 600 if ledger.result else 400
        ink = theme.text if ledger.result else theme.muted
        Text(result, 0, middle, ink, 13, weight, (0, 0.5)).paint(painter)
        room = self.width() - text_width(result, 13, weight) - 12
        size = 12 if text_width(ledger.share, 12) <= room else 11
        if text_width(ledger.share, size) <= room:
            share = Text(ledger.share, self.width(), middle, theme.muted, size, 400, (1, 0.5))
            share.paint(painter)
