"""The verdict with its remedies, wired to the session."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QGuiApplication

from vgsim.core.errors import SpecError
from vgsim.diagnosis.pytorch import pasted
from vgsim.diagnosis.verdict import Remedy, Verdict
from vgsim.measure.source import Goal
from vgsim.text.moments import place_of
from vgsim.text.verdicts import judged_pass
from vgsim.ui.app.session import Session
from vgsim.ui.app.state import State
from vgsim.ui.window.docks import CardDock
from vgsim.ui.window.main_window import MainWindow


class Advice(QObject):
    """Why panel of one window."""

    def __init__(self, window: MainWindow, session: Session) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        why = window.workspace.why
        session.changed.connect(self._follow)
        why.evidence_clicked.connect(window.workspace.show_panel)
        why.try_requested.connect(self.try_out)
        why.apply_requested.connect(self.apply)
        why.copy_requested.connect(self.copy_code)
        why.set_recorded(session.state.recording is not None)

    def verdict_of(self, goal: Goal) -> Verdict | None:
        """The last verdict, if it is on ``goal``; None while that is still being judged."""
        state = self._session.state
        if state.verdict is None or state.judged != goal:
            return None
        return replace(state.verdict, effects=state.effects)

    @Slot(object, object)
    def _follow(self, before: State, now: State) -> None:
        """Show the verdict and what was measured of its remedies."""
        why = self._window.workspace.why
        told = before.effects
        if now.verdict is not before.verdict:
            why.set_verdict(now.verdict, measuring=not now.run.training)
            told = ()
        for effect in now.effects:
            if not any(effect is known for known in told):
                why.add_effect(effect)
        if now.unjudged and not before.unjudged:
            why.set_failed(now.unjudged)
        if (now.recording is None) is not (before.recording is None):
            why.set_recorded(now.recording is not None)
        if now.judging is not before.judging:
            why.set_busy(now.judging)
        if now.verdict is not before.verdict or now.frame is not before.frame:
            self._name_pass()

    def _name_pass(self) -> None:
        """Say in the heading of which pass the verdict is, and mark that it is of another one."""
        now = self._session.state
        dock = self._window.workspace.docks["why"]
        assert isinstance(dock, CardDock)  # it was made as one
        if now.verdict is None:
            dock.set_note("")
        else:
            shown = now.frame is None or place_of(now.frame)[0] == now.verdict.step
            name = judged_pass(now.verdict)
            dock.set_note(name if shown else f"of {name}", differs=not shown)

    @Slot(object)
    def copy_code(self, remedy: Remedy) -> None:
        """Put the lines as they are to be on the clipboard."""
        QGuiApplication.clipboard().setText(pasted(remedy.code))
        self._window.tell(f"Copied: {remedy.title}")

    @Slot(object)
    def try_out(self, remedy: Remedy) -> None:
        """Run the network with this remedy beside the present one."""
        try:
            self._session.compare(self._session.state.wanted.replace(dict(remedy.changes)))
        except SpecError as error:
            self._window.tell(str(error))

    @Slot(object)
    def apply(self, remedy: Remedy) -> None:
        """Change the experiment as the remedy says; if that is B already, the old one becomes B."""
        before = self._session.state.wanted
        try:
            self._session.apply(dict(remedy.changes))
            if self._session.state.other == self._session.state.wanted:
                self._session.compare(before)
        except SpecError as error:
            self._window.tell(str(error))
