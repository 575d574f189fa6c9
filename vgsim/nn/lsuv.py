"""Layer-sequential unit variance over a whole network, on its first batch.

Mishkin and Matas (2016), "All you need is a good init".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from vgsim.nn.arrays import Array, Generator, Place, quiet
from vgsim.nn.initializers import INITIALIZERS, Initializer, Weights, lsuv_scale
from vgsim.nn.roles import Role

if TYPE_CHECKING:
    from vgsim.nn.layers import Layer
    from vgsim.nn.spec import InitSpec


def _orthonormal(rng: Generator, shape: tuple[int, int], init: InitSpec) -> Weights:
    """What the rescaling starts from."""
    rotation = INITIALIZERS[INITIALIZERS.cast(Role.ROTATES)]
    return rotation(rng, shape, replace(init, gain=1.0))


INITIALIZERS.add(
    "lsuv",
    Initializer(_orthonormal, lambda shape, init: float(1 / np.sqrt(max(shape))), fitted=True),
    "orthogonal, then scaled so that each z has variance 1 (Mishkin and Matas 2016)",
    label="LSUV",
    role=Role.TO_UNIT_VARIANCE,
    settles=("init.scales",),
)


def unit_variance(stages: Sequence[Layer], places: Sequence[Place]) -> None:
    """Rescale W of stage after stage on the batch below the first; a dead stage stays as it is.

    Of stacked members those at ``places`` are rescaled, each by itself.
    """
    with quiet():
        for layer in stages:
            start = [layer.parameters["W"][place].astype(np.float64) for place in places]
            _z(layer, places, lsuv_scale(start, partial(_z, layer, places)))


def _z(layer: Layer, places: Sequence[Place], weights: Sequence[Weights]) -> list[Array]:
    """The pre-activations with other weights."""
    for place, own in zip(places, weights, strict=True):
        layer.parameters["W"][place] = own
    layer.forward()
    return [layer.arrays.z[place] for place in places]
