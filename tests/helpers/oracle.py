"""The same network written down again for HIPS autograd, an engine that is not ours."""

from __future__ import annotations

from typing import Any

import autograd.numpy as anp
from autograd import grad

from tests.helpers.composed import forward
from vgsim.engine.experiment import Experiment

FUNCTIONS = {
    "sigmoid": lambda z: 1 / (1 + anp.exp(-z)),
    "tanh": anp.tanh,
    "relu": lambda z: anp.where(z > 0, z, 0.0),
    "leaky_relu": lambda z: anp.where(z > 0, z, 0.01 * z),
    "identity": lambda z: z,
    "prelu": None,  # its slope is a parameter
}


class Autograd:
    """The words of autograd, see :mod:`tests.helpers.composed`."""

    def activation(self, name: str, u: Any, own: dict[str, Any]) -> Any:
        """f(u)."""
        if name == "prelu":
            return anp.where(u > 0, u, own["a"] * u)
        return FUNCTIONS[name](u)

    def norm(self, name: str, u: Any, own: dict[str, Any]) -> Any:
        """γ û + β."""
        axis = 0 if name == "batch" else 1
        if name == "rms":
            return u / anp.sqrt(anp.mean(u * u, axis=1, keepdims=True) + 1e-5) * own["gamma"]
        centered = u - anp.mean(u, axis=axis, keepdims=True)
        variance = anp.mean(centered * centered, axis=axis, keepdims=True)
        return centered / anp.sqrt(variance + 1e-5) * own["gamma"] + own["beta"]


def _cross_entropy(h: Any, t: Any, start: float) -> Any:
    peak = anp.max(h, axis=1, keepdims=True)  # autograd's own log-sum-exp would need SciPy
    total = anp.log(anp.sum(anp.exp(h - peak), axis=1)) + peak[:, 0]
    return anp.mean(total - anp.sum(h * t, axis=1))


def _binary(h: Any, t: Any, start: float) -> Any:
    return anp.mean(anp.logaddexp(0, h) - t * h)


LOSS_FUNCTIONS = {
    "cross_entropy": _cross_entropy,
    "binary_cross_entropy": _binary,
    "mse": lambda h, t, start: anp.mean((h - t) ** 2),
    "linear": lambda h, t, start: start * anp.sum(h) / len(h),
}


def oracle_gradients(experiment: Experiment) -> list[dict[str, Any]]:
    """∂J by every parameter and, through an added zero, ∂J/∂h of every stage."""
    stages = experiment.network.stages
    x, t = experiment.network.x.copy(), experiment.loss.targets.copy()
    training = experiment.spec.training

    def loss(free: list[dict[str, Any]]) -> Any:
        h = forward(Autograd(), stages, free, x)
        return LOSS_FUNCTIONS[training.loss](h, t, training.start)

    free = [
        {name: values.copy() for name, values in layer.parameters.items()}
        | {"zero": anp.zeros_like(layer.arrays.h)}
        for layer in stages
    ]
    return list(grad(loss)(free))
