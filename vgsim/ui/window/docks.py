"""Docks that look like cards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, Qt, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QColor,
    QContextMenuEvent,
    QMoveEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from vgsim.ui.plots.kinds import PLOTS, Place, placed
from vgsim.ui.style.application import app_color
from vgsim.ui.widgets.buttons import IconButton
from vgsim.ui.widgets.card import Heading

NARROW = 1240
"""Under this width the panels of the right side are tabs behind the form, at first, and those
below stand in two groups."""


@dataclass(frozen=True, slots=True)
class Places:
    """Panels that are open at first, those behind one another as tabs together.

    ``shares`` is how the groups of the ``bottom`` share its width.
    """

    side: tuple[str, ...]
    bottom: tuple[tuple[str, ...], ...]
    shares: tuple[int, ...]
    closed_side: tuple[str, ...] = ("comparison",)
    """Panels that are closed at first, and open behind those of the side."""

    @property
    def shown(self) -> frozenset[str]:
        """Names of all of them."""
        return frozenset([*self.side, *(name for group in self.bottom for name in group)])


WIDE_PLACES = Places(
    ("why", "inspector", *placed(Place.SIDE)),
    (placed(Place.LEFT), ("hop",), placed(Place.RIGHT)),
    (400, 620, 400),
)
NARROW_PLACES = Places(
    ("why", "inspector"),
    (placed(Place.LEFT, narrow=True), ("hop", *placed(Place.RIGHT, narrow=True))),
    (290, 440),
)
FIRST_PLOTS = tuple(name for name in PLOTS.names() if name in WIDE_PLACES.shown)
"""Plots that are open at first in a wide window."""


RADIUS = 10.0
MENU = {
    "view_all": "View all",
    "copy_picture": "Copy picture", "copy_data": "Copy data (TSV)", "export": "Export…",
    "enlarge": "Enlarge", "close": "Close",
}  # fmt: skip
"""What the menu of a panel may offer: verbs, and how the user reads them."""
ALWAYS = ("enlarge", "close")


def is_behind(dock: QDockWidget) -> bool:
    """Whether it lies behind another tab: Qt keeps it visible and puts it outside of the window."""
    return not dock.isFloating() and dock.x() < 0


class PlainDock(QDockWidget):
    """A dock whose content brings its own panel; it stays at its side."""

    def __init__(self, name: str, title: str, content: QWidget) -> None:
        super().__init__(title)
        self.setObjectName(name)
        self.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetClosable)
        self.setTitleBarWidget(QWidget())
        self.setWidget(content)


class CardDock(QDockWidget):
    """A flat panel around one content widget; its heading is what one drags it by.

    Two small buttons in the heading enlarge and close it; a double click enlarges it, too. A
    right click or the menu key offers that and ``verbs`` of :data:`MENU`.
    """

    enlarge_toggled = Signal()
    close_requested = Signal()
    passed = Signal()
    """It went behind another tab, or came before."""
    asked = Signal(str)
    """One of ``verbs``."""

    def __init__(self, name: str, title: str, verbs: tuple[str, ...] = ()) -> None:
        super().__init__(title)
        self.setObjectName(name)
        self.menu_actions = self._make_actions(verbs)
        self._heading = Heading(title)
        self._enlarge = IconButton("enlarge", f"Enlarge {title}", 14)
        self._enlarge.clicked.connect(self.enlarge_toggled)
        close = IconButton("close", f"Close {title}", 14)
        close.clicked.connect(self.close_requested)
        bar = QWidget()
        bar.installEventFilter(self)
        row = QHBoxLayout(bar)
        row.setContentsMargins(16, 10, 10, 4)
        row.setSpacing(2)
        row.addWidget(self._heading, 1)
        for button in (self._enlarge, close):
            row.addWidget(button)
        self.setTitleBarWidget(bar)
        holder = QWidget()
        self._column = QVBoxLayout(holder)
        self._column.setContentsMargins(10, 0, 10, 10)
        self.setWidget(holder)

    def _make_actions(self, verbs: tuple[str, ...]) -> list[QAction]:
        """What the menu offers, in its order."""
        actions = []
        for verb in (*verbs, *ALWAYS):
            if verb == ALWAYS[0] and verbs:
                separator = QAction(self)
                separator.setSeparator(True)
                actions.append(separator)
            action = QAction(MENU[verb], self)
            action.setObjectName(verb)
            action.triggered.connect(self._chooser(verb))
            actions.append(action)
        return actions

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A double click on the heading enlarges the panel instead of floating it."""
        if event.type() is QEvent.Type.MouseButtonDblClick:
            self.enlarge_toggled.emit()
            return True
        return False

    def moveEvent(self, event: QMoveEvent) -> None:
        """Tell when it came into sight or went; the visibility that Qt tells may be early."""
        super().moveEvent(event)
        if (event.pos().x() < 0) is not (event.oldPos().x() < 0):
            self.passed.emit()

    def show_enlarged(self, enlarged: bool) -> None:
        """Offer the way back, or the way there."""
        for action in self.menu_actions:
            if action.objectName() == "enlarge":
                action.setText("Shrink" if enlarged else MENU["enlarge"])
        if enlarged:
            name = f"Shrink {self.windowTitle()} (Esc)"
        else:
            name = f"Enlarge {self.windowTitle()}"
        self._enlarge.show_face("shrink" if enlarged else "enlarge", name)

    def fill(self, content: QWidget) -> None:
        """Put the content widget in."""
        self._column.addWidget(content)

    @property
    def filled(self) -> bool:
        """Whether the content is there."""
        return self._column.count() > 0

    @Slot(str)
    def set_subtitle(self, text: str) -> None:
        """Change the muted words after the title."""
        self._heading.set_texts(self._heading.title, text)

    @Slot(str, bool)
    def set_note(self, note: str, differs: bool = False) -> None:
        """Change the words of the heading that say of which pass; they are never cut."""
        self._heading.set_note(note, differs)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer the menu where the mouse is, or under the heading."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(self.menu_actions)
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        foot = self.titleBarWidget().rect().bottomLeft() + QPoint(16, 0)
        menu.popup(self.mapToGlobal(foot) if by_key else event.globalPos())
        event.accept()

    def _chooser(self, verb: str) -> Callable[[], object]:
        own: dict[str, Callable[[], object]] = {
            "enlarge": self.enlarge_toggled.emit, "close": self.close_requested.emit,
        }  # fmt: skip
        return own.get(verb) or (lambda: self.asked.emit(verb))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The panel behind heading and content."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(app_color(QPalette.ColorRole.Mid)), 1.0))
        painter.setBrush(QColor(app_color(QPalette.ColorRole.Base)))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        painter.end()
