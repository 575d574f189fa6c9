"""The worked example as a table that fills while one steps, beside a real network."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent

from vgsim.core.numbers import subscript
from vgsim.text.pointed import Pointed, lit
from vgsim.ui.guide.figures.base import FIGURES, LessonFigureView
from vgsim.ui.guide.model.by_hand import HandRow, HandTable, hand_table
from vgsim.ui.plots.layer import Text, text_width

ROW = 23.0
HEAD = 24.0
RADIUS = 5.0
AHEAD = "·"
ALONE = (28.0, 46.0, 54.0, 96.0)
"""Least widths of stage, hop, ∂J/∂h and its exact digits, in pixels."""
WITH_REAL = (24.0, 44.0, 54.0, 24.0, 44.0, 50.0)
"""Those of stage, hop and ∂J/∂h, then of the real network's stage, hop and share."""
MOST_GAP = 30.0
"""Most room between two columns."""
SIDE = 8.0


@FIGURES.register("by-hand", "the pass as one would work it out by hand, beside a real network")
class ByHandFigure(LessonFigureView):
    """Row by row what one would write down: the factor of a hop, and the product so far."""

    def set_up(self) -> None:
        """Nothing to show yet."""
        self.table: HandTable | None = None
        self._points: tuple[Pointed, ...] = ()
        self._own = Pointed()
        self.setMouseTracking(True)
        self.setAccessibleName("Worked by hand")

    def show_frame(self) -> None:
        """The pass that the frame is in."""
        before = self.sizeHint()
        self.table = None if self.frame is None else hand_table(self.frame)
        if self.sizeHint() != before:
            self.updateGeometry()
        self._describe()

    def set_pointed(self, points: tuple[Pointed, ...]) -> None:
        """Light the row of the stage that is pointed at."""
        self._points = points
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell which stage the mouse is on."""
        at = math.floor((event.position().y() - HEAD) / ROW)
        rows = () if self.table is None else self.table.rows
        self._point(Pointed(stage=rows[at].stage) if 0 <= at < len(rows) else Pointed())

    def leaveEvent(self, event: QEvent) -> None:
        """On none any more."""
        self._point(Pointed())

    def _point(self, point: Pointed) -> None:
        if point != self._own:
            self._own = point
            self.pointed.emit(point)
            self.update()

    def sizeHint(self) -> QSize:
        """A line for each stage, the heading and the update."""
        rows = 6 if self.table is None else len(self.table.rows)
        return QSize(380, round(HEAD + (rows + 1) * ROW + 8))

    def _describe(self) -> None:
        if self.table is None:
            self.setAccessibleDescription("")
            return
        known = [row for row in self.table.rows if row.gradient]
        said = [f"stage {row.stage}: {row.gradient}" for row in known]
        self.setAccessibleDescription(", ".join([*said, self.table.update]).strip(", "))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The table."""
        if self.table is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_head(painter, self.table)
        for at, row in enumerate(self.table.rows):
            top = HEAD + at * ROW
            pointed = lit((*self._points, self._own), Pointed(stage=row.stage))
            if row.present or pointed:
                painter.setPen(QColor(self.theme.accent) if pointed else Qt.PenStyle.NoPen)
                fill = self.theme.accent_soft if row.present else self.theme.surface
                painter.setBrush(QColor(fill))
                place = QRectF(0.5, top + 0.5, self.width() - 1, ROW - 1)
                painter.drawRoundedRect(place, RADIUS, RADIUS)
            self._paint_row(painter, row, top + ROW / 2, self.table.real)
        self._paint_update(painter, self.table)
        painter.end()

    def _paint_head(self, painter: QPainter, table: HandTable) -> None:
        if table.real:
            names = ["A", "hop", "∂J/∂h", "B", "hop", "share"]
        else:
            names = ["stage", "hop", "∂J/∂h", "exactly"]
        for name, left in zip(names, self._lefts(table.real), strict=True):
            self._put(painter, name, left, HEAD / 2, self.theme.muted)
        painter.setPen(QColor(self.theme.border))
        line = round(HEAD) - 0.5
        painter.drawLine(0, int(line), self.width(), int(line))

    def _paint_row(self, painter: QPainter, row: HandRow, middle: float, real: bool) -> None:
        theme = self.theme
        ink = theme.accent if row.present else theme.text
        stage = f"h{subscript(row.stage)}" if row.stage else ""
        ahead = AHEAD if row.stage else ""
        place, hop, gradient, *rest = self._lefts(real)
        self._put(painter, stage, place, middle, theme.muted, 12)
        self._put(painter, row.factor, hop, middle, theme.text, 12)
        self._put(painter, row.gradient or ahead, gradient, middle, ink, 13, 600)
        if not real:
            self._put(painter, row.exactly, rest[0], middle, theme.muted, 12)
        elif row.real_stage:
            real_place, real_hop, share = rest
            name = f"h{subscript(row.real_stage)}"
            self._put(painter, name, real_place, middle, theme.muted, 12)
            self._put(painter, row.real_factor, real_hop, middle, theme.text, 12)
            self._put(painter, row.real_share or AHEAD, share, middle, theme.second, 13, 600)

    def _paint_update(self, painter: QPainter, table: HandTable) -> None:
        middle = HEAD + len(table.rows) * ROW + ROW / 2 + 3
        theme = self.theme
        words = table.update or "The update comes last."
        weight = 600 if table.update else 400
        ink = theme.text if table.update else theme.muted
        if text_width(words, 12, weight) > self.width() - 2 * SIDE:
            words = words.partition(" = ")[2]
        self._put(painter, words, SIDE, middle, ink, 12, weight)

    def _lefts(self, real: bool) -> list[float]:
        """Left ends of the columns, as far apart as there is room."""
        widths = WITH_REAL if real else ALONE
        room = self.width() - 2 * SIDE - sum(widths)
        gap = min(max(room / (len(widths) - 1), 0.0), MOST_GAP)
        lefts = [SIDE]
        for width in widths[:-1]:
            lefts.append(lefts[-1] + width + gap)
        return lefts

    def _put(
        self, painter: QPainter, words: str, left: float, middle: float, ink: str,
        size: int = 11, weight: int = 400,
    ) -> None:  # fmt: skip
        Text(words, left, middle, ink, size, weight, (0, 0.5)).paint(painter)
