"""Every command of the window in one table: its words, key and menu."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractSlider, QCheckBox, QComboBox, QMainWindow, QMenu

SEPARATOR = ""


@dataclass(frozen=True, slots=True)
class ActionInfo:
    """One command. ``tip`` is what the status bar says of it."""

    name: str
    menu: str
    text: str
    keys: str
    tip: str


ACTIONS: tuple[ActionInfo, ...] = (
    ActionInfo("open", "File", "Open spec…", "Ctrl+O", "Open an experiment from a TOML file"),
    ActionInfo("save", "File", "Save spec as…", "Ctrl+S", "Save this experiment as a TOML file"),
    ActionInfo("export", "File", "Export picture…", "Ctrl+E", "Save a picture for a slide"),
    ActionInfo("quit", "File", "Quit", "Ctrl+Q", "Close vgsim"),
    ActionInfo("copy", "Edit", "Copy picture", "Ctrl+Shift+C", "Copy the picture last exported"),
    ActionInfo("step", "Step", "Step forth", "Right", "One moment on"),
    ActionInfo("back", "Step", "Step back", "Left", "One moment back"),
    ActionInfo("play", "Step", "Play or pause the pass", "Space", "Play to the end of the pass"),
    ActionInfo("train", "Experiment", "Train or stop", "T", "Train at full speed"),
    ActionInfo("reset", "Experiment", "Reset", "R", "Back to the same initial weights"),
    ActionInfo("theme_system", "View", "System theme", "", "Follow the system's light or dark"),
    ActionInfo("theme_light", "View", "Light theme", "", "Always light"),
    ActionInfo("theme_dark", "View", "Dark theme", "", "Always dark"),
    ActionInfo("layout", "View", "Reset layout", "", "Put every panel back to its place"),
    ActionInfo("keys", "Help", "Keyboard shortcuts", "F1", "All keys on one page"),
    ActionInfo("about", "Help", "About vgsim", "", "Version and licenses"),
)
MENUS = ("File", "Edit", "View", "Experiment", "Step", "Help")


def make_actions(window: QMainWindow) -> tuple[dict[str, QAction], dict[str, QMenu]]:
    """Actions by name and menus by title, both put into ``window``."""
    menus = {title: window.menuBar().addMenu(title) for title in MENUS}
    actions: dict[str, QAction] = {}
    for info in ACTIONS:
        action = QAction(info.text, window)
        action.setStatusTip(info.tip)
        if info.keys:
            action.setShortcut(QKeySequence(info.keys))
        menus[info.menu].addAction(action)
        actions[info.name] = action
    return actions, menus


def key_texts() -> dict[str, str]:
    """Key of each command as a person reads it."""
    shape = QKeySequence.SequenceFormat.NativeText
    arrows = {"Right": "→", "Left": "←"}
    return {
        info.name: arrows.get(info.keys) or QKeySequence(info.keys).toString(shape)
        for info in ACTIONS
        if info.keys
    }


_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right)


class KeepsKeys(QObject):
    """Lets a slider or box that has the focus keep the keys that change its own value."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Claim the key before a shortcut of the window does."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            slider = isinstance(watched, (QAbstractSlider, QComboBox)) and event.key() in _ARROWS
            box = isinstance(watched, (QCheckBox, QComboBox)) and event.key() == Qt.Key.Key_Space
            if (slider or box) and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                event.accept()
                return True
        return False
