"""What is computed in standardized numbers, told in the units of the data that were read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vgsim.nn.arrays import Array
from vgsim.nn.experiment import Experiment
from vgsim.nn.losses import LOSSES
from vgsim.nn.moments import Phase

Floats = NDArray[np.float64]
NAN = float("nan")


@dataclass(frozen=True, slots=True)
class OwnErrors:
    """How far outputs are off (RMS), target by target, in the data's own units.

    ``training`` is of the batch of the present pass, ``held_out`` of the last judgement; each is
    empty where there is none. ``factor`` times √J is the error of the only target; nan where J is
    no mean squared error, or of several targets.
    """

    names: tuple[str, ...]
    training: tuple[float, ...]
    held_out: tuple[float, ...]
    factor: float


@dataclass(frozen=True, slots=True)
class OwnSample:
    """One sample of the batch in the data's own units.

    ``features`` are those of every timestep one after the other, by ``names`` (empty where the
    data have none); ``padding`` is the number of timesteps in front that are none. ``label`` is
    the name of its class, or "" where ``targets`` (outputs,) are numbers.
    """

    names: tuple[str, ...]
    features: Floats
    padding: int
    label: str
    targets: Floats


def own_errors(experiment: Experiment) -> OwnErrors | None:
    """The errors at the present moment; None where no numbers are predicted."""
    data = experiment.data
    loss = LOSSES[experiment.spec.training.loss]
    if data.dataset.classes or not loss.fits_targets:
        return None
    training, held_out = experiment.off_by()
    outputs = data.y_train.shape[-1]
    factor = NAN
    if outputs == 1 and loss.root_is_error:
        factor = 1.0 if data.y_scale is None else float(data.y_scale[0])
    return OwnErrors(
        target_names(experiment), tuple(training.tolist()), tuple(held_out.tolist()), factor
    )


def target_names(experiment: Experiment) -> tuple[str, ...]:
    """A name for every number that is predicted."""
    data = experiment.data
    outputs = int(data.y_train.shape[-1])
    if data.dataset.targets:
        return data.dataset.targets
    if outputs == 1:
        return ("target",)
    return tuple(f"target {at}" for at in range(1, outputs + 1))


def own_sample(experiment: Experiment, row: int) -> OwnSample:
    """The sample in that row of the batch of the present pass, standardization undone."""
    data = experiment.data
    done = experiment.moment.phase is Phase.UPDATE
    at = int(experiment.batches.indices(experiment.step - done)[row])
    features = np.asarray(data.x_train[at] * data.scale + data.mean, np.float64)
    padding = int(data.padding[0][at]) if data.padding is not None else 0
    y = data.y_train[at]
    label = ""
    targets = np.empty(0)
    if data.dataset.classes:
        if np.ndim(y) == 0:
            label = data.dataset.classes[int(y)]
    else:
        targets = in_own_units(
            experiment, np.asarray(y, np.float64).reshape(-1, np.shape(y)[-1])[-1]
        )
    return OwnSample(data.dataset.features, features, padding, label, targets)


def in_own_units(experiment: Experiment, outputs: Array) -> Floats:
    """Outputs or targets (…, outputs) with their standardization undone."""
    data = experiment.data
    found = np.asarray(outputs, np.float64)
    if data.y_scale is None or data.y_mean is None:
        return found
    return np.asarray(found * data.y_scale + data.y_mean, np.float64)
