"""Initial weights and biases. All draw from the Generator that they are given, in float64.

Most initializers are a distribution and a size, and theory asks them for the latter. Those
marked (gain) multiply their standard deviation by a gain, which is a number one sets or follows
from the activation (PyTorch's ``calculate_gain``):

==================  ======  ==================  ======
sigmoid, identity   1       GELU                1.5335
tanh                5/3     GELU (tanh form)    1.5336
ReLU                √2      SiLU                1.6765
leaky ReLU          1.4141  Mish                1.4868
SELU                3/4     softplus            1.0419
ELU                 1.2452  softsign, hard tanh 2.3375, 1.3920
==================  ======  ==================  ======

The left column down to SELU is PyTorch's table; the others, which it does not know, are
1 / √E[f(z)²] for a standard normal z, which is how ReLU's √2 comes about, too.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vgsim.core.registry import Registry
from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.arrays import Array, Generator
from vgsim.nn.roles import Role

if TYPE_CHECKING:
    from vgsim.nn.spec import InitSpec

Weights = NDArray[np.float64]
Shape = tuple[int, int]
Draw = Callable[[Generator, Shape, "InitSpec"], Weights]
"""Weights of shape (inputs, outputs)."""
Size = Callable[[Shape, "InitSpec"], float]
"""Root mean square of those weights."""
DrawGates = Callable[[Generator, Shape, int, bool], "Weights"]
"""(rng, (inputs, units), gates, whether it is W_h) -> (inputs, gates · units)."""
DrawBiases = Callable[[Generator, "GateBiases", "InitSpec"], "dict[str, Weights]"]
"""(rng, biases of a cell, init) -> each of them by name."""
Gain = Callable[["InitSpec", str], float]
"""(init, name of the activation) -> factor on the standard deviation."""


@dataclass(frozen=True, slots=True)
class Initializer:
    """Draws weights when called; ``size(shape, init)`` is their expected root mean square.

    ``whose`` are such weights in a sentence, "He's weights", and ``virtue`` is what is good about
    them: "which make up for what the activation cuts". "{activation}" in it becomes its label.
    ``fitted`` says that the weights are scaled on the first batch before training begins,
    ``copies`` that they are the identity times the gain: no unit hears of another. ``of_cell``
    draws all gates of a recurrent cell at once; without it each is drawn as a stage is.
    ``by_branch`` says by what the weights of each stage are multiplied, from how many stages below
    a skip path comes that arrives there, 0 for none; the last stage is the output.
    """

    draw: Draw
    size: Size
    whose: str = ""
    virtue: str = ""
    fitted: bool = False
    copies: bool = False
    of_cell: DrawGates | None = None
    by_branch: Callable[[Sequence[int]], list[float]] | None = None

    def __call__(self, rng: Generator, shape: Shape, init: InitSpec) -> Weights:
        """Weights of ``shape`` (inputs, outputs), with ``init.gain`` as it is."""
        return self.draw(rng, shape, init)


@dataclass(frozen=True, slots=True)
class GateBiases:
    """The biases of a recurrent cell, as far as a start asks: b, ``gates`` · ``units`` numbers.

    ``apart`` are gates that have a second bias of their own name, ``b_h`` and the gate; ``twice``
    says that all have one, side by side in ``b_h``. ``opens``
    says of gates that a large b makes what is remembered last (1) or be written over (-1).
    ``state`` says that what they keep is not h itself.
    """

    gates: tuple[str, ...]
    units: int
    apart: tuple[str, ...]
    twice: bool
    opens: Mapping[str, int]
    state: bool

    def zeros(self) -> dict[str, Weights]:
        """Every bias, 0."""
        found = {f"b_h{gate}": np.zeros(self.units) for gate in self.apart}
        whole = len(self.gates) * self.units
        if self.twice:
            found["b_h"] = np.zeros(whole)
        return {"b": np.zeros(whole), **found}

    def of_gate(self, b: Weights, gate: str) -> Weights:
        """The part of ``b`` that is one gate's, a view."""
        at = self.gates.index(gate) * self.units
        return b[at : at + self.units]


