"""Small buttons that recolor themselves when the theme changes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QEnterEvent, QFocusEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from vgsim.ui.style.application import app_color, set_look, ui_font
from vgsim.ui.style.icons import icon

_COMPACT_WIDTH = 38
_ICON, _ICON_GAP = 16, 4
BY_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)
"""Reasons for which a control that gets the focus draws a ring."""
_RECOLOR = (QEvent.Type.PaletteChange, QEvent.Type.ApplicationPaletteChange)


class _Follower(QObject):
    """Recolors its button with the theme, and gives it a ring when it gets the focus by keyboard.

    A filter rather than a base class of two kinds of button, which PySide does not survive.
    """

    def __init__(self, button: IconButton | PushButton, name: str) -> None:
        super().__init__(button)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setToolTip(name)
        button.setAccessibleName(name)
        button.setProperty("ring", False)
        button.paint_icon()
        button.installEventFilter(self)

    def eventFilter(self, button: QObject, event: QEvent) -> bool:
        """Watch the events, all of which still reach the button."""
        if isinstance(button, (IconButton, PushButton)):
            if event.type() in _RECOLOR:
                button.paint_icon()
            elif isinstance(event, QFocusEvent):
                # A window that opens gives its first button the focus: no ring for that.
                set_look(button, "ring", event.gotFocus() and event.reason() in BY_KEYBOARD)
        return False


class IconButton(QToolButton):
    """A flat button with an icon; ``name`` is what it does, for tool tip and screen readers."""

    def __init__(self, picture: str, name: str, size: int = 18) -> None:
        super().__init__()
        self._picture = picture
        self._size = size
        self.setIconSize(QSize(size, size))
        _Follower(self, name)

    def show_face(self, picture: str, name: str) -> None:
        """Become another action."""
        self._picture = picture
        self.setToolTip(name)
        self.setAccessibleName(name)
        self.paint_icon()

    def paint_icon(self) -> None:
        """Draw it in the color of text."""
        color = app_color(QPalette.ColorRole.WindowText)
        self.setIcon(icon(self._picture, color, self._size))


class PushButton(QPushButton):
    """A button with icon and text that can be the primary one, and can shrink to its icon.

    It is as wide as the widest of its text and ``others``, which it may show later, so that its
    neighbors stay where they are. ``icon_last`` puts the icon after the text.
    """

    def __init__(
        self,
        picture: str,
        text: str,
        name: str,
        others: Sequence[str] = (),
        icon_last: bool = False,
    ) -> None:
        super().__init__()
        self._picture = picture
        self._text = text
        self._others = tuple(others)
        self._gap = -_ICON_GAP if icon_last else _ICON_GAP
        self._primary = False
        self._compact = False
        self.setText(text)
        self.setFont(ui_font(13, 500, tabular=False))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        if icon_last:
            self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        _Follower(self, name)

    def show_face(self, picture: str, text: str, name: str) -> None:
        """Become another action."""
        if (picture, text) != (self._picture, self._text):
            self._picture = picture
            self._text = text
            self.setAccessibleName(name)
            self.setText("" if self._compact else text)
            self.paint_icon()

    def set_primary(self, primary: bool) -> None:
        """Be the filled button, or an outlined one."""
        if primary != self._primary:
            self._primary = primary
            set_look(self, "primary", primary)
            self.paint_icon()

    def set_compact(self, compact: bool) -> None:
        """Show the icon only, or the text too."""
        if compact != self._compact:
            self._compact = compact
            set_look(self, "compact", compact)
            self.setText("" if compact else self._text)
            self.paint_icon()
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

    def paint_icon(self) -> None:
        """Draw it in the color of the text, which differs in a primary button."""
        if not self._picture:
            return
        filled = QPalette.ColorRole.HighlightedText
        plain = QPalette.ColorRole.ButtonText
        color = app_color(filled if self._primary else plain)
        gap = 0 if self._compact else self._gap
        self.setIconSize(QSize(_ICON + abs(gap), _ICON))
        self.setIcon(icon(self._picture, color, _ICON, gap))


class TextButton(PushButton):
    """A button with text alone; ``accented`` ones are written in the accent color."""

    def __init__(self, text: str, name: str, accented: bool = False) -> None:
        super().__init__("", text, name)
        self.setProperty("accented", accented)

    def paint_icon(self) -> None:
        """It has none."""


class SmallButton(TextButton):
    """A low one."""

    def __init__(self, text: str, name: str, accented: bool = False) -> None:
        super().__init__(text, name, accented)
        self.setProperty("small", True)
        self.setFont(ui_font(12, 500, tabular=False))


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


_HEIGHT = 26
_PAD = 10
_RADIUS = 6.0


class _Segment(QAbstractButton):
    """One part; the chosen one is raised."""

    def __init__(self, text: str, name: str) -> None:
        super().__init__()
        self.setText(text)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setCheckable(True)
        self.setFont(ui_font(12, 500, tabular=False))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """The text with room at its sides."""
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 2 * _PAD, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A soft field behind the chosen word, a ring around the one with the focus."""
        role = QPalette.ColorRole
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        field = QRectF(self.rect()).adjusted(2.5, 2.5, -2.5, -2.5)
        edge = role.Mid if self.isChecked() else role.AlternateBase
        edge = role.Highlight if self.hasFocus() else edge
        painter.setPen(QPen(QColor(app_color(edge)), 1.0))
        painter.setBrush(QColor(app_color(role.Base if self.isChecked() else role.AlternateBase)))
        painter.drawRoundedRect(field, _RADIUS - 2, _RADIUS - 2)
        strong = self.isChecked() or self.underMouse()
        painter.setPen(QColor(app_color(role.Text if strong else role.PlaceholderText)))
        painter.setFont(self.font())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
        painter.end()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Darken."""
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Lighten."""
        self.update()


class Segmented(QWidget):
    """Segments of which one is chosen; ``chosen`` tells which when the user changes it."""

    chosen = Signal(int)

    def __init__(self, texts: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        """``texts`` are pairs (word on the segment, what it means)."""
        super().__init__(parent)
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for number, (text, name) in enumerate(texts):
            segment = _Segment(text, name)
            self._group.addButton(segment, number)
            row.addWidget(segment)
        self.choose(0)
        self._group.idClicked.connect(self._tell)

    @property
    def choice(self) -> int:
        """The number of the chosen segment."""
        return self._group.checkedId()

    def choose(self, number: int) -> None:
        """Choose a segment without emitting a change."""
        self._group.button(number).setChecked(True)

    def set_texts(self, texts: Sequence[str]) -> None:
        """Other words on the segments."""
        for number, text in enumerate(texts):
            self._group.button(number).setText(text)
            self._group.button(number).updateGeometry()

    @Slot(int)
    def _tell(self, number: int) -> None:
        self.chosen.emit(number)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The groove that holds the segments."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(app_color(QPalette.ColorRole.Mid)), 1.0))
        painter.setBrush(QColor(app_color(QPalette.ColorRole.AlternateBase)))
        field = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(field, _RADIUS, _RADIUS)
        painter.end()
