"""Whether the samples of a batch want the same: gradients that shatter into noise do not.

Balduzzi et al., "The shattered gradients problem: if resnets are the answer, then what is the
question?" (2017): in plain deep networks the gradients at different inputs decorrelate with depth
like 2⁻ᴸ until they are white noise, and each step undoes the others.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vgsim.engine.arrays import Array, quiet
from vgsim.engine.measures.norms import exact_norm

Floats = NDArray[np.float64]


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
        # in two steps: a denormal length has no reciprocal
        rows = stack.astype(np.float64)
        rows = rows / np.abs(rows).max(axis=2, keepdims=True, initial=0.0)
        units = rows / exact_norm(rows, axis=2)[..., None]
        dead = (stack == 0).all(axis=2)
        units[dead] = 0.0
        count = (~dead).sum(axis=1)
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
    return float(1 / np.sqrt(units * pairs)) if pairs else float("nan")


def mean_correlation(gradients: Array) -> float:
    """:func:`mean_cosine` of rows from which their own mean over the units is taken.

    That is the mean Pearson correlation between samples.
    """
    peak = np.abs(gradients.astype(np.float64)).max(axis=1, keepdims=True, initial=0.0)
    with quiet():
        rows = np.where(peak > 0, gradients / peak, 0.0)
        return mean_cosine(rows - rows.mean(axis=1, keepdims=True))


def kept_agreement(above: Array, below: Array) -> float:
    """How much of the samples' agreement at one stage is left at a stage below it.

    Both are gradients by row, (samples, units) each. Least-squares slope through 0 of the cosines
    between all pairs of rows of ``below`` on those of ``above``. 1: two samples that want the same
    above want the same below, as in a network of rotations; 0: what they want below has nothing to
    do with it, the gradient has shattered. The mean cosine cannot tell: the errors of a batch that
    has every class in it cancel at every stage. nan where rows are 0 or not finite.
    """
    first, second = _unit_rows(above), _unit_rows(below)
    if first is None or second is None:
        return float("nan")
    pairs = np.triu_indices(len(first), 1)
    cosines, left = (first @ first.T)[pairs], (second @ second.T)[pairs]
    total = float(cosines @ cosines)
    return float(cosines @ left) / total if total > 0 else float("nan")


def _unit_rows(gradients: Array) -> Array | None:
    """Rows of length 1 in float64, or None where one has no direction or there are too few."""
    length = exact_norm(gradients, axis=1)
    if len(length) < 2 or not (np.isfinite(length) & (length > 0)).all():
        return None
    rows = gradients.astype(np.float64)
    rows = rows / np.abs(rows).max(axis=1, keepdims=True)
    units: Array = rows / exact_norm(rows, axis=1)[:, None]
    return units