@dataclass(frozen=True, slots=True)
class Biases:
    """Draws biases (outputs,) when called; ``mean`` and ``variance`` are those of one of them.

    ``variance`` takes the units below, too. ``of_cell`` draws every bias of a recurrent cell, by
    name, and then nothing else decides where its gates start. ``gates_alone`` says that it needs
    a gate that keeps a memory, so that other networks refuse it.
    """

    draw: Callable[[Generator, Shape, InitSpec], Weights]
    mean: Callable[[InitSpec], float]
    variance: Callable[[InitSpec, int], float]
    of_cell: DrawBiases | None = None
    gates_alone: bool = False

    def __call__(self, rng: Generator, shape: Shape, init: InitSpec) -> Weights:
        """(outputs,) biases beside weights of ``shape`` (inputs, outputs)."""
        return self.draw(rng, shape, init)


INITIALIZERS: Registry[Initializer] = Registry("initializer")
BIASES: Registry[Biases] = Registry("bias")
GAINS: Registry[Gain] = Registry("gain")

GAINS.add(
    "number",
    lambda init, activation: init.gain,
    "the factor one sets",
    label="Number",
    uses=("init.gain",),
    role=Role.AS_SET,
)
GAINS.add(
    "activation",
    lambda init, activation: ACTIVATIONS[activation].gain,
    "what makes up for the activation, as PyTorch's calculate_gain has it",
    label="By activation",
)


def settled(init: InitSpec, activation: str) -> InitSpec:
    """``init`` with the gain that holds for a stage of that activation, as a number."""
    gain = GAINS[init.gain_by](init, activation)
    if gain == init.gain:
        return init
    return replace(init, gain=gain)


def initial_weights(
    rng: Generator, shape: Shape, init: InitSpec, activation: str = "identity"
) -> Weights:
    """(inputs, outputs) weights of the spec's initializer, for a stage of that activation."""
    return INITIALIZERS[init.weights](rng, shape, settled(init, activation))


def weight_variance(shape: Shape, init: InitSpec, activation: str = "identity") -> float:
    """Expected mean square of :func:`initial_weights`."""
    return INITIALIZERS[init.weights].size(shape, settled(init, activation)) ** 2


def _xavier(shape: Shape, init: InitSpec) -> float:
    """Keeps signal and gradient alike at derivative 1 (Glorot and Bengio 2010)."""
    return init.gain * math.sqrt(2.0 / sum(shape))


def _he(shape: Shape, init: InitSpec) -> float:
    """Makes up for the half that ReLU cuts away (He, Zhang, Ren and Sun 2015)."""
    return math.sqrt(2.0 / shape[0])


def _lecun(shape: Shape, init: InitSpec) -> float:
    """Keeps the variance of the forward signal (LeCun, Bottou, Orr and Müller 1998)."""
    return init.gain * math.sqrt(1.0 / shape[0])


def _standard(shape: Shape, init: InitSpec) -> float:
    """U(±1/√fan_in), common before 2010: a third of what keeps the signal."""
    return math.sqrt(1.0 / (3 * shape[0]))


def _std(shape: Shape, init: InitSpec) -> float:
    return init.std


def _range(shape: Shape, init: InitSpec) -> float:
    return init.range / math.sqrt(3.0)


def _normal(size: Size, whose: str = "", virtue: str = "") -> Initializer:
    def draw(rng: Generator, shape: Shape, init: InitSpec) -> Weights:
        return rng.standard_normal(shape) * size(shape, init)

    return Initializer(draw, size, whose, virtue)


def _uniform(size: Size) -> Initializer:
    def draw(rng: Generator, shape: Shape, init: InitSpec) -> Weights:
        reach = size(shape, init) * math.sqrt(3.0)
        return rng.uniform(-reach, reach, shape)

    return Initializer(draw, size)


