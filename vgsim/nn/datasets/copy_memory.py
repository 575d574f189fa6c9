"""Copy memory: repeat what was said at the beginning, after a long silence.

Hochreiter & Schmidhuber (1997), in the form of Arjovsky, Shah & Bengio (2016), "Unitary evolution
recurrent neural networks": up to 10 of 8 symbols, blanks, a signal, and then the symbols again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vgsim.nn.datasets._sequences import USES, one_hot
from vgsim.nn.datasets.base import DATASETS, Dataset

if TYPE_CHECKING:
    from vgsim.nn.spec import DataSpec

BLANK, SIGNAL = 8, 9


@DATASETS.register(
    "copy_memory", "repeat the first symbols after a long silence", label="Copy memory", uses=USES
)
def load(spec: DataSpec, rng: np.random.Generator) -> Dataset:
    """x (samples, T · 10) one-hot; y (samples, T) the blank, then the symbols at the end."""
    samples, steps = spec.samples, spec.length
    count = max(1, min(10, (steps - 1) // 2))
    said = rng.integers(0, 8, (samples, count))
    heard = np.full((samples, steps), BLANK)
    heard[:, :count] = said
    heard[:, steps - count - 1] = SIGNAL
    y = np.full((samples, steps), BLANK, np.int64)
    y[:, steps - count :] = said
    names = (*"12345678", "blank")
    return Dataset(
        one_hot(heard, 10), y, classes=names, features=(*names, "signal"), steps=steps,
        y_by_step=True,
    )  # fmt: skip
