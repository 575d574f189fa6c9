"""How far the last update moved each weight matrix, compared with its size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vgsim.measure.collectors import collector, recorded_collector
from vgsim.measure.recording.layout import is_bias
from vgsim.measure.recording.passed import RecordedMoment, told
from vgsim.measure.request import Request
from vgsim.nn.arrays import quiet
from vgsim.nn.norms import segment_norms

if TYPE_CHECKING:
    from vgsim.nn.experiment import Experiment


@dataclass(frozen=True, slots=True, eq=False)
class Updates:
    """Update:data ratio ‖ΔW‖ / ‖W‖ of every weight matrix, L2 norms, W before the update.

    ``step`` is the number of that update, from 1. ``owners`` (G,) say whose each matrix is: the
    stage, or of a recurrent network the cell and then the readout, from 0. ``names`` are "W",
    "W_x", "W_h", "W_T"; ``ratios`` (G,). A ratio of 0 did not move, nan had no size, inf
    overflowed. Empty when no weight is trained. ``labels`` are the names that matrices of a
    recording have in the program that was recorded, "layers.0.fc.weight"; empty otherwise.

    About 1e-3 is healthy: Karpathy, "Neural Networks: Zero to Hero, makemore part 3" (2022). He
    takes standard deviations; weights have a mean near 0, so the ratio is the same.
    """

    step: int
    owners: tuple[int, ...]
    names: tuple[str, ...]
    ratios: NDArray[np.float64]
    labels: tuple[str, ...] = ()


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
    ratios = _ratios(moved, size)
    found = [flat.segments[at] for at in kept]
    owners = tuple(segment.stage for segment in found)
    return Updates(experiment.step, owners, tuple(segment.name for segment in found), ratios)


def _ratios(moved: NDArray[np.float64], size: NDArray[np.float64]) -> NDArray[np.float64]:
    with quiet():
        ratios = np.where(size > 0, moved / size, np.nan)
    lost = np.isinf(moved) | np.isinf(size)  # inf / inf would be taken for unknown
    ratios = np.where(lost, np.inf, ratios)
    ratios.setflags(write=False)
    return ratios


@recorded_collector(Updates, "update_norm", "W_norm")
def recorded_updates(here: RecordedMoment, request: Request) -> Updates | None:
    """The last recorded update's; None before the first, and where norms were not recorded."""
    passed = here.updated
    if passed is None or "update_norm" not in passed.step or "W_norm" not in passed.step:
        return None
    moved = told(np.asarray(passed.step["update_norm"], np.float64))
    size = told(np.asarray(passed.step["W_norm"], np.float64))
    first: dict[str, int] = {}
    for at, stage in enumerate(here.layout.stages.tolist()):
        first.setdefault(here.run.stages[stage], at)
    kept = []
    for number, parameter in enumerate(here.run.parameter_list):
        matrix = len(parameter.shape) != 1 and not is_bias(parameter)
        if (
            matrix
            and parameter.trained
            and parameter.stage in first
            and not np.isnan(moved[number])
        ):
            kept.append(number)
    kept.sort(key=lambda number: first[here.run.parameter_list[number].stage])
    parameters = [here.run.parameter_list[number] for number in kept]
    return Updates(
        step=passed.step.step + 1,
        owners=tuple(first[it.stage] for it in parameters),
        names=tuple(it.name.rpartition(".")[2] for it in parameters),
        ratios=_ratios(moved[kept], size[kept]),
        labels=tuple(it.name for it in parameters),
    )
