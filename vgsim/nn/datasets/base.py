"""What a dataset is, and the registry of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vgsim.core.registry import Registry

if TYPE_CHECKING:
    from vgsim.nn.spec import DataSpec


@dataclass(frozen=True, slots=True)
class Dataset:
    """Samples and what to predict from them.

    ``x`` is (samples, features) float64; a large one read from a file may be of the type it has
    there. For classes ``y`` is (samples,) int64 numbering
    ``classes``; for numbers ``y`` is (samples, outputs) float64 and ``classes`` is empty.
    ``image_shape`` is (rows, columns) when the features of a sample are a picture.

    A sequence of ``steps`` timesteps lies in its row of ``x`` timestep by timestep, features of one
    timestep side by side; ``features`` then names those of one timestep. ``y_by_step`` says that
    there is a target for each timestep: ``y`` is (samples, steps) or (samples, steps, outputs).

    Shorter sequences than ``steps`` begin with ``padding`` (samples,) timesteps of zeros.

    A NaN in ``x`` is a missing value. ``categories`` are (first, end) of columns of ``x`` that are
    0 or 1 and belong together: at most one of them is 1.

    ``targets`` are the names of the outputs where ``y`` is of numbers, empty where none has one.

    The last ``held_out`` samples are the held-out part that the data bring with them, if any.
    """

    x: NDArray[np.float64]
    y: NDArray[np.int64] | NDArray[np.float64]
    classes: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    image_shape: tuple[int, int] | None = None
    steps: int = 1
    y_by_step: bool = False
    held_out: int = 0
    padding: NDArray[np.int64] | None = None
    categories: tuple[tuple[int, int], ...] = ()
    targets: tuple[str, ...] = ()


Loader = Callable[["DataSpec", np.random.Generator], Dataset]
"""Makes a dataset from its spec section; draws whatever is random from the generator only."""

DATASETS: Registry[Loader] = Registry("dataset")
