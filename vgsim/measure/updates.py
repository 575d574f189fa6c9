"""How far the last update moved each weight matrix, compared with its size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vgsim.measure.collectors import collector
from vgsim.measure.request import Request
from vgsim.nn.norms import segment_norms

if TYPE_CHECKING:
    from vgsim.nn.experiment import Experiment


@dataclass(frozen=True, slots=True, eq=False)
class Updates:
    """Update:data ratio ‖ΔW‖ / ‖W‖ of every weight matrix, L2 norms, W before the update.

    ``step`` is the number of that update, from 1. ``owners`` (G,) say whose each matrix is: the
    stage, or of a recurrent network the cell and then the readout, from 0. ``names`` are "W",
    "W_x", "W_h", "W_T"; ``ratios`` (G,). A ratio of 0 did not move, nan had no size, inf
    overflowed. Empty when no weight is trained.

    About 1e-3 is healthy: Karpathy, "Neural Networks: Zero to Hero, makemore part 3" (2022). He
    takes standard deviations; weights have a mean near 0, so the ratio is the same.
    """

    step: int
    owners: tuple[int, ...]
    names: tuple[str, ...]
    ratios: NDArray[np.float64]


@collector(Updates)
def updates(experiment: Experiment, request: Request) -> Updates | None:
    """The last update's, until the next; None before the first."""
    if experiment.step == 0:
        return None
    flat = experiment.network.flat
    kept = [at for at, segment in enumerate(flat.segments) if segment.name.startswith("W")]
    kept.sort(key=lambda at: flat.segments[at].name == "W_T")  # highway gates after the weights
    moved = segment_norms(flat.change, flat.starts)[kept]
    size = segment_norms(flat.values - flat.change, flat.starts)[kept]
    ratios = np.where(size > 0, moved / size, np.nan)
    lost = ~(np.isfinite(moved) & np.isfinite(size))  # inf / inf would be taken for unknown
    ratios = np.where(lost, np.inf, ratios)
    ratios.setflags(write=False)
    found = [flat.segments[at] for at in kept]
    owners = tuple(segment.stage for segment in found)
    return Updates(experiment.step, owners, tuple(segment.name for segment in found), ratios)
