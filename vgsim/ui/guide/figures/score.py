"""What became of the questions of a lesson, page by page."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen

from vgsim.ui.guide.figures.base import FIGURES, LessonFigureView
from vgsim.ui.guide.model.score import PageScore, comment, summary
from vgsim.ui.plots.layer import Text, line_height
from vgsim.ui.style.application import ui_font

MARK = 16.0
"""Side of the mark before a title, in pixels."""


@FIGURES.register("score", "how many questions of this lesson were answered right")
class ScoreFigure(LessonFigureView):
    """A row for each page with a question: its title, and whether the first answer was right."""

    def set_up(self) -> None:
        """Nothing is answered yet."""
        self.scores: tuple[PageScore, ...] = ()
        self.setAccessibleName("Score")

    def set_scores(self, scores: tuple[PageScore, ...]) -> None:
        """Show what became of each."""
        self.scores = scores
        self.setAccessibleDescription(f"{summary(scores)}. {comment(scores)}".strip())
        self.updateGeometry()
        self.update()

    def _row_height(self) -> float:
        return max(line_height(13), MARK) + 6

    def sizeHint(self) -> QSize:
        """A row for each, the sum, and what it means; nothing where there is none, as on paper."""
        if not self.scores:
            return QSize(380, 1)
        lines = line_height(15, 600) + 2 * line_height(12) + 16
        return QSize(380, round(len(self.scores) * self._row_height() + lines))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The rows, then the sum."""
        if not self.scores:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = 0.0
        for score in self.scores:
            self._paint_row(painter, score, top)
            top += self._row_height()
        theme = self.theme
        top += 8
        Text(summary(self.scores), 0, top, theme.text, 15, 600, (0, 0)).paint(painter)
        top += line_height(15, 600) + 2
        room = QRectF(0, top, self.width(), 2 * line_height(12))
        wrapped = int(Qt.TextFlag.TextWordWrap)
        painter.setPen(QColor(theme.muted))
        painter.setFont(ui_font(12, tabular=False))
        painter.drawText(room, wrapped, comment(self.scores))
        painter.end()

    def _paint_row(self, painter: QPainter, score: PageScore, top: float) -> None:
        theme = self.theme
        middle = top + self._row_height() / 2
        box = QRectF(0, middle - MARK / 2, MARK, MARK)
        if score.right is None:
            ink = theme.muted
        elif score.right:
            ink = theme.accent
        else:
            ink = theme.warning
        self._paint_mark(painter, box.adjusted(2, 2, -2, -2), score.right, ink)
        Text(score.title, MARK + 8, middle, theme.text, 13).paint(painter)
        Text(score.words, self.width(), middle, ink, 12, 500, (1, 0.5)).paint(painter)

    def _paint_mark(self, painter: QPainter, box: QRectF, right: bool | None, ink: str) -> None:
        """A check, a cross, or a dashed ring while it is open."""
        pen = QPen(QColor(ink), 1.8, c=Qt.PenCapStyle.RoundCap)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if right is None:
            painter.setPen(QPen(QColor(ink), 1.0, Qt.PenStyle.DashLine))
            painter.drawEllipse(box)
            return
        painter.setPen(pen)
        if right:
            knee = QPointF(box.left() + 0.4 * box.width(), box.bottom())
            painter.drawLine(QLineF(QPointF(box.left(), box.center().y()), knee))
            painter.drawLine(QLineF(knee, box.topRight()))
        else:
            painter.drawLine(QLineF(box.topLeft(), box.bottomRight()))
            painter.drawLine(QLineF(box.topRight(), box.bottomLeft()))
