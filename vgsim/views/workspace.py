"""The panels: the diagram in the middle, the form at the left, plots below, each in its dock."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabWidget

from vgsim.engine.frame import Frame
from vgsim.present.scale import Scale
from vgsim.present.theme import Theme
from vgsim.views.controls.form import ExperimentForm
from vgsim.views.docks import CardDock, PlainDock
from vgsim.views.network_card import NetworkCard
from vgsim.views.plots import PLOTS, Plot
from vgsim.views.style import GUTTER

FIRST_PLOTS = ("gradient", "heatmap", "loss")
"""Plots that share the room below at first; accuracy is a tab behind the loss."""
PLOT_MS = 15
"""A plot is brought up to date so long after the diagram, while training."""
_FORM_WIDTH, _PLOT_HEIGHT = 286, 330


class Workspace(QMainWindow):
    """A main window inside the main window, so that its docks keep a gutter to the edges."""

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
        self.plots: dict[str, Plot] = {}
        self.docks: dict[str, QDockWidget] = {}
        self._frame: Frame | None = None
        self._turn = 0
        self._later = QTimer(self, singleShot=True, interval=PLOT_MS)
        self._later.timeout.connect(self._next_plot)
        self.setCentralWidget(self.network)
        self._add(PlainDock("form", "Experiment", self.form), Qt.DockWidgetArea.LeftDockWidgetArea)
        for entry in PLOTS:
            dock = CardDock(entry.name, entry.value.title)
            self._add(dock, Qt.DockWidgetArea.BottomDockWidgetArea)
            dock.visibilityChanged.connect(self._catch_up)
        self.tabifyDockWidget(self.docks["loss"], self.docks["accuracy"])
        self.docks["loss"].raise_()
        self._share_room()
        self._first = self.saveState()

    def _add(self, dock: QDockWidget, area: Qt.DockWidgetArea) -> None:
        self.addDockWidget(area, dock)
        self.docks[dock.objectName()] = dock

    def fill(self) -> None:
        """Make the plots, once; apart from the rest, so that the window is painted before."""
        for entry in PLOTS if not self.plots else ():
            plot = entry.value(self._theme, self._scale, self._pen_scale)
            self.plots[entry.name] = plot
            dock = self.docks[entry.name]
            assert isinstance(dock, CardDock)  # every plot's dock was made as one
            dock.fill(plot)
            dock.set_subtitle(plot.subtitle)
            plot.subtitle_changed.connect(dock.set_subtitle)
            plot.set_frame(self._frame)

    def _share_room(self) -> None:
        shown = [self.docks[name] for name in FIRST_PLOTS]
        self.resizeDocks([self.docks["form"]], [_FORM_WIDTH], Qt.Orientation.Horizontal)
        self.resizeDocks(shown, [400] * len(shown), Qt.Orientation.Horizontal)
        self.resizeDocks(shown[:1], [_PLOT_HEIGHT], Qt.Orientation.Vertical)

    def toggles(self) -> list[QAction]:
        """An action for each panel that shows or hides it."""
        return [dock.toggleViewAction() for dock in self.docks.values()]

    def reset(self) -> None:
        """Every panel back to its first place."""
        self.restoreState(self._first)
        self._share_room()

    def set_theme(self, theme: Theme) -> None:
        """Paint every panel in another theme."""
        self._theme = theme
        self.network.set_theme(theme)
        for plot in self.plots.values():
            plot.set_theme(theme)

    def set_frame(self, frame: Frame, live: bool) -> None:
        """Show one moment in every panel that can be seen.

        While many frames follow each other (``live``) each brings one plot up to date in turn,
        and that a little later: the window is then never busy for long.
        """
        self._frame = frame
        self.network.set_frame(frame, live)
        if live:
            self._later.start()
        else:
            for plot in self._seen():
                plot.set_frame(frame)

    def _seen(self) -> list[Plot]:
        """Plots that can be seen, or could be if the window were."""
        return [plot for plot in self.plots.values() if plot.isVisible() or not self.isVisible()]

    @Slot()
    def _next_plot(self) -> None:
        self._turn += 1
        seen = self._seen()
        if seen:
            seen[self._turn % len(seen)].set_frame(self._frame)

    @Slot(bool)
    def _catch_up(self, visible: bool) -> None:
        """Give the plots that have just come into sight the frame that they missed."""
        for plot in self.plots.values():
            if visible and plot.isVisible() and plot.frame is not self._frame:
                plot.set_frame(self._frame)
