"""The thread of the experiment. Frames leave it by the mailbox, rare events by signal."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, QThread, Signal

from vgsim.core import untrusted
from vgsim.core.errors import SpecError
from vgsim.measure.frame import Frame
from vgsim.measure.request import Request
from vgsim.measure.snapshot import frame_of
from vgsim.measure.stops import Stop, Watch
from vgsim.nn.data_files import files_of
from vgsim.nn.experiment import Experiment
from vgsim.nn.moments import Phase
from vgsim.nn.places import OtherRun, place, same_position
from vgsim.nn.spec import Spec
from vgsim.ui.app.adviser import Case
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
from vgsim.ui.pacing import JUDGE_EVERY, LONG_WAY, Doing, frame_pause

LONG = 1_000_000_000
"""More steps than anyone waits for: training ends by a command."""

log = logging.getLogger(__name__)


class Worker(QThread):
    """Drives one experiment at a time.

    Signals: ``arrived`` a frame that should be shown at once lies in the mailbox; ``loaded``
    (generation) a spec was built; ``refused`` (generation, SpecError) it cannot be; ``failed``
    (sentence, details) anything else went wrong; ``doing_changed`` (Doing); ``stopped`` (Stop) a
    rule was met; ``compared`` (Spec or None, sentence) what runs beside it from now on, or
    why the wanted one cannot; ``swapped`` (generation, Spec, Spec or None) what is A and what
    is B from now on; ``to_judge`` (Case) the state of a step that none was told of;
    ``underway`` (LongWay) how far a long way there has come.
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

    def __init__(self, mailbox: Mailbox, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mailbox = mailbox
        self._inbox = Inbox()
        self._experiment: Experiment | None = None
        self._generation = 0
        self._doing = Doing.AT_REST
        self._interval = 0.25
        self._due = 0.0
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
        return True

    def _next_command(self) -> Command | None:
        """The next command: waits for one when idle, until the next moment when playing."""
        if self._doing is Doing.TRAINING:
            return self._inbox.take(0.0)
        if self._doing is Doing.PLAYING:
            return self._inbox.take(max(0.0, self._due - time.monotonic()))
        return self._inbox.take()

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
            self._compare(command.spec)
        elif isinstance(command, Swap):
            self._swap(command.generation)
        elif self._experiment is not None:
            self._drive(self._experiment, command)

    def _look(self, request: Request) -> None:
        """Other measurements: at rest the frame is made anew, else they come with the next one."""
        changed = request != self._request
        self._request = request
        if changed and self._experiment is not None and self._doing is not Doing.TRAINING:
            self._show(self._experiment)

    def _compare(self, spec: Spec | None) -> None:
        """Begin, change or end the comparison."""
        try:
            self._other_run = None if spec is None else self._other(spec)
        except untrusted.GivenUp:
            return
        except SpecError as error:
            self.compared.emit(self._other_run and self._other_run.experiment.spec, str(error))
            self._stay()
            return
        self.compared.emit(spec, "")
        if self._experiment is not None:
            if self._doing is not Doing.TRAINING:
                self._show(self._experiment)
            else:
                self._follow(self._experiment)

    def _swap(self, generation: int) -> None:
        """B becomes the experiment and the experiment B, each with all that it has learned."""
        leader, run = self._experiment, self._other_run
        if leader is None:
            return
        self._generation = generation
        if run is not None:
            if self._doing is Doing.TRAINING:  # a command ends the way of B to the newest step
                run.keep_up(leader, partial(self._inbox.holds, Load, Quit))
            leader, run.experiment = run.experiment, leader
            self._experiment = leader
            self._watch.begin()
            self._measured_at = (time.monotonic(), leader.step)
        self.swapped.emit(generation, leader.spec, run and run.experiment.spec)
        self._show(leader)

    def _other(self, spec: Spec) -> OtherRun:
        """What runs beside; GivenUp when something else is to, or nothing at all any more."""
        with untrusted.until(partial(self._inbox.holds, Compare, Quit)):
            other = OtherRun(spec)
            files_of(spec)
        return other

    def _drive(self, experiment: Experiment, command: Command) -> None:
        """Playing and training are toggles, decided here: only this thread knows what goes on."""
        before = self._doing
        self._stop(experiment)
        if isinstance(command, Train) and before is not Doing.TRAINING:
            self._until = command.until
            if self._until is not None and experiment.step >= self._until:
                self._show(experiment)
                return
            self._measured_at = (time.monotonic(), experiment.step)
            self._judge_allowed = 0.0  # at once: it ends the measuring that would slow it down
            self._set_doing(Doing.TRAINING)
            return
        if isinstance(command, Play) and before is not Doing.PLAYING:
            self._due = time.monotonic()
            self._set_doing(Doing.PLAYING)
            return
        if isinstance(command, Reset):
            experiment.reset()
            self._watch.begin()
        elif isinstance(command, Seek):
            position = min(max(command.position, 0), len(experiment.timeline) - 1)
            step = max(command.step, 0)
            experiment.seek(step, position, self._on_the_way(step, experiment))
        elif isinstance(command, Step):
            _back(experiment, self._called_off) if command.back else experiment.advance()
        self._show(experiment)

    def _stop(self, experiment: Experiment) -> None:
        """End what goes on; training takes one more step, from whose start one can come back."""
        if self._doing is Doing.TRAINING:
            experiment.checkpoint()
            experiment.run(1)
        self._set_doing(Doing.AT_REST)

    def _follow(self, experiment: Experiment) -> None:
        """Take the experiment beside this one to the same moment."""
        if self._other_run is not None:
            self._other_run.follow(experiment, self._on_the_way(place(experiment)[0]))

    def _on_the_way(self, step: int, leader: Experiment | None = None) -> Callable[[], bool]:
        """Whether to end the way to ``step`` of ``leader``, or of B; tells how far it is."""
        runner = leader
        if runner is None and self._other_run is not None:
            runner = self._other_run.experiment
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
        """Build the experiment; the one before stays when that cannot be done."""
        self._fresh |= not command.keep_place
        if self._inbox.holds(Load, Quit):  # while a slider is dragged only the last one counts
            return
        before = self._experiment
        keep_place = before is not None and not self._fresh
        self._fresh = False
        try:
            with untrusted.until(partial(self._inbox.holds, Load, Quit)):
                experiment = Experiment(command.spec)
                files_of(command.spec)  # an export asks for their hashes: known without reading
        except untrusted.GivenUp:
            self._fresh = not keep_place
            return
        except SpecError as error:
            self.refused.emit(command.generation, error)
            self._stay()
            return
        if before is not None and keep_place:
            experiment.seek(0, same_position(before.moment, before.stages, experiment))
        else:
            self._set_doing(Doing.AT_REST)
        self._experiment = experiment
        self._generation = command.generation
        self._watch.begin()
        self._measured_at = (time.monotonic(), experiment.step)
        self.loaded.emit(command.generation)
        self._show(experiment)

    def _stay(self) -> None:
        """What was refused may have ended a way: show how far it went, with B there, too."""
        if self._experiment is not None and self._doing is Doing.AT_REST:
            self._show(self._experiment)

    def _train(self) -> None:
        """Step after step until a command comes."""
        experiment = self._experiment
        assert experiment is not None  # only a loaded experiment is ever set to train
        reason: Stop | None = None

        def between() -> bool:
            """Leave a frame when the last one was taken; whether to stop."""
            nonlocal reason
            if self._other_run is not None and self._other_run.lags(experiment):
                self._keep_up(experiment)
            if self._mailbox.empty:
                self._leave_frame(experiment)
            reason = self._watch.after_update(experiment)
            arrived = self._until is not None and experiment.step >= self._until
            return reason is not None or arrived or self._inbox.holds_any()

        experiment.run(LONG, between)
        if reason is not None:
            self._halt(experiment, reason)
        elif self._until is not None and experiment.step >= self._until:
            self._rest(experiment)

    def _keep_up(self, experiment: Experiment) -> None:
        if self._other_run is not None:
            self._other_run.keep_up(experiment, self._on_the_way(experiment.step))

    def _leave_frame(self, experiment: Experiment) -> None:
        if time.monotonic() >= self._frame_allowed:
            self._keep_up(experiment)
            now = time.monotonic()
            self._measure_rate(experiment, now)
            self._mailbox.put(self._frame(experiment))
            if now >= self._judge_allowed:
                self._let_judge(experiment)
            self._frame_allowed = now + frame_pause(time.monotonic() - now)

    def _frame(self, experiment: Experiment) -> Frame:
        """The picture of this moment, and of the same one in the experiment beside it."""
        frame = frame_of(experiment, self._generation, self._rate, self._request)
        if self._other_run is None:
            return frame
        return replace(frame, other=frame_of(self._other_run.experiment, self._generation))

    def _halt(self, experiment: Experiment, reason: Stop) -> None:
        """A stop rule is met: stand still at this very moment."""
        self._rest(experiment)
        self.stopped.emit(reason)

    def _rest(self, experiment: Experiment) -> None:
        """End training at this very moment."""
        experiment.checkpoint()
        self._set_doing(Doing.AT_REST)
        self._show(experiment)

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

    def _measure_rate(self, experiment: Experiment, now: float) -> None:
        since, step = self._measured_at
        if now - since >= 0.25:
            self._rate = (experiment.step - step) / (now - since)
            self._measured_at = (now, experiment.step)

    def _play(self) -> None:
        experiment = self._experiment
        assert experiment is not None  # only a loaded experiment is ever set to play
        moment = experiment.advance()
        self._due = max(self._due + self._interval, time.monotonic())
        reason = self._watch.at_moment(experiment)
        if reason is not None or moment.phase is Phase.UPDATE:
            self._set_doing(Doing.AT_REST)
        self._show(experiment)
        if reason is not None:
            self.stopped.emit(reason)

    def _show(self, experiment: Experiment) -> None:
        """A frame to be shown at once."""
        if self._doing is not Doing.TRAINING:
            # keeping a state costs nothing when stepping by hand
            if experiment.moment.phase is Phase.UPDATE:
                experiment.checkpoint()
                experiment.evaluate()
            self._rate = float("nan")
            self._follow(experiment)
        self._mailbox.put(self._frame(experiment))
        self.arrived.emit()
        if self._doing is Doing.AT_REST:
            self._let_judge(experiment)

    def _set_doing(self, doing: Doing) -> None:
        if doing is not self._doing:
            self._doing = doing
            self.doing_changed.emit(doing)

    def _fail(self, error: Exception) -> None:
        log.exception("the experiment failed")
        self._set_doing(Doing.AT_REST)
        if self._experiment is not None:  # what was half done is begun again
            self._experiment.rewind()
        if self._other_run is not None:
            self._other_run.experiment.rewind()
        if str(error):
            sentence = f"{type(error).__name__}: {error}"
        else:
            sentence = type(error).__name__
        self.failed.emit(sentence, traceback.format_exc())


def _back(experiment: Experiment, stop: Callable[[], bool]) -> None:
    """Go back one moment, across updates as far as the start; ``stop`` ends a long way there."""
    position = experiment.moment.position
    done = experiment.moment.phase is Phase.UPDATE
    step = experiment.step - done
    if position > 1 or (position == 1 and step == 0):
        experiment.seek(step, position - 1, stop)
    elif step > 0:
        experiment.seek(step - 1, len(experiment.timeline) - 1, stop)
