"""Numbers and names as the sentences have them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from vgsim.core.numbers import about, decade, fixed, subscript
from vgsim.diagnosis.findings import Findings
from vgsim.nn.activations import ACTIVATIONS

LONGEST = 6
"""Decades up to which a ratio is written with all its digits; then as a power of ten."""


def count(number_of: int, thing: str) -> str:
    """A number with its noun: "1 update", "40 updates"."""
    return f"{number_of} {thing}" + ("" if number_of == 1 else "s")


def decades(value: float) -> str:
    """A size in decades, without its sign: "3.3 decades"."""
    return f"{fixed(abs(value), 1)} decades"


def product(exponent: float) -> str:
    """10 to any power, also one that no float holds: "0.22", "10⁻⁶⁰⁰"."""
    if abs(exponent) < 300 or math.isinf(exponent):
        return about(10**exponent)
    return decade(round(exponent))


def symbol(letter: str, stage: int) -> str:
    """A letter with a stage's number: "h₁₂"."""
    return letter + subscript(stage)


def ends(f: Findings) -> tuple[str, str]:
    """The hidden states where the gradient's way begins and ends: ("h₆", "h₁")."""
    if f.named is not None:
        return f.named
    if not f.way.cut:
        first = 1
    else:
        first = max(f.way.last - len(f.way.hops), 1)
    return symbol(f.memory, f.way.last), symbol(f.memory, first)


def hops(f: Findings) -> str:
    """How long the way is: "5 hops", "1 hop", "39 timesteps"."""
    if f.unit:
        return count(len(f.way.hops), f.unit)
    return count(len(f.way.hops), "timestep" if f.recurrent else "hop")


def listed(f: Findings, names: Sequence[str]) -> str:
    """Stages by name: two of them, of more the first and the last."""
    told = [
        next((known for known in f.stage_names if known.endswith(f" {name}")), name)
        for name in names
    ]
    if len(told) > 2:
        return f"{told[0]} … {told[-1]}"
    return " and ".join(told)


def stage(f: Findings, number: int) -> str:
    """A stage in a sentence: "stage 3", or its name."""
    if 0 < number <= len(f.stage_names):
        return f.stage_names[number - 1]
    return f"stage {number}"


def activation(f: Findings) -> str:
    """The activation's name: "Sigmoid"."""
    return ACTIVATIONS.entry(f.activation).label


def journey(f: Findings) -> str:
    """What arrives, as a sentence: "h₁ receives 1 part in 1,900 of what reaches h₆: …"."""
    begin, end = ends(f)
    if not f.way.hops and f.arrives > 0:
        return "There is no hop between hidden stages on which a gradient could fade or grow."
    if f.lost == math.inf or f.arrives == 0:
        return f"{end} receives nothing of what reaches {begin}: the gradient is exactly 0."
    over = f"over {hops(f)} (×{about(f.way.mean_hop)} each)"
    if f.lost >= DIFFERENT:
        part = _ratio(f.lost)
        return (
            f"{end} receives 1 part in {part} of what reaches {begin}: {decades(f.lost)} lost "
            f"{over}."
        )
    if f.lost <= -DIFFERENT:
        times = _ratio(-f.lost)
        return (
            f"{end} receives {times} times what reaches {begin}: {decades(f.lost)} gained {over}."
        )
    return f"{end} receives ×{product(-f.lost)} of what reaches {begin}, {over}."


def _ratio(exponent: float) -> str:
    """10 to a positive power in a sentence: "1,900", "10⁸"."""
    if exponent < LONGEST:
        return about(10**exponent)
    return decade(round(exponent))


DIFFERENT = 0.5
"""Decades from which "1 part in" reads better than a factor."""

PARTS = {
    "activation": "the activation",
    "weights": "the weights",
    "normalization": "the normalization",
    "dropout": "dropout",
    "multiplier": "the multiplier of the branches",
    "skip": "the skip paths",
    "truncation": "truncation",
    "other": "the other modules",
    "reshape": "what only passes values on",
}


