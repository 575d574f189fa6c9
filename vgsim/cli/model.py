"""The command ``model``: the simulated experiment nearest to a recording, as TOML."""

from __future__ import annotations

import argparse
import textwrap

from vgsim.core import atomic
from vgsim.core.errors import refuse
from vgsim.diagnosis.nearest import NearestSpec, nearest_spec
from vgsim.nn.spec import dumps
from vgsim.record.reader import RecordedRun, is_recording

_WIDE = 96


def model(arguments: argparse.Namespace) -> int:
    """Print or write it, what was taken over and what stands for what as comments above it."""
    path = arguments.recording
    if not is_recording(path):
        raise refuse("file", path, "a recording of a training (.vgrun)")
    run = RecordedRun(path)
    text = toml_of(nearest_spec(run, recorded_step(run, arguments.step)))
    if arguments.out is None:
        print(text, end="")
        return 0
    why_not = atomic.obstacle(arguments.out) if arguments.out.strip() else "it has no name"
    if why_not:
        raise refuse("--out", arguments.out, why_not)
    with atomic.text_file(arguments.out) as out:
        out.write(text)
    return 0


def toml_of(nearest: NearestSpec) -> str:
    """The experiment with its sentences as comments."""
    lines = []
    for sentence in nearest.sentences:
        lines += textwrap.wrap(sentence, _WIDE, initial_indent="# ", subsequent_indent="#   ")
    return "\n".join([*lines, "", dumps(nearest.spec)])


def recorded_step(run: RecordedRun, text: str | None) -> int | None:
    """A recorded step; None for the last."""
    if text is None:
        return None
    recorded = [str(step) for step in run.steps.tolist()]
    if text not in recorded:
        shown = f"{recorded[0]} to {recorded[-1]}" if recorded else "none"
        raise refuse("--step", text, f"a step that was recorded: {shown}")
    return int(text)
