"""A heading that shows and hides what is below it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from vgsim.ui.style.application import app_color, ui_font

_MARK = 14
_ABOVE, _BELOW = 14, 6
"""Free pixels, as around the other headings of the panel."""


class FoldButton(QAbstractButton):
    """A muted heading with a chevron; pressed, it points down, and what it heads is shown."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setFont(ui_font(11, 600, tabular=False))
        self.setText(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """The text on one line."""
        metrics = self.fontMetrics()
        wide = _MARK + metrics.horizontalAdvance(self.text())
        return QSize(wide, metrics.height() + _ABOVE + _BELOW)

    def minimumSizeHint(self) -> QSize:
        """The text elides."""
        return QSize(60, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Chevron and text; a ring around them while the keyboard is here."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        roles = QPalette.ColorRole
        room = self.rect().adjusted(0, _ABOVE, 0, -_BELOW)
        if self.hasFocus():
            painter.setPen(QColor(app_color(roles.Accent)))
            ring = QRectF(room).adjusted(0.5, -1.5, -0.5, 1.5)
            painter.drawRoundedRect(ring, 4, 4)
        color = QColor(app_color(roles.Accent if self.underMouse() else roles.PlaceholderText))
        pen = QPen(color, 1.5)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        middle = QPointF(_MARK / 2 - 1, room.center().y() + 0.5)
        if self.isChecked():
            corners = QPointF(-4, -2), QPointF(0, 2), QPointF(4, -2)
        else:
            corners = QPointF(-2, -4), QPointF(2, 0), QPointF(-2, 4)
        painter.drawPolyline(QPolygonF([middle + corner for corner in corners]))
        painter.setFont(self.font())
        beside = room.adjusted(_MARK, 0, 0, 0)
        text = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, beside.width()
        )
        painter.drawText(beside, int(Qt.AlignmentFlag.AlignVCenter), text)
        painter.end()