def share(f: Findings, name: str) -> str:
    """What one part did: "the weights took 0.1 decades", "the skip paths gave 1.2 decades"."""
    value = f.way.part(name)
    if f.gated and name == "activation":
        called = "the gates"
    else:
        called = PARTS.get(name, name)
    if value == -math.inf:
        return f"{called} let nothing through"
    if abs(value) < 0.05:
        return f"{called} changed nothing"
    return f"{called} {'gave' if value > 0 else 'took'} {decades(value)}"


def split(f: Findings) -> str:
    """What weights and activation did."""
    said = f"{share(f, 'weights')} and {share(f, 'activation')}."
    return said[0].upper() + said[1:]


def slopes(f: Findings) -> str:
    """The mean derivative against its bound, of every activation by itself."""
    if len(f.slopes) < 2:
        return f"the mean derivative is {about(f.derivative)}, at most {about(f.bound)}"
    told = [
        f"{about(mean)} of at most {about(bound)} in {ACTIVATIONS.entry(name).label}"
        for name, (mean, bound) in f.slopes.items()
    ]
    return f"the mean derivative is {', '.join(told)}"


def present_rate(f: Findings) -> float:
    """The learning rate of this very update, which a schedule may have changed."""
    if math.isnan(f.rate):
        return f.spec.training.learning_rate
    return f.rate


def fine(f: Findings) -> str:
    """That the gradient is not what is wrong."""
    if f.arrives == 0:
        return (
            "The last stages begin at 0, so that ∂J/∂h is exactly 0 in the first pass: it comes "
            "through the paths as soon as an update has moved them."
        )
    if f.needless:
        return f.needless
    if not f.way.hops:
        return "The gradient is fine: there is no hop between hidden stages on which it could fade."
    return f"The gradient is fine: {journey(f)}"


def loss_trend(f: Findings) -> str:
    """What the loss does in the updates ahead."""
    first = f.trial.first
    last = f.trial.last
    ahead = count(f.trial.updates, "update")
    if f.trial.past:
        return _trend_so_far(f)
    what = "the loss"
    if not math.isnan(f.trial.before) and not math.isnan(f.trial.after):
        first = f.trial.before
        last = f.trial.after
        what = "the loss of the same batches"
    elif last < first < f.loss:
        first = f.loss  # it fell in the first updates already: name the loss that is shown
    if last < 0.95 * first:
        return f"{what} falls from {about(first)} to {about(last)} in {ahead}"
    if last > 1.05 * first:
        return f"{what} rises from {about(first)} to {about(last)} in {ahead}"
    return f"{what} stays near {about(last)} for {ahead}"


def _trend_so_far(f: Findings) -> str:
    """What the loss did in the updates before."""
    first = f.trial.first
    last = f.trial.last
    if last < 0.95 * first:
        did = f"fell from {about(first)} to {about(last)}"
    elif last > 1.05 * first:
        did = f"rose from {about(first)} to {about(last)}"
    else:
        did = f"stayed near {about(last)}"
    return f"the loss {did} over the last {count(f.trial.updates, 'update')}"


def journey_or_overflow(f: Findings) -> str:
    """What arrives, where that is a number."""
    if f.broken:
        return "The numbers overflow within one pass."
    return journey(f)


def already_broken(f: Findings) -> tuple[str, ...]:
    """That these are figures of the start, where training has run away since."""
    if f.diverged:
        return ("So it was at the start; training has run away since.",)
    return ()


def of_the_start(f: Findings) -> tuple[str, ...]:
    """That these are figures of the start, where they are and training has not run away.

    The pass on the screen has others by now, so every outcome has to say which these are.
    """
    if f.past_mended:
        return (
            "So it was at the start. The gradient has come back since, but "
            f"{count(f.step, 'update')} have learned next to nothing.",
        )
    if f.from_start and not f.diverged:
        return (f"So it was at the start, and {count(f.step, 'update')} have not mended it.",)
    return ()


def power_of_the_factor(f: Findings) -> tuple[str, ...]:
    """What is left in the worked example, which has nothing but its factor."""
    factor = f.spec.network.factor
    begin, end = ends(f)
    length = len(f.way.hops)
    if factor == 0:  # after which there are no further hops to measure
        length = f.way.last - 1
    return (
        f"{about(factor)} to the power of {length} is {about(abs(factor) ** length)}: that "
        f"is what {end} receives of the gradient at {begin}.",
        "Nothing else acts on it: a chain has no activation and no weights.",
    )
