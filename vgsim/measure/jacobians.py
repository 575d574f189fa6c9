"""Jacobians of one hop and of many, and what they stretch: their singular values.

The Jacobian of stage k is ∂h_k/∂h_{k−1}; a gradient crosses it as ∂J/∂h_{k−1} = Jᵀ ∂J/∂h_k. The
product over many stages has singular values that span hundreds of decades, so products carry
their power of ten beside them. Saxe, McClelland and Ganguli (2014) and Pennington, Schoenholz and
Ganguli (2017) explain by these values which networks can be trained.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from vgsim.nn.arrays import Array, Floats, Samples, quiet, rows
from vgsim.nn.layered import Layered
from vgsim.nn.network import Network
from vgsim.nn.unrolled import Unrolled


@dataclass(frozen=True, slots=True, eq=False)
class ScaledMatrix:
    """``matrix`` · 10^``decades``; the largest entry of (..., out, in) ``matrix`` is about 1.

    ``decades`` is (...): one for each matrix, −inf for a matrix of zeros.
    """

    matrix: Floats
    decades: Floats


def rescaled(matrix: Floats, decades: Floats) -> ScaledMatrix:
    """(..., out, in) ``matrix`` · 10^``decades``, the largest entry of each brought to 1."""
    with quiet():
        peak = np.abs(matrix).max(axis=(-2, -1), initial=0.0)
        scale = np.where((peak > 0) & np.isfinite(peak), peak, 1.0)
        gained = np.where(peak > 0, np.log10(scale), -np.inf)
    return ScaledMatrix(matrix / scale[..., None, None], decades + gained)


def scaled_sum(one: ScaledMatrix, other: ScaledMatrix) -> ScaledMatrix:
    """The sum of two, exact to rounding whatever their decades are."""
    decades = np.maximum(one.decades, other.decades)
    with quiet():
        shares = [
            part.matrix * 10.0 ** np.nan_to_num(part.decades - decades, nan=0.0)[..., None, None]
            for part in (one, other)
        ]
    return rescaled(shares[0] + shares[1], decades)


def singular_values(jacobian: Array | ScaledMatrix) -> Floats:
    """log10 of the singular values, largest first: (..., min(out, in)).

    −inf for those that are 0. What lies below the rounding of a matrix, its largest singular
    value · 2⁻⁵² · its larger side, is nan: a product of many Jacobians does not resolve it.
    All nan for a matrix with inf or nan in it.
    """
    if not isinstance(jacobian, ScaledMatrix):
        wide = jacobian.astype(np.float64)
        return singular_values(rescaled(wide, np.zeros(wide.shape[:-2])))
    fine = np.asarray(np.isfinite(jacobian.matrix).all(axis=(-2, -1)))[..., None]
    values = np.linalg.svd(np.where(fine[..., None], jacobian.matrix, 0.0), compute_uv=False)
    most = values[..., :1]
    floor = most * np.finfo(np.float64).eps * max(jacobian.matrix.shape[-2:])
    with quiet():
        decades = np.log10(values) + jacobian.decades[..., None]
    decades = np.where((values >= floor) | (values == 0), decades, np.nan)
    found: Floats = np.where(fine, decades, np.nan)
    return found


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
    if isinstance(network, Unrolled) and timestep:
        states = len(network.top.states())
    else:
        states = 0
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
        readout = network.readout
        to_z = gradient * rows(readout.arrays.derivative[-network.batch :], samples)
        to_h = to_z @ readout.edge_weights().astype(np.float64).T
        return np.concatenate([to_h, *(np.zeros_like(to_h) for _ in network.top.states())], axis=-1)
    below = network.top.pull(stage, samples, gradient)
    if network.cuts_below(stage):
        return np.zeros_like(below)
    return below
