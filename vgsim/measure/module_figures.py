"""Figures of single modules and their parameters, as a recording has them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vgsim.measure.collectors import recorded_collector
from vgsim.measure.recording.passed import NAN, RecordedMoment, told
from vgsim.measure.request import Request

Floats = NDArray[np.float64]


class ParameterFigure(NamedTuple):
    """One parameter: whose it is, its size and the L2 norm of its gradient (nan: not recorded)."""

    name: str
    module: str
    values: int
    gradient: float


@dataclass(frozen=True, slots=True, eq=False)
class ModuleFigures:
    """By stage, (N,): values of ∂J/∂h that are exactly 0, inf and nan, of how many, and shares.

    ``saturated`` is the share of an activation's values in its flat parts. What was not recorded,
    and what the pass has not reached, is nan. ``parameters`` are those of the whole network.
    """

    values: Floats
    zero: Floats
    inf: Floats
    nan: Floats
    saturated: Floats
    parameters: tuple[ParameterFigure, ...]


@recorded_collector(ModuleFigures)
def recorded_modules(here: RecordedMoment, request: Request) -> ModuleFigures:
    """What was recorded of every module."""
    passed = here.passed
    run = here.run
    gradient = np.full(len(run.parameter_list), NAN)
    if "dW_norm" in passed.step:
        gradient = told(np.asarray(passed.step["dW_norm"], np.float64))
    modules = {stage.name: stage.module for stage in run.stage_list}
    known = here.backward_from == 1
    parameters = []
    for parameter, norm in zip(run.parameter_list, gradient.tolist(), strict=True):
        module = modules.get(parameter.stage, parameter.stage)
        values = math.prod(parameter.shape)
        parameters.append(ParameterFigure(parameter.name, module, values, norm if known else NAN))
    return ModuleFigures(
        values=here.until_backward(passed.by_stage("dh_size")),
        zero=here.until_backward(passed.by_stage("dh_zero")),
        inf=here.until_backward(passed.by_stage("dh_inf")),
        nan=here.until_backward(passed.by_stage("dh_nan")),
        saturated=here.until_forward(passed.by_stage("saturated")),
        parameters=tuple(parameters),
    )
