"""Whether the samples of a batch want the same: gradients that shatter into noise do not.

Balduzzi et al., "The shattered gradients problem: if resnets are the answer, then what is the
question?" (2017): in plain deep networks the gradients at different inputs decorrelate with depth
like 2⁻ᴸ until they are white noise, and each step undoes the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vgsim.measure.collectors import collector
from vgsim.measure.request import Request
from vgsim.nn.arrays import Array, quiet

if TYPE_CHECKING:
    from vgsim.nn.experiment import Experiment

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Coherence:
    """Agreement of ∂J/∂h between samples (Balduzzi et al. 2017), stage by stage.

    ``stages`` (S,) are the stages measured, from 1: all of them, or evenly chosen ones of a large
    network. ``kept`` (S,) is how far the cosines between pairs of samples still follow those at
    ``top``, the last hidden stage (:func:`kept_agreement`): 1 there, 0 where
    the gradient has shattered, nan above it. ``cosines`` (S,) are their means. Both are nan where
    the pass has not come, or fewer than two samples have a gradient. ``noise`` (S,) is
    1 / √(n · pairs), the standard deviation of such a mean of vectors of n independent normal
    numbers. ``samples`` is how many were compared.
    """

    stages: NDArray[np.intp]
    kept: Floats
    cosines: Floats
    noise: Floats
    samples: int
    top: int


def mean_cosine(gradients: Array) -> float:
    """Mean cosine over all pairs of different rows of (samples, units) ``gradients``.

    (‖Σ uᵢ‖² − m) / (m (m − 1)) with the m unit vectors uᵢ = gᵢ / ‖gᵢ‖. 1: all alike; 0: as
    unrelated as noise; −1 / (m − 1) at the least. Rows that are 0 have no direction and are left
    out; nan when fewer than two rows remain, or one overflowed.
    """
    return float(mean_cosines(gradients[None])[0])


def mean_cosines(stack: Array) -> Floats:
    """(count,): :func:`mean_cosine` of each of (count, samples, units)."""
    with quiet():
        units = _unit_rows(stack)
        count = (stack != 0).any(axis=2).sum(axis=1)
        together = units.sum(axis=1)
        pairs = np.where(count > 1, count * (count - 1.0), np.nan)
        cosines: Floats = (np.einsum("kn,kn->k", together, together) - count) / pairs
    cosines[~np.isfinite(stack).all(axis=(1, 2))] = np.nan
    return cosines


def noise_level(units: int, samples: int) -> float:
    """1 / √(n · pairs): standard deviation of :func:`mean_cosine` of white noise.

    The cosine of two independent normal vectors of n ``units`` has variance 1 / n, and those of
    different pairs are uncorrelated. nan for fewer than two ``samples``.
    """
    pairs = samples * (samples - 1) / 2
    if pairs:
        return float(1 / np.sqrt(units * pairs))
    return float("nan")


def kept_agreement(above: Array, below: Array) -> float:
    """How much of the samples' agreement at one stage is left at a stage below it.

    Both are gradients by row, (samples, units) each. Least-squares slope through 0 of the cosines
    between all pairs of rows of ``below`` on those of ``above``. 1: two samples that want the same
    above want the same below, as in a network of rotations; 0: what they want below has nothing to
    do with it, the gradient has shattered. The mean cosine cannot tell: the errors of a batch that
    has every class in it cancel at every stage. Rows that are 0 in either have no direction and
    are left out; nan when fewer than two remain, or one overflowed.
    """
    return float(kept_agreements(above, below[None])[0])


def kept_agreements(above: Array, stack: Array) -> Floats:
    """(count,): :func:`kept_agreement` of (samples, units) in each of (count, samples, units)."""
    with quiet():
        first = _cosines(above)
        second = _cosines(stack)
        below = second.reshape(len(stack), -1) @ first.reshape(-1)
        alive = (stack != 0).any(axis=2).astype(np.float64)  # elsewhere the cosines below are 0
        total = ((alive @ first**2) * alive).sum(axis=1)
        kept: Floats = np.where(total > 0, below / total, np.nan)
    broken = not np.isfinite(above).all() or ~np.isfinite(stack).all(axis=(1, 2))
    return np.where(broken, np.nan, kept)


def _cosines(gradients: Array) -> Floats:
    """(…, samples, samples) cosines of different rows of (…, samples, units); 0 on the diagonal."""
    units = _unit_rows(gradients)
    cosines: Floats = units @ units.swapaxes(-1, -2)
    cosines[..., np.arange(units.shape[-2]), np.arange(units.shape[-2])] = 0.0
    return cosines


def _unit_rows(gradients: Array) -> Floats:
    """Rows of length 1 in float64; those that are 0 stay 0."""
    # by the largest entry first: squares of the others are safe then, and so is the reciprocal
    peak = np.abs(gradients).max(axis=-1, keepdims=True, initial=0.0).astype(np.float64)
    units: Floats = gradients / np.where(peak == 0, 1.0, peak)
    length = np.sqrt(np.einsum("...n,...n->...", units, units))[..., None]
    units /= np.where(length == 0, 1.0, length)
    return units


SAMPLES_MOST = 64
"""Samples compared with each other; 2016 pairs say enough."""
NUMBERS_MOST = 250_000
"""Numbers looked at for one frame, some 5 ms; a pair of samples is one, too."""


@collector(Coherence)
def coherence(experiment: Experiment, request: Request) -> Coherence | None:
    """As far as the backward pass has come; None before it, and in a batch of one sample."""
    network = experiment.network
    count = experiment.stages
    first = 2 * count + 1 - min(experiment.moment.position, 2 * count + 1)
    samples = min(SAMPLES_MOST, *(len(view.dh) for view in network.views))
    if first >= count or samples < 2:
        return None
    stages = _chosen(experiment, samples)
    top = max(count - 2, 0)
    kept, cosines = np.full((2, len(stages)), np.nan)
    above = network.views[top].dh[:samples]
    for stack in network.stacks:
        here = (stages >= max(stack.first, first)) & (stages < stack.first + stack.count)
        if here.any():
            gradients = stack.dh[stages[here] - stack.first, :samples]
            cosines[here] = mean_cosines(gradients)
            kept[here] = kept_agreements(above, gradients)
    kept[stages > top] = np.nan
    noise = np.array([noise_level(network.widths[at], samples) for at in stages.tolist()])
    stages += 1
    for values in (stages, kept, cosines, noise):
        values.setflags(write=False)
    return Coherence(stages, kept, cosines, noise, samples, top + 1)


def _chosen(experiment: Experiment, samples: int) -> NDArray[np.intp]:
    """All stages (from 0), or as many evenly spaced ones as there is time for; the top always."""
    each = samples * max(*experiment.network.widths, samples)
    most = max(NUMBERS_MOST // each, 2)
    last = experiment.stages - 1
    spaced = np.linspace(0, last, most).round().astype(np.intp)
    return np.unique(np.append(spaced, max(last - 1, 0)))
