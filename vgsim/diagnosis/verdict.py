"""What is wrong with a network, or that nothing is: the answer, its evidence, what would help."""

from __future__ import annotations

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

    ``catch`` is what it costs, or what may go wrong with it, in one sentence.
    """

    title: str
    changes: tuple[tuple[str, Value], ...]
    catch: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer for one experiment at one step.

    ``outcome`` is a name in the table of rules, ``confidence`` 0 to 1. ``remedies`` are in the
    order in which one should try them; empty when nothing is wrong. ``effects`` are what was
    measured of them so far. ``step`` is the number of updates after which the pass is made that
    was judged. ``exact`` says that it follows by arithmetic: there is nothing to be unsure of.
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


@dataclass(frozen=True, slots=True)
class Effect:
    """What a remedy does to this very network on this very batch, measured.

    ``hop`` is the geometric mean of the factors by which a hop between hidden stages multiplies
    RMS ∂J/∂h, ``end`` its whole way (first over last); ``hop_before`` and ``end_before`` the same
    without the remedy. ``loss`` is J after ``steps`` updates, ``loss_before`` the same without it.
    ``spike`` is the J to which it rose again on the way there, at ``spike_step``. nan where there
    is none. ``refused`` is a sentence when the changed experiment cannot be. ``helps`` says whether
    there is a gain to be measured at all.
    """

    remedy: Remedy
    hop_before: float
    hop: float
    end_before: float
    end: float
    loss_before: float
    loss: float
    steps: int
    refused: str = ""
    spike: float = float("nan")
    spike_step: int = 0
    helps: bool = True
