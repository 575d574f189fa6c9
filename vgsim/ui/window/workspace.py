"""The panels: the diagram in the middle, everything else around it, each in its dock."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QByteArray, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QDockWidget,
    QMainWindow,
    QStackedWidget,
    QTabBar,
    QTabWidget,
    QWidget,
)

from vgsim.measure.frame import Frame
from vgsim.text.scale import Scale
from vgsim.ui.calculator.panel import CalculatorPanel
from vgsim.ui.chain_rule.panel import HopPanel
from vgsim.ui.comparison.panel import ComparisonPanel
from vgsim.ui.diagram.by_column import show_by_column
from vgsim.ui.form.form import ExperimentForm
from vgsim.ui.inspector.panel import InspectorPanel
from vgsim.ui.network_card import NetworkCard
from vgsim.ui.pacing import CHAIN_RULE, FULL, LATER_MS, Due
from vgsim.ui.plots.base import Plot
from vgsim.ui.plots.kinds import PLOTS
from vgsim.ui.recording.panel import RecordingPanel
from vgsim.ui.style.application import GUTTER
from vgsim.ui.style.theme import Theme
from vgsim.ui.why.panel import WhyPanel
from vgsim.ui.window.docks import (
    NARROW,
    NARROW_PLACES,
    WIDE_PLACES,
    CardDock,
    Places,
    PlainDock,
    is_behind,
)

if TYPE_CHECKING:
    from vgsim.ui.guide.panel import GuidePanel

LAYOUT = 4
"""Version of the panels there are: a remembered layout of other panels is not taken up."""
_FORM_WIDTH = 286
_NARROW_FORM = 260
_GUIDE_WIDTH, _NARROW_GUIDE = 424, 340
_WHY_WIDTH = 310
_BELOW = 316


_PICTURE_VERBS = ("copy_picture", "export")
_PLOT_VERBS = ("view_all", "copy_picture", "copy_data", "export")
"""What the menus of panels offer."""


class DockPanel(Protocol):
    """What a dock holds: it shows frames, and draws measurements only while it is seen."""

    @property
    def wants(self) -> tuple[type, ...]:
        """Measurements that it draws."""

    def set_frame(self, frame: Frame | None) -> None:
        """Show one moment."""

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""


class Workspace(QMainWindow):
    """A main window inside the main window, so that its docks keep a gutter to the edges."""

    wants_changed = Signal()
    module_picked = Signal(object)
    """The Focus of a module that was picked in its tree."""
    guide_made = Signal()
    """The guide has been opened for the first time."""
    asked = Signal(str, str)
    """A verb of a panel's menu (:data:`vgsim.ui.window.docks.MENU`), and the panel."""

    commanded = Signal(str)
    """A command that a panel has a button for."""
    unpinned = Signal(object)
    """The PinnedRun to let go of."""

    def __init__(self, theme: Theme, scale: Scale, pen_scale: float) -> None:
        super().__init__()
        self._theme = theme
        self._scale = scale
        self._pen_scale = pen_scale
        self.setWindowFlags(Qt.WindowType.Widget)
        self.setContentsMargins(GUTTER, GUTTER, GUTTER, 0)
        self.setDockOptions(
            QMainWindow.DockOption.AllowNestedDocks | QMainWindow.DockOption.AllowTabbedDocks
        )
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
        self.form = ExperimentForm()
        self.recording: RecordingPanel | None = None
        self._subjects = QStackedWidget()
        self._subjects.addWidget(self.form)
        self.network = NetworkCard(theme, scale)
        self.network.diagram.folded.connect(self._refold)
        self.why = WhyPanel()
        self.inspector = InspectorPanel(theme)
        self.hop = HopPanel(theme, scale)
        self.calculator: CalculatorPanel | None = None
        self.guide: GuidePanel | None = None
        self._guided = False
        self._locked: frozenset[str] = frozenset()
        self._shut: frozenset[str] = frozenset()
        """Panels that were open when they were locked."""
        self.comparison: ComparisonPanel | None = None
        self.plots: dict[str, Plot] = {}
        self.docks: dict[str, QDockWidget] = {}
        self._actions: dict[str, QAction] = {}
        self._behind: set[str] = set()
        self._frame: Frame | None = None
        self._due = FULL
        self._fresh = True
        self._enlarged: tuple[str, QByteArray] | None = None
        self._later = QTimer(self, singleShot=True, interval=LATER_MS)
        self._later.timeout.connect(self._catch_up_later)
        self._noticed = QTimer(self, singleShot=True, interval=0)
        self._noticed.timeout.connect(self._catch_up)
        self._narrow = False
        self._kept: dict[bool, QByteArray] = {}
        self._fitting = QTimer(self, singleShot=True, interval=0)
        self._fitting.timeout.connect(self._fit)
        self.setCentralWidget(self.network)
        self._make_docks()
        self._filled = False
        self._arrange(narrow=False)
        self._first = self.saveState(LAYOUT)

    def _make_docks(self) -> None:
        self._add(PlainDock("guide", "Guide", QWidget()))
        self._add(PlainDock("form", "Experiment", self._subjects))
        for name, title, content in (
            ("why", "Why", self.why),
            ("inspector", "Inspector", self.inspector),
            ("hop", "Chain rule", self.hop),
        ):
            dock = CardDock(name, title, () if content is self.inspector else _PICTURE_VERBS)
            dock.fill(content)
            self._add(dock)
        self._add(CardDock("calculator", "Calculator"))
        self._add(CardDock("comparison", "Comparison"))
        for entry in PLOTS:
            self._add(CardDock(entry.name, entry.value.title, _PLOT_VERBS))
            self._actions[entry.name].setToolTip(entry.value.question)

    def _add(self, dock: QDockWidget) -> None:
        name = dock.objectName()
        self.docks[name] = dock
        dock.visibilityChanged.connect(self._notice)
        if isinstance(dock, CardDock):
            dock.enlarge_toggled.connect(partial(self.enlarge, name))
            dock.close_requested.connect(partial(self.close_panel, name))
            dock.asked.connect(partial(self._ask, name))
            dock.passed.connect(self._noticed.start)
        action = self._actions[name] = QAction(dock.windowTitle(), self, checkable=True)
        action.triggered.connect(partial(self._toggle, name))

    def _ask(self, name: str, verb: str) -> None:
        if verb == "view_all":
            if name in self.plots:
                self.plots[name].view_all()
        else:
            self.asked.emit(verb, name)

    def _toggle(self, name: str) -> None:
        """Bring a panel into sight that is closed or behind a tab; close one that is in sight."""
        dock = self.docks[name]
        if dock.isHidden() or is_behind(dock) or self._enlarged is not None:
            self.show_panel(name)
        else:
            self.close_panel(name)
        self._actions[name].setChecked(not dock.isHidden())

    def _arrange(self, narrow: bool) -> None:
        """Every panel to its first place."""
        left = Qt.DockWidgetArea.LeftDockWidgetArea
        right = Qt.DockWidgetArea.RightDockWidgetArea
        below = Qt.DockWidgetArea.BottomDockWidgetArea
        for name in ("guide", "form"):
            self.addDockWidget(left, self.docks[name])
        self.tabifyDockWidget(self.docks["guide"], self.docks["form"])
        self.docks["guide"].setHidden(not self._guided)
        places = NARROW_PLACES if narrow else WIDE_PLACES
        for name in places.side:
            self.addDockWidget(left if narrow else right, self.docks[name])
        self._stack("form" if narrow else places.side[0], places.side)
        for group in places.bottom:
            self.addDockWidget(below, self.docks[group[0]])
        for group in places.bottom:
            self._stack(group[0], group)
        for name, dock in self.docks.items():
            if name not in {*places.shown, "form", "guide"}:
                self.addDockWidget(below, dock)
                with_side = name in places.closed_side
                neighbor = places.side[0] if with_side else places.bottom[-1][0]
                self.tabifyDockWidget(self.docks[neighbor], dock)
                dock.hide()
            elif name != "guide":
                dock.show()
        for name in (places.side[0], "form", *(group[0] for group in places.bottom)):
            self.docks[name].raise_()
        if self._guided:
            self.docks["guide"].raise_()
        self._narrow = narrow
        self._share_room(places)
        if self._guided:
            self._give_guide_room()

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
        before = len(self._panels())
        for entry in PLOTS:
            dock = self.docks[entry.name]
            if entry.name not in self.plots and not dock.isHidden():
                self._make_plot(entry.name, entry.value)
        if self.calculator is None and not self.docks["calculator"].isHidden():
            self._make_calculator()
        if self.guide is None and not self.docks["guide"].isHidden():
            self._make_guide()
        if self.comparison is None and not self.docks["comparison"].isHidden():
            self._make_comparison()
        if len(self._panels()) > before:  # they are seen only once they are laid out
            self._noticed.start()

    def _make_comparison(self) -> None:
        self.comparison = ComparisonPanel()
        self.comparison.asked.connect(self.commanded)
        self.comparison.unpinned.connect(self.unpinned)
        dock = self.docks["comparison"]
        assert isinstance(dock, CardDock)  # it was made as one
        dock.fill(self.comparison)
        self.comparison.set_frame(self._frame)

    def _make_guide(self) -> None:
        # imported here: it would take part of the time until the window is there
        from vgsim.ui.guide.panel import GuidePanel

        self.guide = GuidePanel(self._theme, self._scale)
        self.docks["guide"].setWidget(self.guide)
        self.guide.set_frame(self._frame)
        self.guide.wants_changed.connect(self.wants_changed)
        self.guide_made.emit()

    def open_guide(self) -> GuidePanel:
        """The guide in sight, in front of the form and as wide as a page."""
        hidden = self.docks["guide"].isHidden()
        self._guided = True
        self.show_panel("guide")
        if self.guide is None:
            self._make_guide()
        assert self.guide is not None  # made above
        if hidden:
            self._give_guide_room()
        return self.guide

    def show_recording(self, shown: bool) -> None:
        """Put the modules of a recording in the place of the form, or the form back."""
        if shown and self.recording is None:
            self.recording = RecordingPanel(self._theme, self._scale)
            self.recording.focus_requested.connect(self.module_picked)
            self.recording.beside_asked.connect(partial(self.commanded.emit, "beside"))
            self._subjects.addWidget(self.recording)
            self.recording.set_frame(self._frame)
        if shown and self.recording is not None:
            self._subjects.setCurrentWidget(self.recording)
        else:
            self._subjects.setCurrentWidget(self.form)
        title = "Recording" if shown else "Experiment"
        self.docks["form"].setWindowTitle(title)
        self._actions["form"].setText(title)
        self._noticed.start()

    def _give_guide_room(self) -> None:
        width = _NARROW_GUIDE if self._narrow else _GUIDE_WIDTH
        self.resizeDocks([self.docks["guide"]], [width], Qt.Orientation.Horizontal)

    def close_guide(self) -> None:
        """Leave the guide; the form has its own width again."""
        self._guided = False
        self.docks["guide"].hide()
        width = _NARROW_FORM if self._narrow else _FORM_WIDTH
        self.resizeDocks([self.docks["form"]], [width], Qt.Orientation.Horizontal)

    def lock(self, names: Iterable[str]) -> None:
        """Close these panels and keep them closed, until others are locked or none.

        Those that were open come back then, behind what is in front.
        """
        locked = frozenset(names) & self.docks.keys()
        open_now = {name for name in locked if not self.docks[name].isHidden()}
        back = self._shut - locked
        self._shut = (self._shut & locked) | open_now
        self._locked = locked
        for name in locked:
            self.docks[name].close()
        front = self.in_front()
        for name in back:
            self.docks[name].show()
        for name in front:
            self.docks[name].raise_()
        for name, action in self._actions.items():
            action.setEnabled(name not in self._locked)

    def _make_calculator(self) -> None:
        self.calculator = CalculatorPanel(self._theme, self._pen_scale)
        dock = self.docks["calculator"]
        assert isinstance(dock, CardDock)  # it was made as one
        dock.fill(self.calculator)
        dock.set_subtitle("one factor, multiplied by itself")
        self.calculator.set_frame(self._frame)

    def _make_plot(self, name: str, kind: type[Plot]) -> None:
        plot = self.plots[name] = kind(self._theme, self._scale, self._pen_scale)
        dock = self.docks[name]
        assert isinstance(dock, CardDock)  # every plot's dock was made as one
        dock.fill(plot)
        dock.set_subtitle(plot.subtitle)
        plot.subtitle_changed.connect(dock.set_subtitle)
        plot.note_changed.connect(dock.set_note)
        # pyqtgraph's menu has a View All of its own
        plot.set_panel_actions([a for a in dock.menu_actions if a.objectName() != "view_all"])
        self._show([name])

    def _share_room(self, places: Places) -> None:
        shown = [self.docks[group[0]] for group in places.bottom]
        sides = {"form": _NARROW_FORM if self._narrow else _FORM_WIDTH}
        if not self._narrow:
            sides[places.side[0]] = _WHY_WIDTH
        docks = [self.docks[name] for name in sides]
        self.resizeDocks(docks, list(sides.values()), Qt.Orientation.Horizontal)
        self.resizeDocks(shown, list(places.shares), Qt.Orientation.Horizontal)
        self.resizeDocks(shown[:1], [_BELOW], Qt.Orientation.Vertical)

    def showEvent(self, event: QShowEvent) -> None:
        """Share the room once there is some, unless a remembered layout has done so."""
        super().showEvent(event)
        if self._fresh:
            self._fresh = False
            if self._narrow == (self.width() < NARROW):
                self._share_room(NARROW_PLACES if self._narrow else WIDE_PLACES)
            else:
                self._arrange(not self._narrow)
        self._narrow = self.width() < NARROW
        self._hide_left_tabs()

    def _hide_left_tabs(self) -> None:
        """Hide tab bars that arranging needed on its way; Qt does so only when it next has time.

        A picture of the window is painted before that. The newest bar with a title is right.
        """
        titles: set[str] = set()
        bars = self.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
        for bar in reversed(bars):
            own = {bar.tabText(at) for at in range(bar.count())}
            if own & titles:
                bar.hide()
            titles |= own

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another arrangement when the window becomes narrow, or wide again."""
        super().resizeEvent(event)
        if self.isVisible():
            self._fitting.start()

    @Slot()
    def _fit(self) -> None:
        """The arrangement for this width: as the user left it, or the first."""
        narrow = self.width() < NARROW
        if narrow == self._narrow or self._enlarged is not None:
            return
        self._kept[self._narrow] = self.saveState(LAYOUT)
        self._narrow = narrow
        if narrow not in self._kept or not self.restoreState(self._kept[narrow], LAYOUT):
            self._arrange(narrow)

    def remember(self, state: QByteArray) -> None:
        """Put every panel where it was when ``state`` was saved."""
        self._fresh = not self.restoreState(state, LAYOUT)
        self._guided = not self.docks["guide"].isHidden()

    def layout_state(self) -> QByteArray:
        """Where every panel is, to be remembered; an enlarged one counts as it was before."""
        if self._enlarged:
            return self._enlarged[1]
        return self.saveState(LAYOUT)

    def toggles(self) -> list[QAction]:
        """An action for each panel that shows or hides it."""
        return list(self._actions.values())

    def reset(self) -> None:
        """Every panel back to its first place."""
        self.shrink()
        self._kept.clear()
        self.restoreState(self._first, LAYOUT)
        self._arrange(narrow=self.width() < NARROW)

    def show_panel(self, name: str) -> None:
        """Bring a panel into sight; the diagram by "network". An unknown name does nothing."""
        if name not in self.docks or name in self._locked:
            return
        self.shrink()
        dock = self.docks[name]
        dock.show()
        dock.raise_()

    def in_front(self) -> frozenset[str]:
        """Panels that are open and not behind a tab."""
        return frozenset(
            name for name, dock in self.docks.items() if not (dock.isHidden() or is_behind(dock))
        )

    def uncover(self, name: str, before: frozenset[str]) -> None:
        """Close a panel; in its place comes that of ``before``, where Qt would take any tab."""
        dock = self.docks[name]
        covered = [tab for tab in self.tabifiedDockWidgets(dock) if tab.objectName() in before]
        seen = not is_behind(dock)
        dock.close()
        if seen and covered:
            covered[0].raise_()

    def close_panel(self, name: str) -> None:
        """Close a panel; where it was enlarged, all the others come back."""
        self.shrink()
        if name == "guide":
            self.close_guide()
        else:
            self.docks[name].close()

    @property
    def enlarged(self) -> str:
        """The panel that is enlarged to the whole window; empty while none is."""
        if self._enlarged:
            return self._enlarged[0]
        return ""

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
        self.docks[name].setFocus()

    def shrink(self) -> None:
        """Every panel back to where it was before one was enlarged."""
        if self._enlarged is not None:
            (name, before), self._enlarged = self._enlarged, None
            self.network.show()
            self.restoreState(before, LAYOUT)
            self._show_enlarged(name, False)
            self.network.setFocus()
            self._fitting.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape brings back what an enlarged panel has taken the room of."""
        if event.key() == Qt.Key.Key_Escape and self._enlarged is not None:
            self.shrink()
        else:
            super().keyPressEvent(event)

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

    def _panels(self) -> dict[str, DockPanel]:
        """What shows frames, by the name of its dock."""
        panels: dict[str, DockPanel] = {
            **self.plots,
            CHAIN_RULE: self.hop,
            "inspector": self.inspector,
        }
        if self.comparison is not None:
            panels["comparison"] = self.comparison
        if self.calculator is not None:
            panels["calculator"] = self.calculator
        if self.guide is not None:
            panels["guide"] = self.guide
        if self.recording is not None and self._subjects.currentWidget() is self.recording:
            panels["form"] = self.recording
        return panels

    def wants(self) -> frozenset[type]:
        """Measurements that the panels draw which can be seen."""
        panels = self._panels()
        return frozenset(kind for name in self.seen() for kind in panels[name].wants)

    def set_frame(self, frame: Frame, due: Due = FULL) -> None:
        """Show one moment: what is due now, and a little later the panels that are due then.

        So the window is never busy for long while frames follow each other fast.
        """
        self._frame = frame
        self._due = due
        self.network.set_frame(frame, due)
        self._show(due.panels_now(self.seen()))
        if due.in_full:
            self._later.stop()
        else:
            self._later.start()

    def _show(self, names: Iterable[str]) -> None:
        panels = self._panels()
        for name in names:
            panel = panels[name]
            if isinstance(panel, Plot):
                show_by_column(panel, self._frame, self.network.diagram.columns)
            else:
                panel.set_frame(self._frame)

    @Slot()
    def _refold(self) -> None:
        """Have the plots by stage follow the diagram."""
        self._show([name for name in self.seen() if name in self.plots])

    def seen(self) -> list[str]:
        """Panels that can be seen, or could be if the window were.

        What lies behind another tab is visible, too, as Qt has it, only outside of the window.
        """
        return [
            name
            for name, panel in self._panels().items()
            if isinstance(panel, QWidget)
            and (not self.isVisible() or (panel.isVisible() and not is_behind(self.docks[name])))
        ]

    @Slot()
    def _catch_up_later(self) -> None:
        """The panels that had to wait."""
        if self._due.rule_later and self._frame is not None:
            self.network.show_rule(self._frame)
        self._show(self._due.panels_later(self.seen()))

    @Slot(bool)
    def _notice(self, visible: bool) -> None:
        """Panels come and go in one go when the layout changes: look once, afterwards."""
        dock = self.sender()
        (self._behind.discard if visible else self._behind.add)(dock.objectName())
        self._noticed.start()

    @Slot()
    def _catch_up(self) -> None:
        """Make the plots that were opened, and give those in sight the frame that they missed."""
        if self._filled:
            self.fill()
        self._spell_tabs()
        for name, dock in self.docks.items():
            self._actions[name].setChecked(not dock.isHidden())
        self._show(self.seen())
        self.wants_changed.emit()

    def _spell_tabs(self) -> None:
        """Titles of tabs in full, with arrows where there are too many: Qt would cut them all."""
        for bar in self.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly):
            bar.setElideMode(Qt.TextElideMode.ElideNone)
            bar.setUsesScrollButtons(True)
