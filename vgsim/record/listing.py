"""What a recording holds, as lines of text: for a terminal on a server that draws nothing.

``python -m vgsim.record run.vgrun`` prints it too, where nothing but NumPy is installed.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence

from vgsim.core.errors import shorten
from vgsim.core.numbers import magnitude
from vgsim.record.coding import absent
from vgsim.record.figures import Owner
from vgsim.record.reader import RecordedRun, read

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


def listing(run: RecordedRun) -> Iterator[str]:
    """Lines: the whole, what was recorded, stage by stage with its last gradient, notes."""
    yield " · ".join(_heading(run))
    if run.lacks:
        yield run.lacks
    yield _counted(run)
    for owner, words in _OWNERS.items():
        names = [name for name, figure in run.figures.items() if figure.owner == owner]
        if names:
            yield f"  {words}: {', '.join(shorten(name, 40) for name in names)}"
    yield from _stage_lines(run)
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


def _stage_lines(run: RecordedRun) -> Iterator[str]:
    """Name, kind and output of every stage, and RMS ∂J/∂h of the last recorded step."""
    stages = run.stage_list
    if not stages:
        return
    if len(run.steps):
        last = run.at_row(len(run.steps) - 1)
    else:
        last = None
    if last is not None and "dh_rms" in last:
        sizes = last["dh_rms"]
        missing = absent(sizes)
        told = [
            "not recorded" if missing[k] else _measured(float(sizes[k])) for k in range(len(sizes))
        ]
    else:
        told = ["not recorded"] * len(stages)
    names = [shorten(stage.name, 60) for stage in stages]
    width = max(map(len, names))
    yield f"{'stage':<{width + 2}}  {'kind':<20} {'output':<24} RMS ∂J/∂output"
    for name, stage, size in zip(names, stages, told, strict=True):
        output = "×".join(map(str, stage.shape))
        about = shorten(f"{output} {stage.dtype}".strip() or "-", 24)
        yield f"  {name:<{width}}  {shorten(stage.kind or '-', 20):<20} {about:<24} {size}"


def _measured(size: float) -> str:
    if math.isnan(size):
        return "nan"
    return magnitude(size)


def main(words: Sequence[str]) -> int:
    """Print the listing of the recording that ``words`` name; 2 with a line when it is none."""
    if len(words) != 1:
        print("usage: python -m vgsim.record run.vgrun", file=sys.stderr)
        return 2
    try:
        for line in listing(read(words[0])):
            print(line)
    except OSError as error:
        print(f"vgsim: {words[0]}: {error.strerror}", file=sys.stderr)
        return 2
    return 0
