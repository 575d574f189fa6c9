"""An experiment of plain layers, recorded as PyTorch's modules are: z and h of each layer."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from vgsim import record
from vgsim.diagnosis.wording import symbol
from vgsim.measure.saturation import dead_fraction, saturated_fraction
from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.experiment import Experiment
from vgsim.nn.spec import Spec
from vgsim.record.reader import RecordedRun


def recorded_layers(path: Path, spec: Spec, steps: int) -> RecordedRun:
    """The recording of the first ``steps`` passes; the output of layer k is called h₁, h₂, …"""
    experiment = Experiment(spec)
    network = experiment.network
    last = len(network.views)
    kind = ACTIVATIONS.entry(spec.network.activation)
    with record.Recording(path, framework="vgsim") as run:
        run.about("loss", "Cross-entropy")
        run.about("optimizer", spec.training.optimizer.upper())
        run.figure("slope", "stage", "mean |f′| of an activation")
        run.group("all")
        before: list[str] = []
        for k, view in enumerate(network.views, start=1):
            shape = view.h.shape
            run.stage(f"fc{k}", kind="Linear", inputs=before, shape=shape, dtype="float64")
            before = [f"fc{k}"]
            if k < last:
                name = symbol("h", k)
                run.stage(name, kind=kind.label, inputs=before, shape=shape, dtype="float64")
                before = [name]
        parameters = [f"fc{at.stage + 1}.{at.name}" for at in network.flat.segments]
        for name, segment in zip(parameters, network.flat.segments, strict=True):
            run.parameter(name, name.split(".")[0], segment.shape[::-1], "float64")
        for step in range(steps):
            while experiment.moment.position < len(experiment.timeline) - 2:
                experiment.advance()
            figures = _figures(experiment)
            experiment.advance()
            run.step(
                step, **figures, update_norm=_by_segment(experiment, network.flat.change),
                learning_rate=[experiment.optimizer.rate(step)],
            )  # fmt: skip
            if step + 1 < steps:
                experiment.seek(step + 1, 0)
    return record.read(path)


def _figures(experiment: Experiment) -> dict[str, object]:
    network = experiment.network
    last = len(network.views)
    h: dict[str, np.ndarray] = {}
    dh: dict[str, np.ndarray] = {}
    shares: dict[str, dict[str, float]] = {"saturated": {}, "dead": {}, "slope": {}}
    for k, view in enumerate(network.views, start=1):
        h[f"fc{k}"] = np.array(view.z)
        dh[f"fc{k}"] = np.array(view.dz)
        if k == last:
            continue
        name = symbol("h", k)
        h[name] = np.array(view.h)
        dh[name] = np.array(view.dh)
        activation = ACTIVATIONS[experiment.spec.network.activation]
        shares["saturated"][name] = float(saturated_fraction(activation, view.derivative))
        shares["dead"][name] = float(dead_fraction(view.derivative))
        shares["slope"][name] = float(np.abs(view.derivative).mean())
    figures: dict[str, object] = dict(record.measured(h, dh)) | shares
    figures["loss"] = experiment.value
    network.parameter_gradients()
    figures["dW_norm"] = _by_segment(experiment, network.flat.gradients)
    figures["W_norm"] = _by_segment(experiment, network.flat.values)
    figures["gradient_norm"] = float(np.linalg.norm(network.flat.gradients))
    return figures


def _by_segment(experiment: Experiment, values: np.ndarray) -> list[float]:
    """L2 norms of each parameter."""
    segments = experiment.network.flat.segments
    return [float(np.linalg.norm(values[at.start : at.stop])) for at in segments]
