"""The panels: the diagram in the middle, everything else around it, each in its dock."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import ClassVar, Protocol

from PySide6.QtCore import QByteArray, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabWidget, QWidget

from vgsim.engine.frame import Frame
from vgsim.present.scale import Scale
from vgsim.present.status import Pace
from vgsim.present.theme import Theme
from vgsim.views.controls.form import ExperimentForm
from vgsim.views.docks import CardDock, PlainDock
from vgsim.views.hop import HopPanel
from vgsim.views.inspector import InspectorPanel
from vgsim.views.network_card import NetworkCard
from vgsim.views.plots import PLOTS
from vgsim.views.plots.base import Plot
from vgsim.views.style import GUTTER
from vgsim.views.why_panel import WhyPanel

PLOT_MS = 15
"""A plot is brought up to date so long after the diagram, while frames follow fast."""
LAYOUT = 2
"""Version of the panels there are: a remembered layout of other panels is not taken up."""
NARROW = 1240
"""Under this width the panels of the right side are tabs behind the form, at first."""
_FORM_WIDTH, _WHY_WIDTH, _BELOW = 286, 310, 316
_SIDE = ("why", "inspector", "budget")
_BOTTOM = (("gradient", "heatmap"), ("hop",), ("loss", "accuracy", "saturation"))
"""Panels that are open at first, those behind one another as tabs together."""
_SHARES = (400, 620, 400)
_PICTURE_VERBS = ("copy_picture", "export")
_PLOT_VERBS = ("copy_picture", "copy_data", "export")
"""What the menus of panels offer."""
FIRST_PLOTS = tuple(name for name in PLOTS.names() if name in {*_SIDE, *sum(_BOTTOM, ())})
"""Plots among them."""


class Panel(Protocol):
    """What a dock holds: it shows frames, and draws readings only while it is seen."""

    wants: ClassVar[tuple[type, ...]]

    def set_frame(self, frame: Frame | None) -> None:
        """Show one moment."""

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""


class Workspace(QMainWindow):
    """A main window inside the main window, so that its docks keep a gutter to the edges."""

    wants_changed = Signal()
    asked = Signal(str, str)
    """A verb of a panel's menu (:data:`vgsim.views.docks.MENU`), and the panel."""

    def __init__(self, theme: Theme, scale: Scale, pen_scale: float) -> None:
        super().__init__()
        self._theme, self._scale, self._pen_scale = theme, scale, pen_scale
        self.setWindowFlags(Qt.WindowType.Widget)
        self.setContentsMargins(GUTTER, GUTTER, GUTTER, 0)
        self.setDockOptions(
            QMainWindow.DockOption.AllowNestedDocks | QMainWindow.DockOption.AllowTabbedDocks
        )
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
        self.form = ExperimentForm()
        self.network = NetworkCard(theme, scale)
        self.why = WhyPanel()
        self.inspector = InspectorPanel(theme)
        self.hop = HopPanel(theme, scale)
        self.plots: dict[str, Plot] = {}
        self.docks: dict[str, QDockWidget] = {}
        self._frame: Frame | None = None
        self._turn = 0
        self._pace = Pace.REST
        self._fresh = True
        self._enlarged: tuple[str, QByteArray] | None = None
        self._later = QTimer(self, singleShot=True, interval=PLOT_MS)
        self._later.timeout.connect(self._catch_up_later)
        self._noticed = QTimer(self, singleShot=True, interval=0)
        self._noticed.timeout.connect(self._catch_up)
        self.setCentralWidget(self.network)
        self._make_docks()
        self._filled = False
        self._arrange(narrow=False)
        self._first = self.saveState(LAYOUT)

    def _make_docks(self) -> None:
        self._add(PlainDock("form", "Experiment", self.form))
        for name, title, content in (
            ("why", "Why", self.why),
            ("inspector", "Inspector", self.inspector),
            ("hop", "Chain rule", self.hop),
        ):
            dock = CardDock(name, title, () if content is self.inspector else _PICTURE_VERBS)
            dock.fill(content)
            self._add(dock)
        for entry in PLOTS:
            self._add(CardDock(entry.name, entry.value.title, _PLOT_VERBS))

    def _add(self, dock: QDockWidget) -> None:
        name = dock.objectName()
        self.docks[name] = dock
        dock.visibilityChanged.connect(self._notice)
        if isinstance(dock, CardDock):
            dock.enlarge_toggled.connect(self._toggler(name))
            dock.asked.connect(partial(self._ask, name))

    def _ask(self, name: str, verb: str) -> None:
        self.asked.emit(verb, name)

    def _toggler(self, name: str) -> Callable[[], None]:
        return lambda: self.enlarge(name)

    def _arrange(self, narrow: bool) -> None:
        """Every panel to its first place."""
        left, right, below = (
            Qt.DockWidgetArea.LeftDockWidgetArea,
            Qt.DockWidgetArea.RightDockWidgetArea,
            Qt.DockWidgetArea.BottomDockWidgetArea,
        )
        self.addDockWidget(left, self.docks["form"])
        for name in _SIDE:
            self.addDockWidget(left if narrow else right, self.docks[name])
        self._stack("form" if narrow else _SIDE[0], _SIDE)
        for group in _BOTTOM:
            self.addDockWidget(below, self.docks[group[0]])
        shown = [name for group in _BOTTOM for name in group]
        for group in _BOTTOM:
            self._stack(group[0], group)
        for name, dock in self.docks.items():
            if name not in (*shown, *_SIDE, "form"):
                self.tabifyDockWidget(self.docks["loss"], dock)
                dock.hide()
            else:
                dock.show()
        for name in ("form", _SIDE[0], *(group[0] for group in _BOTTOM)):
            self.docks[name].raise_()
        if narrow:
            self.docks["form"].raise_()
        self._share_room()

    def _stack(self, first: str, names: tuple[str, ...]) -> None:
        for name in names:
            if name != first:
                self.addDockWidget(self.dockWidgetArea(self.docks[first]), self.docks[name])
                self.tabifyDockWidget(self.docks[first], self.docks[name])

    def fill(self) -> None:
        """Make the plots that are open; apart from the rest, so that the window is painted before.

        Those that are closed are made when they are opened.
        """
        self._filled = True
        before = len(self.plots)
        for entry in PLOTS:
            dock = self.docks[entry.name]
            if entry.name not in self.plots and not dock.isHidden():
                self._make_plot(entry.name, entry.value)
        if len(self.plots) > before:
            self._noticed.start()

    def _make_plot(self, name: str, kind: type[Plot]) -> None:
        plot = self.plots[name] = kind(self._theme, self._scale, self._pen_scale)
        dock = self.docks[name]
        assert isinstance(dock, CardDock)  # every plot's dock was made as one
        dock.fill(plot)
        dock.set_subtitle(plot.subtitle)
        plot.subtitle_changed.connect(dock.set_subtitle)
        plot.set_frame(self._frame)

    def _share_room(self) -> None:
        shown = [self.docks[group[0]] for group in _BOTTOM]
        sides = [self.docks[name] for name in ("form", _SIDE[0])]
        self.resizeDocks(sides, [_FORM_WIDTH, _WHY_WIDTH], Qt.Orientation.Horizontal)
        self.resizeDocks(shown, list(_SHARES), Qt.Orientation.Horizontal)
        self.resizeDocks(shown[:1], [_BELOW], Qt.Orientation.Vertical)

    def showEvent(self, event: QShowEvent) -> None:
        """Share the room once there is some, unless a remembered layout has done so."""
        super().showEvent(event)
        if self._fresh:
            self._fresh = False
            self._arrange(narrow=self.width() < NARROW)

    def remember(self, state: QByteArray) -> None:
        """Put every panel where it was when ``state`` was saved."""
        self._fresh = not self.restoreState(state, LAYOUT)

    def layout_state(self) -> QByteArray:
        """Where every panel is, to be remembered; an enlarged one counts as it was before."""
        return self._enlarged[1] if self._enlarged else self.saveState(LAYOUT)

    def toggles(self) -> list[QAction]:
        """An action for each panel that shows or hides it."""
        return [dock.toggleViewAction() for dock in self.docks.values()]

    def reset(self) -> None:
        """Every panel back to its first place."""
        self.shrink()
        self.restoreState(self._first, LAYOUT)
        self._arrange(narrow=self.width() < NARROW)

    def show_panel(self, name: str) -> None:
        """Bring a panel into sight; the diagram by "network". An unknown name does nothing."""
        if name not in self.docks:
            return
        self.shrink()
        dock = self.docks[name]
        dock.show()
        dock.raise_()

    @property
    def enlarged(self) -> str:
        """The panel that has all the room; empty while there is none."""
        return self._enlarged[0] if self._enlarged else ""

    def enlarge(self, name: str) -> None:
        """Give one panel all the room, or back what it was."""
        if self._enlarged is not None:
            self.shrink()
            return
        self._enlarged = name, self.saveState(LAYOUT)
        self.network.hide()
        for other, dock in self.docks.items():
            dock.setVisible(other == name)
        self._show_enlarged(name, True)

    def shrink(self) -> None:
        """Every panel back to where it was before one was enlarged."""
        if self._enlarged is not None:
            (name, before), self._enlarged = self._enlarged, None
            self.network.show()
            self.restoreState(before, LAYOUT)
            self._show_enlarged(name, False)

    def _show_enlarged(self, name: str, enlarged: bool) -> None:
        dock = self.docks[name]
        assert isinstance(dock, CardDock)  # only those can be enlarged
        dock.show_enlarged(enlarged)

    def set_theme(self, theme: Theme) -> None:
        """Paint every panel in another theme."""
        self._theme = theme
        self.network.set_theme(theme)
        self.why.set_theme(theme)
        for panel in self._panels().values():
            panel.set_theme(theme)

    def _panels(self) -> dict[str, Panel]:
        """What shows frames, by the name of its dock."""
        return {**self.plots, "hop": self.hop, "inspector": self.inspector}

    def wants(self) -> frozenset[type]:
        """Readings that the panels draw which can be seen."""
        return frozenset(kind for panel in self._seen() for kind in panel.wants)

    def set_frame(self, frame: Frame, pace: Pace = Pace.REST) -> None:
        """Show one moment in every panel that can be seen.

        While frames follow each other fast, the diagram and the chain rule come first and the
        other panels a little later; in training only one of them each time, in turn. So the window
        is never busy for long.
        """
        self._frame, self._pace = frame, pace
        self.network.set_frame(frame, pace)
        if pace is Pace.REST:
            self._show(self._seen())
            return
        if pace is Pace.PLAYING and self.hop.isVisible():
            self.hop.set_frame(frame)
        self._later.start()

    def _show(self, panels: Iterable[Panel]) -> None:
        for panel in panels:
            panel.set_frame(self._frame)

    def _seen(self) -> list[Panel]:
        """Panels that can be seen, or could be if the window were."""
        return [
            panel
            for panel in self._panels().values()
            if isinstance(panel, QWidget) and (panel.isVisible() or not self.isVisible())
        ]

    @Slot()
    def _catch_up_later(self) -> None:
        """The panels that had to wait."""
        seen = self._seen()
        if self._pace is Pace.TRAINING and seen:
            self._turn += 1
            seen = [seen[self._turn % len(seen)]]
        self._show(panel for panel in seen if self._pace is Pace.TRAINING or panel is not self.hop)

    @Slot(bool)
    def _notice(self, visible: bool) -> None:
        """Panels come and go in one go when the layout changes: look once, afterwards."""
        self._noticed.start()

    @Slot()
    def _catch_up(self) -> None:
        """Make the plots that were opened, and give those in sight the frame that they missed."""
        if self._filled:
            self.fill()
        self._show(self._seen())
        self.wants_changed.emit()
