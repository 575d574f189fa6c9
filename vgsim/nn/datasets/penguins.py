"""Palmer penguins: four measurements of 342 penguins of three species.

Source: Gorman, Williams & Fraser (2014), PLoS ONE 9(3): e90081, as in palmerpenguins (Horst, Hill &
Gorman 2020), CC0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vgsim.core.resources import resource
from vgsim.nn.datasets.base import DATASETS, Dataset

if TYPE_CHECKING:
    from vgsim.nn.spec import DataSpec


@DATASETS.register("penguins", "342 penguins, 4 measurements, 3 species", label="Palmer penguins")
def load(spec: DataSpec, rng: np.random.Generator) -> Dataset:
    """The complete rows, in the published order: x (342, 4) in mm, mm, mm and g, y (342,).

    The file holds the 344 published rows; the two without measurements are dropped here.
    """
    with np.load(resource("datasets", "penguins.npz"), allow_pickle=False) as stored:
        x = stored["x"]
        species = stored["y"]
        features = stored["features"]
    complete = np.isfinite(x).all(axis=1)
    classes, y = np.unique(species[complete], return_inverse=True)
    return Dataset(
        x[complete].astype(np.float64),
        y.astype(np.int64),
        classes=tuple(map(str, classes)),
        features=tuple(map(str, features)),
    )
