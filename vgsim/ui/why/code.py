"""The code of a remedy: to be read, marked and copied; lines of a diff that go and come tinted."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import (
    QColor,
    QFontDatabase,
    QPalette,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QTextEdit, QWidget

from vgsim.diagnosis.pytorch import code_lines
from vgsim.ui.style.application import app_color

_SIZE, _MARGIN = 11, 6
_MOST = 16
"""Lines that are shown at once."""
_TINT = 0.14
"""Share of the signal color in the background of a line that goes or comes."""
_ROLES = {"-": QPalette.ColorRole.BrightText, "+": QPalette.ColorRole.Accent}
_SIGNS = {"-": "−", "+": "+"}


class CodeBlock(QPlainTextEdit):
    """Shows code line by line, as wide as it is; what is wider than the block scrolls."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.code = ""
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(_SIZE)
        self.setFont(font)
        self.setReadOnly(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(_MARGIN)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setAccessibleName("Code")

    def show_code(self, code: str) -> None:
        """Show this; nothing hides the block."""
        self.code = code
        lines = code_lines(code)
        self._signs = [line.sign for line in lines]
        if any(self._signs):
            text = [f"{_SIGNS.get(line.sign, ' ')} {line.text}" for line in lines]
        else:
            text = [line.text for line in lines]
        self.setPlainText("\n".join(text))
        self.setVisible(bool(code))
        self._tint()
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Take the colors of another theme."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and self.code:
            self._tint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make room for the bar below where a line is wider."""
        super().resizeEvent(event)
        self._fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turn the panel where the block itself has nothing to turn."""
        up_and_down = abs(event.angleDelta().y()) > abs(event.angleDelta().x())
        if up_and_down and self.verticalScrollBar().maximum() == 0:
            event.ignore()
        else:
            super().wheelEvent(event)

    def _tint(self) -> None:
        """Color the whole width of the lines that have a sign."""
        tinted = []
        for number, sign in enumerate(self._signs):
            if sign not in _ROLES:
                continue
            mark = QTextEdit.ExtraSelection()
            look = QTextCharFormat()
            look.setBackground(_soft(_ROLES[sign]))
            look.setProperty(QTextFormat.Property.FullWidthSelection, True)
            mark.format = look
            mark.cursor = QTextCursor(self.document().findBlockByNumber(number))
            tinted.append(mark)
        self.setExtraSelections(tinted)

    def _fit(self) -> None:
        """Be as high as the lines, up to so many."""
        if not self.code:
            return
        shown = min(self.blockCount(), _MOST)
        around = self.height() - self.viewport().height()  # frame, and the bar where there is one
        line = self.blockBoundingRect(self.document().firstBlock()).height()
        lines = math.ceil(shown * line) + 3 * _MARGIN  # with less, Qt sees a line too many
        self.setFixedHeight(lines + around)


def _soft(role: QPalette.ColorRole) -> QColor:
    """A color of the theme, thinned with its surface."""
    strong = QColor(app_color(role))
    base = QColor(app_color(QPalette.ColorRole.AlternateBase))
    mixed = [
        round(_TINT * one + (1 - _TINT) * other)
        for one, other in zip(strong.getRgb()[:3], base.getRgb()[:3], strict=True)  # type: ignore[index]
    ]
    return QColor(*mixed)
