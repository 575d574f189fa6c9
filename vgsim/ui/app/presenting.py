"""Presentation mode of one window: it is begun, gets frames, and leaves no change at its end."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from vgsim.measure.frame import Frame
from vgsim.text.scale import Scale
from vgsim.ui.app.exploring import Exploring
from vgsim.ui.app.session import Session
from vgsim.ui.app.settings import Settings
from vgsim.ui.app.state import State
from vgsim.ui.pacing import CHAIN_RULE, RunState
from vgsim.ui.plots.kinds import PLOTS, first_plot
from vgsim.ui.presentation import PresentingWindow
from vgsim.ui.style.theme import Theme
from vgsim.ui.window.main_window import MainWindow

_REMEMBERED = "presenting/panel"


class Presenting(QObject):
    """A second window over the first, which it leaves as it is: layout, geometry and focus.

    While it is there the frames go to it alone; at its end the first window gets the last one.
    """

    def __init__(
        self,
        window: MainWindow,
        session: Session,
        exploring: Exploring,
        settings: Settings,
        theme: Callable[[], Theme],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._exploring = exploring
        self._settings = settings
        self._theme = theme
        self._shown: PresentingWindow | None = None
        window.told.connect(self._tell)
        session.changed.connect(self._follow)

    @property
    def shown(self) -> PresentingWindow | None:
        """The window of the presentation, while there is one."""
        return self._shown

    @property
    def front(self) -> QWidget:
        """The window that the user sees, which shows messages."""
        return self._shown or self._window

    @Slot()
    def begin(self) -> None:
        """Begin to present what is shown; does nothing while presenting."""
        if self._shown is not None:
            return
        scale = Scale() if self._session.frame is None else Scale.of(self._session.frame)
        shown = PresentingWindow(self._theme(), scale, self._panels(), self._window)
        self._shown = shown
        self._connect(shown)
        shown.setScreen(self._window.screen())
        shown.move(self._window.screen().geometry().topLeft())
        self._allow(self._session.state.run)
        if self._session.frame is not None:
            self._show(self._session.frame)
        self._exploring.show_instead(shown.wants)
        shown.begin()

    def _connect(self, shown: PresentingWindow) -> None:
        timeline = shown.hall.network.timeline
        shown.asked.connect(self._do)
        shown.panel_changed.connect(self._change_panel)
        shown.ended.connect(self._ended)
        shown.hall.sample_chosen.connect(self._session.choose_sample)
        timeline.moment_dragged.connect(self._session.seek_moment)
        timeline.step_dragged.connect(self._session.seek_step)

    def _panels(self) -> tuple[str, ...]:
        """The panels that are open in the window, beginning with the one shown last."""
        space = self._window.workspace
        named = (*PLOTS.names(), CHAIN_RULE)
        offered = [name for name in named if not space.docks[name].isHidden()]
        if space.enlarged or not offered:
            offered = list(named)
        wanted = space.enlarged or self._settings.text(_REMEMBERED, first_plot())
        at = offered.index(wanted) if wanted in offered else 0
        return (*offered[at:], *offered[:at])

    @Slot()
    def end(self) -> None:
        """Go back to the window; does nothing unless presenting."""
        if self._shown is not None:
            self._shown.end()

    @Slot()
    def _ended(self) -> None:
        """However it was closed: the window goes on where the presentation was."""
        shown, self._shown = self._shown, None
        if shown is None:
            return
        shown.deleteLater()
        self._exploring.show_instead(None)
        if self._session.frame is not None:
            self._window.set_frame(self._session.frame, self._session.state.due)
        self._window.activateWindow()

    @Slot(str)
    def _do(self, action: str) -> None:
        self._window.actions_by_name[action].trigger()

    @Slot(str)
    def _change_panel(self, name: str) -> None:
        self._settings.set_text(_REMEMBERED, name)
        if self._shown is not None:
            self._exploring.show_instead(self._shown.wants)

    @Slot(object, object)
    def _follow(self, before: State, now: State) -> None:
        if now.frame is not None and now.due is not before.due:
            self._show(now.frame)
        if now.run is not before.run:
            self._allow(now.run)

    def _show(self, frame: Frame) -> None:
        if self._shown is not None:
            self._shown.set_frame(frame, self._session.state.due)

    def _allow(self, state: RunState) -> None:
        """Disable what can be dragged while training runs."""
        if self._shown is not None:
            self._shown.hall.network.timeline.set_training(state.training)

    @Slot(str)
    def _tell(self, words: str) -> None:
        if self._shown is not None:
            self._shown.tell(words)

    def set_theme(self, theme: Theme) -> None:
        """Paint in other colors."""
        if self._shown is not None:
            self._shown.set_theme(theme)
