"""Every command of the window in one table: its words, key and menu."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractSlider,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QMainWindow,
    QMenu,
    QWidget,
)

SEPARATOR = ""


@dataclass(frozen=True, slots=True)
class ActionInfo:
    """One command. ``tip`` says what it does."""

    name: str
    menu: str
    text: str
    keys: str
    tip: str


ACTIONS: tuple[ActionInfo, ...] = (
    ActionInfo("open", "File", "Open experiment…", "Ctrl+O", "Open a TOML file"),
    ActionInfo("save", "File", "Save experiment as…", "Ctrl+S", "Save it as a TOML file"),
    ActionInfo("export", "File", "Export…", "Ctrl+Shift+E", "Save a picture, film or slide"),
    ActionInfo("export_again", "File", "Export again", "Ctrl+E", "As last time, as another file"),
    ActionInfo("quit", "File", "Quit", "Ctrl+Q", "Close vgsim"),
    ActionInfo("copy", "Edit", "Copy picture", "Ctrl+Shift+C", "Copy the picture last exported"),
    ActionInfo("copy_svg", "Edit", "Copy as SVG", "", "The same picture as shapes"),
    ActionInfo(
        "copy_data", "Edit", "Copy data of the plot", "Ctrl+Shift+D", "Its numbers as a table"
    ),
    ActionInfo("step", "Step", "Step on", "Right", "One moment on"),
    ActionInfo("back", "Step", "Step back", "Left", "One moment back"),
    ActionInfo("play", "Step", "Play or pause the pass", "Space", "Play to the end of the pass"),
    ActionInfo("start", "Step", "To the start of the pass", "Home", "Before the first moment"),
    ActionInfo("loss", "Step", "To the loss", "L", "Forward is done, backward comes next"),
    ActionInfo("end", "Step", "To the end of the pass", "End", "The update is done"),
    ActionInfo("goto", "Step", "Go to…", "G", "Any stage of this pass, or any step"),
    ActionInfo("inspect", "Step", "Inspect by keyboard", "I", "Arrows then move what is inspected"),
    ActionInfo("stops", "Step", "Stop when…", "", "Rules that stop playing and training"),
    ActionInfo("train", "Experiment", "Train or stop", "T", "Train at full speed"),
    ActionInfo("compare", "Compare", "Keep this one as B", "B", "Run it beside what you change"),
    ActionInfo("compare_end", "Compare", "End the comparison", "", "One experiment again"),
    ActionInfo("reset", "Experiment", "Reset", "R", "Back to the same initial weights"),
    ActionInfo("present", "View", "Present", "F11", "Whole screen, large type; Esc ends it"),
    ActionInfo("theme_system", "View", "System theme", "", "Follow the system's light or dark"),
    ActionInfo("theme_light", "View", "Light theme", "", "Always light"),
    ActionInfo("theme_dark", "View", "Dark theme", "", "Always dark"),
    ActionInfo("layout", "View", "Reset layout", "", "Put every panel back to its place"),
    ActionInfo("keys", "Help", "Keyboard shortcuts", "F1", "All keys on one page"),
    ActionInfo("about", "Help", "About vgsim", "", "Version and licenses"),
)
THEME_ACTIONS = ("theme_system", "theme_light", "theme_dark")
MENUS = ("File", "Edit", "View", "Experiment", "Step", "Compare", "Instruments", "Help")


def make_actions(window: QMainWindow) -> tuple[dict[str, QAction], dict[str, QMenu]]:
    """Actions by name and menus by title, both put into ``window``."""
    menus = {title: window.menuBar().addMenu(title) for title in MENUS}
    actions: dict[str, QAction] = {}
    for info in ACTIONS:
        action = QAction(info.text, window)
        action.setToolTip(info.tip)
        if info.keys:
            action.setShortcut(QKeySequence(info.keys))
        menus[info.menu].addAction(action)
        actions[info.name] = action
    _exclusive(window, [actions[name] for name in THEME_ACTIONS])
    return actions, menus


def _exclusive(window: QMainWindow, choices: list[QAction]) -> None:
    """Tick exactly one of ``choices``."""
    group = QActionGroup(window)
    for action in choices:
        action.setCheckable(True)
        group.addAction(action)


def key_texts() -> dict[str, str]:
    """Key of each command as a person reads it."""
    shape = QKeySequence.SequenceFormat.NativeText
    arrows = {"Right": "→", "Left": "←"}
    return {
        info.name: arrows.get(info.keys) or QKeySequence(info.keys).toString(shape)
        for info in ACTIONS
        if info.keys
    }


_ENDS = (Qt.Key.Key_Home, Qt.Key.Key_End)
_OWN = {
    QAbstractSlider: (Qt.Key.Key_Left, Qt.Key.Key_Right, *_ENDS),
    QCheckBox: (Qt.Key.Key_Space,),
    QComboBox: (Qt.Key.Key_Space, *_ENDS),
}
"""Keys that a control keeps for itself while it has the focus, which it gets by Tab alone."""
_DONE = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)


class FormKeys(QObject):
    """Settles who gets a key: the control with the focus, or the shortcuts of the window.

    A click or a finished entry must not leave the focus in the form, or → would no longer step.
    """

    def __init__(self, form: QWidget, home: QWidget) -> None:
        super().__init__(form)
        self._home = home
        for child in form.findChildren(QWidget):
            child.installEventFilter(self)
            if isinstance(child, (QAbstractSlider, QComboBox, QCheckBox)):
                child.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Claim the keys of a control; go home from a line whose text was entered."""
        if not isinstance(event, QKeyEvent):
            return False
        if event.type() is QEvent.Type.ShortcutOverride and self._own(watched, event):
            event.accept()
            return True
        done = event.type() is QEvent.Type.KeyRelease and event.key() in _DONE
        if done and isinstance(watched, (QLineEdit, QComboBox)):
            self._home.setFocus()
        return False

    def _own(self, watched: QObject, event: QKeyEvent) -> bool:
        if isinstance(watched, QComboBox) and _typed(event):
            return True  # the first letters of a name choose it
        return any(isinstance(watched, kind) and event.key() in keys for kind, keys in _OWN.items())


def _typed(event: QKeyEvent) -> bool:
    """Whether a key writes something, rather than being held with Ctrl or Alt."""
    held = event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
    plain = held in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
    return plain and event.text().isprintable() and bool(event.text())
