"""The picture as it will be, and how far a long export has come."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QHideEvent,
    QImage,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QProgressBar,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from vgsim.ui.style.application import app_color, ui_font
from vgsim.ui.widgets.text import ElidedLabel

PATIENCE_MS = 400
"""What takes no longer than this shows no dialog."""
PARTS = 1000
"""Steps of the bar."""


class ProgressDialog(QDialog):
    """Beside the window, which goes on. Opens by itself after a while, unless it ended before.

    ``canceled`` is its button, Esc, or closing it. The bar only moves until a share is known.
    """

    canceled = Signal()

    def __init__(self, sentence: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export")
        self.label = ElidedLabel(sentence, ui_font(13))
        self.bar = QProgressBar()
        self.bar.setAccessibleName("Progress")
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        cancel = box.button(QDialogButtonBox.StandardButton.Cancel)
        cancel.setAutoDefault(False)  # Return must not end what it began
        box.rejected.connect(self.reject)
        self.rejected.connect(self.canceled)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(14)
        column.addWidget(self.label)
        column.addWidget(self.bar)
        column.addWidget(box)
        self.setMinimumWidth(420)
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self.show)
        self._patience.start()

    def set_share(self, share: float) -> None:
        """So much is done, from 0 to 1."""
        self.bar.setRange(0, PARTS)
        self.bar.setValue(round(PARTS * share))

    def end(self) -> None:
        """Close it, or never open it; that cancels nothing."""
        self._patience.stop()
        self.accept()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing opens it again."""
        super().hideEvent(event)
        self._patience.stop()


_MARGIN, _SQUARE = 16, 8
_CHECKERS = {False: ("#ffffff", "#e4e7ec"), True: ("#20252d", "#2c323c")}
"""Two grays for what one can see through, light and dark."""


class Preview(QWidget):
    """Shows an image whole, at its own aspect; squares shine through where nothing is painted."""

    room_changed = Signal()
    """There is more or less room, so that another size of image would be sharp."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._aspect = (16, 9)
        self._dark = False
        self._waiting = True
        self._problem = ""
        self.setMinimumSize(280, 200)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Preview")

    def set_aspect(self, width: int, height: int, dark: bool = False) -> None:
        """The finished picture's sides, and whether its theme is ``dark``."""
        if (width, height, dark) != (*self._aspect, self._dark):
            self._aspect, self._dark = (width, height), dark
            self.update()

    def set_image(self, image: QImage) -> None:
        """Show the picture that was asked for last."""
        self._image = image
        self._waiting = False
        self._problem = ""
        self.update()

    def set_waiting(self) -> None:
        """Another picture is on its way; the old one stays that long."""
        self._waiting = True
        self.update()

    def set_problem(self, sentence: str) -> None:
        """Say why there is no picture; it is then not shown as if it were one."""
        self._problem = sentence
        self._waiting = False
        self.update()

    def image(self) -> QImage:
        """What is shown."""
        return self._image

    def room(self) -> QSize:
        """Device pixels of the picture in the room there is."""
        return self._place().size() * self.devicePixelRatioF()

    def sizeHint(self) -> QSize:
        """Room for a slide."""
        return QSize(560, 420)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell that another size is wanted."""
        super().resizeEvent(event)
        self.room_changed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Squares, the picture on them, a hairline around, a word while it is on its way."""
        painter = QPainter(self)
        try:
            self._paint(painter, self._place())
        finally:
            painter.end()

    def _paint(self, painter: QPainter, place: QRect) -> None:
        if self._image.isNull() or self._image.hasAlphaChannel():
            self._paint_squares(painter, place)
        if not self._image.isNull():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.setOpacity(0.25 if self._problem else 1.0)
            painter.drawImage(place, self._image)
            painter.setOpacity(1.0)
        painter.setPen(QPen(QColor(app_color(QPalette.ColorRole.Mid)), 1.0))
        painter.drawRect(place.adjusted(-1, -1, 0, 0))
        if self._problem or (self._waiting and self._image.isNull()):
            self._say(painter, place, self._problem or "Drawing…")

    def _say(self, painter: QPainter, place: QRect, text: str) -> None:
        if self._image.isNull() or self._problem:
            ink = _CHECKERS[not self._dark][0]
        else:
            ink = ""
        painter.setPen(QColor(ink or app_color(QPalette.ColorRole.PlaceholderText)))
        painter.setFont(ui_font(12, tabular=False))
        wrap = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(place.adjusted(12, 12, -12, -12), wrap, text)

    def _paint_squares(self, painter: QPainter, place: QRect) -> None:
        light, shaded = (QColor(code) for code in _CHECKERS[self._dark])
        painter.fillRect(place, light)
        painter.save()
        painter.setClipRect(place)
        for row, y in enumerate(range(place.top(), place.bottom() + 1, _SQUARE)):
            start = place.left() + (row % 2) * _SQUARE
            for x in range(start, place.right() + 1, 2 * _SQUARE):
                painter.fillRect(x, y, _SQUARE, _SQUARE, shaded)
        painter.restore()

    def _place(self) -> QRect:
        """Where the picture is: centered, as large as it fits, but no larger than it will be."""
        inner = self.rect().adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        wide, high = self._aspect
        scale = min(inner.width() / wide, inner.height() / high)
        size = QSize(max(round(wide * scale), 1), max(round(high * scale), 1))
        place = QRect(inner.topLeft(), size)
        place.moveCenter(inner.center())
        return place
