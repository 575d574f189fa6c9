"""What is wrong with a network, or that nothing is: the answer, its evidence, what would help."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

Value = str | int | float | bool


class Tone(StrEnum):
    """How a verdict is to be shown."""

    GOOD = "good"
    NEUTRAL = "neutral"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One measured fact behind a verdict; ``plot`` is the instrument that shows it, or empty."""

    text: str
    plot: str = ""


@dataclass(frozen=True, slots=True)
class Remedy:
    """A change that should help: fields of the spec by dotted path, with their new values.

    ``catch`` is what it costs, or what may go wrong with it, in one sentence. ``code`` is the
    change in the user's own program where a training elsewhere was recorded; see
    :mod:`vgsim.diagnosis.pytorch`.
    """

    title: str
    changes: tuple[tuple[str, Value], ...]
    catch: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Undecided:
    """What may be the matter as well, and what it would take to tell, in words."""

    title: str
    needs: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer for one experiment at one step.

    ``outcome`` is a name in the table of rules, ``confidence`` 0 to 1. ``remedies`` are in the
    order in which one should try them; empty when nothing is wrong. ``effects`` are what was
    measured of them so far. ``step`` is the number of updates after which the pass is made that
    was judged. ``exact`` says that it follows by arithmetic: there is nothing to be unsure of.
    ``undecided`` is what the source of the figures cannot tell. ``recorded`` says that it is on a
    recording, in which that pass has the number ``step``.
    """

    outcome: str
    title: str
    sentences: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    confidence: float
    tone: Tone
    remedies: tuple[Remedy, ...] = ()
    effects: tuple[Effect, ...] = ()
    step: int = 0
    exact: bool = False
    undecided: tuple[Undecided, ...] = ()
    recorded: bool = False


class Ruling(StrEnum):
    """What was found of a remedy when it was measured; only what HELPS is offered."""

    HELPS = "helps"
    CHANGES_NOTHING = "changes nothing"
    WORSE = "worse"
    DIVERGES = "diverges"
    LEARNS_NOTHING = "learns nothing"
    REFUSED = "not possible"


class FromHere(StrEnum):
    """Whether a remedy can be measured from the present state on."""

    MEASURED = "measured"
    PART = "measured without what acts on the start alone"
    NOT_YET = "not measured yet"
    SAME = "at the start both are the same"
    START = "it acts on the start alone"
    OTHER = "its parameters are others"


@dataclass(frozen=True, slots=True)
class Course:
    """How one spec fares: factors of RMS ∂J/∂h in the first pass, J after the updates.

    Both are those between the hidden stages, as a verdict has them: ``hop`` is the geometric mean
    over the hops, ``end`` the whole way; nan where there is none. ``loss`` is the median of J over
    the last tenth of the updates, for one batch has its own noise; inf where it overflowed.
    ``spike`` is the largest J to which the loss rose again, after ``spike_step`` updates; nan where
    it did not; ``ran_away`` says that it was so high that training went astray. ``held`` is J
    on the held-out samples at the end, nan without any. ``chance`` is J
    of the best constant guess, ``steps`` the updates made, and ``tail`` the last losses.
    """

    hop: float = math.nan
    end: float = math.nan
    loss: float = math.nan
    spike: float = math.nan
    spike_step: int = 0
    ran_away: bool = False
    held: float = math.nan
    chance: float = math.nan
    steps: int = 0
    tail: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Effect:
    """What a remedy does to this very network, measured: trained anew, and from here on.

    ``before`` and ``after`` are the courses from a fresh start without and with it, on the same
    batches; ``here_before`` and ``here`` those from the present state, None where ``from_here``
    says why there are none. ``wanted`` are the updates of each course when all is done;
    ``here_steps`` those from here so far.
    ``tried`` is the remedy as it was measured in the end: where it diverged, at a smaller rate.
    ``refused`` is a sentence when the changed experiment cannot be. ``held_out`` says that it is J
    on held-out samples that it should lower.
    """

    remedy: Remedy
    before: Course = Course()
    after: Course = Course()
    wanted: int = 0
    refused: str = ""
    ruling: Ruling = Ruling.HELPS
    here_before: Course | None = None
    here: Course | None = None
    here_steps: int = 0
    from_here: FromHere = FromHere.SAME
    tried: Remedy | None = None
    held_out: bool = False

    @property
    def helps(self) -> bool:
        """Whether it is offered."""
        return self.ruling is Ruling.HELPS

    @property
    def done(self) -> bool:
        """Whether no more updates will be made to measure it."""
        return self.through >= self.wanted

    @property
    def through(self) -> int:
        """Updates that every course has behind it, or would have if it had not overflowed."""
        if self.refused or math.isinf(self.after.loss):
            return self.wanted
        if self.from_here is FromHere.NOT_YET:
            return 0
        if self.from_here in (FromHere.MEASURED, FromHere.PART):
            return min(self.after.steps, self.here_steps)
        return self.after.steps

    @property
    def offer(self) -> Remedy:
        """The remedy that the figures are of."""
        return self.tried or self.remedy
