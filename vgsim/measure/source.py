"""Where frames come from: an experiment that trains here, or a recording of a training elsewhere.

Whoever drives one (the worker, a comparison, an export) steps, seeks and asks for frames; what one
source cannot do, such as training, it says in :attr:`FrameSource.trains`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from vgsim.measure.frame import Frame
from vgsim.measure.recorded import RecordingSource
from vgsim.measure.request import NOTHING, Request
from vgsim.measure.snapshot import frame_of
from vgsim.measure.subject import Subject, subject_of
from vgsim.nn.data_files import files_of
from vgsim.nn.experiment import Experiment
from vgsim.nn.moments import Moment
from vgsim.nn.spec import Spec
from vgsim.record.reader import read


@dataclass(frozen=True, slots=True)
class RecordingFile:
    """A recording by its file, as it is named to be opened."""

    path: Path

    @property
    def name(self) -> str:
        """What it is called where a spec has its name."""
        return self.path.stem


Goal = Spec | RecordingFile
"""What frames are wanted of: an experiment to be trained here, or a recording."""


class FrameSource(Protocol):
    """A network that can be looked at moment by moment.

    ``step`` counts the updates made, as :attr:`Experiment.step` does: at the moment of an update it
    is one more than in the pass that leads to it. ``timeline`` are the moments of one pass.
    """

    @property
    def stages(self) -> int:
        """Number N of stages."""
        ...

    @property
    def step(self) -> int:
        """Updates made so far."""
        ...

    @property
    def moment(self) -> Moment:
        """The moment where it stands."""
        ...

    @property
    def timeline(self) -> Sequence[Moment]:
        """The moments of one pass, start to update."""
        ...

    @property
    def trains(self) -> bool:
        """Whether it can make updates that have not been made before."""
        ...

    @property
    def subject(self) -> Subject:
        """What its frames are pictures of."""
        ...

    def passes(self, steps: int, every: int) -> list[int]:
        """The updates before the passes that show ``steps`` of them, about ``every`` so many.

        The first and the last that there are belong to them.
        """
        ...

    @property
    def growing(self) -> bool:
        """Whether more may come by itself, so that it is worth to :meth:`refresh`."""
        ...

    def refresh(self) -> bool:
        """Look what has come meanwhile; whether there is anything new to show. Stays in place."""
        ...

    def advance(self) -> Moment:
        """Go one moment on, beyond an update to the next pass that there is."""
        ...

    def seek(self, step: int, position: int, stop: Callable[[], bool] | None = None) -> Moment:
        """Go to a moment of the pass after ``step`` updates, or of the nearest one before."""
        ...

    def reach(self) -> tuple[int, int]:
        """The first step that one can go back to at once, and the latest that there is."""
        ...

    def frame(
        self, generation: int = 0, rate: float = float("nan"), request: Request = NOTHING
    ) -> Frame:
        """The picture of this moment, with the measurements that are requested."""
        ...


class TrainingSource:
    """An experiment that trains here; stepping, seeking and frames are the experiment's own."""

    trains = True
    growing = False

    def __init__(self, experiment: Experiment) -> None:
        self.experiment = experiment

    @property
    def stages(self) -> int:
        """Number N of stages."""
        return self.experiment.stages

    @property
    def step(self) -> int:
        """Updates made so far."""
        return self.experiment.step

    @property
    def moment(self) -> Moment:
        """The moment where it stands."""
        return self.experiment.moment

    @property
    def timeline(self) -> Sequence[Moment]:
        """The moments of one pass, start to update."""
        return self.experiment.timeline

    @property
    def subject(self) -> Subject:
        """What the experiment tells of itself."""
        return subject_of(self.experiment.spec)

    def passes(self, steps: int, every: int) -> list[int]:
        """Every ``every`` updates from the first pass on, and after ``steps``."""
        return [*range(0, steps, every), steps]

    def refresh(self) -> bool:
        """Nothing comes by itself."""
        return False

    def advance(self) -> Moment:
        """Take one moment."""
        return self.experiment.advance()

    def seek(self, step: int, position: int, stop: Callable[[], bool] | None = None) -> Moment:
        """Run there, from here or from a kept state; ``stop`` may end the way."""
        return self.experiment.seek(step, position, stop)

    def reach(self) -> tuple[int, int]:
        """The first step of which a state is kept from there on, and the latest that was run."""
        return self.experiment.reach()

    def frame(
        self, generation: int = 0, rate: float = float("nan"), request: Request = NOTHING
    ) -> Frame:
        """The picture of this moment, with the measurements that are requested."""
        return frame_of(self.experiment, generation, rate, request)


def open_source(goal: Goal) -> FrameSource:
    """Where the frames of ``goal`` come from, before its first pass.

    SpecError for a spec that cannot be run; BadContainer, an OSError, for a recording that cannot
    be read, or that has no step yet.
    """
    if isinstance(goal, RecordingFile):
        return RecordingSource(read(goal.path))
    experiment = Experiment(goal)
    files_of(goal)  # an export asks for their hashes: known without reading
    return TrainingSource(experiment)


def experiment_of(source: FrameSource | None) -> Experiment | None:
    """The experiment that trains behind a source, None where nothing does."""
    if isinstance(source, TrainingSource):
        return source.experiment
    return None
