"""What the hops stretch and shrink: singular values of their Jacobians, within a frame's time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vgsim.measure.collectors import collector
from vgsim.measure.jacobians import (
    ScaledMatrix,
    hop_jacobian,
    products,
    singular_values,
    weights_of_pass,
)
from vgsim.measure.request import Request
from vgsim.nn.architectures import KINDS
from vgsim.nn.arrays import Samples, quiet
from vgsim.nn.layered import Layered
from vgsim.nn.layers.parts import NORMS
from vgsim.nn.moments import Phase
from vgsim.nn.network import Network

if TYPE_CHECKING:
    from vgsim.nn.experiment import Experiment

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Singular:
    """log10 of singular values, all nan where a Jacobian overflowed.

    −inf is 0, of a single hop also what is 0 to rounding. In a product that cannot be told from
    what is merely too small beside the largest one, so there it is nan.

    ``hops`` (H, 3) are the largest, middle and smallest one of ∂h_(k+1)/∂h_k for the stages k
    (from 1) in ``hop_stages`` (H,). ``product`` (P, 2) are the largest and smallest one of
    ∂h_N/∂h_k, all ways from here to the last stage together, for k in ``product_stages`` (P,);
    only stages that the backward pass has reached are among them. Of timesteps that are padding
    both are nan; the mean is over the samples that have begun.

    ``samples`` are the rows of the batch whose singular values these are, the mean of them when
    there are several. ``chosen`` says that hops were left out to save time. ``state`` names what
    is differentiated, "h" or "(h, c)". ``note`` is what a reader must know besides, mostly empty.
    """

    hop_stages: NDArray[np.intp]
    hops: Floats
    product_stages: NDArray[np.intp]
    product: Floats
    samples: tuple[int, ...]
    chosen: bool
    state: str = "h"
    note: str = ""


Stages = NDArray[np.intp]

MEAN_OF = 4
"""Samples that stand for the batch."""
POINTS_MOST = 64
"""Most hops, and most products, that one frame looks at."""
HOPS_MS, PATH_MS = 16.0, 12.0
"""What the Jacobians of all hops, and the way of the products, may take."""


@collector(Singular)
def singular(experiment: Experiment, request: Request) -> Singular | None:
    """Once the derivatives are known; None before, and with a single stage."""
    network = experiment.network
    moment = experiment.moment
    count = experiment.stages
    if moment.position <= count or count < 2:
        return None
    reached = 2 * count + 1 - min(moment.position, 2 * count + 1)
    samples = _samples(request, len(network.x))
    hop_stages = _hops(network, len(samples))
    with weights_of_pass(network, moment.phase is Phase.UPDATE):
        hops = _of_hops(network, samples, hop_stages)
        product_stages, product = _of_products(network, samples, max(reached, _lowest(network)))
    for made in (hop_stages, hops, product_stages, product):
        made.setflags(write=False)
    return Singular(
        hop_stages,
        hops,
        product_stages,
        product,
        tuple(samples.tolist()),
        chosen=len(hop_stages) < count - 1,
        state=_state(experiment),
        note=_note(experiment),
    )


def _samples(request: Request, batch: int) -> Samples:
    """The row that is looked at, or evenly chosen ones that stand for the batch."""
    if request.sample is not None:
        return np.array([min(request.sample, batch - 1)], dtype=np.intp)
    return np.unique(np.linspace(0, batch - 1, MEAN_OF).round().astype(np.intp))


def _hops(network: Network, samples: int) -> Stages:
    """Stages (from 1) above which a hop is measured: as many as there is time for."""
    count = len(network.views) - 1
    width = max(network.widths)
    joint = 2 if network.views[0].z.ndim == 3 else 1  # gates: the state may be twice as wide
    each = 0.12 + samples * (0.02 + 0.65 * (width * joint / 128) ** 3)
    most = min(POINTS_MOST, int(HOPS_MS / each))
    return 1 + _even(0, count, most)


def _even(first: int, stop: int, most: int) -> Stages:
    """At most ``most`` of the numbers from ``first`` on, evenly spaced."""
    return np.unique(np.linspace(first, stop - 1, min(most, stop - first)).round().astype(np.intp))


def _lowest(network: Network) -> int:
    """The lowest stage (from 0) that there is time to follow the product to."""
    parts = [1]
    if isinstance(network, Layered):
        parts = [max(len(layer.parts), 1) for layer in network.stages]
    each = 0.05 + 0.012 * float(np.mean(parts))
    return max(len(network.views) - 1 - int(PATH_MS / each), 0)


def _of_hops(network: Network, samples: Samples, stages: Stages) -> Floats:
    """(H, 3): largest, middle and smallest singular value of each hop, log10."""
    found = np.full((len(stages), 3), np.nan)
    matrices: list[ScaledMatrix] = []
    places: list[int] = []
    for place, k in enumerate(stages.tolist()):
        begun = samples[_begun(network, k - 1, samples)]
        if len(begun):
            matrices.append(ScaledMatrix(hop_jacobian(network, k, begun), np.zeros(len(begun))))
            places.append(place)
    for place, values in zip(places, _values(matrices), strict=True):
        found[place] = values[[0, len(values) // 2, -1]]
    # shut units and what a norm projects away are 0; the decomposition makes it 1e-17 or so
    found[np.isnan(found) & ~np.isnan(found[:, :1])] = -np.inf
    return found


def _of_products(network: Network, samples: Samples, lowest: int) -> tuple[Stages, Floats]:
    """Stages (P,), from 1, and (P, 2): largest and smallest singular value, log10."""
    last = len(network.views) - 1
    if lowest >= last:
        return np.empty(0, dtype=np.intp), np.empty((0, 2))
    chosen = _even(lowest, last, POINTS_MOST)
    wanted = set(chosen.tolist())
    found = {k: matrix for k, matrix in products(network, samples, lowest) if k in wanted}
    sizes = np.full((len(chosen), 2), np.nan)
    begun = [_begun(network, k, samples) for k in chosen.tolist()]
    places = [place for place, some in enumerate(begun) if some.any()]
    matrices = [_of(found[int(chosen[place])], begun[place]) for place in places]
    for place, values in zip(places, _values(matrices), strict=True):
        sizes[place] = values[[0, -1]]
    return chosen + 1, sizes


def _begun(network: Network, stage: int, samples: Samples) -> NDArray[np.bool_]:
    """Which of the samples are no padding at a stage (from 0)."""
    there = network.there(stage) if stage < len(network.views) - 1 else None
    if there is None:
        return np.ones(len(samples), bool)
    return np.asarray(there[samples])


def _of(matrix: ScaledMatrix, some: NDArray[np.bool_]) -> ScaledMatrix:
    """The matrices of some of the samples."""
    return ScaledMatrix(matrix.matrix[some], matrix.decades[some])


def _values(matrices: Iterable[ScaledMatrix]) -> list[Floats]:
    """log10 of the singular values of each, largest first, the mean over the samples."""
    found: list[Floats] = []
    for _, group in groupby(matrices, key=lambda scaled: scaled.matrix.shape):
        alike = list(group)
        stack = ScaledMatrix(
            np.stack([scaled.matrix for scaled in alike]),
            np.stack([scaled.decades for scaled in alike]),
        )
        found += list(_mean(singular_values(stack)))
    return found


def _mean(decades: Floats) -> Floats:
    """(count, values): log10 of the mean over the samples of (count, samples, values) decades."""
    if decades.shape[1] == 1:
        return decades[:, 0]
    with quiet():
        most = decades.max(axis=1, keepdims=True)
        shift = np.where(np.isfinite(most), most, 0.0)
        mean: Floats = np.log10((10.0 ** (decades - shift)).mean(axis=1)) + shift[:, 0]
    return mean


def _state(experiment: Experiment) -> str:
    cell = KINDS[experiment.spec.network.kind].cell
    states = cell.states() if cell else ()
    if states:
        return f"({', '.join(('h', *states))})"
    return "h"


def _note(experiment: Experiment) -> str:
    """What the figures leave out, in a few words."""
    network = experiment.network
    if not isinstance(network, Layered):
        return ""
    notes = []
    if any(NORMS[plan.norm].mixes for plan in network.plans):
        notes.append("batch statistics held fixed")
    if any(plan.source > 1 for plan in network.plans):
        notes.append("skip paths over several stages in the product alone")
    return ", ".join(notes)
