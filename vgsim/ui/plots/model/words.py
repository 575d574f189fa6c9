"""Tick labels and the words that stand on a plot."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from vgsim.core.numbers import decade, fixed, magnitude, nth, plain, subscript
from vgsim.measure.forecast import Theory
from vgsim.measure.subject import Subject
from vgsim.text.scale import Scale
from vgsim.text.stages import StageGroup, clipped_name, short_name, stage_groups, stage_name
from vgsim.ui.plots.model.series import Reach, nice_ticks, stage_ticks

Tick = tuple[float, str]
Ticks = Sequence[Tick]

ONE_TWO_FIVE = (1, 2, 5)
EVERY = tuple(range(1, 10))


def decade_ticks(scale: Scale, low: float, high: float, most: int) -> list[Tick]:
    """At most ``most`` places on a log₁₀ axis from ``low`` to ``high``, none beyond the scale.

    Whole decades while two of them are in sight, else 1, 2, 5 times a power of ten, and so on.
    """
    low = max(low, scale.low)
    high = min(high, scale.high)
    first = math.ceil(low - 1e-9)
    last = math.floor(high + 1e-9)
    if last > first:
        every = math.ceil((last - first + 1) / most)
        return [(float(k), decade(k)) for k in range(scale.high, scale.low - 1, -every)
                if first <= k <= last][::-1]  # fmt: skip
    for multiples in (ONE_TWO_FIVE, EVERY):
        found = _between_decades(low, high, multiples)
        if 2 <= len(found) <= most:
            return found
    return [(at, magnitude(10.0**at, 3)) for at in nice_ticks(low, high, most)]


def _between_decades(low: float, high: float, multiples: Sequence[int]) -> list[Tick]:
    """Places of this many times a power of ten."""
    found = []
    for exponent in range(math.floor(low), math.ceil(high) + 1):
        for multiple in multiples:
            at = exponent + math.log10(multiple)
            if low <= at <= high:
                if multiple == 1:
                    label = decade(exponent)
                else:
                    label = magnitude(multiple * 10.0**exponent)
                found.append((at, label))
    return found


def hop_ticks(first: int, last: int, low: float, high: float, most: int) -> list[Tick]:
    """At most ``most`` stages between ``low`` and ``high``, labelled by the hops to the last one.

    ``first`` and ``last`` are those that there are.
    """
    fewest = max(0, math.ceil(last - high))
    largest = min(last - first, math.floor(last - low))
    ticks = nice_ticks(fewest, largest, most, whole=True) or [float(fewest)]
    return [(last - hops, f"{hops:.0f}") for hops in reversed(ticks)]


def stage_labels(
    stages: int, subject: Subject, size: Callable[[str], float], each: float, full: bool = False
) -> list[Tick]:
    """Labels of as many stages as have room, first and last among them.

    ``size`` is the room that a label needs along the axis, a stage has ``each`` of it. Of named
    stages one label stands for a block of them, unless all have room. Of blocks that are counted
    the first has its whole name, the others their numbers, or whole names, too, with ``full``.
    """
    if not subject.named:
        gap = size(stage_name(stages)) / each
        return [(float(k), stage_name(k)) for k in stage_ticks(stages, gap)]
    single = [short_name(stage, subject) for stage in range(1, stages + 1)]
    if max(map(size, single)) <= each:
        return [(float(stage), name) for stage, name in enumerate(single, 1)]
    groups = [group for group in stage_groups(subject.named) if group.last <= stages]
    found: dict[float, str] = {}

    def placed(group: StageGroup, label: str) -> bool:
        """Put a label where it keeps clear of the others; whether it does."""
        label = clipped_name(label)
        for at, other in found.items():
            if abs(group.middle - at) * each < (size(label) + size(other)) / 2:
                return False
        found[group.middle] = label
        return True

    begun: dict[int, int] = {}
    for group in (*groups[:1], *groups[:0:-1][:1]):
        if placed(group, group.label):
            begun.setdefault(group.series, group.last)
    for group in groups:  # of each series one label at least says what is counted
        known = begun.get(group.series, stages + 1) <= group.last
        if group.word and not known and placed(group, group.label):
            begun[group.series] = group.last
    for group in groups:
        if full or not group.word:
            placed(group, group.label)
        elif begun.get(group.series, stages) < group.first:
            placed(group, group.number)
    return sorted(found.items())


def step_label(step: float) -> str:
    """A step number, short: "400", "10,000", "250k", "1.5M"."""
    for unit, letter in ((1e6, "M"), (1e3, "k")):
        if abs(step) >= max(unit, 1e5):
            return f"{step / unit:.10g}{letter}"
    return f"{round(step):,}"


def tick_labels(ticks: Sequence[float]) -> list[str]:
    """Evenly spaced ticks with equally many decimals; powers of ten where those run out."""
    if len(ticks) < 2:
        return [plain(tick, 3) if tick else "0" for tick in ticks]
    step = ticks[1] - ticks[0]
    if step < 1e-4 or max(map(abs, ticks)) >= 1e5:
        return [magnitude(tick) for tick in ticks]
    decimals = max(0, math.ceil(-math.log10(step) - 1e-9))
    return [fixed(tick, decimals) for tick in ticks]


def reach_label(kind: int, scale: Scale) -> str:
    """What stands at the edge of a plot for what its scale cannot show: "0", "< 10⁻⁸", "∞"."""
    return {
        Reach.ZERO: "0",
        Reach.BELOW: f"< {decade(scale.low)}",
        Reach.ABOVE: f"> {decade(scale.high)}",
        Reach.OVERFLOW: "∞",
    }[Reach(kind)]


def chance_label(chance: float) -> str:
    """What guessing costs: "chance ln 10 = 2.303", or "chance = 0.09" where it is no such log."""
    classes = math.exp(min(chance, 20.0))
    if round(classes) >= 2 and abs(classes - round(classes)) < 1e-6 * classes:
        return f"chance ln {round(classes)} = {plain(chance)}"
    return f"chance = {plain(chance)}"


def bucket_words(what: str, size: int) -> str:
    """What a bucket of ``size`` steps shows: "mean of 10 steps"; nothing for single steps."""
    if size > 1:
        return f" · {what} {size:,} steps"
    return ""


def sampling_words(rows: int, stages: int, every: int) -> str:
    """What a plot of some stages and samples leaves out: " · 24 of 101 stages"; or nothing."""
    if rows < stages:
        words = f" · {rows} of {stages} stages"
    else:
        words = ""
    return words + (f" · 1 sample in {every}" if every > 1 else "")


def theory_name(theory: Theory, step: int = 0) -> str:
    """What a dashed line is: "theory (mean field)", of the start once training has begun."""
    if theory is Theory.BOUND:
        return "upper bound (γ‖W‖)ᵗ"
    if step:
        return "theory at step 0"
    return f"theory ({theory})"


_PARAMETERS = {
    "gamma": "γ", "beta": "β", "W_x": "Wₓ", "W_h": "Wₕ", "W_T": "W gate", "b_T": "b gate",
    "W_P": "W path", "kappa": "κ",
    "b_h": "bₕ", "b_hn": "bₕₙ", "gamma_x": "γₓ", "beta_x": "βₓ", "gamma_h": "γₕ", "beta_h": "βₕ",
    "gamma_c": "γ of c", "beta_c": "β of c",
}  # fmt: skip


def parameter_name(name: str) -> str:
    """A parameter as it is written: "γ", "Wₕ", "Wₓ i" of one gate."""
    own, _, gate = name.partition(" ")
    return f"{_PARAMETERS.get(own, own)} {gate}".rstrip()


def matrix_names(owners: Sequence[int], names: Sequence[str], subject: Subject) -> list[str]:
    """Weight matrices by stage, "W₃", or by cell, "Wₕ", with the readout's last.

    Of named stages their names alone are parameters' own: "layers.3.mlp.0.weight".
    """
    if subject.named:
        return [
            f"{stage_name(owner + 1, subject)}.{name}"
            for owner, name in zip(owners, names, strict=True)
        ]
    if not subject.recurrent:
        return [
            parameter_name(name) + subscript(owner + 1)
            for owner, name in zip(owners, names, strict=True)
        ]
    readout = max(owners, default=0)
    found = []
    for owner, name in zip(owners, names, strict=True):
        cell = f" {owner + 1}" if readout > 1 else ""
        found.append("W out" if owner == readout else parameter_name(name) + cell)
    return found


def sample_words(samples: Sequence[int]) -> str:
    """Whose figures these are, counted from 1: "sample 1", "mean of 4 samples"."""
    if len(samples) == 1:
        return f"sample {nth(samples[0])}"
    return f"mean of {len(samples)} samples"
