"""The Jacobian of every hop of a real network, sample by sample, as the last pass found it.

A hop is given by what it does to rows of a matrix: ``pull`` takes G = ∂y/∂h_k for any y and gives
∂y/∂h_(k−1), part by part as backpropagation does. Pulling the identity gives the Jacobian itself,
pulling it on and on the product from the last stage. Where ways branch off and join (skip paths)
their shares are added, so products are exact whatever the paths are.

Layer and RMS norm are differentiated exactly. Batch norm mixes the samples of a batch, so for one
sample its statistics count as constants: y = γ (x − mean) · rate + β. Dropout has the mask of the
pass. The state of an LSTM is (h, c) side by side, of every other stage h.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import singledispatch

import numpy as np
from numpy.typing import NDArray

from vgsim.measure.jacobians import ScaledMatrix, rescaled, scaled_sum
from vgsim.nn.arrays import Array, quiet
from vgsim.nn.layered import Layered
from vgsim.nn.layers import Layer
from vgsim.nn.layers.block import Block
from vgsim.nn.layers.parts.activate import Activate
from vgsim.nn.layers.parts.affine import Affine
from vgsim.nn.layers.parts.base import Part
from vgsim.nn.layers.parts.drop import Dropout
from vgsim.nn.layers.parts.norms import BatchNorm, Norm
from vgsim.nn.layers.parts.skips import Copy, Highway, Skip
from vgsim.nn.network import Network
from vgsim.nn.unrolled import Unrolled

Floats = NDArray[np.float64]
Samples = NDArray[np.intp]
Pulled = dict[int, Floats]
"""By stage below (from 0), the share of ∂y/∂h of that stage that comes from the stage pulled."""


@contextmanager
def weights_of_pass(network: Network, updated: bool) -> Iterator[None]:
    """The parameters as the pass met them, for as long as the context lasts.

    ``updated`` says that the update has changed them since.
    """
    values = network.flat.values
    after = values.copy()
    if updated:
        values -= network.flat.change
    try:
        yield
    finally:
        values[:] = after


def hop_jacobian(network: Network, stage: int, samples: Samples) -> Floats:
    """(S, out, in): ∂h_k/∂h_(k−1) for stage k (from 0, not the first) and each of ``samples``.

    Of a stage where a path from further below arrives it is the share of the direct way alone. A
    hop that truncation cuts is 0.
    """
    units = state_units(network, stage)
    identity = np.broadcast_to(np.eye(units), (len(samples), units, units))
    return pull(network, stage, samples, identity)[stage - 1]


def products(network: Network, samples: Samples, lowest: int) -> Iterator[tuple[int, ScaledMatrix]]:
    """(k, ∂h_last/∂h_k) from the last stage but one down to ``lowest``, stages from 0.

    Each product is (S, outputs, units).
    """
    last = len(network.views) - 1
    units = state_units(network, last)
    start = np.broadcast_to(np.eye(units), (len(samples), units, units))
    pending = {last: rescaled(start, np.zeros(len(samples)))}
    for stage in range(last, lowest, -1):
        whole = pending.pop(stage)
        for below, share in pull(network, stage, samples, whole.matrix).items():
            more = rescaled(share, whole.decades)
            pending[below] = scaled_sum(pending[below], more) if below in pending else more
        yield stage - 1, pending[stage - 1]


def state_units(network: Network, stage: int) -> int:
    """Numbers that stage ``stage`` (from 0) hands on: its units, for each state of a cell."""
    timestep = isinstance(network, Unrolled) and stage < network.steps
    states = len(network.top.states()) if isinstance(network, Unrolled) and timestep else 0
    return network.widths[stage] * (1 + states)


def pull(network: Network, stage: int, samples: Samples, gradient: Floats) -> Pulled:
    """What stage ``stage`` (from 0, not the first) hands back of (S, rows, units) ``gradient``."""
    with quiet():
        if isinstance(network, Layered):
            return _through_layer(network.stages[stage], stage, samples, gradient)
        assert isinstance(network, Unrolled)  # there is no third kind of network
        return {stage - 1: _through_time(network, stage, samples, gradient)}


def _through_layer(layer: Layer, stage: int, samples: Samples, gradient: Floats) -> Pulled:
    if not isinstance(layer, Block):
        slope = _rows(layer.arrays.slope, samples)
        return {stage - 1: (gradient * slope) @ _wide(layer.edge_weights()).T}
    found: Pulled = {}
    for part in reversed(layer.parts):
        if isinstance(part, Skip):
            found[stage - layer.plan.source] = _aside(part, samples, gradient)
        gradient = _back(part, samples, gradient)
    found[stage - 1] = gradient + found.get(stage - 1, 0.0)
    return found


def _rows(buffer: Array, samples: Samples) -> Floats:
    """(S, 1, units): the rows of ``samples``."""
    return _wide(buffer[samples])[:, None]


def _wide(values: Array) -> Floats:
    return values.astype(np.float64)


@singledispatch
def _back(part: Part, samples: Samples, gradient: Floats) -> Floats:
    """∂y/∂(output of ``part``) -> ∂y/∂(its input on the main way)."""
    raise NotImplementedError(type(part).__name__)


@_back.register(Copy)
@_back.register(Skip)
def _unchanged(part: Part, samples: Samples, gradient: Floats) -> Floats:
    return gradient


@_back.register
def _affine(part: Affine, samples: Samples, gradient: Floats) -> Floats:
    return gradient @ _wide(part.own["W"]).T


@_back.register
def _activate(part: Activate, samples: Samples, gradient: Floats) -> Floats:
    return gradient * _rows(part.slope, samples)


@_back.register
def _dropout(part: Dropout, samples: Samples, gradient: Floats) -> Floats:
    return gradient * _rows(part.mask, samples)


@_back.register
def _norm(part: Norm, samples: Samples, gradient: Floats) -> Floats:
    """Layer and RMS norm: the mean and the scale feel each unit of the sample."""
    unit = _rows(part.unit, samples)
    g = gradient * _wide(part.own["gamma"])
    change = g - unit * (g * unit).mean(axis=-1, keepdims=True)
    if part.centered:
        change = change - g.mean(axis=-1, keepdims=True)
    scaled: Floats = change * _rows(part.rate, samples)
    return scaled


@_back.register
def _batch_norm(part: BatchNorm, samples: Samples, gradient: Floats) -> Floats:
    return gradient * _wide(part.own["gamma"] * part.rate[0])


@_back.register
def _highway(part: Highway, samples: Samples, gradient: Floats) -> Floats:
    return gradient * _rows(part.gate, samples)


def _aside(part: Skip, samples: Samples, gradient: Floats) -> Floats:
    """∂y/∂(output of ``part``) -> ∂y/∂h where the skip path begins."""
    if not isinstance(part, Highway):
        return gradient * part.scale
    t = _rows(part.gate, samples)
    difference = _rows(part.x, samples) - _rows(part.source.h, samples)
    through_gate = (gradient * (difference * t * (1 - t))) @ _wide(part.own["W_T"]).T
    return gradient * (1 - t) + through_gate


def _through_time(network: Unrolled, stage: int, samples: Samples, gradient: Floats) -> Floats:
    """One timestep of the top cell, or the readout of the last timestep."""
    if stage == network.steps:
        to_h = gradient @ _wide(network.readout.edge_weights()).T
        return np.concatenate([to_h, *(np.zeros_like(to_h) for _ in network.top.states())], axis=-1)
    below = network.top.pull(stage, samples, gradient)
    return np.zeros_like(below) if network.cuts_below(stage) else below
