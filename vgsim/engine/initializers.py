"""Initial weights and biases. All draw from the Generator that they are given, in float64."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vgsim.engine.arrays import Generator
from vgsim.registry import Registry

if TYPE_CHECKING:
    from vgsim.engine.spec import InitSpec

Weights = NDArray[np.float64]
Shape = tuple[int, int]
Initializer = Callable[[Generator, Shape, "InitSpec"], Weights]
"""Weights of shape (inputs, outputs)."""
BiasInitializer = Callable[[Generator, int, "InitSpec"], Weights]
"""Biases of shape (outputs,)."""

INITIALIZERS: Registry[Initializer] = Registry("initializer")
BIASES: Registry[BiasInitializer] = Registry("bias")


def _normal(rng: Generator, shape: Shape, std: float) -> Weights:
    return rng.standard_normal(shape) * std


def _uniform(rng: Generator, shape: Shape, std: float) -> Weights:
    reach = float(std * np.sqrt(3.0))
    return rng.uniform(-reach, reach, shape)


@INITIALIZERS.register(
    "xavier_normal",
    "normal, variance 2 / (fan_in + fan_out) (Glorot and Bengio 2010)",
    label="Xavier normal",
)
def xavier_normal(rng: Generator, shape: Shape, init: InitSpec) -> Weights:
    """Keeps the variance of signal and gradient at slope 1 (Glorot and Bengio 2010)."""
    return _normal(rng, shape, np.sqrt(2.0 / sum(shape)))


@INITIALIZERS.register(
    "xavier_uniform",
    "uniform, variance 2 / (fan_in + fan_out) (Glorot and Bengio 2010)",
    label="Xavier uniform",
)
def xavier_uniform(rng: Generator, shape: Shape, init: InitSpec) -> Weights:
    """The uniform form of :func:`xavier_normal`: U(±√(6 / (fan_in + fan_out)))."""
    return _uniform(rng, shape, np.sqrt(2.0 / sum(shape)))


@INITIALIZERS.register(
    "he_normal", "normal, variance 2 / fan_in (He et al. 2015)", label="He normal"
)
def he_normal(rng: Generator, shape: Shape, init: InitSpec) -> Weights:
    """Makes up for the half that ReLU cuts away (He, Zhang, Ren and Sun 2015)."""
    return _normal(rng, shape, np.sqrt(2.0 / shape[0]))


@INITIALIZERS.register(
    "he_uniform", "uniform, variance 2 / fan_in (He et al. 2015)", label="He uniform"
)
def he_uniform(rng: Generator, shape: Shape, init: InitSpec) -> Weights:
    """The uniform form of :func:`he_normal`: U(±√(6 / fan_in))."""
    return _uniform(rng, shape, np.sqrt(2.0 / shape[0]))


@INITIALIZERS.register(
    "lecun_normal", "normal, variance 1 / fan_in (LeCun et al. 1998)", label="LeCun normal"
)
def lecun_normal(rng: Generator, shape: Shape, init: InitSpec) -> Weights:
    """Keeps the variance of the forward signal (LeCun, Bottou, Orr and Müller 1998)."""
    return _normal(rng, shape, np.sqrt(1.0 / shape[0]))


@INITIALIZERS.register(
    "normal",
    "normal, with the standard deviation one sets",
    label="Normal (std)",
    uses=("init.std",),
)
def normal(rng: Generator, shape: Shape, init: InitSpec) -> Weights:
    """Independent normal weights of standard deviation ``init.std``."""
    return _normal(rng, shape, init.std)


@INITIALIZERS.register(
    "orthogonal",
    "a random rotation: every singular value is 1 (Saxe et al. 2014)",
    label="Orthogonal",
)
def orthogonal(rng: Generator, shape: Shape, init: InitSpec) -> Weights:
    """Uniformly random with orthonormal rows or columns (Saxe, McClelland and Ganguli 2014)."""
    tall = rng.standard_normal((max(shape), min(shape)))
    q, r = np.linalg.qr(tall)
    q *= np.sign(np.diagonal(r))  # without this the rotation is not uniformly distributed
    return q if shape[0] >= shape[1] else np.ascontiguousarray(q.T)


@INITIALIZERS.register(
    "zeros", "all weights 0: units stay alike and no gradient gets through", label="Zeros"
)
def zeros(rng: Generator, shape: Shape, init: InitSpec) -> Weights:
    """The symmetric start that cannot learn."""
    return np.zeros(shape)


@BIASES.register("zero", "all biases 0", label="Zero")
def zero_bias(rng: Generator, size: int, init: InitSpec) -> Weights:
    """Biases of 0."""
    return np.zeros(size)


@BIASES.register(
    "constant", "every bias the value one sets", label="Constant", uses=("init.bias_value",)
)
def constant_bias(rng: Generator, size: int, init: InitSpec) -> Weights:
    """Biases of ``init.bias_value``."""
    return np.full(size, init.bias_value)


@BIASES.register(
    "normal",
    "normal, with the standard deviation one sets",
    label="Normal (std)",
    uses=("init.bias_value",),
)
def normal_bias(rng: Generator, size: int, init: InitSpec) -> Weights:
    """Independent normal biases of standard deviation |``init.bias_value``|."""
    return rng.standard_normal(size) * abs(init.bias_value)
