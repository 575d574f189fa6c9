"""Whether the samples of a batch want the same: gradients that shatter into noise do not.

Balduzzi et al., "The shattered gradients problem: if resnets are the answer, then what is the
question?" (2017): in plain deep networks the gradients at different inputs decorrelate with depth
like 2⁻ᴸ until they are white noise, and each step undoes the others.
"""

from __future__ import annotations

import numpy as np

from vgsim.engine.arrays import Array, quiet
from vgsim.engine.measures.norms import exact_norm


def mean_cosine(gradients: Array) -> float:
    """Mean cosine over all pairs of different rows of (samples, units) ``gradients``.

    (‖Σ uᵢ‖² − m) / (m (m − 1)) with the m unit vectors uᵢ = gᵢ / ‖gᵢ‖. 1: all alike; 0: as
    unrelated as noise; −1 / (m − 1) at the least. Rows that are 0 have no direction and are left
    out; nan when fewer than two rows remain, or one overflowed.
    """
    length = exact_norm(gradients, axis=1)
    alive = length > 0
    count = int(alive.sum())
    if count < 2 or not np.isfinite(length).all():
        return float("nan")
    with quiet():
        # in two steps: a denormal length has no reciprocal
        rows = gradients[alive].astype(np.float64)
        rows = rows / np.abs(rows).max(axis=1, keepdims=True)
        units = rows / exact_norm(rows, axis=1)[:, None]
    together = units.sum(axis=0)
    return float((together @ together - count) / (count * (count - 1)))


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
