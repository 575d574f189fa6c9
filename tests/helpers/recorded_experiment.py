"""An experiment that is recorded as any framework's training would be, and its own frames."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from vgsim import record
from vgsim.nn.experiment import Experiment
from vgsim.nn.network import Network
from vgsim.nn.spec import Spec
from vgsim.record.reader import RecordedRun


def recorded_experiment(path: Path, spec: Spec, steps: int, every: int = 1) -> RecordedRun:
    """The recording of the first ``steps`` updates of ``spec``, with figures by unit in full."""
    experiment = Experiment(spec)
    network = experiment.network
    names = stage_names(network)
    kind = spec.network.activation.capitalize()
    with record.Recording(path, every=every, framework="vgsim", exact_units=True) as run:
        before = []
        for name, arrays in zip(names, network.views, strict=True):
            run.stage(name, kind=kind, inputs=before, shape=arrays.h.shape, dtype="float64")
            before = [name]
        parameters = [f"{names[at.stage]}.{at.name}" for at in network.flat.segments]
        for parameter, segment in zip(parameters, network.flat.segments, strict=True):
            run.parameter(parameter, names[segment.stage], segment.shape, "float64")
        for step in range(steps):
            while experiment.moment.position < len(experiment.timeline) - 2:
                experiment.advance()
            figures = _figures(experiment, names, parameters)
            experiment.advance()
            change = _by_segment(network, network.flat.change)
            if run.is_due(step):
                run.step(step, **figures, update_norm=change)
            if step + 1 < steps:
                experiment.seek(step + 1, 0)
    return record.read(path)


def stage_names(network: Network) -> list[str]:
    """What the stages are called."""
    return [f"fc{at}" for at in range(1, len(network.views) + 1)]


def _figures(experiment: Experiment, names: list[str], parameters: list[str]) -> dict[str, object]:
    network = experiment.network
    h = {name: np.array(it.h) for name, it in zip(names, network.views, strict=True)}
    dh = {name: np.array(it.dh) for name, it in zip(names, network.views, strict=True)}
    figures: dict[str, object] = dict(record.measured(h, dh))
    figures["loss"] = experiment.value
    figures["backward_order"] = list(range(len(names)))[::-1]
    network.parameter_gradients()
    figures["dW_norm"] = _by_segment(network, network.flat.gradients)
    figures["W_norm"] = _by_segment(network, network.flat.values)
    return figures


def _by_segment(network: Network, values: np.ndarray) -> list[float]:
    """L2 norms of each parameter."""
    return [float(np.linalg.norm(values[at.start : at.stop])) for at in network.flat.segments]
