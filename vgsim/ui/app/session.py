"""The controller: what the person wants -> one spec and commands; frames -> whoever shows them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from vgsim.core.errors import SpecError
from vgsim.core.fields import Value
from vgsim.diagnosis import judge
from vgsim.diagnosis.verdict import Effect, Verdict
from vgsim.measure.frame import Frame
from vgsim.measure.request import Focus, Wish
from vgsim.measure.stops import StopRules
from vgsim.nn.moments import Phase
from vgsim.nn.presets import load_preset
from vgsim.nn.spec import Spec, field_at
from vgsim.text.jumps import Jump, at_step, place_of, resolve
from vgsim.ui.app.adviser import Adviser, Case
from vgsim.ui.app.mailbox import Mailbox
from vgsim.ui.app.messages import (
    Compare,
    Load,
    Look,
    Play,
    Reset,
    Seek,
    Speed,
    Step,
    Stops,
    Train,
)
from vgsim.ui.app.worker import Worker
from vgsim.ui.pacing import FRAME_MS, Doing, Pacing, RunState, look_again_ms


class Session(QObject):
    """Owns the worker and the adviser, and knows what was asked for and what of it runs.

    ``wanted`` is the last spec asked for whose fields are all allowed; edits build on it.
    ``spec`` is the one whose experiment runs: it lags behind while one is built, and stays when
    the data of the wanted one are refused.

    Signals: ``frame_changed`` (Frame), ``spec_changed`` (Spec, baseline Spec), ``state_changed``
    (RunState), ``problems_changed`` (dict path -> sentence), ``failed`` (sentence, details),
    ``opened`` another experiment begins,
    ``stopped`` (Stop) a rule was met, ``compared`` (Spec or None, sentence) what runs
    beside, ``judging`` a verdict is on its way, ``judged`` (Verdict or None), ``measured``
    (Effect) what one of its remedies does, ``unjudged`` (sentence) there will be none,
    ``underway`` ("B" or empty, step, wanted step) how far a long way has come.
    """

    frame_changed = Signal(object)
    spec_changed = Signal(object, object)
    state_changed = Signal(object)
    problems_changed = Signal(object)
    failed = Signal(str, str)
    opened = Signal()
    stopped = Signal(object)
    compared = Signal(object, str)
    judging = Signal()
    judged = Signal(object)
    measured = Signal(object)
    unjudged = Signal(str)
    underway = Signal(str, int, int)

    def __init__(self, spec: Spec, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.spec = self.wanted = self.baseline = spec
        self.frame: Frame | None = None
        self.state = RunState()
        self._entries: dict[str, object] = {}
        self._refusal: dict[str, str] = {}
        self._asked: dict[int, Spec] = {}
        self._generation = 0
        self._running = 0
        self.pacing = Pacing()
        self._way_told = False
        self._spent = time.thread_time()
        self.wish = Wish()
        self.rules = StopRules()
        self.rival: Spec | None = None
        self._mailbox = Mailbox()
        self._worker = Worker(self._mailbox, self)
        self._worker.arrived.connect(self._look)
        self._worker.loaded.connect(self._loaded)
        self._worker.refused.connect(self._refused)
        self._worker.failed.connect(self.failed)
        self._worker.doing_changed.connect(self._change_doing)
        self._worker.stopped.connect(self.stopped)
        self._worker.compared.connect(self._compared)
        self._worker.to_judge.connect(self._ask)
        self._worker.underway.connect(self._tell_way)
        self._adviser = Adviser(judge, self)
        self._adviser.judged.connect(self._judged)
        self._adviser.measured.connect(self._measured)
        self._adviser.failed.connect(self._unjudged)
        self._timer = QTimer(self, interval=FRAME_MS)
        self._timer.timeout.connect(self._look)

    def start(self) -> None:
        """Start the threads on the first spec."""
        self._worker.start()
        self._adviser.start()
        self._load(self.wanted, keep_place=False)
        self.spec_changed.emit(self.wanted, self.baseline)

    def close(self) -> None:
        """End the threads; returns when both have ended."""
        self._timer.stop()
        self._adviser.dismiss()
        self._worker.stop()
        self._adviser.wait()

    def open(self, spec: Spec) -> None:
        """Begin another experiment, which edits are then compared with."""
        self._entries = {}
        self._refusal = {}
        self.baseline = spec
        self._load(spec, keep_place=False)
        self._tell()
        self.opened.emit()
        self.spec_changed.emit(spec, spec)

    @Slot(str)
    def choose_preset(self, name: str) -> None:
        """Begin a shipped experiment."""
        self.open(load_preset(name))

    @Slot(str, object)
    def edit(self, path: str, value: object) -> None:
        """Change one field. An entry that is not allowed waits, with its problem, to be mended."""
        if _problem(path, value):
            self._entries[path] = value
        else:
            self._entries.pop(path, None)
            self._refusal = {}
            self._load(self.wanted.replace({path: value}), keep_place=True)
        self._tell()

    def apply(self, changes: Mapping[str, Value]) -> None:
        """Change several fields at once; SpecError when one of them may not be so."""
        wanted = self.wanted.replace(changes)
        self._entries = {
            path: entry for path, entry in self._entries.items() if path not in changes
        }
        self._refusal = {}
        self._load(wanted, keep_place=True)
        self._tell()
        self.spec_changed.emit(wanted, self.baseline)

    def compare(self, spec: Spec | None) -> None:
        """Run another experiment beside this one, or none."""
        self._worker.post(Compare(spec))

    @Slot(object, str)
    def _compared(self, spec: Spec | None, sentence: str) -> None:
        self.rival = spec
        self._refresh_state()
        self.compared.emit(spec, sentence)

    @Slot(object)
    def _ask(self, case: Case) -> None:
        """Have the present state judged."""
        if case.generation == self._running:
            self._adviser.post(case)
            self.judging.emit()

    @Slot(int, object)
    def _judged(self, generation: int, verdict: Verdict) -> None:
        if generation == self._running:
            self.judged.emit(verdict)

    @Slot(int, object)
    def _measured(self, generation: int, effect: Effect) -> None:
        if generation == self._running:
            self.measured.emit(effect)

    @Slot(int, str)
    def _unjudged(self, generation: int, sentence: str) -> None:
        if generation == self._running:
            self.unjudged.emit(sentence)

    def _tell(self) -> None:
        waiting = {path: _problem(path, entry) for path, entry in self._entries.items()}
        self.problems_changed.emit({**self._refusal, **waiting})

    def _load(self, spec: Spec, keep_place: bool) -> None:
        self._generation += 1
        self.wanted = self._asked[self._generation] = spec
        self._worker.post(Load(spec, self._generation, keep_place))

    @Slot(int)
    def _loaded(self, generation: int) -> None:
        """The experiment of that generation runs now, even if a newer one was asked for since."""
        self.spec, self._running = self._asked[generation], generation
        self._asked = {key: spec for key, spec in self._asked.items() if key > generation}
        if generation == self._generation:
            self._refusal = {}
            self._tell()
            self.spec_changed.emit(self.spec, self.baseline)

    @Slot(int, object)
    def _refused(self, generation: int, error: SpecError) -> None:
        if generation == self._generation:
            self._refusal = {problem.path: str(problem) for problem in error.problems}
            self._tell()

    @Slot()
    def step(self) -> None:
        """One moment on."""
        self._worker.post(Step())

    @Slot()
    def back(self) -> None:
        """One moment back."""
        self._worker.post(Step(back=True))

    def seek(self, step: int, position: int) -> None:
        """Go to a moment of the pass behind update ``step``."""
        self._worker.post(Seek(step, position))

    @Slot(int)
    def seek_moment(self, position: int) -> None:
        """Go to another moment of this pass."""
        if self.frame is not None:
            self.seek(place_of(self.frame)[0], position)

    @Slot(int)
    def seek_step(self, step: int) -> None:
        """Go to the same moment of another pass."""
        if self.frame is not None:
            self.seek(*at_step(step, self.frame.moment.position, self.frame.stages))

    @Slot(object)
    def jump(self, jump: Jump) -> None:
        """Go to a place by its name; SpecError when there is no such place."""
        if self.frame is not None:
            self.seek(*resolve(jump, self.frame.stages, *place_of(self.frame)))

    @Slot(object)
    def set_stops(self, rules: StopRules) -> None:
        """Stop playing and training where one of these rules is met."""
        self.rules = rules
        self._worker.post(Stops(rules))

    def want(self, kinds: frozenset[type]) -> None:
        """Readings that the views which are seen draw."""
        self._wish_for(replace(self.wish, kinds=kinds))

    @Slot(object)
    def look_into(self, focus: Focus | None) -> None:
        """What the inspector shows from now on."""
        self._wish_for(replace(self.wish, focus=focus))

    @Slot(object)
    def choose_sample(self, sample: int | None) -> None:
        """The row of the batch that matrices and figures are those of; None for the mean."""
        self._wish_for(replace(self.wish, sample=sample))

    def _wish_for(self, wish: Wish) -> None:
        if wish != self.wish:
            self.wish = wish
            self._worker.post(Look(wish))

    @Slot()
    def toggle_play(self) -> None:
        """Play the pass, or pause."""
        self._worker.post(Play())

    @Slot()
    def toggle_train(self) -> None:
        """Train, or stop behind a whole step."""
        self._worker.post(Train())

    @Slot()
    def reset(self) -> None:
        """Back to the initial parameters."""
        self._worker.post(Reset())

    @Slot(float)
    def set_speed(self, rate: float) -> None:
        """Moments a second while playing."""
        self.pacing.set_rate(rate)
        self._worker.post(Speed(rate))
        self._hold_adviser()

    @Slot(object)
    def _change_doing(self, doing: Doing) -> None:
        self.pacing.set_doing(doing)
        if doing is Doing.TRAINING:
            self._spent = time.thread_time()
            self._timer.start(FRAME_MS)
        self._refresh_state()

    @Slot(str, int, int)
    def _tell_way(self, who: str, step: int, wanted: int) -> None:
        self._way_told = True
        self._refresh_state()
        self.underway.emit(who, step, wanted)

    @Slot()
    def _look(self) -> None:
        """Take the frame, if there is one and it is not of an experiment before."""
        frame = self._mailbox.take()
        if frame is not None and frame.generation >= self._running:
            self._show(frame)
        elif frame is None and self.pacing.doing is Doing.AT_REST:
            self._timer.stop()
            if self.pacing.stands_still():
                self.frame_changed.emit(self.frame)

    def _show(self, frame: Frame) -> None:
        self.frame = frame
        self._slow_down()
        self.pacing.begin_frame()
        self.frame_changed.emit(frame)
        self.pacing.end_frame()
        self._way_told = False
        self._refresh_state()
        self._hold_adviser()

    def _slow_down(self) -> None:
        """Look again as soon as what the last frame took is the window's share of the time."""
        now = time.thread_time()
        if self.pacing.doing is Doing.TRAINING:
            self._timer.setInterval(look_again_ms(now - self._spent))
        self._spent = now

    def _refresh_state(self) -> None:
        frame = self.frame
        began = frame is not None and (frame.step > 0 or frame.moment.phase is not Phase.START)
        on_the_way = self._way_told and self.pacing.doing is Doing.AT_REST
        doing = Doing.JUMPING if on_the_way else self.pacing.doing
        state = RunState(doing, began, self.rival is not None)
        if state != self.state:
            self.state = state
            self._hold_adviser()
            self.state_changed.emit(state)

    def _hold_adviser(self) -> None:
        """While moments follow fast, judging waits: it would hold up their painting."""
        self._adviser.hold(self.pacing.playing_fast)


def _problem(path: str, entry: object) -> str:
    """Why ``entry`` is not allowed in the field; empty when it is."""
    try:
        field_at(path).check(entry)
    except SpecError as error:
        return str(error)
    return ""
