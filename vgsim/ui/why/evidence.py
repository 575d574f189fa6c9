"""One measured fact behind a verdict, as a row that leads to its instrument."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFocusEvent,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from vgsim.diagnosis.verdict import Evidence
from vgsim.text.verdicts import evidence_tip
from vgsim.ui.style.application import app_color, ui_font
from vgsim.ui.widgets.buttons import BY_KEYBOARD
from vgsim.ui.widgets.text import breakable

_PAD = 4
_MARK = 14
_CHEVRON = 16
_WRAP = int(Qt.TextFlag.TextWordWrap)
_Role = QPalette.ColorRole


class EvidenceRow(QAbstractButton):
    """Wraps its text; with a chevron, and underlined under the mouse, where a click leads on."""

    chosen = Signal(str)
    """The plot that shows it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.evidence = Evidence("")
        self._ring = False
        self.setFont(ui_font(12, tabular=False))
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.clicked.connect(self._choose)

    def show_evidence(self, evidence: Evidence) -> None:
        """Show this fact."""
        self.evidence = evidence
        leads = bool(evidence.plot)
        self.setText(breakable(evidence.text))
        self.setAccessibleName(evidence.text)
        self.setAccessibleDescription(evidence_tip(evidence))
        self.setToolTip(evidence_tip(evidence))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if leads else Qt.FocusPolicy.NoFocus)
        if leads:
            pointer = Qt.CursorShape.PointingHandCursor
        else:
            pointer = Qt.CursorShape.ArrowCursor
        self.setCursor(pointer)
        self.updateGeometry()
        self.update()

    def heightForWidth(self, width: int) -> int:
        """Height of the wrapped text."""
        room = QRect(0, 0, max(width - _MARK - _CHEVRON, 1), 100_000)
        return QFontMetrics(self.font()).boundingRect(room, _WRAP, self.text()).height() + 2 * _PAD

    def sizeHint(self) -> QSize:
        """The size of the text wrapped at the row's present width."""
        return QSize(self.width(), self.heightForWidth(self.width()))

    def minimumSizeHint(self) -> QSize:
        """The height of one line, and the width of a few letters."""
        return QSize(_MARK + _CHEVRON + 20, self.fontMetrics().height() + 2 * _PAD)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A bullet, the text, and a chevron where it leads on."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        leads = bool(self.evidence.plot)
        active = leads and (self.underMouse() or self._ring)
        if self._ring:
            painter.setPen(QColor(app_color(_Role.Accent)))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        muted = QColor(app_color(_Role.Accent if active else _Role.PlaceholderText))
        font = self.font()
        font.setUnderline(leads and self.underMouse())
        painter.setFont(font)
        painter.setPen(QColor(app_color(_Role.WindowText)))
        room = self.rect().adjusted(_MARK, _PAD, -_CHEVRON, 0)
        painter.drawText(room, _WRAP, self.text())
        middle = _PAD + self.fontMetrics().height() / 2
        _bullet(painter, muted, middle)
        if leads:
            _chevron(painter, muted, self.width() - _CHEVRON / 2, middle)
        painter.end()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Underline."""
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Underline nothing."""
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Draw a focus ring when the focus came by keyboard."""
        self._ring = event.reason() in BY_KEYBOARD
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Draw no focus ring."""
        self._ring = False
        super().focusOutEvent(event)

    @Slot()
    def _choose(self) -> None:
        if self.evidence.plot:
            self.chosen.emit(self.evidence.plot)


def _bullet(painter: QPainter, color: QColor, y: float) -> None:
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawEllipse(QPointF(_MARK / 2 - 1, y), 2, 2)
    painter.restore()


def _chevron(painter: QPainter, color: QColor, x: float, y: float) -> None:
    pen = QPen(color, 1.5)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    tip = [QPointF(x - 2, y - 4), QPointF(x + 2, y), QPointF(x - 2, y + 4)]
    painter.drawPolyline(QPolygonF(tip))
