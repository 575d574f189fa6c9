"""A panel: title, muted subtitle, a few widgets at the right, and a body."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QFontMetricsF, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from vgsim.ui.style.application import app_color, ui_font
from vgsim.ui.widgets.spots import SymbolSource, SymbolSpot, line_spots
from vgsim.ui.widgets.text import tool_tip


class VerticalScroll(QScrollArea):
    """Shows ``content``, as wide as there is room and as high as it wants.

    ``room`` pixels at the right are kept free of what is in the content's layout, be it for the
    scroll bar or empty: when the bar comes, no paragraph wraps anew.
    """

    def __init__(self, content: QWidget, room: int = 0) -> None:
        super().__init__()
        self._room = room
        self._content = content
        content.setProperty("scrolled", True)
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the scroll bar its part of the room."""
        super().resizeEvent(event)
        layout = self._content.layout()
        if self._room and layout is not None:
            margins = layout.contentsMargins()
            taken = self.width() - self.viewport().width()
            margins.setRight(max(self._room - taken, 0))
            layout.setContentsMargins(margins)


_GAP = 10
_LEAST_SUBTITLE = 48
_HEADER_HEIGHT = 26


class Card(QFrame):
    """A flat panel. Put what it holds into :attr:`body`, a vertical layout."""

    def __init__(self, title: str, subtitle: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self._heading = Heading(title, subtitle)
        self._header = QHBoxLayout()
        self._header.setSpacing(8)
        self._header.addWidget(self._heading, 1)
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(15, 9, 15, 13)
        layout.setSpacing(4)
        layout.addLayout(self._header)
        layout.setAlignment(self._header, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(self.body, 1)
        self.set_title(title)

    def set_title(self, title: str) -> None:
        """Change the title."""
        self._heading.set_texts(title, self._heading.subtitle)
        self.setAccessibleName(title)

    def set_subtitle(self, subtitle: str) -> None:
        """Change the muted text beside the title."""
        self._heading.set_texts(self._heading.title, subtitle)

    def set_note(self, note: str, differs: bool = False) -> None:
        """Change the words between title and subtitle, see :class:`Heading`."""
        self._heading.set_note(note, differs)

    def add_header_widget(self, widget: QWidget) -> None:
        """Put ``widget`` at the right end of the header."""
        widget.setMaximumHeight(_HEADER_HEIGHT)  # so that the titles of all cards are level
        self._header.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)


class Heading(QWidget, SymbolSource):
    """Title, note and subtitle on one baseline. The subtitle gives way first, then the title.

    The note, which says of which pass a panel speaks, is never cut. It stands out where it
    ``differs`` from what the other panels show.
    """

    def __init__(self, title: str, subtitle: str = "") -> None:
        super().__init__()
        self.title = title
        self.note = ""
        self.subtitle = subtitle
        self._differs = False
        self._fonts = ui_font(14, 600, tabular=False), ui_font(12, tabular=False)
        self.setFixedHeight(_HEADER_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def set_texts(self, title: str, subtitle: str) -> None:
        """Show these two."""
        self.title = title
        self.subtitle = subtitle
        self._renew()

    def set_note(self, note: str, differs: bool = False) -> None:
        """Say of which pass, or nothing of it."""
        if (note, differs) != (self.note, self._differs):
            self.note = note
            self._differs = differs
            self._renew()

    def _renew(self) -> None:
        self.setAccessibleName(", ".join(filter(None, (self.title, self.note, self.subtitle))))
        self._refresh_tip()
        self.updateGeometry()
        self.update()

    def shown(self) -> tuple[str, str]:
        """The two texts as they fit; the second is empty where there is no room for it."""
        room = self.width() - self._note_width()
        title = self._elide(0, self.title, room)
        rest = room - self._width(0, title) - _GAP
        fits = self.subtitle and (rest >= _LEAST_SUBTITLE or rest >= self._width(1, self.subtitle))
        return title, self._elide(1, self.subtitle, rest) if fits else ""

    lights = False

    def symbol_spots(self) -> list[SymbolSpot]:
        """What title and subtitle mention."""
        title, subtitle = self.shown()
        left = self._width(0, title) + _GAP + self._note_width()
        wide = [QFontMetricsF(font).horizontalAdvance for font in self._fonts]
        spots = line_spots(title, 0, 0, self.height(), wide[0])
        return spots + line_spots(subtitle, left, 0, self.height(), wide[1])

    def sizeHint(self) -> QSize:
        """Room for both texts."""
        wide = self._width(0, self.title) + self._note_width()
        wide += _GAP + self._width(1, self.subtitle)
        return QSize(wide, _HEADER_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Room for the start of the title, and for the note."""
        title = min(self._width(0, self.title), 56)
        return QSize(title + self._note_width(), _HEADER_HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Elide for the new width."""
        super().resizeEvent(event)
        self._refresh_tip()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the texts on one baseline."""
        painter = QPainter(self)
        left = 0
        title, subtitle = self.shown()
        texts = [(title, 0), (self.note, 1), (subtitle, 1)]
        ascent = QFontMetrics(self._fonts[0]).ascent()
        baseline = (self.height() - QFontMetrics(self._fonts[0]).height()) // 2 + ascent
        for at, (text, which) in enumerate(texts):
            if text:
                painter.setFont(self._fonts[which])
                painter.setPen(app_color(self._role(at)))
                painter.drawText(left, baseline, text)
                left += self._width(which, text) + _GAP
        painter.end()

    def _role(self, at: int) -> QPalette.ColorRole:
        """The color of the title, the note, the subtitle."""
        roles = QPalette.ColorRole
        if at == 1 and self._differs:
            return roles.Accent
        return (roles.WindowText, roles.WindowText, roles.PlaceholderText)[at]

    def _note_width(self) -> int:
        """Room for the note and the gap before it."""
        if self.note:
            return self._width(1, self.note) + _GAP
        return 0

    def _width(self, which: int, text: str) -> int:
        return QFontMetrics(self._fonts[which]).horizontalAdvance(text)

    def _elide(self, which: int, text: str, room: int) -> str:
        metrics = QFontMetrics(self._fonts[which])
        return metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)

    def _refresh_tip(self) -> None:
        whole = self.shown() == (self.title, self.subtitle)
        self.setToolTip("" if whole else tool_tip(self.title, self.subtitle))
