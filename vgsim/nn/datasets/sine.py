"""Sine: predict the next value of a wave of unknown frequency and phase."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vgsim.nn.datasets._sequences import USES
from vgsim.nn.datasets.base import DATASETS, Dataset

if TYPE_CHECKING:
    from vgsim.nn.spec import DataSpec


@DATASETS.register(
    "sine", "the next value of a sine wave", label="Sine wave", uses=(*USES, "data.noise")
)
def load(spec: DataSpec, rng: np.random.Generator) -> Dataset:
    """x (samples, T) noisy values at times 0 to T − 1; y (samples, T, 1) the wave one step later.

    Periods are uniform between 8 and 24 timesteps; the noise is drawn even when it is 0.
    """
    period, phase = rng.uniform(8, 24, (spec.samples, 1)), rng.random((spec.samples, 1))
    wave = np.sin(2 * np.pi * (np.arange(spec.length + 1) / period + phase))
    x = wave[:, :-1] + spec.noise * rng.standard_normal((spec.samples, spec.length))
    return Dataset(x, wave[:, 1:, None], features=("value",), steps=spec.length, y_by_step=True)
