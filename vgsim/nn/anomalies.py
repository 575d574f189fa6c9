"""Where numbers became too large or too small to hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from vgsim.nn.arrays import quiet
from vgsim.nn.network import Network
from vgsim.nn.norms import Floats

SMALL = 1e6
"""Times the smallest normal number: gradients of a larger norm are not searched for denormals."""


@dataclass(frozen=True, slots=True)
class Anomaly:
    """Where numbers first became too large or too small to hold.

    ``kind`` is "overflow" (inf or nan), "denormal" (a gradient so small that it loses digits) or
    "underflow" (a product of nonzero numbers on the way of the gradient that became exactly 0).
    """

    kind: str
    stage: int
    step: int


def first_overflow(
    network: Network, dh_norm: Floats, parameter_norms: Floats, step: int
) -> Anomaly:
    """The first stage, in the order of the pass, with an h, ∂J/∂h or ∂J/∂w that is inf or nan.

    The norms, of ∂J/∂h by stage and of the gradients by segment, are inf where that is so, or
    where they are too large themselves. The last stage when all is well: then the loss overflowed.
    """
    count = len(network.views)
    for number, arrays in enumerate(network.views, start=1):
        if not np.isfinite(arrays.h).all():
            return Anomaly("overflow", number, step)
    lost = np.flatnonzero(~np.isfinite(dh_norm))
    if lost.size:
        return Anomaly("overflow", int(lost[-1]) + 1, step)
    segments = np.flatnonzero(~np.isfinite(parameter_norms))
    if segments.size:
        stage = _stage_of(network, int(segments[-1]))
    else:
        stage = count
    return Anomaly("overflow", stage, step)


def overflowed_update(network: Network, step: int) -> Anomaly | None:
    """The last stage whose parameters the update made inf or nan, or None."""
    values = network.flat.values
    with quiet():
        if np.isfinite(np.add.reduce(values)):  # the cheapest look at all of them
            return None
    for at in reversed(range(len(network.flat.segments))):
        segment = network.flat.segments[at]
        if not np.isfinite(values[segment.start : segment.stop]).all():
            return Anomaly("overflow", _stage_of(network, at), step)
    return None


def _stage_of(network: Network, segment: int) -> int:
    """The stage (from 1) of a parameter; the first of those that share it, where sums end."""
    part = network.flat.segments[segment].stage
    return int(np.searchsorted(network.owners, part)) + 1


def too_small(network: Network, dh_norm: Floats, step: int, known: set[str]) -> Iterator[Anomaly]:
    """The first "denormal" and the first "underflow" on the way back, if not yet ``known``.

    Denormal: a ∂J/∂h that is not zero but has lost digits. Underflow: a product of nonzero numbers
    on the way of the gradient that became exactly zero; a dead unit or a zero weight is not one.
    """
    wanted = {"denormal", "underflow"} - known
    stages = list(network.views)
    tiny = float(np.finfo(stages[0].dh.dtype).tiny)
    for at in reversed(np.flatnonzero(dh_norm < SMALL * tiny).tolist()):
        size = np.abs(stages[at].dh)
        if "denormal" in wanted and np.any((size > 0) & (size < tiny)):
            wanted.discard("denormal")
            yield Anomaly("denormal", at + 1, step)
        if "underflow" in wanted:
            with quiet():
                found = [p for p in network.products(at) if p.underflowed()]
            if found:
                wanted.discard("underflow")
                yield Anomaly("underflow", found[0].stage + 1, step)
        if not wanted:
            return