_GAIN = "init.gain_by"
INITIALIZERS.add(
    "xavier_normal",
    _normal(_xavier, "Xavier's weights", "which keep the variance"),
    "normal, variance 2 / (fan_in + fan_out) (Glorot and Bengio 2010)",
    label="Xavier normal",
    uses=(_GAIN,),
    role=Role.KEEPS_VARIANCE,
    pytorch="nn.init.xavier_normal_({weight}, gain={gain})",
)
INITIALIZERS.add(
    "xavier_uniform",
    _uniform(_xavier),
    "uniform, variance 2 / (fan_in + fan_out) (Glorot and Bengio 2010)",
    label="Xavier uniform",
    uses=(_GAIN,),
    pytorch="nn.init.xavier_uniform_({weight}, gain={gain})",
)
INITIALIZERS.add(
    "he_normal",
    _normal(_he, "He's weights", "which make up for what the activation cuts"),
    "normal, variance 2 / fan_in (He et al. 2015)",
    label="He normal",
    role=Role.MAKES_UP,
    pytorch="nn.init.kaiming_normal_({weight}, nonlinearity='relu')",
)


def fixup_scales(sources: Sequence[int]) -> list[float]:
    """By what Fixup multiplies He's weights in each stage (Zhang, Dauphin and Ma 2019).

    L^(-1/(2m-2)) in all stages of a branch but its last, which is 0 as the output is; L branches
    of m stages each. Its scalar multiplier is ``network.multiplier``, started at 1. Its scalar
    biases are not taken: the bias of every unit can do what they do.
    """
    branches = sum(1 for source in sources if source)
    scales = [1.0] * len(sources)
    for at, m in enumerate(sources):
        for stage in range(at - m + 1, at):
            scales[stage] = branches ** (-1 / (2 * m - 2))
        if m:
            scales[at] = 0.0
    scales[-1] = 0.0
    return scales


INITIALIZERS.add(
    "fixup",
    Initializer(
        lambda rng, shape, init: rng.standard_normal(shape) * _he(shape, init),
        _he,
        by_branch=fixup_scales,
    ),
    "He normal, scaled down by depth in residual branches whose last stage is 0, as the output is "
    "(Zhang et al. 2019)",
    label="Fixup",
    settles=("init.scales",),
)
INITIALIZERS.add(
    "he_uniform",
    _uniform(_he),
    "uniform, variance 2 / fan_in (He et al. 2015)",
    label="He uniform",
    pytorch="nn.init.kaiming_uniform_({weight}, nonlinearity='relu')",
)
INITIALIZERS.add(
    "lecun_normal",
    _normal(_lecun, "LeCun's weights", "which {activation} needs"),
    "normal, variance 1 / fan_in (LeCun et al. 1998)",
    label="LeCun normal",
    uses=(_GAIN,),
    role=Role.NORMALIZES,
    pytorch="nn.init.normal_({weight}, std={gain} / {weight}[0].numel() ** 0.5)",
)
INITIALIZERS.add(
    "lecun_uniform",
    _uniform(_lecun),
    "uniform, variance 1 / fan_in (LeCun et al. 1998)",
    label="LeCun uniform",
    uses=(_GAIN,),
    pytorch="nn.init.kaiming_uniform_({weight}, nonlinearity='linear')",
)
INITIALIZERS.add(
    "standard",
    _uniform(_standard),
    "U(±1/√fan_in), the old standard that Glorot and Bengio (2010) measured",
    label="Old standard",
    pytorch="nn.init.kaiming_uniform_({weight}, a=5**0.5)",
)
INITIALIZERS.add(
    "normal",
    _normal(_std),
    "normal, with the standard deviation one sets",
    label="Normal (std)",
    uses=("init.std",),
    role=Role.OF_A_SIZE,
    pytorch="nn.init.normal_({weight}, std={std})",
)
INITIALIZERS.add(
    "uniform",
    _uniform(_range),
    "uniform between ± the range one sets",
    label="Uniform (range)",
    uses=("init.range",),
    pytorch="nn.init.uniform_({weight}, -{range}, {range})",
)

TRUNCATED_STD = 0.87962566103423978
"""Standard deviation of a standard normal number that is cut off at ±2."""


def _truncated(rng: Generator, shape: Shape, init: InitSpec) -> Weights:
    values = rng.standard_normal(shape)
    far = np.abs(values) > 2
    while far.any():
        values[far] = rng.standard_normal(int(far.sum()))
        far = np.abs(values) > 2
    return values * (init.std / TRUNCATED_STD)


