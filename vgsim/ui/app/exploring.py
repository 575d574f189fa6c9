"""What the user looks into, goes to and stops at: the views of that, wired to the session."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from vgsim.core.errors import SpecError
from vgsim.measure.request import Focus
from vgsim.measure.stops import Stop, StopRules
from vgsim.text.moments import Jump, way_sentence
from vgsim.text.stops import stop_sentence, stops_summary
from vgsim.ui.app.session import Session
from vgsim.ui.app.state import State
from vgsim.ui.window.jump import JumpDialog
from vgsim.ui.window.main_window import MainWindow
from vgsim.ui.window.stops_dialog import StopsDialog


class Exploring(QObject):
    """Timeline, jumps, stop rules, picking, inspector and samples of one window."""

    def __init__(self, window: MainWindow, session: Session) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._lent: frozenset[type] = frozenset()
        self._instead: frozenset[type] | None = None
        space = window.workspace
        space.wants_changed.connect(self._want)
        space.network.diagram.picked.connect(self.pick)
        space.network.diagram.opened.connect(self.open_inspector)
        space.inspector.focus_requested.connect(self.look_into)
        space.module_picked.connect(self.look_into)
        space.hop.focus_requested.connect(self._follow_weight)
        space.hop.sample_chosen.connect(session.choose_sample)
        space.network.timeline.moment_dragged.connect(session.seek_moment)
        space.network.timeline.step_dragged.connect(session.seek_step)
        space.network.timeline.recorded_dragged.connect(session.seek_recorded)
        session.stopped.connect(self._say_stop)
        session.changed.connect(self._follow)

    def lend(self, kinds: frozenset[type]) -> None:
        """Have these measurements made, too, for something that is not in sight."""
        self._lent = kinds
        self._want()

    def show_instead(self, kinds: frozenset[type] | None) -> None:
        """Have these made for what covers the panels; None when nothing does any more."""
        self._instead = kinds
        self._want()

    @Slot()
    def _want(self) -> None:
        if self._instead is None:
            seen = self._window.workspace.wants()
        else:
            seen = self._instead
        self._session.want(seen | self._lent)

    @Slot()
    def inspect(self) -> None:
        """Give the diagram the keyboard; it comes back if a panel was enlarged."""
        self._window.workspace.shrink()
        self._window.workspace.network.diagram.begin_inspecting()

    @Slot(object)
    def look_into(self, focus: Focus | None) -> None:
        """Have a stage, unit or edge inspected, and mark it in the diagram."""
        self._window.workspace.network.diagram.set_focus(focus)
        self._session.look_into(focus)

    @Slot(object)
    def pick(self, focus: Focus | None) -> None:
        """A stage, unit or edge was clicked: look into it without bringing another panel up."""
        self.look_into(focus)
        if focus is not None and "inspector" not in self._window.workspace.seen():
            self._window.tell("A double click, or I, shows the figures of what is marked")

    @Slot()
    def open_inspector(self) -> None:
        """Bring the inspector into sight."""
        self._window.workspace.show_panel("inspector")

    @Slot(object)
    def _follow_weight(self, focus: Focus | None) -> None:
        """A weight pinned in the chain rule: its update is followed, the panels stay."""
        self._window.workspace.network.diagram.set_focus(focus)
        self._session.look_into(focus)

    @Slot()
    def ask_where(self) -> None:
        """Ask for a moment or step, and go there."""
        frame = self._session.frame
        if frame is None:
            return
        dialog = JumpDialog(self._window)
        latest = frame.reach[1]
        dialog.set_place(frame.stages, frame.subject, frame.step, latest)
        dialog.chosen.connect(self._jump)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(object)
    def _jump(self, jump: Jump) -> None:
        try:
            self._session.jump(jump)
        except SpecError as error:  # the network was changed while one was asked
            self._window.tell(str(error))

    @Slot()
    def ask_stops(self) -> None:
        """Ask where to stop."""
        frame = self._session.frame
        dialog = StopsDialog(self._window)
        dialog.set_rules(self._session.state.rules)
        if frame is not None:
            dialog.set_stages(frame.stages, frame.subject)
        dialog.changed.connect(self._set_stops)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(object)
    def _set_stops(self, rules: StopRules) -> None:
        self._session.set_stops(rules)
        frame = self._session.frame
        if frame is None:
            summary = stops_summary(rules)
        else:
            summary = stops_summary(rules, frame.stages, frame.subject)
        self._window.tell(summary or "No rule stops playing or training")

    @Slot(object)
    def _say_stop(self, stop: Stop) -> None:
        frame = self._session.frame
        if frame is not None:
            self._window.tell(stop_sentence(stop, frame.stages, frame.subject))

    @Slot(object, object)
    def _follow(self, before: State, now: State) -> None:
        """Say how far a long way has come; while training runs nothing can be gone to."""
        if now.way is not None and now.way is not before.way:
            self._window.tell(way_sentence(now.way.who, now.way.step, now.way.wanted))
        elif now.way is None and before.way is not None:
            self._window.hush()
        if now.run is not before.run:
            self._window.workspace.network.timeline.set_training(now.run.training)
