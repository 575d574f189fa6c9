"""The thread of the experiment. Frames leave it by the mailbox, rare events by signal."""

from __future__ import annotations

import logging
import time
import traceback
from collections import deque
from collections.abc import Callable
from enum import StrEnum
from queue import Empty, SimpleQueue

from PySide6.QtCore import QObject, QThread, Signal

from vgsim.app.commands import Command, Load, Play, Quit, Reset, Speed, Step, Train
from vgsim.app.mailbox import Mailbox
from vgsim.engine.errors import SpecError
from vgsim.engine.experiment import Experiment
from vgsim.engine.frame import Phase

FRAME_SHARE = 0.1
"""Most of the worker's time that making frames may take while it trains."""

LONG = 1_000_000_000
"""More steps than anyone waits for: training ends by a command."""

log = logging.getLogger(__name__)


class Mode(StrEnum):
    """What the worker does between commands."""

    IDLE = "idle"
    PLAY = "play"
    TRAIN = "train"


class Worker(QThread):
    """Drives one experiment at a time.

    Signals: ``arrived`` a frame that should be shown at once lies in the mailbox; ``loaded``
    (generation) a spec was built; ``refused`` (generation, SpecError) it cannot be; ``failed``
    (sentence, details) anything else went wrong; ``mode_changed`` (Mode).
    """

    arrived = Signal()
    loaded = Signal(int)
    refused = Signal(int, object)
    failed = Signal(str, str)
    mode_changed = Signal(object)

    def __init__(self, mailbox: Mailbox, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mailbox = mailbox
        self._commands: SimpleQueue[Command] = SimpleQueue()
        self._waiting: deque[Command] = deque()
        self._experiment: Experiment | None = None
        self._generation = 0
        self._mode = Mode.IDLE
        self._interval = 0.25
        self._due = 0.0
        self._rate = float("nan")
        self._pace = (0.0, 0)
        self._frame_allowed = 0.0

    def post(self, command: Command) -> None:
        """Queue a command; from any thread."""
        self._commands.put(command)

    def stop(self) -> None:
        """End the thread and wait until it has ended."""
        self.post(Quit())
        self.wait()

    def run(self) -> None:
        """The thread's loop: commands first, then a slice of work. Survives every exception."""
        going = True
        while going:
            try:
                going = self._turn()
            except Exception as error:  # whatever it is, the window lives on and says so
                self._fail(error)

    def _turn(self) -> bool:
        command = self._next_command()
        if isinstance(command, Quit):
            return False
        if command is not None:
            self._obey(command)
        elif self._mode is Mode.TRAIN:
            self._train()
        elif self._mode is Mode.PLAY:
            self._play()
        return True

    def _next_command(self) -> Command | None:
        """The next command: waits for one when idle, until the next moment when playing."""
        if self._waiting:
            return self._waiting.popleft()
        try:
            if self._mode is Mode.TRAIN:
                return self._commands.get_nowait()
            if self._mode is Mode.PLAY:
                return self._commands.get(timeout=max(0.0, self._due - time.monotonic()))
            return self._commands.get()
        except Empty:
            return None

    def _obey(self, command: Command) -> None:
        if isinstance(command, Load):
            self._load(command)
        elif isinstance(command, Speed):
            self._interval = 1.0 / command.rate
            self._due = min(self._due, time.monotonic() + self._interval)
        elif self._experiment is not None:
            self._drive(self._experiment, command)

    def _drive(self, experiment: Experiment, command: Command) -> None:
        """Playing and training are toggles, decided here: only this thread knows what goes on."""
        mode = self._mode
        self._stop(experiment)
        if isinstance(command, Train) and mode is not Mode.TRAIN:
            self._pace = (time.monotonic(), experiment.step)
            self._set_mode(Mode.TRAIN)
            return
        if isinstance(command, Play) and mode is not Mode.PLAY:
            self._due = time.monotonic()
            self._set_mode(Mode.PLAY)
            return
        if isinstance(command, Reset):
            experiment.reset()
        elif isinstance(command, Step):
            _back(experiment, self._interrupted) if command.back else experiment.advance()
        self._show(experiment)

    def _stop(self, experiment: Experiment) -> None:
        """End what goes on; training takes one more step, from whose start one can come back."""
        if self._mode is Mode.TRAIN:
            experiment.checkpoint()
            experiment.run(1)
        self._set_mode(Mode.IDLE)

    def _interrupted(self) -> bool:
        """Whether a command waits."""
        return not self._commands.empty()

    def _load(self, command: Load) -> None:
        """Build the experiment; the one before stays when that cannot be done."""
        if self._superseded():
            return
        before = self._experiment
        try:
            experiment = Experiment(command.spec)
        except SpecError as error:
            self.refused.emit(command.generation, error)
            return
        if before is not None and command.keep_place:
            _same_place(before, experiment)
        else:
            self._set_mode(Mode.IDLE)
        self._experiment, self._generation = experiment, command.generation
        self._pace = (time.monotonic(), experiment.step)
        self.loaded.emit(command.generation)
        self._show(experiment)

    def _superseded(self) -> bool:
        """Whether a newer Load or the end waits: while a slider is dragged only the last counts."""
        while not self._commands.empty():
            self._waiting.append(self._commands.get_nowait())
        return any(isinstance(command, (Load, Quit)) for command in self._waiting)

    def _train(self) -> None:
        """Step after step until a command comes."""
        experiment = self._experiment
        assert experiment is not None  # only a loaded experiment is ever set to train
        experiment.run(LONG, self._between_steps)

    def _between_steps(self) -> bool:
        """Leave a frame when the last one was taken; whether a command waits."""
        experiment = self._experiment
        if self._mailbox.empty and experiment is not None:
            now = time.monotonic()
            if now >= self._frame_allowed:
                self._measure_pace(experiment, now)
                self._mailbox.put(experiment.frame(self._generation, self._rate))
                self._frame_allowed = now + (time.monotonic() - now) / FRAME_SHARE
        return self._interrupted()

    def _measure_pace(self, experiment: Experiment, now: float) -> None:
        since, step = self._pace
        if now - since >= 0.25:
            self._rate = (experiment.step - step) / (now - since)
            self._pace = (now, experiment.step)

    def _play(self) -> None:
        experiment = self._experiment
        assert experiment is not None  # only a loaded experiment is ever set to play
        moment = experiment.advance()
        self._due = max(self._due + self._interval, time.monotonic())
        if moment.phase is Phase.UPDATE:
            self._set_mode(Mode.IDLE)
        self._show(experiment)

    def _show(self, experiment: Experiment) -> None:
        """A frame to be shown at once."""
        if self._mode is not Mode.TRAIN:
            # a state to come back to costs nothing at the speed of a hand
            if experiment.moment.phase is Phase.UPDATE:
                experiment.checkpoint()
                experiment.evaluate()
            self._rate = float("nan")
        self._mailbox.put(experiment.frame(self._generation, self._rate))
        self.arrived.emit()

    def _set_mode(self, mode: Mode) -> None:
        if mode is not self._mode:
            self._mode = mode
            self.mode_changed.emit(mode)

    def _fail(self, error: Exception) -> None:
        log.exception("the experiment failed")
        self._set_mode(Mode.IDLE)
        if self._experiment is not None:  # what was half done is begun again
            self._experiment.rewind()
        sentence = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
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


def _same_place(before: Experiment, after: Experiment) -> None:
    """Take ``after`` to the moment of its first pass where ``before`` stands."""
    moment = before.moment
    position = {
        Phase.START: 0,
        Phase.FORWARD: min(moment.stage, after.stages),
        Phase.LOSS: after.stages + 1,
        # counted from the loss: the gradient has come as many hops
        Phase.BACKWARD: after.stages + 1 + min(before.stages + 1 - moment.stage, after.stages),
        Phase.UPDATE: len(after.timeline) - 1,
    }[moment.phase]
    after.seek(0, position)
