"""The eight steps of a training pass as a list; the one that happens is marked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)

from vgsim.text.pointed import Pointed, lit
from vgsim.ui.guide.figures.base import FIGURES, LessonFigureView, Setting
from vgsim.ui.guide.model.steps import TITLES, PassStep, StepProgress, pass_steps
from vgsim.ui.plots.layer import Text, line_height, text_width

BADGE = 20.0
"""Diameter of the disk with the number of a step, in pixels."""
PADDING = 6.0
RADIUS = 6.0
TITLE, WORDS = 13, 12
"""Sizes of type."""
LONGEST = (
    "RMS 0.0055 at h₁₀", "J = 2.303e0", "4.7e−3 at h₁₀", "×0.0021 to h₁₀",
    "1 part in 2.4e10 at h₁₀", "1.7e−10 at h₁", "W₁ by 1.6e−10 of its size",
    "J = 2.303, guessing 2.303",
)  # fmt: skip
"""Words beside each title that are about as long as they get."""
_WAYS = {int(Qt.Key.Key_Up): -1, int(Qt.Key.Key_Down): 1}
_GO = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


@FIGURES.register("steps", "the eight steps of a training pass, the present one marked")
class StepsFigure(LessonFigureView):
    """A row for each step, with what this network makes of it; a click goes there.

    While one steps it points at what the present step is about, as if the mouse were there. With
    ``only`` it is the row of that step alone.
    """

    defaults: ClassVar[Mapping[str, Setting]] = {"only": 0}

    def set_up(self) -> None:
        """No step is known before the first frame."""
        self.steps: tuple[PassStep, ...] = ()
        self._points: tuple[Pointed, ...] = ()
        self._row = -1
        self._told = Pointed()
        """What it pointed at last."""
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Steps of a training pass")

    def show_frame(self) -> None:
        """Where the pass is among them."""
        if self.frame is None:
            self.steps = ()
        else:
            self.steps = pass_steps(self.frame)
        only = int(self.settings["only"])
        if only:
            self.steps = self.steps[only - 1 : only]
        said = [
            f"{step.number} {step.title} {step.words}".rstrip()
            for step in self.steps
            if step.progress is StepProgress.PRESENT
        ]
        self.setAccessibleDescription(", ".join(said))
        if self._row < 0 and self.isVisible():
            self._point(self._present())

    def _present(self) -> Pointed:
        """What the step that happens now is about; nothing where none does."""
        for step in reversed(self.steps):
            if step.progress is StepProgress.PRESENT:
                return step.point
        return Pointed()

    def _point(self, at: Pointed) -> None:
        if at != self._told:
            self._told = at
            self.pointed.emit(at)

    def hideEvent(self, event: QHideEvent) -> None:
        """Point at nothing when the page is turned."""
        super().hideEvent(event)
        self._point(Pointed())

    def set_pointed(self, points: tuple[Pointed, ...]) -> None:
        """Frame the steps that are about what is pointed at."""
        self._points = points
        self.update()

    def _count(self) -> int:
        return 1 if self.settings["only"] else len(TITLES)

    def _beside(self, width: int) -> bool:
        """Whether there is room for what a network makes of a step beside its title."""
        pairs = zip(TITLES, LONGEST, strict=True)
        longest = max(text_width(t, TITLE, 600) + text_width(w, WORDS) for t, w in pairs)
        return longest <= width - 3 * PADDING - BADGE - 12

    def _row_height(self, width: int) -> float:
        high = line_height(TITLE, 600)
        if not self._beside(width):
            high += line_height(WORDS)
        return max(high, BADGE) + PADDING

    def heightForWidth(self, width: int) -> int:
        """A row for each step."""
        return round(self._count() * self._row_height(width))

    def sizeHint(self) -> QSize:
        """As wide as a page."""
        return QSize(380, self.heightForWidth(380))

    def _place(self, row: int) -> QRectF:
        high = self._row_height(self.width())
        return QRectF(0, row * high, self.width(), high)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at what the step below the mouse is about."""
        self._choose(int(event.position().y() // self._row_height(self.width())))

    def leaveEvent(self, event: QEvent) -> None:
        """On none any more."""
        self._choose(-1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the step below the mouse."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.mouseMoveEvent(event)
            self._go()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Begin with the first step."""
        super().focusInEvent(event)
        self._choose(max(self._row, 0))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """On none any more."""
        super().focusOutEvent(event)
        self._choose(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down choose a step, Return goes there."""
        key = event.key()
        if key in _WAYS:
            self._choose(min(max(self._row + _WAYS[key], 0), len(self.steps) - 1))
        elif key in _GO:
            self._go()
        else:
            super().keyPressEvent(event)

    def _choose(self, row: int) -> None:
        if not 0 <= row < len(self.steps):
            row = -1
        if row == self._row:
            return
        self._row = row
        self.setCursor(Qt.CursorShape.ArrowCursor if row < 0 else Qt.CursorShape.PointingHandCursor)
        self._point(self._present() if row < 0 else self.steps[row].point)
        self.update()

    def _go(self) -> None:
        if 0 <= self._row < len(self.steps):
            self.asked.emit(self.steps[self._row].action)

    def paintEvent(self, event: QPaintEvent) -> None:
        """One row below the other."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for row, step in enumerate(self.steps):
            self._paint_row(painter, self._place(row), step, row == self._row)
        painter.end()

    def _paint_row(self, painter: QPainter, place: QRectF, step: PassStep, chosen: bool) -> None:
        theme = self.theme
        present = step.progress is StepProgress.PRESENT
        if present:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.accent_soft))
            painter.drawRoundedRect(place.adjusted(0, 1, 0, -1), RADIUS, RADIUS)
        if chosen or lit(self._points, step.point):
            painter.setPen(QPen(QColor(theme.accent), 1.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(place.adjusted(0.5, 1.5, -0.5, -1.5), RADIUS, RADIUS)
        ahead = step.progress is StepProgress.AHEAD
        ink = theme.accent if present else theme.muted if ahead else theme.text
        self._paint_badge(painter, place, step)
        left = place.left() + PADDING + BADGE + 8
        weight = 600 if present else 500
        if self._beside(self.width()):
            middle = place.center().y()
            Text(step.title, left, middle, ink, TITLE, weight).paint(painter)
            right = place.right() - PADDING
            Text(step.words, right, middle, theme.text, WORDS, 400, (1, 0.5)).paint(painter)
            return
        top = place.top() + PADDING / 2
        Text(step.title, left, top, ink, TITLE, weight, (0, 0)).paint(painter)
        below = top + line_height(TITLE, 600)
        Text(step.words, left, below, theme.text, WORDS, 400, (0, 0)).paint(painter)

    def _paint_badge(self, painter: QPainter, place: QRectF, step: PassStep) -> None:
        """The number in a disk: dashed while ahead, filled when it happens."""
        theme = self.theme
        high = place.center().y() - BADGE / 2
        disk = QRectF(place.left() + PADDING, high, BADGE, BADGE)
        pen = QPen(QColor(theme.edge), 1.0)
        fill, ink = theme.surface, theme.muted
        if step.progress is StepProgress.PRESENT:
            pen = QPen(QColor(theme.accent), 1.0)
            fill, ink = theme.accent, theme.on_accent
        elif step.progress is StepProgress.DONE:
            fill, ink = theme.raised, theme.text
        else:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(QColor(fill))
        painter.drawEllipse(disk.adjusted(0.5, 0.5, -0.5, -0.5))
        center = disk.center()
        Text(str(step.number), center.x(), center.y(), ink, 11, 600, (0.5, 0.5)).paint(painter)
