"""The thread of the verdict: judges a copy of the experiment and measures what would help.

It never touches the experiment that the worker drives; a :class:`Case` carries what its copy needs.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from queue import Empty, SimpleQueue
from threading import Event

from PySide6.QtCore import QObject, QThread, Signal

from vgsim.core import untrusted
from vgsim.core.errors import reason_of
from vgsim.diagnosis import judge_recording
from vgsim.diagnosis.effects import Bench
from vgsim.diagnosis.stopping import Stop, Stopped
from vgsim.diagnosis.verdict import Verdict
from vgsim.measure.source import RecordingFile
from vgsim.nn.checkpoints import Checkpoint
from vgsim.nn.continuing import PresentState, origin_of
from vgsim.nn.experiment import Experiment
from vgsim.nn.history import HistoryView
from vgsim.nn.spec import Spec
from vgsim.record.reader import RecordedRun
from vgsim.ui.app.messages import Quit

SHARE = 0.1
"""Most of the time that judging may take while one case follows the other: it slows training."""
LONGEST_REST = 1.0
"""Seconds after which the next case is judged however long the last one took."""
HEAVY = 256 * 2**20
"""A copy with more bytes of data, parameters and states is not kept while remedies are measured."""

log = logging.getLogger(__name__)

Judge = Callable[[Experiment, Stop], Verdict]


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """An experiment to be judged.

    ``checkpoint`` is a state of it, None for the first one, and ``step`` the number of updates
    after which the pass is made that is judged: as many as the state has, or a few more.
    ``history`` is what was recorded up to there or further. ``wanted_effects`` asks for the
    remedies to be measured, too.
    """

    spec: Spec
    checkpoint: Checkpoint | None
    history: HistoryView
    generation: int
    wanted_effects: bool
    step: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class RecordedCase:
    """A recorded step to be judged, of a file that may still grow."""

    file: RecordingFile
    generation: int
    step: int


class Adviser(QThread):
    """Judges one case at a time, the newest; what a newer one makes stale is not finished.

    What was measured of a remedy from a fresh start holds for its spec, however far training has
    come: it is measured once and then told again with every verdict that offers the remedy.

    Signals: ``judged`` (generation, Verdict), then ``measured`` (generation, Effect) for each of
    its remedies, again after every round of measuring; ``failed`` (generation, sentence) when the
    case could not be judged or measured.
    """

    judged = Signal(int, object)
    measured = Signal(int, object)
    failed = Signal(int, str)

    def __init__(self, judge: Judge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._judge = judge
        self._cases: SimpleQueue[Case | RecordedCase | Quit] = SimpleQueue()
        self._run: RecordedRun | None = None
        self._copy: Experiment | None = None
        self._bench: Bench | None = None
        self._rest_until = 0.0
        self._wanted: int | None = None
        self._free = Event()
        self._free.set()

    def post(self, case: Case | RecordedCase) -> None:
        """Queue a case, in place of those before it; from one thread."""
        self._wanted = case.generation
        self._cases.put(case)

    def dismiss(self) -> None:
        """End the thread soon, whatever it is doing."""
        self._wanted = None
        self._free.set()
        self._cases.put(Quit())

    def stop(self) -> None:
        """End the thread and wait until it has ended."""
        self.dismiss()
        self.wait()

    def run(self) -> None:
        """The thread's loop: the newest case, as long as none asks it to quit."""
        self.setPriority(QThread.Priority.LowPriority)
        while (case := self._newest()) is not None:
            try:
                with untrusted.until(partial(self._outdated, case)):
                    if isinstance(case, RecordedCase):
                        self._advise_recorded(case)
                    else:
                        self._advise(case)
            except (
                Stopped,
                untrusted.GivenUp,
            ):  # somewhere in a pass, from which the next case begins anew
                pass
            except OSError as error:  # the file of a recording is gone, or damaged there
                self.failed.emit(case.generation, reason_of(error))
            except Exception as error:  # of any kind: the window goes on and shows it
                self._fail(case, error)

    def hold(self, held: bool) -> None:
        """Rest after the next moment for as long as ``held``; from any thread."""
        if held:
            self._free.clear()
        else:
            self._free.set()

    def _newest(self) -> Case | RecordedCase | None:
        """Wait for a case and for the end of the rest; the newest one then, None to quit."""
        newest = None
        found = self._cases.get()
        while not isinstance(found, Quit):
            newest = found
            try:
                found = self._cases.get(timeout=max(0.0, self._rest_until - time.monotonic()))
            except Empty:
                return newest
        return None

    def _outdated(self, case: Case | RecordedCase) -> bool:
        """Whether another experiment or the end waits; a later step of the same one may wait."""
        self._free.wait()
        return self._wanted != case.generation

    def _stale(self) -> bool:
        """Whether a newer case or the end waits."""
        self._free.wait()
        return not self._cases.empty()

    def _advise(self, case: Case) -> None:
        began = time.monotonic()
        experiment = self._copy_of(case)
        origin = origin_of(experiment) if case.wanted_effects else None
        verdict = self._judge(experiment, partial(self._outdated, case))
        del experiment
        now = time.monotonic()
        self._rest_until = now + min((now - began) * (1 / SHARE - 1), LONGEST_REST)
        self.judged.emit(case.generation, verdict)
        self._measure(case, verdict, origin)

    def _advise_recorded(self, case: RecordedCase) -> None:
        """Judge a recorded step; nothing can be measured of a training elsewhere."""
        self._copy, self._bench = None, None
        if self._run is None or self._run.path != case.file.path:
            self._run = RecordedRun(case.file.path)
        else:
            self._run.refresh()
        self.judged.emit(case.generation, judge_recording(self._run, case.step))

    def _copy_of(self, case: Case) -> Experiment:
        """The experiment of the case in its own buffers; kept as long as the spec is the same."""
        if self._bench is None or self._bench.spec != case.spec:
            self._copy, self._bench = None, Bench(case.spec)
        if self._copy is None:
            self._copy = Experiment(case.spec)
        if case.checkpoint is None:
            self._copy.reset()
        else:
            self._copy.history.adopt(case.history)
            self._copy.restore(case.checkpoint)
            self._copy.run(case.step - self._copy.step, partial(self._outdated, case))
        return self._copy

    def _measure(self, case: Case, verdict: Verdict, origin: PresentState | None) -> None:
        """Tell the effect of each remedy: those known at once, the others round by round."""
        bench = self._bench
        assert bench is not None  # made with the copy
        if not case.wanted_effects or not verdict.remedies:
            for known in bench.known(verdict.remedies):
                self.measured.emit(case.generation, known)
            return
        if self._copy is not None and _bytes(self._copy) > HEAVY:
            self._copy = None
        found = bench.effects(verdict.outcome, verdict.remedies, self._stale, origin)
        for told in found:
            self.measured.emit(case.generation, told)

    def _fail(self, case: Case | RecordedCase, error: Exception) -> None:
        log.exception("the experiment could not be judged")
        self._copy = None  # it may be half way through anything
        if str(error):
            sentence = f"{type(error).__name__}: {error}"
        else:
            sentence = type(error).__name__
        self.failed.emit(case.generation, sentence)


def _bytes(experiment: Experiment) -> int:
    """Bytes of the largest parts of an experiment, roughly."""
    data = experiment.data
    network = experiment.network
    buffers = sum(stack.h.nbytes for stack in network.stacks)
    return data.x_train.nbytes + 10 * (network.flat.values.nbytes + buffers)
