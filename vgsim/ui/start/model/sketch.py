"""What a thumbnail is drawn from: the gradient by stage in the first pass of an experiment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.nn.spec import Spec
from vgsim.text.scale import Scale

CURVES = Scale(-10, 4)
"""The one scale of all curves: a gallery compares experiments with each other."""
COLUMNS = 7
"""Stages that a thumbnail draws at most."""
MARKS = 10
"""Points of a curve that have a mark of their own."""


@dataclass(frozen=True, slots=True, eq=False)
class Sketch:
    """RMS of ∂J/∂h by stage, (N,) with stage k at k − 1; inf where it overflowed."""

    sizes: NDArray[np.float64]

    @property
    def stages(self) -> int:
        """N."""
        return len(self.sizes)


def sketch_of(spec: Spec) -> Sketch:
    """Take the first update of ``spec`` and keep what its pass did. SpecError as an experiment."""
    experiment = Experiment(spec)
    experiment.run(1)
    sizes = np.array(frame_of(experiment).dh_rms, dtype=np.float64)
    sizes.setflags(write=False)
    return Sketch(sizes)


def spread(count: int, most: int) -> list[int]:
    """At most ``most`` of the places 0 … count − 1, evenly apart, the first and the last too."""
    if count <= most:
        return list(range(count))
    return [round(at * (count - 1) / (most - 1)) for at in range(most)]


def heights(sketch: Sketch) -> NDArray[np.float64]:
    """Place of each stage's gradient on the scale of curves, 0 at its foot to 1 at its top.

    What is 0 or below lies at the foot, what overflowed at the top.
    """
    return np.clip(CURVES.fraction(sketch.sizes), 0.0, 1.0)
