"""The command ``why`` for a recording: what is the matter with a training elsewhere."""

from __future__ import annotations

import argparse
import json

from vgsim.cli.model import recorded_step
from vgsim.core.errors import refuse
from vgsim.diagnosis import judge_recording
from vgsim.record.reader import RecordedRun
from vgsim.text.modeling import NOT_MEASURED_HERE
from vgsim.text.verdicts import answer_text, remedies_text, undecided_text, verdict_record


def why_recorded(arguments: argparse.Namespace) -> int:
    """Print the verdict, what would help as code, and what the recording cannot decide."""
    for name in ("seed", "effects_updates"):
        if getattr(arguments, name) is not None:
            option = f"--{name.replace('_', '-')}"
            raise refuse(option, getattr(arguments, name), "left out: a recording trains no more")
    if arguments.set:
        raise refuse("--set", arguments.set[0], "left out: a recording has no fields to change")
    run = RecordedRun(arguments.source)
    verdict = judge_recording(run, recorded_step(run, arguments.steps))
    if arguments.json:
        print(json.dumps(verdict_record(verdict), ensure_ascii=False, indent=2))
        return 0
    print(f"{run.path.name} · recorded step {verdict.step}")
    print(answer_text(verdict))
    if verdict.remedies:
        print(remedies_text(verdict))
        print(NOT_MEASURED_HERE)
    if verdict.undecided:
        print(undecided_text(verdict))
    return 0
