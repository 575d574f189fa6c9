"""Remedies for a recorded training: those that can be told as code for its own modules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from vgsim.diagnosis.pytorch.writing import pytorch_code
from vgsim.diagnosis.recorded_form import RecordedForm
from vgsim.diagnosis.verdict import Remedy
from vgsim.nn.spec import Spec
from vgsim.record.reader import RecordedRun


def coded(run: RecordedRun, spec: Spec, remedies: Iterable[Remedy]) -> tuple[Remedy, ...]:
    """``remedies`` with their code, without those whose code would be that of an earlier one.

    ``spec`` is that of the nearest experiment, on which they are changes. One that has no place
    in the recorded network goes; of another framework's network each keeps its words alone.
    """
    form = RecordedForm(run)
    found: list[Remedy] = []
    for remedy in remedies:
        code = pytorch_code(form, spec, remedy.changes)
        if not form.of_pytorch:
            found.append(remedy)
        elif code and all(code != known.code for known in found):
            found.append(replace(remedy, code=code))
    return tuple(found)
