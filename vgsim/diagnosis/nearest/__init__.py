"""The simulated experiment of the nearest form to a recorded network.

Taken over is what a simulated network has, too: layers or cells, how many and how wide, their
activation and normalization, skip paths, the size that the weights had at the first recorded step,
the update rule. The data of a training are not in its recording; others stand in for them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vgsim.core.errors import refuse
from vgsim.diagnosis.nearest.cells import take_cells
from vgsim.diagnosis.nearest.data import take_data
from vgsim.diagnosis.nearest.layers import take_layers
from vgsim.diagnosis.nearest.modeling import Modeling
from vgsim.diagnosis.nearest.training import take_training
from vgsim.diagnosis.recorded_form import (
    RecordedForm,
)
from vgsim.nn.spec import Spec
from vgsim.record.reader import RecordedRun


@dataclass(frozen=True, slots=True)
class NearestSpec:
    """The experiment, and in sentences what was taken over, what stands for what, what is not."""

    spec: Spec
    sentences: tuple[str, ...]


def nearest_spec(run: RecordedRun, step: int | None = None) -> NearestSpec:
    """The simulated experiment nearest to ``run`` as it was trained at ``step``, else at its end.

    SpecError when nothing was recorded that has weights.
    """
    form = RecordedForm(run)
    if not form.weights and not form.recurrent:
        raise refuse(
            "the recording", run.path.name, "one with a matrix of weights, which a model needs"
        )
    modeling = Modeling(form, _row(run, step))
    modeling.take({"name": f"Model of {run.path.stem}", "training.steps": 500})
    if form.recurrent:
        take_cells(modeling, form.recurrent)
    else:
        take_layers(modeling)
    take_training(modeling)
    take_data(modeling)
    return NearestSpec(modeling.spec, tuple(modeling.sentences))


def _row(run: RecordedRun, step: int | None) -> int:
    """The last recorded step up to ``step``."""
    steps = run.steps
    if step is None or not len(steps):
        return len(steps) - 1
    return max(int(np.searchsorted(steps, step, side="right")) - 1, 0)
