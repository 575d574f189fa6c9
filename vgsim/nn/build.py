"""Plans -> network: layers, or cells unrolled over timesteps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from vgsim.nn.cells import CELLS
from vgsim.nn.layered import Layered
from vgsim.nn.layers import StagePlan
from vgsim.nn.network import Network
from vgsim.nn.parameters import FlatParameters
from vgsim.nn.unrolled import Unrolled

if TYPE_CHECKING:
    from vgsim.nn.spec import Spec


def build(
    spec: Spec,
    plans: Sequence[StagePlan],
    batch: int,
    steps: int = 1,
    flat: FlatParameters | None = None,
    training: bool = True,
) -> Network:
    """The network of ``plans`` for batches of one size; ``flat`` shares another's parameters.

    ``steps`` is the length of a sequence. Not ``training`` means running statistics and no dropout.
    """
    if plans[0].layer in CELLS:
        return Unrolled(spec, plans, batch, steps, flat)
    return Layered(spec, plans, batch, flat, training)
