"""The verdict with its remedies, and the comparison they are tried in, wired to the session."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Slot

from vgsim.core.errors import SpecError
from vgsim.diagnosis.verdict import Effect, Remedy, Verdict
from vgsim.nn.presets import load_preset
from vgsim.nn.spec import Spec
from vgsim.text.comparison import difference
from vgsim.ui.app.session import Session
from vgsim.ui.window.main_window import MainWindow


class Advice(QObject):
    """Why panel and comparison of one window."""

    def __init__(self, window: MainWindow, session: Session) -> None:
        super().__init__(window)
        self._window, self._session = window, session
        self._verdict: tuple[Spec, Verdict] | None = None
        why = window.workspace.why
        session.judging.connect(self._judging)
        session.judged.connect(self._judged)
        session.measured.connect(why.add_effect)
        session.measured.connect(self._measured)
        session.unjudged.connect(self._unjudged)
        session.opened.connect(self._opened)
        session.compared.connect(self._compared)
        session.spec_changed.connect(self._name_rival)
        why.evidence_clicked.connect(window.workspace.show_panel)
        why.try_requested.connect(self.try_out)
        why.apply_requested.connect(self.apply)
        window.workspace.network.rival.ended.connect(self.end)

    def verdict_of(self, spec: Spec) -> Verdict | None:
        """The last verdict, if it is on ``spec``; None while that is still being judged."""
        found = self._verdict
        return found[1] if found is not None and found[0] == spec else None

    @Slot()
    def _opened(self) -> None:
        """Another experiment: what was said of the one before is no answer."""
        self._verdict = None
        self._window.workspace.why.set_verdict(None)

    @Slot()
    def _judging(self) -> None:
        self._window.workspace.why.set_busy(True)

    @Slot(str)
    def _unjudged(self, sentence: str) -> None:
        why = self._window.workspace.why
        why.set_failed(sentence)
        why.set_busy(False)

    @Slot(object)
    def _judged(self, verdict: Verdict) -> None:
        self._verdict = self._session.spec, verdict
        why = self._window.workspace.why
        why.set_verdict(verdict, measuring=not self._session.state.training)
        why.set_busy(False)

    @Slot(object)
    def _measured(self, effect: Effect) -> None:
        """Keep what was measured with the verdict, for what is exported."""
        if self._verdict is not None:
            spec, verdict = self._verdict
            self._verdict = spec, replace(verdict, effects=(*verdict.effects, effect))

    @Slot(object)
    def try_out(self, remedy: Remedy) -> None:
        """Run the network with this remedy beside the present one."""
        try:
            self._session.compare(self._session.wanted.replace(dict(remedy.changes)))
        except SpecError as error:
            self._window.tell(str(error))

    @Slot(object)
    def apply(self, remedy: Remedy) -> None:
        """Change the experiment as the remedy says; who tried it out has the old one beside it."""
        before = self._session.wanted
        try:
            self._session.apply(dict(remedy.changes))
            if self._session.rival == self._session.wanted:
                self._session.compare(before)
        except SpecError as error:
            self._window.tell(str(error))

    @Slot()
    def keep(self) -> None:
        """The experiment as it is now becomes B; what is changed from here on is A."""
        self._session.compare(self._session.spec)

    @Slot(str)
    def compare_with(self, preset: str) -> None:
        """Run a shipped experiment beside this one."""
        self._session.compare(load_preset(preset))

    @Slot()
    def end(self) -> None:
        """One experiment again."""
        self._session.compare(None)

    @Slot(object, str)
    def _compared(self, rival: Spec | None, sentence: str) -> None:
        self._name_rival()
        if sentence:
            self._window.tell(f"Not compared: {sentence}")

    @Slot()
    def _name_rival(self) -> None:
        """Say in what B differs from the experiment as it is now."""
        rival = self._session.rival
        words = difference(self._session.spec, rival) if rival else ""
        same = "the same so far: change something" if rival else ""
        self._window.workspace.network.rival.set_rival(words or same)
