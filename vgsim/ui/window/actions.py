"""The commands as actions in menus, their keys in words, and which widget gets a key."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QMainWindow,
    QMenu,
    QTabBar,
    QWidget,
)

from vgsim.ui.commands import COMMANDS, MENUS
from vgsim.ui.widgets.text import tool_tip


def make_actions(window: QMainWindow) -> tuple[dict[str, QAction], dict[str, QMenu]]:
    """Actions by name and menus by title, both put into ``window``."""
    menus = {title: window.menuBar().addMenu(title) for title in MENUS}
    for menu in menus.values():
        menu.setToolTipsVisible(True)  # they say why an entry is of no use now
    actions: dict[str, QAction] = {}
    choices = QActionGroup(window)
    for command in COMMANDS:
        action = QAction(command.text, window)
        action.setToolTip(tool_tip(command.help))
        action.setShortcut(QKeySequence(command.keys))
        if command.menu:
            menus[command.menu].addAction(action)
        if command.choice:
            action.setCheckable(True)
            choices.addAction(action)
        actions[command.name] = action
    return actions, menus


def key_texts() -> dict[str, str]:
    """Key of each command as the user reads it."""
    shape = QKeySequence.SequenceFormat.NativeText
    found = {}
    for command in COMMANDS:
        if command.keys:
            words = QKeySequence(command.keys).toString(shape)
            found[command.name] = words.replace("Right", "→").replace("Left", "←")
    return found


_SPACE = frozenset({Qt.Key.Key_Space})
_SIDEWAYS = frozenset({Qt.Key.Key_Left, Qt.Key.Key_Right})
_UP_AND_DOWN = frozenset({Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown})
_ENDS = frozenset({Qt.Key.Key_Home, Qt.Key.Key_End})
_OWN: dict[type[QWidget], frozenset[Qt.Key]] = {
    QAbstractButton: _SPACE,
    QAbstractSlider: _SIDEWAYS | _UP_AND_DOWN | _ENDS,
    QAbstractSpinBox: _UP_AND_DOWN | _ENDS,
    QComboBox: _SPACE | _UP_AND_DOWN | _ENDS,
    QAbstractItemView: _SPACE | _UP_AND_DOWN | _ENDS,
    QTabBar: _SIDEWAYS | _ENDS,
}
"""Keys that a kind of control has a use for while it has the focus."""
_TYPED_INTO = (QComboBox, QAbstractItemView)
"""Controls in which the first letters of a name choose it."""
_PLAIN = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
_DONE = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)


class ControlKeys(QObject):
    """Lets the control that has the focus keep the keys that it has a use for.

    Qt asks it first whether a key is a shortcut of the window, and no button, slider or list says
    no: without this, Space would play while a button has the focus, and L in a list would jump.
    """

    def __init__(self, app: QApplication, parent: QObject) -> None:
        super().__init__(parent)
        app.focusChanged.connect(self._move)

    @Slot("QWidget*", "QWidget*")
    def _move(self, old: QWidget | None, new: QWidget | None) -> None:
        """Watch the control with the focus, and no other: a filter of everything is slow."""
        if old is not None:
            old.removeEventFilter(self)
        if new is not None:
            new.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the keys of a control from being shortcuts; let every other event pass."""
        if event.type() is not QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
            return False
        if _has_use_for(watched, event):
            event.accept()
            return True
        return False


def _has_use_for(control: QObject, event: QKeyEvent) -> bool:
    if event.modifiers() & ~_PLAIN:
        return False
    if isinstance(control, _TYPED_INTO) and event.text().isprintable() and event.text():
        return True
    return any(isinstance(control, kind) and event.key() in keys for kind, keys in _OWN.items())


class FormKeys(QObject):
    """Gives the keyboard back to the diagram: → would no longer step while it is in the form.

    A click leaves the focus where it is, and an entry that was finished gives it back.
    """

    def __init__(self, form: QWidget, home: QWidget) -> None:
        super().__init__(form)
        self._home = home
        for child in form.findChildren(QWidget):
            if isinstance(child, (QLineEdit, QComboBox)):
                child.installEventFilter(self)
            if isinstance(child, (QAbstractSlider, QComboBox, QCheckBox)):
                child.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Go home from a line whose text was entered."""
        if not isinstance(event, QKeyEvent) or event.type() is not QEvent.Type.KeyRelease:
            return False
        if event.key() in _DONE:
            self._home.setFocus()
        return False