INITIALIZERS.add(
    "truncated_normal",
    Initializer(_truncated, _std),
    "normal, cut off at ±2 σ, of the standard deviation one sets after the cut",
    label="Truncated normal",
    uses=("init.std",),
    pytorch="nn.init.trunc_normal_({weight}, std={std})",
)


def _orthogonal(rng: Generator, shape: Shape, init: InitSpec) -> Weights:
    tall = rng.standard_normal((max(shape), min(shape)))
    q, r = np.linalg.qr(tall)
    q *= np.sign(np.diagonal(r))  # without this the rotation is not uniformly distributed
    q *= init.gain
    if shape[0] >= shape[1]:
        return q
    return np.ascontiguousarray(q.T)


INITIALIZERS.add(
    "orthogonal",
    Initializer(
        _orthogonal,
        lambda shape, init: init.gain / math.sqrt(max(shape)),
        whose="Rotations",
        virtue="which keep every length",
    ),
    "a random rotation: every singular value is the gain (Saxe et al. 2014)",
    label="Orthogonal",
    uses=(_GAIN,),
    role=Role.ROTATES,
    pytorch="nn.init.orthogonal_({weight}, gain={gain})",
)
INITIALIZERS.add(
    "identity",
    Initializer(
        lambda rng, shape, init: init.gain * np.eye(*shape),
        lambda shape, init: init.gain / math.sqrt(max(shape)),
        copies=True,
    ),
    "the identity matrix times the gain: IRNN (Le, Jaitly and Hinton 2015)",
    label="Identity",
    uses=(_GAIN,),
    role=Role.COPIES,
    pytorch="nn.init.eye_({weight})",
)
INITIALIZERS.add(
    "zeros",
    Initializer(lambda rng, shape, init: np.zeros(shape), lambda shape, init: 0.0),
    "all weights 0: units stay alike and no gradient gets through",
    label="Zeros",
    pytorch="nn.init.zeros_({weight})",
)


def lsuv_scale(
    weights: Sequence[Weights],
    forward: Callable[[Sequence[Weights]], Sequence[Array]],
    *,
    tolerance: float = 0.01,
    most: int = 10,
) -> list[Weights]:
    """Layer-sequential unit variance for one layer (Mishkin and Matas 2016, algorithm 1).

    It is that of one network, or of several at once, each by itself. ``weights`` are orthonormal
    to begin with; ``forward(weights)`` gives the layer's outputs on a batch (its pre-activation z,
    in their experiments), the layers below being scaled already.
    W ← W / √Var(output) until the variance is within ``tolerance`` of 1, ``most`` times at most.
    An output without variance, or with an infinite one, leaves W as it is.
    """
    scaled = list(weights)
    waiting = list(range(len(scaled)))
    for _ in range(most):
        outputs = forward(scaled)
        for at in tuple(waiting):
            variance = float(np.var(outputs[at], dtype=np.float64))
            if abs(variance - 1) < tolerance or not 0 < variance < math.inf:
                waiting.remove(at)
            else:
                scaled[at] = scaled[at] / math.sqrt(variance)
        if not waiting:
            break
    return scaled


BIASES.add(
    "zero",
    Biases(
        lambda rng, shape, init: np.zeros(shape[1]),
        mean=lambda init: 0.0,
        variance=lambda init, inputs: 0.0,
    ),
    "all biases 0",
    label="Zero",
    role=Role.NO_OFFSET,
    pytorch="nn.init.zeros_({bias})",
)
BIASES.add(
    "constant",
    Biases(
        lambda rng, shape, init: np.full(shape[1], init.bias_value),
        mean=lambda init: init.bias_value,
        variance=lambda init, inputs: 0.0,
    ),
    "every bias the value one sets",
    label="Constant",
    uses=("init.bias_value",),
    pytorch="nn.init.constant_({bias}, {bias_value})",
)
BIASES.add(
    "normal",
    Biases(
        lambda rng, shape, init: rng.standard_normal(shape[1]) * abs(init.bias_value),
        mean=lambda init: 0.0,
        variance=lambda init, inputs: init.bias_value**2,
    ),
    "normal, with the standard deviation one sets",
    label="Normal (std)",
    uses=("init.bias_value",),
    pytorch="nn.init.normal_({bias}, std={bias_value})",
)
