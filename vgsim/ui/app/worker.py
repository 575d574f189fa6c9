"""The thread of what is shown. Frames leave it by the mailbox, rare events by signal."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, QThread, Signal, SignalInstance

from vgsim.core import untrusted
from vgsim.core.errors import SpecError, named_reason, reason_of
from vgsim.measure.frame import Frame
from vgsim.measure.other_run import OtherRun
from vgsim.measure.request import Request
from vgsim.measure.source import (
    FrameSource,
    Goal,
    RecordingFile,
    TrainingSource,
    experiment_of,
    open_source,
)
from vgsim.measure.stops import Stop, Watch
from vgsim.nn.experiment import Experiment
from vgsim.nn.moments import Phase
from vgsim.nn.places import place, same_position
from vgsim.ui.app.adviser import Case, RecordedCase
from vgsim.ui.app.inbox import Inbox, Mailbox
from vgsim.ui.app.messages import (
    Command,
    Compare,
    Load,
    Measure,
    Play,
    Quit,
    Reset,
    Seek,
    Speed,
    Step,
    Stops,
    Swap,
    Train,
)
from vgsim.ui.app.state import LongWay
from vgsim.ui.pacing import JUDGE_EVERY, LONG_WAY, LOOK_AGAIN, Doing, frame_pause

LONG = 1_000_000_000
"""More steps than anyone waits for: training ends by a command."""

log = logging.getLogger(__name__)


class Worker(QThread):
    """Drives one source of frames at a time: an experiment, or a recording.

    Signals: ``arrived`` a frame that should be shown at once lies in the mailbox; ``loaded``
    (generation) a goal was opened; ``refused`` (generation, SpecError or OSError) it cannot be;
    ``failed`` (sentence, details) anything else went wrong; ``doing_changed`` (Doing); ``stopped``
    (Stop) a rule was met; ``compared`` (Goal or None, sentence) what runs beside it from now on, or
    why the wanted one cannot; ``swapped`` (generation, Goal, Goal or None) what is A and what
    is B from now on; ``to_judge`` (Case) the state of a step that none was told of;
    ``underway`` (LongWay) how far a long way there has come; ``unread`` (sentence) why a moment of
    a recording cannot be shown.

    Every frame says after how many of ``loaded``, ``compared`` and ``swapped`` it was made.
    """

    arrived = Signal()
    loaded = Signal(int)
    refused = Signal(int, object)
    failed = Signal(str, str)
    doing_changed = Signal(object)
    stopped = Signal(object)
    compared = Signal(object, str)
    swapped = Signal(int, object, object)
    to_judge = Signal(object)
    underway = Signal(object)
    unread = Signal(str)

    def __init__(self, mailbox: Mailbox, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mailbox = mailbox
        self._inbox = Inbox()
        self._goal: Goal | None = None
        self._source: FrameSource | None = None
        self._generation = 0
        self._events = 0
        self._doing = Doing.AT_REST
        self._interval = 0.25
        self._due = 0.0
        self._look_at = 0.0
        self._shown = (0, 0)
        self._rate = float("nan")
        self._measured_at = (0.0, 0)
        self._frame_allowed = 0.0
        self._request = Request()
        self._watch = Watch()
        self._other_run: OtherRun | None = None
        self._judged: tuple[int, int, bool] | None = None
        self._fresh = False
        self._until: int | None = None
        self._judge_allowed = 0.0

    def post(self, command: Command) -> None:
        """Queue a command; from any thread."""
        self._inbox.post(command)

    def dismiss(self) -> None:
        """End the thread soon."""
        self.post(Quit())

    def stop(self) -> None:
        """End the thread and wait until it has ended."""
        self.dismiss()
        self.wait()

    def run(self) -> None:
        """The thread's loop: commands first, then a slice of work. Survives every exception."""
        going = True
        while going:
            try:
                going = self._turn()
            except Exception as error:  # of any kind: the window goes on and shows it
                self._fail(error)

    def _turn(self) -> bool:
        command = self._next_command()
        if isinstance(command, Quit):
            return False
        if command is not None:
            self._obey(command)
        elif self._doing is Doing.TRAINING:
            self._train()
        elif self._doing is Doing.PLAYING:
            self._play()
        else:
            self._look_again()
        return True

    def _tell(self, event: SignalInstance, *what: object) -> None:
        """Tell of one of the events that the next frames come after."""
        self._events += 1
        event.emit(*what)

    def _next_command(self) -> Command | None:
        """The next command: waits for one when idle, until the next moment when playing."""
        if self._doing is Doing.TRAINING:
            return self._inbox.take(0.0)
        if self._doing is Doing.PLAYING:
            return self._inbox.take(max(0.0, self._due - time.monotonic()))
        if any(source.growing for source in self._sources()):
            return self._inbox.take(max(0.0, self._look_at - time.monotonic()))
        return self._inbox.take()

    def _sources(self) -> list[FrameSource]:
        """A and B, as far as there are any."""
        beside = self._other_run.source if self._other_run is not None else None
        return [source for source in (self._source, beside) if source is not None]

    def _look_again(self) -> None:
        """See what has come to recordings that grow. Who stands at the newest step goes along."""
        self._look_at = time.monotonic() + LOOK_AGAIN
        leader = self._source
        if leader is None:
            return
        newest = is_newest(leader)
        try:
            news = [source.refresh() for source in self._sources()]
        except OSError as error:
            self.unread.emit(named_reason(error))
            return
        if any(news):
            if newest and not leader.trains:
                leader.seek(leader.reach()[1], leader.moment.position)
            self._show(leader)

    def _obey(self, command: Command) -> None:
        if isinstance(command, Load):
            self._load(command)
        elif isinstance(command, Speed):
            self._interval = 1.0 / command.rate
            self._due = min(self._due, time.monotonic() + self._interval)
        elif isinstance(command, Stops):
            self._watch.set_rules(command.rules)
        elif isinstance(command, Measure):
            self._look(command.request)
        elif isinstance(command, Compare):
            self._compare(command.goal)
        elif isinstance(command, Swap):
            self._swap(command.generation)
        elif self._source is not None:
            self._drive(self._source, command)

    def _look(self, request: Request) -> None:
        """Other measurements: at rest the frame is made anew, else they come with the next one."""
        changed = request != self._request
        self._request = request
        if changed and self._source is not None and self._doing is not Doing.TRAINING:
            self._show(self._source)

    def _compare(self, goal: Goal | None) -> None:
        """Begin, change or end the comparison."""
        try:
            self._other_run = None if goal is None else self._other(goal)
        except untrusted.GivenUp:
            return
        except (SpecError, OSError) as error:
            self._tell(self.compared, self._other_run and self._other_run.goal, reason_of(error))
            self._stay()
            return
        self._tell(self.compared, goal, "")
        if self._source is not None:
            if self._doing is not Doing.TRAINING:
                self._show(self._source)
            else:
                self._follow(self._source)

    def _swap(self, generation: int) -> None:
        """A and B change places, each with all that it has learned."""
        run = self._other_run
        if self._source is None or self._goal is None:
            return
        self._generation = generation
        if run is not None:
            if self._doing is Doing.TRAINING:  # a command ends the way of B to the newest step
                run.keep_up(self._source, partial(self._inbox.holds, Load, Quit))
                if not run.source.trains:
                    self._stop(self._source)
            self._source, run.source = run.source, self._source
            self._goal, run.goal = run.goal, self._goal
            self._watch.begin()
            self._measured_at = (time.monotonic(), self._source.step)
        self._tell(self.swapped, generation, self._goal, run and run.goal)
        self._show(self._source)

    def _other(self, goal: Goal) -> OtherRun:
        """What runs beside; GivenUp when something else is to, or nothing at all any more."""
        with untrusted.until(partial(self._inbox.holds, Compare, Quit)):
            return OtherRun(goal)

    def _drive(self, source: FrameSource, command: Command) -> None:
        """Playing and training are toggles, decided here: only this thread knows what goes on."""
        before = self._doing
        self._stop(source)
        if not source.growing:
            source.refresh()  # another recording may have taken the place of its file
        experiment = experiment_of(source)
        if isinstance(command, Train) and experiment is not None and before is not Doing.TRAINING:
            self._until = command.until
            if self._until is not None and experiment.step >= self._until:
                self._show(source)
                return
            self._measured_at = (time.monotonic(), experiment.step)
            self._judge_allowed = 0.0  # at once: it ends the measuring that would slow it down
            self._set_doing(Doing.TRAINING)
            return
        if isinstance(command, Play) and before is not Doing.PLAYING:
            self._due = time.monotonic()
            self._set_doing(Doing.PLAYING)
            return
        if isinstance(command, Reset) and experiment is not None:
            experiment.reset()
            self._watch.begin()
        elif isinstance(command, Seek):
            position = min(max(command.position, 0), len(source.timeline) - 1)
            step = max(command.step, 0)
            source.seek(step, position, self._on_the_way(step, source))
        elif isinstance(command, Step):
            _back(source, self._called_off) if command.back else source.advance()
        self._show(source)

    def _stop(self, source: FrameSource) -> None:
        """End what goes on; training takes one more step, from whose start one can come back."""
        experiment = experiment_of(source)
        if self._doing is Doing.TRAINING and experiment is not None:
            experiment.checkpoint()
            experiment.run(1)
        self._set_doing(Doing.AT_REST)

    def _follow(self, source: FrameSource) -> None:
        """Take what runs beside this one to the same moment."""
        if self._other_run is not None:
            self._other_run.follow(source, self._on_the_way(place(source)[0]))

    def _on_the_way(self, step: int, leader: FrameSource | None = None) -> Callable[[], bool]:
        """Whether to end the way to ``step`` of ``leader``, or of B; tells how far it is."""
        runner = leader
        if runner is None and self._other_run is not None:
            runner = self._other_run.source
        tell_at = time.monotonic() + LONG_WAY

        def stop() -> bool:
            nonlocal tell_at
            now = time.monotonic()
            if runner is not None and now >= tell_at:
                tell_at = now + LONG_WAY
                self.underway.emit(LongWay("" if leader else "B", runner.step, step))
            return self._called_off()

        return stop

    def _called_off(self) -> bool:
        """Whether a command waits that leads elsewhere: other measurements or rules end no way."""
        return self._inbox.holds_other_than(Measure, Stops, Speed)

    def _load(self, command: Load) -> None:
        """Open what is wanted; what was there before stays when that cannot be done."""
        self._fresh |= not command.keep_place
        if self._inbox.holds(Load, Quit):  # while a slider is dragged only the last one counts
            return
        before = self._source
        keep_place = before is not None and not self._fresh
        self._fresh = False
        try:
            with untrusted.until(partial(self._inbox.holds, Load, Quit)):
                source = open_source(command.goal)
                if not source.trains:
                    source.seek(source.reach()[1], len(source.timeline) - 2)
                    source.frame()  # what cannot be read is not shown in part
        except untrusted.GivenUp:
            self._fresh = not keep_place
            return
        except (SpecError, OSError) as error:
            self.refused.emit(command.generation, error)
            self._stay()
            return
        if before is not None and keep_place and source.trains:
            source.seek(0, same_position(before.moment, before.stages, source))
        else:
            self._set_doing(Doing.AT_REST)
        self._goal = command.goal
        self._source = source
        self._generation = command.generation
        self._watch.begin()
        self._measured_at = (time.monotonic(), source.step)
        self._tell(self.loaded, command.generation)
        self._show(source)

    def _stay(self) -> None:
        """What was refused may have ended a way: show how far it went, with B there, too."""
        if self._source is not None and self._doing is Doing.AT_REST:
            self._show(self._source)

    def _train(self) -> None:
        """Step after step until a command comes."""
        source = self._source
        assert isinstance(source, TrainingSource)  # nothing else is ever set to train
        experiment = source.experiment
        reason: Stop | None = None

        def between() -> bool:
            """Leave a frame when the last one was taken; whether to stop."""
            nonlocal reason
            if self._other_run is not None and self._other_run.lags(experiment):
                self._keep_up(experiment)
            if self._mailbox.empty:
                self._leave_frame(source)
            reason = self._watch.after_update(experiment)
            arrived = self._until is not None and experiment.step >= self._until
            return reason is not None or arrived or self._inbox.holds_any()

        experiment.run(LONG, between)
        if reason is not None:
            self._rest(source)
            self.stopped.emit(reason)
        elif self._until is not None and experiment.step >= self._until:
            self._rest(source)

    def _keep_up(self, experiment: Experiment) -> None:
        if self._other_run is not None:
            self._other_run.keep_up(experiment, self._on_the_way(experiment.step))

    def _leave_frame(self, source: TrainingSource) -> None:
        if time.monotonic() >= self._frame_allowed:
            self._keep_up(source.experiment)
            now = time.monotonic()
            self._measure_rate(source, now)
            self._mailbox.put(self._frame(source), self._events)
            if now >= self._judge_allowed:
                self._let_judge(source.experiment)
            self._frame_allowed = now + frame_pause(time.monotonic() - now)

    def _frame(self, source: FrameSource) -> Frame:
        """The picture of this moment, and of the same one in what runs beside it."""
        frame = source.frame(self._generation, self._rate, self._request)
        if self._other_run is None:
            return frame
        return replace(frame, other=self._other_run.frame(self._generation))

    def _rest(self, source: TrainingSource) -> None:
        """End training at this very moment."""
        source.experiment.checkpoint()
        self._set_doing(Doing.AT_REST)
        self._show(source)

    def _let_judge(self, experiment: Experiment) -> None:
        """Tell of the state before the pass that is shown, once for each, and again at rest.

        At an update that is the state before it: what is judged is what the window shows. A kept
        state stands for it, from which the adviser's copy takes the few updates that are left.
        """
        idle = self._doing is Doing.AT_REST
        step, _ = place(experiment)
        at = self._generation, step, idle
        if at != self._judged:
            self._judged = at
            self._judge_allowed = time.monotonic() + JUDGE_EVERY
            history = experiment.history.view()
            if step == experiment.step:
                state = experiment.state()
            else:
                state = experiment.checkpoints.before(step)
            self.to_judge.emit(Case(experiment.spec, state, history, self._generation, idle, step))

    def _let_judge_recorded(self, file: RecordingFile, step: int) -> None:
        """Tell of the recorded step that is shown, once for each."""
        at = self._generation, step, True
        if at != self._judged:
            self._judged = at
            self.to_judge.emit(RecordedCase(file, self._generation, step))

    def _measure_rate(self, source: FrameSource, now: float) -> None:
        since, step = self._measured_at
        if now - since >= 0.25:
            self._rate = (source.step - step) / (now - since)
            self._measured_at = (now, source.step)

    def _play(self) -> None:
        source = self._source
        assert source is not None  # nothing is ever set to play before it is there
        moment = source.advance()
        self._due = max(self._due + self._interval, time.monotonic())
        experiment = experiment_of(source)
        reason = self._watch.at_moment(experiment) if experiment is not None else None
        if reason is not None or moment.phase is Phase.UPDATE:
            self._set_doing(Doing.AT_REST)
        self._show(source)
        if reason is not None:
            self.stopped.emit(reason)

    def _show(self, source: FrameSource) -> None:
        """A frame to be shown at once."""
        experiment = experiment_of(source)
        if self._doing is not Doing.TRAINING:
            # keeping a state costs nothing when stepping by hand
            if experiment is not None and experiment.moment.phase is Phase.UPDATE:
                experiment.checkpoint()
                experiment.evaluate()
            self._rate = float("nan")
            self._follow(source)
        try:
            frame = self._frame(source)
        except OSError as error:  # the file of a recording has gone, or is damaged there
            self.unread.emit(named_reason(error))
            if not source.trains:
                source.seek(*self._shown)
            return
        self._shown = place(source)
        self._mailbox.put(frame, self._events)
        self.arrived.emit()
        if self._doing is Doing.AT_REST and experiment is not None:
            self._let_judge(experiment)
        elif self._doing is Doing.AT_REST and isinstance(self._goal, RecordingFile):
            self._let_judge_recorded(self._goal, place(source)[0])

    def _set_doing(self, doing: Doing) -> None:
        if doing is not self._doing:
            self._doing = doing
            self.doing_changed.emit(doing)

    def _fail(self, error: Exception) -> None:
        log.exception("the experiment failed")
        self._set_doing(Doing.AT_REST)
        beside = self._other_run.source if self._other_run is not None else None
        for experiment in (experiment_of(self._source), experiment_of(beside)):
            if experiment is not None:
                experiment.rewind()  # what was half done is begun again
        if str(error):
            sentence = f"{type(error).__name__}: {error}"
        else:
            sentence = type(error).__name__
        self.failed.emit(sentence, traceback.format_exc())


def is_newest(source: FrameSource) -> bool:
    """Whether it stands in the newest pass that there is."""
    step = place(source)[0]
    return step >= source.reach()[1] - (source.moment.phase is Phase.UPDATE)


def _back(source: FrameSource, stop: Callable[[], bool]) -> None:
    """Go back one moment, across updates as far as the start; ``stop`` ends a long way there."""
    step, position = place(source)
    first = 0 if source.trains else source.reach()[0]
    if position > 1 or (position == 1 and step <= first):
        source.seek(step, position - 1, stop)
    elif step > first:
        source.seek(step - 1, len(source.timeline) - 1, stop)
