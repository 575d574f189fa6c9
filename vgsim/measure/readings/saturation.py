"""Where the units of a stage lie on their activation, and how many lie where it is flat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """What goes into one activation: z of a stage, or of one gate of a timestep.

    ``z`` (samples, units) are all of the batch, or every n-th sample of a large one; the first
    row is the batch's first sample. The rest is of the whole batch: ``saturated`` and
    ``negative`` (z < 0) are shares of samples and units, ``slope`` is the mean of f′(z), ``dead``
    counts units with f′ = 0 for every sample (Lu et al. 2019).
    """

    name: str
    z: NDArray[np.floating]
    saturated: float
    negative: float
    slope: float
    dead: int


@dataclass(frozen=True, slots=True, eq=False)
class Bend:
    """One activation, and everything in the stage that goes through it.

    ``symbol`` is f in a formula, empty where h = z. ``z``, ``f`` and ``slope`` (P,) are points of
    the curves, close together around 0 and far beyond every finite z. ``bound`` is the supremum
    of |f′|; up to ``limit`` a unit counts as saturated. ``rectifies`` says that f is one
    straight line left of 0 and another right of it, ``levels_off`` that it is bounded.
    """

    symbol: str
    z: Floats
    f: Floats
    slope: Floats
    bound: float
    limit: float
    rectifies: bool
    levels_off: bool
    inputs: tuple[Inputs, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Saturation:
    """The stage that the current hop crosses, and the saturated share of every stage.

    ``by_stage`` (N,) is over samples, units and gates; nan where the pass has not come.
    """

    stage: int
    bends: tuple[Bend, ...]
    by_stage: Floats
