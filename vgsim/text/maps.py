"""Maps in words: their axes, cells and figures, how far they are, and what differs in two."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from vgsim.core.fields import Value
from vgsim.core.numbers import percent, short
from vgsim.core.registry import Entry
from vgsim.diagnosis import OUTCOMES
from vgsim.nn.spec import field_at
from vgsim.sweep.axes import Axis
from vgsim.sweep.fields import Silence
from vgsim.sweep.figures import MapScale, Shown
from vgsim.sweep.plan import Index, PlanDifference, SweepPlan
from vgsim.text.specs import lowered, value_words


def axis_title(axis: Axis) -> str:
    """What an axis has along it, with its unit: "Depth", "Length, steps"."""
    info = axis.field
    return f"{info.label}, {info.unit}" if info.unit else info.label


def axis_value(axis: Axis, value: Value) -> str:
    """A value of an axis: "0.5", "Leaky ReLU", "on"; without commas, for it stands in lists."""
    words = value_words(axis.field, value)
    return words.replace(",", "") if axis.of_choices else words


def cell_title(plan: SweepPlan, index: Index) -> str:
    """Which cell it is: "Depth 40 · gain value 2"."""
    parts: list[str] = []
    for axis, at in zip(plan.axes, index, strict=True):
        label = axis.field.label if not parts else lowered(axis.field.label)
        parts.append(f"{label} {axis_value(axis, axis.values[at])}")
    return " · ".join(parts)


def outcome_label(name: str) -> str:
    """What a region of that verdict is called: "Vanishing weights"."""
    if name in OUTCOMES and OUTCOMES.entry(name).label != name:
        return OUTCOMES.entry(name).label
    words = name.replace("_", " ").replace("-", " ")
    return words[:1].upper() + words[1:]


def figure_words(shown: Shown, value: float, names: Sequence[str] = ()) -> str:
    """A figure with its unit: "×366", "+2.56 decades", "Vanishing weights" of a grid's names."""
    if value != value:
        return "·"
    if shown.scale is MapScale.REGIONS:
        return outcome_label(names[int(value)])
    text = shown.written(value)
    if not shown.unit or value in (float("inf"), float("-inf")):
        return text
    return f"{text} {shown.unit}"


def shown_words(entry: Entry[Shown], plan: SweepPlan) -> str:
    """What the numbers of a map are: "RMS ∂J/∂h₁ : RMS ∂J/∂hₙ, median of 3 seeds"."""
    told = entry.value.brief or entry.summary
    if entry.value.scale is MapScale.STEPS:
        told += f", J = {short(plan.reach)}"
    if plan.steps:
        told += f", after {plan.steps:,} updates"
    if plan.seeds == 1:
        return told
    if entry.value.scale is MapScale.REGIONS:
        return f"{told}, most of {plan.seeds} seeds"
    return f"{told}, median of {plan.seeds} seeds"


def held_words(plan: SweepPlan) -> str:
    """What is the same in all cells, in short: "Tanh, width 64"."""
    varied = {axis.path for axis in plan.axes}
    told = []
    for path in ("network.kind", "network.activation", "network.norm", "network.skip"):
        value = plan.spec[path]
        usual = field_at(path).default
        named = path == "network.activation" or value != usual
        if path not in varied and plan.spec.applies(path) and named:
            told.append(value_words(field_at(path), value))
    if "network.width" not in varied and plan.spec.applies("network.width"):
        told.append(f"width {plan.spec.network.width:,}")
    return ", ".join(told)


def progress_words(done: int, of: int) -> str:
    """How far a map is: "75 % · 2,397 of 3,213 cells"."""
    share = done / of if of else 1.0
    return f"{percent(share)} · {done:,} of {of:,} cells"


def time_left(seconds: float) -> str:
    """ "about 40 s left", "about 3 min left"; empty where it is not known."""
    if not 0 <= seconds < 1e9:
        return ""
    if seconds < 90:
        return f"about {max(round(seconds), 1)} s left"
    if seconds < 90 * 60:
        return f"about {round(seconds / 60)} min left"
    if seconds < 36 * 3600:
        return f"about {round(seconds / 3600)} h left"
    return f"about {round(seconds / 86_400)} days left"


def failed_words(failed: int, first: str) -> str:
    """How many members could not be computed, and why the first one could not."""
    if failed == 1:
        return f"1 experiment could not be computed: {first}"
    return f"{failed:,} experiments could not be computed, the first: {first}"


def another_map(path: str | Path, found: Sequence[PlanDifference]) -> str:
    """A part of a sentence: why a file of a map cannot be gone on with."""
    told = "; ".join(str(each) for each in found[:3])
    if len(found) > 3:
        told += f"; and {len(found) - 3} more"
    return f"another name, as {Path(path).name} is another map: {told}"


_SILENCE = {
    Silence.RECURRENT: "stages are timesteps",
    Silence.PARTS: "layers have norms, skip paths or other parts",
    Silence.BIASES: "the mean of the biases is not 0",
    Silence.FITTED: "the weights are scaled on the first batch",
    Silence.NO_HOPS: "there is no hop between hidden stages",
    Silence.REFUSED: "its experiments cannot be",
    Silence.TRAINING: "a field of the training is varied, and it speaks of the start",
}


def silence_words(silence: Silence) -> str:
    """Why no theory lies over a map."""
    return f"Mean field says nothing here: {_SILENCE[silence]}."
