"""Starts that decide for all gates of a recurrent cell at once: PyTorch's, Keras's, chrono.

PyTorch 2 (``torch.nn.Linear``, ``RNN``, ``LSTM``, ``GRU``): a layer's W and b are U(±1/√fan_in),
everything in a cell is U(±1/√units), and a cell has two biases, b_ih and b_hh, that are added up.

Keras 3 (``Dense``, ``SimpleRNN``, ``LSTM``, ``GRU``): W is Xavier uniform and b 0. In a cell the
kernel is Xavier uniform for all gates as one matrix (inputs, gates · units), the recurrent kernel
orthogonal as one matrix (units, gates · units), b 0, but 1 for an LSTM's forget gate
(``unit_forget_bias``, after Jozefowicz, Zaremba and Sutskever 2015).

Chrono (Tallec and Ollivier 2018): what a gate keeps is to last anything from 1 to T_max − 1
timesteps, so b of the gate that keeps is ln U(1, T_max − 1), and that of an input gate the
negative of it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from vgsim.nn.arrays import Generator
from vgsim.nn.initializers import (
    BIASES,
    INITIALIZERS,
    Biases,
    GateBiases,
    Initializer,
    Shape,
    Weights,
)

if TYPE_CHECKING:
    from vgsim.nn.spec import InitSpec

SETTLED = ("init.forget_bias",)
"""What is not read beside biases that know of gates."""


def _fan_in(shape: Shape, init: InitSpec) -> float:
    return math.sqrt(1.0 / (3 * shape[0]))


def _xavier(shape: Shape, init: InitSpec) -> float:
    return math.sqrt(2.0 / sum(shape))


def _within(rng: Generator, reach: float, shape: tuple[int, ...]) -> Weights:
    return rng.uniform(-reach, reach, shape)


def _torch_gates(rng: Generator, shape: Shape, gates: int, recurrent: bool) -> Weights:
    inputs, units = shape
    return _within(rng, 1 / math.sqrt(units), (inputs, gates * units))


INITIALIZERS.add(
    "pytorch",
    Initializer(
        lambda rng, shape, init: _within(rng, math.sqrt(3) * _fan_in(shape, init), shape),
        _fan_in,
        of_cell=_torch_gates,
    ),
    "PyTorch's default: U(±1/√fan_in), in a recurrent cell U(±1/√units)",
    label="PyTorch default",
)


def _keras_gates(rng: Generator, shape: Shape, gates: int, recurrent: bool) -> Weights:
    inputs, units = shape
    whole = (inputs, gates * units)
    if not recurrent:
        return _within(rng, math.sqrt(6 / sum(whole)), whole)
    q, r = np.linalg.qr(rng.standard_normal(whole[::-1]))
    rotation: Weights = (q * np.sign(np.diagonal(r))).T
    return rotation


INITIALIZERS.add(
    "keras",
    Initializer(
        lambda rng, shape, init: _within(rng, math.sqrt(3) * _xavier(shape, init), shape),
        _xavier,
        of_cell=_keras_gates,
    ),
    "Keras's default: Xavier uniform over all gates; orthogonal over all gates for W_h",
    label="Keras default",
)


def _torch_biases(rng: Generator, own: GateBiases, init: InitSpec) -> dict[str, Weights]:
    """b_ih and b_hh, or their sum; a gate's b_hh stays apart where the cell has it (b_hn)."""
    from_x, from_h = _within(rng, 1 / math.sqrt(own.units), (2, len(own.gates), own.units))
    if own.twice:
        return {"b": from_x.ravel(), "b_h": from_h.ravel()}
    found: dict[str, Weights] = {}
    for gate in own.apart:
        at = own.gates.index(gate)
        found[f"b_h{gate}"] = from_h[at].copy()
        from_h[at] = 0
    return {"b": (from_x + from_h).ravel(), **found}


def _from_below(rng: Generator, shape: Shape, init: InitSpec) -> Weights:
    return _within(rng, math.sqrt(1 / shape[0]), (shape[1],))


BIASES.add(
    "pytorch",
    Biases(
        _from_below,
        mean=lambda init: 0.0,
        variance=lambda init, inputs: 1 / (3 * inputs),
        of_cell=_torch_biases,
    ),
    "PyTorch's default: U(±1/√fan_in), in a recurrent cell U(±1/√units) twice",
    label="PyTorch default",
    settles=SETTLED,
)


def _keras_biases(rng: Generator, own: GateBiases, init: InitSpec) -> dict[str, Weights]:
    """0, and 1 where a gate keeps a state that is not h: in an LSTM, not in a GRU."""
    found = own.zeros()
    for gate, sign in own.opens.items():
        if own.state and sign > 0:
            own.of_gate(found["b"], gate)[:] = 1
    return found


BIASES.add(
    "keras",
    Biases(
        lambda rng, shape, init: np.zeros(shape[1]),
        mean=lambda init: 0.0,
        variance=lambda init, inputs: 0.0,
        of_cell=_keras_biases,
    ),
    "Keras's default: 0, but 1 for the forget gate of an LSTM",
    label="Keras default",
    settles=SETTLED,
)


def _chrono_biases(rng: Generator, own: GateBiases, init: InitSpec) -> dict[str, Weights]:
    """What is kept lasts T from U(1, T_max − 1): b = ln T; what lets something new in is −ln T."""
    found = own.zeros()
    lasting = np.log(rng.uniform(1, max(init.longest - 1, 1), own.units))
    for gate, sign in own.opens.items():
        own.of_gate(found["b"], gate)[:] = sign * lasting
    return found


BIASES.add(
    "chrono",
    Biases(
        lambda rng, shape, init: np.zeros(shape[1]),
        mean=lambda init: 0.0,
        variance=lambda init, inputs: 0.0,
        of_cell=_chrono_biases,
        gates_alone=True,
    ),
    "ln U(1, T − 1) where a gate keeps, the negative where one lets in (Tallec and Ollivier 2018)",
    label="Chrono",
    uses=("init.longest",),
    settles=SETTLED,
)
