"""Temporal order: which of two symbols came first and which second, among many others.

Hochreiter & Schmidhuber (1997), "Long short-term memory", experiment 6a, with sequences of one
length: E, distractors a to d with X or Y at two places, B at the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vgsim.nn.datasets._sequences import USES, one_hot
from vgsim.nn.datasets.base import DATASETS, Dataset

if TYPE_CHECKING:
    from vgsim.nn.spec import DataSpec

SYMBOLS = ("a", "b", "c", "d", "X", "Y", "E", "B")


@DATASETS.register(
    "temporal_order", "which of X and Y came first and second", label="Temporal order", uses=USES
)
def load(spec: DataSpec, rng: np.random.Generator) -> Dataset:
    """x (samples, T · 8) one-hot symbols; y (samples,) numbers XX, XY, YX, YY.

    The first place is within 10 to 20 % of the sequence, the second within 50 to 60 %.
    """
    samples, steps = spec.samples, spec.length
    symbols = rng.integers(0, 4, (samples, steps))
    symbols[:, 0], symbols[:, -1] = 6, 7
    y = np.arange(samples, dtype=np.int64) % 4
    every, tenth = np.arange(samples), max(1, steps // 10)
    for start, second in ((max(1, tenth), y // 2), (max(2, steps // 2), y % 2)):
        symbols[every, start + rng.integers(0, tenth, samples)] = 4 + second
    return Dataset(
        one_hot(symbols, 8), y, classes=("XX", "XY", "YX", "YY"), features=SYMBOLS, steps=steps
    )
