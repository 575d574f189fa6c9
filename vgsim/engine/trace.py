"""Every quantity of one whole pass, in a file that any program with NumPy can check."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from vgsim.atomic import written
from vgsim.engine.arrays import Array
from vgsim.engine.experiment import Experiment
from vgsim.engine.frame import Phase
from vgsim.engine.spec import dumps


def record(experiment: Experiment) -> dict[str, Array]:
    """One more pass, up to before its update: every array of it, by name.

    ``x``, ``y`` (encoded targets), ``loss``, ``spec``; by stage k ``z{k}``, ``h{k}``, ``dh{k}``,
    ``dz{k}`` of shape (batch, units), parameters ``W{k}`` (inputs, units), ``b{k}`` and their
    gradients ``dW{k}``, ``db{k}``. J is the mean over the batch. A fixed W has no dW.
    """
    experiment.seek(experiment.step, len(experiment.timeline) - 2)
    network = experiment.network
    found: dict[str, Array] = {
        "x": network.x,
        "y": experiment.loss.targets,
        "loss": np.array(experiment.value),
        "spec": np.array(dumps(experiment.spec)),
    }
    for k, layer in enumerate(network.stages, start=1):
        layer.parameter_gradients()
        found |= {f"{name}{k}": value for name, value in layer.parameters.items()}
        found |= {f"d{name}{k}": value for name, value in layer.gradients.items()}
        found |= {f"{name}{k}": getattr(layer.arrays, name) for name in ("z", "h", "dh", "dz")}
    assert experiment.moment.phase is Phase.BACKWARD
    return {name: np.array(value) for name, value in found.items()}


def save(experiment: Experiment, path: Path) -> None:
    """Write :func:`record` as a compressed NPZ; the file appears whole or not at all."""
    arrays = record(experiment)
    with written(path) as scratch, scratch.open("wb") as out:
        np.savez_compressed(out, allow_pickle=False, **arrays)
