"""What an outcome is, the registry of them, and how one is chosen and how sure it is."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from vgsim.core.registry import Registry
from vgsim.diagnosis.criteria import Criterion
from vgsim.diagnosis.evidence import MeasuredFacts
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.verdict import Evidence, Tone, Value
from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.layers.parts import NORMS

Changes = dict[str, Value]
"""Fields by their dotted path, with new values; a role stands for the choice that plays it."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may help: its title, what it changes, and its ``catch``.

    The catch is one sentence: what the remedy costs, or what may go wrong with it.
    """

    title: str
    changes: Changes
    catch: str


def nothing(findings: Findings) -> Iterator[Candidate]:
    """The remedies of an outcome in which nothing is wrong."""
    yield from ()


RIGHT = 1.388
BY_MARGIN = 0.495
"""What makes sureness of margins: fitted on 125 labelled networks that were judged before any rule
was mended for them, ``tests/verdicts/first_look.csv``. At the thresholds 80 % are right, far from
them 97 to 98 %."""


def by_arithmetic(findings: Findings) -> bool:
    """Whether all that there is are fixed factors, whose product leaves nothing to judge."""
    return findings.chain


class Precedence(IntEnum):
    """The steps of the reasoning: the first outcome that holds is the verdict, so cause comes
    before consequence, and what makes every other figure meaningless before all."""

    MEANINGLESS = 100
    """Data of a wrong scale, no error at the output, a loss that is low already: whatever the
    gradient then does, that is the reason."""
    BLOCKED = 200
    """Units that are alike or dead, gradients too small for the number type: they make gradients
    exactly 0, which would look like any kind of vanishing."""
    GROWTH = 300
    """The gradient grows over the hops; causes from the particular to the general."""
    LOSS = 400
    """It is lost over the hops; causes from the particular to the general."""
    SOUND = 500
    """What can be wrong with a gradient of a sound size."""
    REST = 900
    """What is left."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One answer to why a network does not learn, or that it does: everything about it.

    ``title`` may have "{precision}", the number type, "{activation}" and "{norm}", the
    normalization, in it. ``order`` says when it is asked: a :class:`Precedence` and a number within
    it. ``needs`` must all hold; ``signs`` are what one expects to see besides, they only change the
    confidence. What the needs measure is shown as evidence, then the facts in ``also``.
    ``sentences`` also say what is not the cause. ``remedies`` are candidates, best first
    (:mod:`vgsim.diagnosis.remedies`). ``exact`` tells where it follows by arithmetic and needs no
    judgment. ``by_setting`` says that it is a setting by itself, which may come on top of another
    cause and is then named as well; ``further`` is what a gradient that is lost may have besides.
    A ``title`` that depends on more than that is a function.
    ``tells`` are the figures beyond those of its needs that title and sentences read, of those
    that not every source has.
    ``too_small`` and ``too_large`` are paths of settings that it says are so: no remedy moves one
    of them further that way. ``held_out`` says that a remedy should lower J on held-out samples,
    ``tells_where`` that sentences on where the gradient is lost belong to it, as they do to every
    growth and loss.
    """

    title: str | Callable[[Findings], str]
    order: int
    needs: tuple[Criterion, ...]
    sentences: Callable[[Findings], tuple[str, ...]]
    also: tuple[MeasuredFacts, ...] = ()
    signs: tuple[Criterion, ...] = ()
    remedies: Callable[[Findings], Iterator[Candidate]] = nothing
    tone: Tone = Tone.WARNING
    exact: Callable[[Findings], bool] = by_arithmetic
    by_setting: bool = False
    further: str = ""
    tells: tuple[str, ...] = ()
    too_small: tuple[str, ...] = ()
    too_large: tuple[str, ...] = ()
    held_out: bool = False
    tells_where: bool = False

    @property
    def figures(self) -> tuple[str, ...]:
        """The figures without which it cannot be decided, of those that not every source has."""
        return tuple(dict.fromkeys(name for need in self.needs for name in need.figures))

    def holds(self, findings: Findings) -> bool:
        """Whether every need is met, as far as is known; see :meth:`lacks`."""
        return all(need(findings) >= 0 for need in self.needs if findings.knows(*need.figures))

    def lacks(self, findings: Findings) -> tuple[str, ...]:
        """The figures that it needs and that are not known."""
        return tuple(name for name in self.figures if name in findings.unknown)

    def confidence(self, findings: Findings) -> float:
        """How sure it is: how often verdicts of such margins were right.

        Log odds of :meth:`raw_confidence` to log odds (Platt 1999) by RIGHT and BY_MARGIN.
        """
        raw = self.raw_confidence(findings)
        odds = RIGHT + BY_MARGIN * math.log(raw / (1 - raw))
        return 1 / (1 + math.exp(-odds))

    def raw_confidence(self, findings: Findings) -> float:
        """0.5 at its thresholds, more with distance and with agreeing signs.

        The doubt is ½ · 2^−m with the smallest margin m of the needs; every sign that is there
        halves it, every one that is missing makes it half as large again. At most 0.99.
        """
        margin = min((need(findings) for need in self.needs), default=math.inf)
        doubt = 0.5 * 2.0 ** -min(margin, 60.0)
        for sign in self.signs:
            found = sign(findings)
            if findings.knows(*sign.figures) and not math.isnan(found):
                doubt *= 0.5 if found >= 0 else 1.5
        return float(min(max(1.0 - doubt, 0.1), 0.99))

    def named(self, findings: Findings) -> str:
        """The title for these findings."""
        if not isinstance(self.title, str):
            return self.title(findings)
        return self.title.format(
            precision=findings.spec.training.precision,
            activation=ACTIVATIONS.entry(findings.activation).label,
            norm=NORMS.entry(findings.spec.network.norm).label.lower(),
        )

    def evidence(self, findings: Findings) -> tuple[Evidence, ...]:
        """What decided, and what is to be seen besides; without what there are no figures for."""
        shown = [need.shown for need in self.needs if need.shown is not None]
        facts = dict.fromkeys([*shown, *self.also])
        return tuple(evidence for fact in facts for evidence in fact(findings))


OUTCOMES: Registry[Outcome] = Registry("outcome")


def all_that_hold(findings: Findings) -> list[str]:
    """Names of the outcomes that hold, cause before consequence; only the last where none does."""
    in_order = sorted(OUTCOMES, key=lambda entry: entry.value.order)
    held = [
        entry.name
        for entry in in_order
        if entry.value.holds(findings) and not entry.value.lacks(findings)
    ]
    return held or [in_order[-1].name]


def undecided(findings: Findings) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Names of the outcomes that may hold, for all that is known, with the figures they lack."""
    for entry in sorted(OUTCOMES, key=lambda entry: entry.value.order):
        lacking = entry.value.lacks(findings)
        if lacking and entry.value.holds(findings):
            yield entry.name, lacking


def first_that_holds(findings: Findings) -> str:
    """Name of the outcome that says what is the matter."""
    return all_that_hold(findings)[0]
