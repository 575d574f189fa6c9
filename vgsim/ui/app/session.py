"""The controller: turns what the user wants into one spec and commands, and hands frames on."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from vgsim.core.errors import SpecError, named_reason
from vgsim.core.fields import Value
from vgsim.diagnosis import judge
from vgsim.diagnosis.verdict import Effect, Verdict
from vgsim.measure.frame import Frame, PinnedRun
from vgsim.measure.request import Focus, Request
from vgsim.measure.run_so_far import pinned
from vgsim.measure.source import Goal, RecordingFile
from vgsim.measure.stops import StopRules
from vgsim.nn.moments import Phase
from vgsim.nn.presets import FIRST, baseline_of, load_preset
from vgsim.nn.spec import Spec, field_at
from vgsim.text.moments import Jump, JumpKind, at_step, place_of, resolve
from vgsim.ui.app.adviser import Adviser, Case, RecordedCase
from vgsim.ui.app.inbox import Mailbox
from vgsim.ui.app.messages import (
    Compare,
    Load,
    Measure,
    Play,
    Reset,
    Seek,
    Speed,
    Step,
    Stops,
    Swap,
    Train,
)
from vgsim.ui.app.state import LongWay, State
from vgsim.ui.app.worker import Worker
from vgsim.ui.pacing import FRAME_MS, Doing, Pacing, RunState, look_again_ms

_AFRESH: dict[str, object] = {"judged": None, "verdict": None, "effects": (), "pins": ()}
"""What is forgotten with the experiment or the recording that it was about."""
MOST_PINS = 6
"""More runs behind two others could not be told apart."""


class Session(QObject):
    """Owns the worker and the adviser, and knows what was asked for and what of it runs.

    ``state`` is all that the window shows of it. What shows a part of it is told of every change
    and compares its part with the one before.
    """

    changed = Signal(object, object)
    """The :class:`State` before, and the one now."""
    failed = Signal(str, str)
    """Something went wrong: a sentence, and details."""
    stopped = Signal(object)
    """A rule was met: the :class:`Stop`."""
    told = Signal(str)
    """What came of something that the user asked for, in a sentence."""

    def __init__(self, goal: Goal, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._first = goal
        spec = load_preset(FIRST) if isinstance(goal, RecordingFile) else goal
        self.state = State(spec, spec, spec)
        self._entries: dict[str, object] = {}
        self._refusal: dict[str, str] = {}
        self._asked: dict[int, Goal] = {}
        self._generation = 0
        self._running = 0
        self.pacing = Pacing()
        self._spent = time.thread_time()
        self._mailbox = Mailbox()
        self._events = 0
        self._early: tuple[Frame, int] | None = None
        self._worker = Worker(self._mailbox, self)
        self._worker.arrived.connect(self._look)
        self._worker.loaded.connect(self._loaded)
        self._worker.refused.connect(self._refused)
        self._worker.failed.connect(self.failed)
        self._worker.doing_changed.connect(self._change_doing)
        self._worker.stopped.connect(self.stopped)
        self._worker.compared.connect(self._compared)
        self._worker.swapped.connect(self._swapped)
        self._worker.to_judge.connect(self._ask)
        self._worker.underway.connect(self._tell_way)
        self._worker.unread.connect(self.told)
        self._adviser = Adviser(judge, self)
        self._adviser.judged.connect(self._judged)
        self._adviser.measured.connect(self._measured)
        self._adviser.failed.connect(self._unjudged)
        self._timer = QTimer(self, interval=FRAME_MS)
        self._timer.timeout.connect(self._look)

    @property
    def frame(self) -> Frame | None:
        """The moment that is shown; None before the first one."""
        return self.state.frame

    @property
    def spec(self) -> Spec:
        """That of the experiment that runs."""
        return self.state.spec

    def _set(self, **changes: Any) -> None:
        """Go over to another state, and tell if it is another one."""
        before = self.state
        if all(getattr(before, name) is value for name, value in changes.items()):
            return
        self.state = replace(before, **changes)
        self.changed.emit(before, self.state)

    def start(self) -> None:
        """Start the threads on what the session begins with."""
        self._worker.start()
        self._adviser.start()
        self._load(self._first, keep_place=False)

    def close(self) -> None:
        """End the threads; returns when both have ended."""
        self._timer.stop()
        self._adviser.dismiss()
        self._worker.stop()
        self._adviser.wait()

    def open(self, goal: Goal) -> None:
        """Begin another experiment, which edits are then compared with, or show a recording."""
        self._entries = {}
        self._refusal = {}
        changes: dict[str, object] = {"experiment": self.state.experiment + 1}
        if not isinstance(goal, RecordingFile):
            changes |= {"baseline": goal, **_AFRESH}
        self._load(goal, keep_place=False, **changes)
        self._tell()

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
            self._load(self.state.wanted.replace({path: value}), keep_place=True)
        self._tell()

    def apply(self, changes: Mapping[str, Value]) -> None:
        """Change several fields at once; SpecError when one of them may not be so."""
        wanted = self.state.wanted.replace(changes)
        self._entries = {
            path: entry for path, entry in self._entries.items() if path not in changes
        }
        self._refusal = {}
        self._load(wanted, keep_place=True)
        self._tell()

    def compare(self, goal: Goal | None) -> None:
        """Show another experiment or recording beside this one, or none."""
        self._worker.post(Compare(goal))

    @Slot(object, str)
    def _compared(self, goal: Goal | None, sentence: str) -> None:
        self._events += 1
        self._set(other=goal)
        self._refresh_run()
        if sentence:
            self.told.emit(f"Not compared: {sentence}")
        self._look()

    @Slot()
    def swap(self) -> None:
        """Let A and B change places where they stand."""
        if self.state.other is not None:
            self._generation += 1
            self._worker.post(Swap(self._generation))

    @Slot(int, object, object)
    def _swapped(self, generation: int, goal: Goal, other: Goal | None) -> None:
        self._events += 1
        self._running = generation
        changes: dict[str, object] = {"other": other, "generation": generation}
        if isinstance(goal, RecordingFile):
            changes["recording"] = goal
        else:
            changes |= {"spec": goal, "recording": None}
        if generation == self._generation:  # else an edit has been made since
            self._entries = {}
            self._refusal = {}
            if not isinstance(goal, RecordingFile):
                changes["wanted"] = goal
                if goal.name != self.state.baseline.name:
                    changes["baseline"] = baseline_of(goal)[1]
        self._set(**changes)
        self._tell()
        self._look()

    def promote(self) -> None:
        """Go on with B alone, from where it stands, with all that it has learned."""
        self.swap()
        self.compare(None)

    def pin(self, frame: Frame, name: str) -> None:
        """Keep the run of ``frame`` as it is now, to be seen behind the others as ``name``."""
        if len(self.state.pins) >= MOST_PINS:
            self.told.emit(f"{MOST_PINS} runs are pinned already: unpin one first")
        else:
            self._show_pins((*self.state.pins, pinned(frame, name)))

    def unpin(self, run: PinnedRun) -> None:
        """Let go of a run that is pinned."""
        self._show_pins(tuple(pin for pin in self.state.pins if pin is not run))

    def _show_pins(self, pins: tuple[PinnedRun, ...]) -> None:
        frame = self.frame
        if frame is not None:
            frame = replace(frame, pins=pins)
        self._set(pins=pins, frame=frame, due=self.pacing.due)

    @Slot(object)
    def _ask(self, case: Case | RecordedCase) -> None:
        """Have the present state judged."""
        if case.generation == self._running:
            self._adviser.post(case)
            self._set(judging=True, unjudged="")

    @Slot(int, object)
    def _judged(self, generation: int, verdict: Verdict) -> None:
        if generation == self._running:
            self._set(judging=False, judged=self.state.goal, verdict=verdict, effects=())

    @Slot(int, object)
    def _measured(self, generation: int, effect: Effect) -> None:
        if generation == self._running:
            before = self.state.effects
            others = tuple(known for known in before if known.remedy != effect.remedy)
            self._set(effects=(*others, effect))

    @Slot(int, str)
    def _unjudged(self, generation: int, sentence: str) -> None:
        if generation == self._running:
            self._set(judging=False, unjudged=sentence)

    def _tell(self) -> None:
        waiting = {path: _problem(path, entry) for path, entry in self._entries.items()}
        problems = {**self._refusal, **waiting}
        if problems != self.state.problems:
            self._set(problems=problems)

    def _load(self, goal: Goal, keep_place: bool, **changes: Any) -> None:
        """Ask for an experiment or a recording; ``changes`` of the state come with it."""
        self._generation += 1
        self._asked[self._generation] = goal
        if not isinstance(goal, RecordingFile):
            changes["wanted"] = goal
        self._set(**changes)
        self._worker.post(Load(goal, self._generation, keep_place))

    @Slot(int)
    def _loaded(self, generation: int) -> None:
        """What was asked for by then is there now, even if something newer was asked for since."""
        self._events += 1
        goal = self._asked[generation]
        self._running = generation
        self._asked = {key: asked for key, asked in self._asked.items() if key > generation}
        if generation == self._generation:
            self._refusal = {}
            self._tell()
        if isinstance(goal, RecordingFile):
            self._set(recording=goal, generation=generation, **_AFRESH)
        else:
            self._set(spec=goal, recording=None, generation=generation)
        self._refresh_run()
        self._look()

    @Slot(int, object)
    def _refused(self, generation: int, error: SpecError | OSError) -> None:
        if generation != self._generation:
            return
        if isinstance(error, SpecError):
            self._refusal = {problem.path: str(problem) for problem in error.problems}
            self._tell()
        else:
            self.told.emit(named_reason(error))
            if self.frame is None:  # the session was to begin with a recording
                self._load(self.state.wanted, keep_place=False)

    @Slot()
    def step(self) -> None:
        """One moment on."""
        self._worker.post(Step())

    @Slot()
    def back(self) -> None:
        """One moment back."""
        self._worker.post(Step(back=True))

    def seek(self, step: int, position: int) -> None:
        """Go to a moment of the pass after update ``step``."""
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

    @Slot(int)
    def seek_recorded(self, step: int) -> None:
        """Go to the same moment of another recorded step, or of the nearest one before it."""
        if self.frame is not None:
            self.seek(step, self.frame.moment.position)

    def go_steps(self, by: int) -> None:
        """Go ``by`` steps on, or back, to the same moment; of a recording recorded steps."""
        frame = self.frame
        if frame is None:
            return
        step, position = place_of(frame)
        if frame.track is None:
            self.seek(max(step + by, 0), position)
            return
        steps = frame.track.steps
        row = min(max(frame.track.row(step) + by, 0), len(steps) - 1)
        self.seek(int(steps[row]), position)

    @Slot(object)
    def jump(self, jump: Jump) -> None:
        """Go to a place by its name; SpecError when there is no such place."""
        frame = self.frame
        if frame is None:
            return
        if frame.track is not None and jump.kind is JumpKind.STEP:
            self.seek_recorded(jump.number)
        else:
            self.seek(*resolve(jump, frame.stages, *place_of(frame)))

    @Slot(object)
    def set_stops(self, rules: StopRules) -> None:
        """Stop playing and training where one of these rules is met."""
        self._set(rules=rules)
        self._worker.post(Stops(rules))

    def want(self, kinds: frozenset[type]) -> None:
        """Measurements that the views which are seen draw."""
        self._request_for(replace(self.state.request, kinds=kinds))

    @Slot(object)
    def look_into(self, focus: Focus | None) -> None:
        """What the inspector shows from now on."""
        self._request_for(replace(self.state.request, focus=focus))

    @Slot(object)
    def choose_sample(self, sample: int | None) -> None:
        """The row of the batch that matrices and figures are those of; None for the mean."""
        self._request_for(replace(self.state.request, sample=sample))

    def _request_for(self, request: Request) -> None:
        if request != self.state.request:
            self._set(request=request)
            self._worker.post(Measure(request))

    @Slot()
    def toggle_play(self) -> None:
        """Play the pass, or pause."""
        self._worker.post(Play())

    @Slot()
    def toggle_train(self) -> None:
        """Train, or stop after a whole step."""
        self._worker.post(Train())

    def train_until(self, step: int) -> None:
        """Train until so many updates are made, and then stand still."""
        self._worker.post(Train(step))

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
        self._refresh_run()

    @Slot(object)
    def _tell_way(self, way: LongWay) -> None:
        self._set(way=way)
        self._refresh_run()

    @Slot()
    def _look(self) -> None:
        """Take the frame, if there is one and it is not of an experiment before.

        A frame may be found before the signal has come of what it shows: that its experiment is
        there, or what is beside it. Shown then, it would stand beside what was there before. So it
        waits for the signal.
        """
        frame = self._mailbox.take()
        events = self._mailbox.events
        if frame is None and self._early is not None:
            frame, events = self._early
        self._early = None
        if frame is not None and events > self._events:
            self._early = frame, events
        elif frame is not None and frame.generation == self._running:
            self._show(frame)
        elif frame is None and self.pacing.doing is Doing.AT_REST:
            self._timer.stop()
            if self.pacing.stands_still():
                self._set(due=self.pacing.due)

    def _show(self, frame: Frame) -> None:
        self._slow_down()
        if self.state.pins:
            frame = replace(frame, pins=self.state.pins)
        self._set(frame=frame, due=self.pacing.begin_frame(), way=None)
        self.pacing.end_frame()
        self._refresh_run()
        self._hold_adviser()

    def _slow_down(self) -> None:
        """Measure again as soon as what the last frame took is the window's share of the time."""
        now = time.thread_time()
        if self.pacing.doing is Doing.TRAINING:
            self._timer.setInterval(look_again_ms(now - self._spent))
        self._spent = now

    def _refresh_run(self) -> None:
        state = self.state
        frame = state.frame
        first, last, step = 0, -1, 0
        began = False
        if frame is not None:
            step = place_of(frame)[0]
            if frame.track is not None:
                first, last = int(frame.track.steps[0]), int(frame.track.steps[-1])
            began = frame.step > first or frame.moment.phase is not Phase.START
        on_the_way = state.way is not None and self.pacing.doing is Doing.AT_REST
        doing = Doing.JUMPING if on_the_way else self.pacing.doing
        run = RunState(
            doing, began, state.other is not None, recorded=state.recording is not None,
            pair_of_specs=isinstance(state.other, Spec) and state.recording is None,
            first_step=step == first, last_step=step == last,
            at_end=step == last and frame is not None and frame.moment.phase is Phase.UPDATE,
        )  # fmt: skip
        if run != state.run:
            self._hold_adviser()
            self._set(run=run)

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
