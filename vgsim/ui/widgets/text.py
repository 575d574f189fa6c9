"""Text that never clips: it elides, or it wraps, and the whole of it stays within reach."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QHelpEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QTextLayout,
)
from PySide6.QtWidgets import QLabel, QSizePolicy, QToolTip, QWidget


class LiveTip:
    """The tool tip of ``widget``; ``words`` are those for a place in it, as rich text."""

    def __init__(self, widget: QWidget, words: Callable[[QPoint], str]) -> None:
        self._widget = widget
        self._words = words
        self._place = QPoint()
        self._said = ""

    def show(self, event: QHelpEvent) -> None:
        """Answer a mouse that rests."""
        self._place = event.pos()
        self._say(self._words(self._place))

    def refresh(self) -> None:
        """Something else is shown: say what there is now where the mouse rests."""
        if not self._said or not QToolTip.isVisible() or QToolTip.text() != self._said:
            return  # it is another widget's, or gone
        words = self._words(self._place)
        if words != self._said:
            self._say(words)

    def _say(self, words: str) -> None:
        self._said = words
        QToolTip.showText(self._widget.mapToGlobal(self._place), words, self._widget)


_UNBROKEN = 16
_BREAK = "\u200b"


def tool_tip(*paragraphs: str) -> str:
    """Plain paragraphs as a tool tip that wraps; the empty ones are left out."""
    kept = [html.escape(paragraph) for paragraph in paragraphs if paragraph]
    return "".join(f"<p style='margin:2px 0'>{paragraph}</p>" for paragraph in kept)


def plain_tip(text: str) -> str:
    """``text`` as a tool tip, line by line as it is; Qt would else guess whether it is HTML."""
    if text:
        return f"<p style='margin:0; white-space:pre'>{html.escape(text)}</p>"
    return ""


def breakable(text: str) -> str:
    """``text`` with invisible places to wrap inside words too long for a narrow panel."""
    return re.sub(rf"(\S{{{_UNBROKEN}}})(?=\S)", rf"\1{_BREAK}", text)


class ElidedLabel(QLabel):
    """One line that ends in "…" where it does not fit; then its tool tip is the whole text.

    ``text()`` is always the whole text. A tool tip given with :meth:`set_tip` takes precedence.
    """

    def __init__(self, text: str = "", font: QFont | None = None) -> None:
        super().__init__()
        self._tip = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        if font is not None:
            self.setFont(font)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Show ``text``."""
        if text != self.text():
            super().setText(text)
            self.setAccessibleName(text)
            self._refresh_tip()

    def set_tip(self, tip: str) -> None:
        """A tool tip that is there whether or not the text fits."""
        self._tip = tip
        self._refresh_tip()

    def elided(self) -> bool:
        """Whether a part of the text is not shown."""
        return self.fontMetrics().horizontalAdvance(self.text()) > self._room()

    def minimumSizeHint(self) -> QSize:
        """One letter and the dots."""
        hint = super().minimumSizeHint()
        least = self.fontMetrics().horizontalAdvance("m…") + hint.width() - self._text_width()
        return QSize(min(least, hint.width()), hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Elide for the new width."""
        super().resizeEvent(event)
        self.update()  # all of it: what stands in the old part is elided for the old width
        self._refresh_tip()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint as much of the text as fits."""
        painter = QPainter(self)
        self.drawFrame(painter)
        mode = Qt.TextElideMode.ElideRight
        shown = self.fontMetrics().elidedText(self.text(), mode, self._room())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.contentsRect(), int(self.alignment()), shown)
        painter.end()

    def _room(self) -> int:
        return self.contentsRect().width()

    def _text_width(self) -> int:
        return self.fontMetrics().horizontalAdvance(self.text())

    def _refresh_tip(self) -> None:
        self.setToolTip(self._tip or (tool_tip(self.text()) if self.elided() else ""))


class WrappedLabel(QLabel):
    """A paragraph that takes the width it is given, however long its words are."""

    def __init__(self, role: str = "", font: QFont | None = None) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setProperty("role", role)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        if font is not None:
            self.setFont(font)

    def show_text(self, text: str) -> None:
        """Show ``text``; an empty one hides the label."""
        self.setText(breakable(text))
        self.setAccessibleName(text)
        self.setVisible(bool(text))


class ClampedLabel(QWidget):
    """A paragraph of at most ``most`` lines; what it leaves out is in its tool tip."""

    def __init__(self, most: int, font: QFont) -> None:
        super().__init__()
        self._text = ""
        self._most = most
        self.setFont(font)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def text(self) -> str:
        """The whole text."""
        return self._text

    def show_text(self, text: str) -> None:
        """Show ``text``; an empty one hides the label."""
        self._text = text
        self.setAccessibleName(text)
        self.setVisible(bool(text))
        self._refresh_tip()
        self.updateGeometry()
        self.update()

    def shown(self) -> list[str]:
        """The lines as they fit, the last one elided where there is more."""
        return clamped(self._text, self.font(), self.width(), self._most)

    def sizeHint(self) -> QSize:
        """The height of its lines at its present width."""
        return QSize(100, self.heightForWidth(max(self.width(), 100)))

    def heightForWidth(self, width: int) -> int:
        """That of the lines."""
        count = min(len(_wrapped(self._text, self.font(), width)), self._most)
        return count * self.fontMetrics().lineSpacing()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap for the new width."""
        super().resizeEvent(event)
        self._refresh_tip()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The lines in the muted color."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        metrics = self.fontMetrics()
        for row, line in enumerate(self.shown()):
            painter.drawText(0, row * metrics.lineSpacing() + metrics.ascent(), line)
        painter.end()

    def _refresh_tip(self) -> None:
        cut = self.shown() != _wrapped(self._text, self.font(), self.width())
        self.setToolTip(tool_tip(self._text) if cut else "")


def clamped(text: str, font: QFont, width: int, most: int) -> list[str]:
    """``text`` in at most so many lines of ``width`` pixels, the last one elided if it is cut."""
    lines = _wrapped(text, font, width)
    if len(lines) <= most:
        return lines
    kept = lines[: most - 1]
    rest = text[sum(map(len, kept)) :].strip()
    return [*kept, QFontMetrics(font).elidedText(rest, Qt.TextElideMode.ElideRight, width)]


def _wrapped(text: str, font: QFont, width: int) -> list[str]:
    """``text`` in lines of ``width`` pixels; they join to the whole of it."""
    layout = QTextLayout(text, font)
    layout.beginLayout()
    lines = []
    while (line := layout.createLine()).isValid():
        line.setLineWidth(max(width, 1))
        lines.append(text[line.textStart() : line.textStart() + line.textLength()])
    layout.endLayout()
    return lines


def hairline(parent: QWidget | None = None) -> QLabel:
    """A one-pixel horizontal line."""
    line = QLabel(parent)
    line.setProperty("hairline", True)
    line.setFixedHeight(1)
    return line
