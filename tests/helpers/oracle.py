"""The same network written down again for HIPS autograd, an engine that is not ours."""

from __future__ import annotations

import math
from typing import Any

import autograd.numpy as anp
import numpy as np
from autograd import grad
from autograd.extend import defvjp, primitive

from tests.helpers.composed import forward
from vgsim.nn.experiment import Experiment
from vgsim.nn.spec import TrainingSpec

# autograd's own erf would need SciPy
_erf = primitive(np.vectorize(math.erf, otypes=[np.float64]))
defvjp(_erf, lambda _, x: lambda g: g * 2 / math.sqrt(math.pi) * anp.exp(-x * x))


def _softplus(z: Any) -> Any:
    return anp.logaddexp(0, z)


def _selu(z: Any) -> Any:
    left = 1.6732632423543772848170429916717 * (anp.exp(z) - 1)
    return 1.0507009873554804934193349852946 * anp.where(z > 0, z, left)


FUNCTIONS = {
    "sigmoid": lambda z: 1 / (1 + anp.exp(-z)),
    "tanh": anp.tanh,
    "relu": lambda z: anp.where(z > 0, z, 0.0),
    "leaky_relu": lambda z: anp.where(z > 0, z, 0.01 * z),
    "elu": lambda z: anp.where(z > 0, z, anp.exp(z) - 1),
    "selu": _selu,
    "softplus": _softplus,
    "gelu": lambda z: z * (1 + _erf(z / math.sqrt(2))) / 2,
    "gelu_tanh": lambda z: z / 2 * (1 + anp.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z**3))),
    "silu": lambda z: z / (1 + anp.exp(-z)),
    "mish": lambda z: z * anp.tanh(_softplus(z)),
    "softsign": lambda z: z / (1 + anp.abs(z)),
    "hard_tanh": lambda z: anp.where(anp.abs(z) < 1, z, anp.sign(z)),
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

    def softmax(self, u: Any) -> Any:
        """Shares that add up to 1 in each row."""
        return anp.exp(u) / anp.sum(anp.exp(u), axis=1, keepdims=True)


def _cross_entropy(h: Any, t: Any, start: float) -> Any:
    return anp.mean(anp.log(anp.sum(anp.exp(h), axis=1)) - anp.sum(h * t, axis=1))


def _binary(h: Any, t: Any, start: float) -> Any:
    return anp.mean(anp.logaddexp(0, h) - t * h)


def _huber(h: Any, t: Any, start: float) -> Any:
    size, delta = anp.abs(h - t), TrainingSpec().delta
    return anp.mean(anp.where(size <= delta, size**2 / 2, delta * (size - delta / 2)))


def _hinge(h: Any, t: Any, start: float) -> Any:
    right = anp.sum(h * t, axis=1, keepdims=True)
    return anp.mean((1 - t) * anp.maximum(0, 1 + h - right))


LOSS_FUNCTIONS = {
    "cross_entropy": _cross_entropy,
    "binary_cross_entropy": _binary,
    "mse": lambda h, t, start: anp.mean((h - t) ** 2),
    "huber": _huber,
    "hinge": _hinge,
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
