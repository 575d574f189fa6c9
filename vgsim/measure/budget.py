"""The gain budget: what each part of a hop did to the gradient, in decades that add up.

On its way through one hop the gradient passes cut points: ∂J/∂h of the stage above, then what the
activation's derivative leaves of it, then what the normalization, the weights and the skip path
make of that, down to ∂J/∂h of the stage below. With the norm nᵢ at each cut,

    log10(n_last / n_first) = Σ log10(nᵢ₊₁ / nᵢ),

so the parts of a hop sum to its total by construction, whatever their order is. A skip path adds
to the gradient instead of multiplying it: its part is how much that addition changed the norm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vgsim.nn.arrays import quiet

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Budget:
    """Decades gained (lost where negative) by hop: ``total`` and each of ``parts`` are (hops,)."""

    parts: Mapping[str, Floats]
    total: Floats


def gain_budget(cuts: ArrayLike, parts: Sequence[str]) -> Budget:
    """Split hops by the gradient norms at their cut points.

    ``cuts`` is (cuts, hops), in the order of the backward pass; ``parts`` names what lies between
    one cut and the next ("activation", "weights", "normalization", "skip"), one fewer than cuts.
    A name may come twice, its parts are then added. Norms may be L2 or RMS, as long as all are
    the same kind.

    A part that makes the gradient exactly 0 has −∞, one that makes it inf has ∞, and what comes
    after it 0, since there it changes nothing. A hop that begins at 0 or inf is nan throughout.
    ValueError when the numbers of cuts and parts do not fit.
    """
    norms = np.asarray(cuts, dtype=np.float64)
    if len(norms) != len(parts) + 1:
        raise ValueError(f"{len(parts)} parts need {len(parts) + 1} cuts, not {len(norms)}")
    with quiet():
        level = np.log10(norms)
        begun = np.isfinite(level[0])
        steps = np.where(level[1:] == level[:-1], 0.0, np.diff(level, axis=0))
        total = np.where(begun, level[-1] - level[0], np.nan)
    found = {name: np.zeros(norms.shape[1:]) for name in parts}
    for name, step in zip(parts, steps, strict=True):
        found[name] = found[name] + np.where(begun, step, np.nan)
    return Budget(found, total)
