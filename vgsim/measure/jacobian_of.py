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

import numpy as np

from vgsim.measure.jacobians import ScaledMatrix, rescaled, scaled_sum
from vgsim.nn.arrays import Floats, Samples, quiet
from vgsim.nn.layered import Layered
from vgsim.nn.network import Network
from vgsim.nn.unrolled import Unrolled

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
            found = network.stages[stage].pull(samples, gradient)
            return {stage - below: share for below, share in found.items()}
        assert isinstance(network, Unrolled)  # there is no third kind of network
        return {stage - 1: _through_time(network, stage, samples, gradient)}


def _through_time(network: Unrolled, stage: int, samples: Samples, gradient: Floats) -> Floats:
    """One timestep of the top cell, or the readout of the last timestep."""
    if stage == network.steps:
        to_h = gradient @ network.readout.edge_weights().astype(np.float64).T
        return np.concatenate([to_h, *(np.zeros_like(to_h) for _ in network.top.states())], axis=-1)
    below = network.top.pull(stage, samples, gradient)
    return np.zeros_like(below) if network.cuts_below(stage) else below
