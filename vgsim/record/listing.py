"""What a recording holds, as lines of text: for a terminal on a server that draws nothing.

``python -m vgsim.record run.vgrun [STEP]`` prints it too, where nothing but NumPy is installed.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence

from vgsim.core.errors import SpecError, first_told, refuse, shorten
from vgsim.core.numbers import magnitude, percent
from vgsim.record.coding import absent
from vgsim.record.figures import Owner
from vgsim.record.reader import RecordedRun, RecordedStep, read

MOST_NOTES = 20
"""Notes that are printed; the rest are counted."""
_OWNERS = {
    Owner.STEP: "each step",
    Owner.GROUP: "each optimizer group",
    Owner.STAGE: "each stage",
    Owner.PARAMETER: "each parameter",
    Owner.UNITS: "each unit",
    Owner.HISTOGRAM: "each stage as a histogram",
    Owner.TIMESTEPS: "each timestep",
}
_SPECIAL = {
    "dh_zero": "exactly 0",
    "dh_subnormal": "subnormal",
    "dh_inf": "inf",
    "dh_nan": "nan",
}
"""Counts of values of a gradient that are no ordinary numbers."""
_TRAINED = ("model", "loss", "optimizer", "precision", "device")
"""What the run said of what was trained."""


def listing(run: RecordedRun, step: str | None = None) -> Iterator[str]:
    """Lines: the whole, what was recorded, stage by stage with its gradient at ``step``, notes.

    SpecError where that step was not recorded; without one it is the last.
    """
    shown = _shown(run, step)
    yield " · ".join(_heading(run))
    if run.lacks:
        yield run.lacks
    trained = [shorten(run.about[key], 40) for key in _TRAINED if run.about.get(key)]
    if trained:
        yield " · ".join(trained)
    yield _counted(run)
    for owner, words in _OWNERS.items():
        names = [name for name, figure in run.figures.items() if figure.owner == owner]
        if names:
            yield f"  {words}: {', '.join(shorten(name, 40) for name in names)}"
    yield from _stage_lines(run, shown)
    if run.notes:
        yield "notes:"
    for note in run.notes[:MOST_NOTES]:
        place = "" if note.step is None else f"step {note.step}: "
        stage = "" if note.stage is None else f"{shorten(note.stage, 60)}: "
        yield f"  {place}{stage}{shorten(note.text, 400)}"
    if len(run.notes) > MOST_NOTES:
        yield f"  … and {len(run.notes) - MOST_NOTES:,} more"


def _heading(run: RecordedRun) -> Iterator[str]:
    yield shorten(run.path.name, 60)
    if run.about.get("framework"):
        yield shorten(run.about["framework"], 60)
    every = shorten(run.about.get("every", "1"), 12)
    yield "every step" if every == "1" else f"every {every} steps"
    if "started" in run.about:
        yield f"begun {shorten(run.about['started'], 30)}"


def _counted(run: RecordedRun) -> str:
    steps = run.steps
    if len(steps):
        recorded = f"{len(steps):,} steps recorded, {steps[0]:,} to {steps[-1]:,}"
    else:
        recorded = "no step recorded"
    return f"{recorded}; {len(run.stages):,} stages, {len(run.parameters):,} parameters"


def _shown(run: RecordedRun, step: str | None) -> RecordedStep | None:
    """The step whose gradients are listed; None where there is none at all."""
    steps = run.steps
    if step is None and len(steps):
        return run.at_row(len(steps) - 1)
    if step is None:
        return None
    numbers = [str(number) for number in steps.tolist()]
    if step not in numbers:
        near = ", ".join(first_told(numbers)) or "none"
        raise refuse("--step", step, f"a step that was recorded: {near}")
    return run.at(int(step))


def _stage_lines(run: RecordedRun, shown: RecordedStep | None) -> Iterator[str]:
    """Name, kind, output and gradient of every stage."""
    stages = run.stage_list
    if not stages:
        return
    gradients = ["not recorded"] * len(stages)
    when = ""
    if shown is not None:
        when = f", step {shown.step:,}"
        if "dh_rms" in shown:
            gradients = _gradients(shown)
    names = [shorten(stage.name, 60) for stage in stages]
    width = max(map(len, names))
    yield f"{'stage':<{width + 2}}  {'kind':<20} {'output':<24} RMS ∂J/∂output{when}"
    for name, stage, gradient in zip(names, stages, gradients, strict=True):
        output = "×".join(map(str, stage.shape))
        about = shorten(f"{output} {stage.dtype}".strip() or "-", 24)
        yield f"  {name:<{width}}  {shorten(stage.kind or '-', 20):<20} {about:<24} {gradient}"


def _gradients(shown: RecordedStep) -> list[str]:
    """Of each stage the RMS of ∂J/∂h, and what of it is no ordinary number."""
    sizes = shown["dh_rms"]
    told = []
    for k, lacks in enumerate(absent(sizes).tolist()):
        if lacks:
            told.append("not recorded")
        else:
            told.append(", ".join([_measured(float(sizes[k])), *_shares(shown, k)]))
    return told


def _shares(shown: RecordedStep, stage: int) -> Iterator[str]:
    """Which part of ∂J/∂h of a stage is exactly 0, subnormal, inf or nan."""
    for kind, words in _SPECIAL.items():
        if kind in shown and "dh_size" in shown:
            share = float(shown[kind][stage] / max(shown["dh_size"][stage], 1.0))
            if share > 0:
                yield f"{percent(share)} {words}"


def _measured(size: float) -> str:
    if math.isnan(size):
        return "nan"
    return magnitude(size)


def main(words: Sequence[str]) -> int:
    """Print the listing of the recording that ``words`` name; 2 with a line when it is none."""
    if len(words) not in (1, 2):
        print("usage: python -m vgsim.record run.vgrun [STEP]", file=sys.stderr)
        return 2
    try:
        for line in listing(read(words[0]), *words[1:]):
            print(line)
    except OSError as error:
        print(f"vgsim: {words[0]}: {error.strerror}", file=sys.stderr)
        return 2
    except SpecError as error:
        print(f"vgsim: {error}", file=sys.stderr)
        return 2
    return 0
