"""All that the window shows of a session, as it is at one time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from vgsim.diagnosis.verdict import Effect, Verdict
from vgsim.measure.frame import Frame, PinnedRun
from vgsim.measure.request import Request
from vgsim.measure.source import Goal, RecordingFile
from vgsim.measure.stops import StopRules
from vgsim.nn.spec import Spec
from vgsim.ui.pacing import FULL, Due, RunState


@dataclass(frozen=True, slots=True)
class LongWay:
    """How far a long way to another step has come; ``who`` is "B", or empty for the experiment."""

    who: str
    step: int
    wanted: int


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """A snapshot. From one to the next, what did not change is the very same object.

    ``wanted`` is the last spec asked for whose fields are all allowed; edits build on it and are
    compared with ``baseline``. ``spec`` is the one whose experiment runs: it lags behind while one
    is built, and stays when the data of the wanted one are refused. With a ``recording`` open the
    three are those of the experiment before it. ``experiment`` counts those that were begun anew,
    and recordings.
    """

    wanted: Spec
    spec: Spec
    baseline: Spec
    experiment: int = 0
    generation: int = 0
    """That of the frames of what is shown."""
    problems: Mapping[str, str] = field(default_factory=dict)
    """Why entries are not allowed or were refused, by their paths."""
    frame: Frame | None = None
    due: Due = FULL
    """What of the window is due in the frame; another one whenever the frame is to be shown."""
    run: RunState = field(default_factory=RunState)
    way: LongWay | None = None
    recording: RecordingFile | None = None
    """What is shown in place of an experiment."""
    other: Goal | None = None
    """What runs beside, B."""
    pins: tuple[PinnedRun, ...] = ()
    """Runs that are drawn behind both."""
    rules: StopRules = field(default_factory=StopRules)
    request: Request = field(default_factory=Request)
    judging: bool = False
    """Whether a verdict is on its way."""
    judged: Goal | None = None
    """The experiment or recording that ``verdict`` is on."""
    verdict: Verdict | None = None
    effects: tuple[Effect, ...] = ()
    """What was measured of the remedies of ``verdict``."""
    unjudged: str = ""
    """Why there will be no verdict."""

    @property
    def goal(self) -> Goal:
        """What is shown: the experiment that runs, or a recording."""
        return self.recording or self.spec
