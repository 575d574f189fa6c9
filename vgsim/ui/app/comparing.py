"""The comparison of two experiments, A and B, wired to the session."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from vgsim.core.atomic import text_file
from vgsim.nn.pairs import SavedPair, dumps_pair
from vgsim.nn.presets import baseline_of, load_preset
from vgsim.nn.spec import Spec
from vgsim.text.goals import goal_difference
from vgsim.text.moments import place_of
from vgsim.text.specs import SAME, compared_names, difference
from vgsim.ui.app.session import Session
from vgsim.ui.app.state import State
from vgsim.ui.comparison.change import ChangeDialog
from vgsim.ui.window.dialogs import ask_save, show_unsaved
from vgsim.ui.window.main_window import MainWindow


class Comparing(QObject):
    """What one does with two experiments in one window."""

    def __init__(self, window: MainWindow, session: Session) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        session.changed.connect(self._follow)
        window.workspace.network.other_run.ended.connect(self.end)
        window.workspace.unpinned.connect(session.unpin)
        self._opened = False
        self._before: frozenset[str] = frozenset()

    @Slot(object, object)
    def _follow(self, before: State, now: State) -> None:
        """Show the panel while there is a B, and say in what B differs from A as it is now."""
        if (now.other is None) is not (before.other is None):
            self._show_panel(now.other is not None)
        if now.other is not before.other or now.spec is not before.spec:
            self._name_other_run(now)

    def _show_panel(self, compared: bool) -> None:
        """Open the panel with the comparison, and close it with it unless the user opened it.

        A page of a lesson that compares says itself what is to be looked at, and is not covered.
        """
        space = self._window.workspace
        if compared:
            busy = bool(space.enlarged) or not space.docks["guide"].isHidden()
            self._opened = space.docks["comparison"].isHidden() and not busy
            if self._opened:
                self._before = space.in_front()
                space.show_panel("comparison")
        elif self._opened and not space.enlarged:
            space.uncover("comparison", self._before)

    def _name_other_run(self, state: State) -> None:
        words = ""
        if state.other is not None:
            words = goal_difference(state.goal, state.other)
        if words == SAME:
            words = "the same so far: change something"
        self._window.workspace.network.other_run.set_difference(words)

    @Slot()
    def keep(self) -> None:
        """The experiment as it is now becomes B; what is changed from here on is A."""
        self._session.compare(self._session.state.goal)

    @Slot(str)
    def compare_with(self, preset: str) -> None:
        """Run a shipped experiment beside this one."""
        self._session.compare(load_preset(preset))

    @Slot()
    def change_one(self) -> None:
        """Ask which one field of A is to be another one in B."""
        dialog = ChangeDialog(self._session.state.wanted, self._window)
        dialog.chosen.connect(self._session.compare)
        dialog.open()

    @Slot()
    def swap(self) -> None:
        """A and B change places."""
        self._name_preset()
        self._session.swap()

    @Slot()
    def promote(self) -> None:
        """Go on with B alone."""
        self._name_preset()
        self._session.promote()

    def _name_preset(self) -> None:
        """B is about to be the experiment of the form."""
        other = self._session.state.other
        if isinstance(other, Spec):
            self._window.form.set_current_preset(baseline_of(other)[0])

    @Slot()
    def save_pair(self) -> None:
        """Ask where and save both experiments, and the moment they stand at, as one file."""
        frame = self._session.frame
        if frame is None or frame.other is None:
            return
        path = ask_save(self._window, "pair.toml", "Pair of experiments (*.toml)")
        if not path:
            return
        if frame.spec is None or frame.other.spec is None:
            self._window.tell("Only two experiments can be saved as a pair, a recording cannot")
            return
        pair = SavedPair(frame.spec, frame.other.spec, place_of(frame)[0], str(frame.moment))
        try:
            with text_file(path) as out:
                out.write(dumps_pair(pair))
        except OSError as error:
            show_unsaved(self._window, error)

    @Slot()
    def pin_a(self) -> None:
        """Keep A as it is now behind what is shown from here on."""
        frame = self._session.frame
        if frame is None:
            return
        state = self._session.state
        name = compared_names(frame).a[2:]
        if not name and frame.spec is not None:
            name = difference(state.baseline, frame.spec)
        if name in ("", SAME):
            name = frame.subject.name or "this experiment"
        self._session.pin(frame, name)

    @Slot()
    def pin_b(self) -> None:
        """Keep B as it is now."""
        frame = self._session.frame
        if frame is not None and frame.other is not None:
            self._session.pin(frame.other, compared_names(frame).b[2:])

    @Slot()
    def end(self) -> None:
        """One experiment again."""
        self._session.compare(None)
