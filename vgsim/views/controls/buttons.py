"""Small buttons that recolor themselves when the theme changes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QColor, QEnterEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QAbstractButton, QPushButton, QSizePolicy, QToolButton

from vgsim.views.icons import icon
from vgsim.views.style import app_color, set_look, ui_font

_COMPACT_WIDTH = 38
_RECOLOR = (QEvent.Type.PaletteChange, QEvent.Type.ApplicationPaletteChange)


class IconButton(QToolButton):
    """A flat button with an icon; ``name`` is what it does, for tool tip and screen readers."""

    def __init__(self, picture: str, name: str, size: int = 18) -> None:
        super().__init__()
        self._picture = picture
        self._size = size
        self.setIconSize(QSize(size, size))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip(name)
        self.setAccessibleName(name)
        self._paint_icon()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() in _RECOLOR:
            self._paint_icon()

    def _paint_icon(self) -> None:
        color = app_color(QPalette.ColorRole.WindowText)
        self.setIcon(icon(self._picture, color, self._size))


class PushButton(QPushButton):
    """A button with icon and text that can be the primary one, and can shrink to its icon.

    It is as wide as the widest of its text and ``others``, which it may show later, so that its
    neighbors stay where they are.
    """

    def __init__(
        self, picture: str, text: str, name: str, size: int = 16, others: Sequence[str] = ()
    ) -> None:
        super().__init__(text)
        self._others = tuple(others)
        self.setFont(ui_font(13, 500))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._picture = picture
        self._size = size
        self._text = text
        self._primary = False
        self._compact = False
        self.setIconSize(QSize(size, size))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip(name)
        self.setAccessibleName(name)
        self._paint_icon()

    def show_face(self, picture: str, text: str, name: str) -> None:
        """Become another action."""
        if (picture, text) != (self._picture, self._text):
            self._picture, self._text = picture, text
            self.setAccessibleName(name)
            self.setText("" if self._compact else text)
            self._paint_icon()

    def set_primary(self, primary: bool) -> None:
        """Be the filled button, or an outlined one."""
        if primary != self._primary:
            self._primary = primary
            set_look(self, "primary", primary)
            self._paint_icon()

    def set_compact(self, compact: bool) -> None:
        """Show the icon only, or the text too."""
        if compact != self._compact:
            self._compact = compact
            set_look(self, "compact", compact)
            self.setText("" if compact else self._text)
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Room for every text it may show, or for the icon."""
        hint = super().sizeHint()
        if self._compact:
            return QSize(_COMPACT_WIDTH, hint.height())
        advance = self.fontMetrics().horizontalAdvance
        widest = max(map(advance, (self._text, *self._others)))
        return hint + QSize(widest - advance(self._text), 0)

    def minimumSizeHint(self) -> QSize:
        """It does not shrink."""
        return self.sizeHint()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() in _RECOLOR:
            self._paint_icon()

    def _paint_icon(self) -> None:
        filled, plain = QPalette.ColorRole.HighlightedText, QPalette.ColorRole.ButtonText
        color = app_color(filled if self._primary else plain)
        self.setIcon(icon(self._picture, color, self._size))


class Dot(QAbstractButton):
    """The mark of a field that differs from its preset; a click takes the preset's value."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(13, 24)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.setSizePolicy(policy)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A small filled circle, larger under the mouse."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(app_color(QPalette.ColorRole.Accent)))
        radius = 3.5 if self.underMouse() else 2.5
        painter.drawEllipse(self.rect().toRectF().center(), radius, radius)
        painter.end()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Grow."""
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Shrink."""
        self.update()
