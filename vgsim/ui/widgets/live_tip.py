"""Tool tips of widgets that are painted: what they say follows what is shown."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QToolTip, QWidget


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
