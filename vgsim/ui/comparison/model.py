"""What the panel of a comparison says: the fields that differ, what came of it, one sentence."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from vgsim.core.fields import FieldInfo
from vgsim.core.numbers import factor, fixed, percent, plain, short, subscript
from vgsim.core.registry import Registry
from vgsim.measure.frame import Frame, PinnedRun
from vgsim.measure.run_so_far import RunSoFar, first_update_to, run_so_far
from vgsim.measure.subject import Subject
from vgsim.nn.losses import LOSSES
from vgsim.nn.optimizers import OPTIMIZERS
from vgsim.nn.spec import Spec, fields
from vgsim.text.specs import SAME, value_words

NOT_THERE = "–"
"""What stands where a field is not read, or a figure cannot be."""
ALIKE = 0.3
"""Two ratios whose powers of ten are no further apart are alike in the sentence: a factor of 2."""
CLOSE = 0.02
"""Two losses no further apart than this share of the larger one are alike in the sentence."""
GROWS = 2.0
"""A gradient that is so many times as large at the first stage is said to grow."""


Write = Callable[[float], str]
Judge = Callable[[float, float], "Better"]


class Better(StrEnum):
    """Who of the two did better."""

    NEITHER = ""
    A = "A"
    B = "B"


@dataclass(frozen=True, slots=True)
class PairRow:
    """One line of a table of A and B, and what it says when one rests on it."""

    label: str
    a: str
    b: str
    better: Better = Better.NEITHER
    help: str = ""


@dataclass(frozen=True, slots=True)
class PinLine:
    """A pinned run in the list of them: its name, and how it differs and did."""

    name: str
    about: str


def rows_that_differ(a: Spec | None, b: Spec | None) -> tuple[PairRow, ...]:
    """A row for each field that at least one of the two reads and that differs.

    None where one of them is no experiment and has no fields.
    """
    if a is None or b is None:
        return ()
    found = []
    for info in fields():
        shown = info.section and not info.headless
        if (
            shown
            and a[info.path] != b[info.path]
            and (a.applies(info.path) or b.applies(info.path))
        ):
            row = PairRow(info.label, _said(info, a), _said(info, b), help=info.help)
            found.append(row)
    return tuple(found)


def rows_of_subjects(a: Frame, b: Frame) -> tuple[PairRow, ...]:
    """What is known of two trainings of which one is not an experiment, as far as it differs.

    Their names stand above the diagrams: file names would leave the labels here no room.
    """
    found = [PairRow("Stages", f"{a.stages:,}", f"{b.stages:,}")]
    for label, words in (
        ("Loss", lambda subject: _label(LOSSES, subject.loss)),
        ("Optimizer", lambda subject: _label(OPTIMIZERS, subject.optimizer)),
        ("Learning rate", _rate),
        ("Batch", lambda subject: f"{subject.batch:,}" if subject.batch else ""),
        ("Number type", lambda subject: subject.precision),
    ):
        said = [words(subject) or NOT_THERE for subject in (a.subject, b.subject)]
        found.append(PairRow(label, said[0], said[1]))
    return tuple(row for row in found if row.a != row.b)


def _label(kinds: Registry[Any], name: str) -> str:
    """What a kind is called where vgsim knows it, else the name that another framework has."""
    return kinds.entry(name).label if name in kinds.names() else name


def _rate(subject: Subject) -> str:
    if math.isnan(subject.learning_rate):
        return ""
    return short(subject.learning_rate)


OF_RECORDINGS = (
    "A recording does not have its data, batches and settings with it: what came of the two may "
    "have other reasons than these."
)
"""What is said before what differs where one of the two is a recording."""


def _said(info: FieldInfo, spec: Spec) -> str:
    if spec.applies(info.path):
        return value_words(info, spec[info.path])
    return NOT_THERE


def preface(differing: int) -> str:
    """What is said before the fields that differ."""
    rest = (
        "Data, order of batches and initial weights are the same wherever it does not concern them."
    )
    if differing == 0:
        return "Nothing so far: both are the same to the last bit. Change one thing."
    if differing == 1:
        return f"One field. {rest}"
    return f"{differing} fields. {rest.replace('it does', 'they do')}"


def usual_levels(frame: Frame) -> tuple[float, float]:
    """Two losses to be reached: about a half and a quarter of what guessing costs."""
    chance = frame.chance_loss
    if not math.isfinite(chance) or chance <= 0:
        chance = 1.0
    return _round_number(chance / 2), _round_number(chance / 4)


def _round_number(value: float) -> float:
    """The next number of one figure."""
    return float(f"{value:.0e}")


def rows_of_results(frame: Frame) -> tuple[PairRow, ...]:
    """What came of A and B up to this moment; what neither has is left out."""
    assert frame.other is not None  # the panel has looked
    a = run_so_far(frame)
    b = run_so_far(frame.other)
    rows = [
        _row("Loss, training", a.loss, b.loss, plain, _less, "J of the newest recorded update"),
        _row(
            "Loss, held out", a.held_loss, b.held_loss, plain, _less, "J of the newest evaluation"
        ),
        _row(
            "Accuracy",
            a.held_accuracy,
            b.held_accuracy,
            percent,
            _more,
            "Held-out samples that are right",
        ),
    ]
    rows = [row for row in rows if (row.a, row.b) != (NOT_THERE, NOT_THERE)]
    named = bool(frame.subject.named or frame.other.subject.named)
    rows.append(_ratio_row(a, b, named))
    rows.append(
        _row(
            "Decades lost",
            a.decades_lost,
            b.decades_lost,
            lambda value: fixed(value, 1),
            _nearer_0,
            "Powers of ten between the gradient at the last stage and at the first",
        )
    )
    return tuple(rows)


def _ratio_row(a: RunSoFar, b: RunSoFar, named: bool) -> PairRow:
    if named:
        label = "∂J/∂h, first : last"
    elif a.hops == b.hops:
        label = f"∂J/∂h₁ : ∂J/∂h{subscript(len(a.gradient))}"
    else:
        label = "∂J/∂h₁ : the last"
    about = (
        f"RMS at the first stage against the last one, in the pass of update {a.gradient_step:,}"
    )
    better = _nearer_0(a.decades_lost, b.decades_lost)
    return PairRow(label, factor(a.ratio) or NOT_THERE, factor(b.ratio) or NOT_THERE, better, about)


def level_row(frame: Frame, level: float) -> PairRow:
    """How many updates either took to a training loss of ``level`` or less."""
    assert frame.other is not None  # the panel has looked
    a = first_update_to(frame.history, level)
    b = first_update_to(frame.other.history, level)
    better = Better.NEITHER
    if a != b:
        better = Better.B if a is None or (b is not None and b < a) else Better.A
    said = [
        f"{found:,}" if found is not None else _not_in(one.step)
        for found, one in ((a, frame), (b, frame.other))
    ]
    return PairRow(f"Updates to J ≤ {short(level)}", said[0], said[1], better)


def _not_in(updates: int) -> str:
    return f"not in {updates:,}" if updates else NOT_THERE


def _row(label: str, a: float, b: float, write: Write, judge: Judge, about: str) -> PairRow:
    said = [NOT_THERE if math.isnan(value) else write(value) for value in (a, b)]
    better = judge(a, b)
    if said[0] == said[1]:  # a difference that cannot be read is none
        better = Better.NEITHER
    return PairRow(label, said[0], said[1], better, about)


def _less(a: float, b: float) -> Better:
    """The smaller one is better; with what is not known nothing is."""
    if math.isnan(a) or math.isnan(b) or a == b:
        return Better.NEITHER
    return Better.A if a < b else Better.B


def _more(a: float, b: float) -> Better:
    return _less(-a, -b)


def _nearer_0(a: float, b: float) -> Better:
    return _less(abs(a), abs(b))


def verdict_on_both(frame: Frame) -> str:
    """What the two have in common and in what they differ, in a sentence; empty before a pass."""
    assert frame.other is not None  # the panel has looked
    a = run_so_far(frame)
    b = run_so_far(frame.other)
    if math.isnan(a.ratio) or math.isnan(b.ratio):
        return "Step or train to see what comes of it."
    return f"{_of_gradient(a, b)}{_of_loss(a, b)}."


def _of_gradient(a: RunSoFar, b: RunSoFar) -> str:
    if abs(a.decades_lost - b.decades_lost) <= ALIKE or a.decades_lost == b.decades_lost:
        return f"In both about {factor(b.ratio)} of the last stage's gradient arrives at stage 1"
    if b.ratio >= GROWS:
        hops = "hop" if b.hops == 1 else "hops"
        return f"B's gradient grows towards stage 1, by {factor(b.ratio)} over {b.hops} {hops}"
    return (
        f"Of the last stage's gradient {factor(b.ratio)} arrives at stage 1 in B, "
        f"{factor(a.ratio)} in A"
    )


def _of_loss(a: RunSoFar, b: RunSoFar) -> str:
    """What that did to the loss, once there is one."""
    if a.step < 2 or not (math.isfinite(a.loss) and math.isfinite(b.loss)):
        return ""
    if abs(a.loss - b.loss) <= CLOSE * max(abs(a.loss), abs(b.loss)):
        if a.step != b.step:
            return f", and A's loss after {a.step:,} updates is like B's after {b.step:,}"
        return f", and after {a.step:,} updates their losses are alike"
    name = "B" if b.loss < a.loss else "A"
    low, high = sorted((a.loss, b.loss))
    losses = f"{plain(low)} against {plain(high)}"
    if a.step != b.step:
        when = f"A after {a.step:,} updates, B after {b.step:,}"
        return f", and {name} has the lower loss, {losses}, {when}"
    return f", and after {a.step:,} updates {name} has the lower loss, {losses}"


def pin_line(pin: PinnedRun, spec: Spec | None) -> PinLine:
    """A pinned run beside the experiment of ``spec``."""
    count = len(rows_that_differ(spec, pin.spec))
    if spec is None or pin.spec is None:
        differing = f"step {pin.step:,}"
    elif count == 0:
        differing = SAME
    else:
        differing = "1 field differs" if count == 1 else f"{count} fields differ"
    loss = ""
    if len(pin.history.held_loss):
        loss = f" · J held out {plain(float(pin.history.held_loss[-1]))}"
    elif len(pin.history.loss):
        loss = f" · J {plain(float(pin.history.loss[-1]))}"
    return PinLine(pin.name, f"{differing}{loss}")


def field_choices(spec: Spec) -> list[tuple[str, str, str]]:
    """(path, label, present value) of every field that ``spec`` reads and that can be changed."""
    found = []
    for info in fields():
        if info.section and not info.headless and spec.applies(info.path):
            found.append((info.path, info.label, value_words(info, spec[info.path])))
    return found


def matching(choices: Sequence[tuple[str, str, str]], words: str) -> list[tuple[str, str, str]]:
    """Those of the ``choices`` that hold all of the words, in path, label or value."""
    wanted = words.lower().split()
    return [
        choice for choice in choices if all(word in " ".join(choice).lower() for word in wanted)
    ]
