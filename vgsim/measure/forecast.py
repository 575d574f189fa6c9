"""What theory says of the gradient by stage, beside what is measured."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from vgsim.measure.collectors import collector
from vgsim.measure.jacobians import weights_of_pass
from vgsim.measure.request import Request
from vgsim.measure.theory import (
    MeanField,
    copied_forecast,
    critical_weight_variance,
    dense_forecast,
    mean_field,
    recurrent_bound,
)
from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.initializers import BIASES, INITIALIZERS, weight_variance
from vgsim.nn.layered import Layered
from vgsim.nn.norms import norms
from vgsim.nn.rows import pieces
from vgsim.nn.unrolled import Unrolled

if TYPE_CHECKING:
    from vgsim.nn.experiment import Experiment


class Theory(StrEnum):
    """Where a forecast comes from."""

    MEAN_FIELD = "mean field"
    """Untrained wide dense stages (Schoenholz et al. 2017)."""
    COPIED = "copied units"
    """Untrained dense stages whose weights are the identity: the data themselves go up."""
    BOUND = "bound"
    """What a timestep hands back at most, γ ‖W_h‖₂ (Pascanu, Mikolov and Bengio 2013)."""


@dataclass(frozen=True, slots=True, eq=False)
class Forecasted:
    """RMS of ∂J/∂h by stage (N,), from the measured value of the stage where theory begins.

    Mean field and copied units begin at the last stage and tell of the initial weights, whatever
    training has made of them. The bound begins at the last timestep and holds for the weights of
    this pass; it is nan at the readout. nan also where the theory is silent.
    """

    theory: Theory
    dh_rms: NDArray[np.float64]


Floats = NDArray[np.float64]

WIDEST = 256
"""Widest W_h whose norm is taken for every frame, some 5 ms."""
DEEPEST = 400
"""Deepest network that is forecast; the quadrature takes half a millisecond a stage."""
COPIED = 256
"""About how many samples go up by themselves where weights are the identity."""

_factors: WeakKeyDictionary[Experiment, Floats] = WeakKeyDictionary()
"""Forecasts depend on spec and data alone, so each experiment's is made once."""


@collector(Forecasted)
def forecasted(experiment: Experiment, request: Request) -> Forecasted | None:
    """From the measured gradient at the last stage down; None where there is no theory."""
    count = experiment.stages
    network = experiment.network
    reached = experiment.moment.position - count - 1
    if isinstance(network, Layered):
        if reached >= 1:
            return _mean_field(experiment)
        return None
    assert isinstance(network, Unrolled)  # there is no third kind of network
    plain = not network.top.equations and network.top.from_h is None
    if reached < 2 or network.every or not plain:
        return None
    if network.widths[0] <= WIDEST:
        return _bound(experiment, network)
    return None


@dataclass(frozen=True, slots=True)
class FieldPhase:
    """Where equal hidden stages would lead at their start if there were no end of them.

    ``variance`` is their σ_w², ``critical`` the one at which χ₁ = 1; nan where none is.
    """

    settled: MeanField
    variance: float
    critical: float


def phase_of(experiment: Experiment) -> FieldPhase | None:
    """Mean field at the fixed point, of plain dense stages that are all alike; None of others.

    Takes up to two seconds: the critical variance is searched for.
    """
    network = experiment.network
    if not isinstance(network, Layered) or not _dense_factors(experiment).size:
        return None
    plan = network.plans[-2] if experiment.stages > 2 else None
    if plan is None or any(other != plan for other in network.plans[1:-1]):
        return None
    init = experiment.spec.init
    biases = BIASES[init.bias]
    copies = INITIALIZERS[init.weights].copies
    if plan.inputs != plan.outputs or biases.mean(init) or copies:
        return None
    activation = ACTIVATIONS[plan.activation]
    shape = (plan.inputs, plan.outputs)
    variance = plan.inputs * plan.start_scale**2
    variance *= weight_variance(shape, init, plan.activation)
    noise = biases.variance(init, plan.inputs)
    critical = critical_weight_variance(activation, noise)
    return FieldPhase(mean_field(activation, variance, noise), variance, critical)


def _mean_field(experiment: Experiment) -> Forecasted | None:
    """The layer by layer recursion for plain dense stages at their start."""
    if experiment not in _factors:
        _factors[experiment] = _dense_factors(experiment)
    factors = _factors[experiment]
    if not np.isfinite(factors[-1:]).any():
        return None
    last = _rms(experiment, experiment.stages - 1)
    copies = INITIALIZERS[experiment.spec.init.weights].copies
    theory = Theory.COPIED if copies else Theory.MEAN_FIELD
    return _reading(theory, np.append(_running(factors[::-1])[::-1] * last, last))


def _dense_factors(experiment: Experiment) -> Floats:
    """(N − 1,) factor of each hop; empty where theory says nothing."""
    network = experiment.network
    init = experiment.spec.init
    assert isinstance(network, Layered)  # the caller has looked
    plain = all(layer.plain for layer in network.stages)
    weights = INITIALIZERS[init.weights]
    if not plain or weights.fitted or experiment.stages > DEEPEST:
        return np.empty(0)
    if weights.copies:
        every = max(1, len(experiment.data.x_train) // COPIED)
        return copied_forecast(network.plans, init, experiment.data.x_train[::every])
    found = [np.square(piece).mean(axis=1) for piece in pieces(experiment.data.x_train)]
    square = np.concatenate(found)
    return dense_forecast(network.plans, init, square).factors


def _bound(experiment: Experiment, network: Unrolled) -> Forecasted:
    """No timestep hands back more than γ ‖W_h‖₂ of what it got."""
    top, steps = network.top, network.steps
    with weights_of_pass(network, experiment.moment.position == 2 * experiment.stages + 2):
        factor = recurrent_bound(top.own["W_h"], top.activation.bound, 1)
    hops = np.arange(steps - 1, -1, -1)
    bound = _rms(experiment, steps - 1) * np.float64(factor) ** hops
    return _reading(Theory.BOUND, np.append(bound, np.nan))


def _running(factors: Floats) -> Floats:
    """Products of the first, the first two, … of the factors."""
    product: Floats = np.multiply.accumulate(factors)
    return product


def _rms(experiment: Experiment, stage: int) -> float:
    """RMS of ∂J/∂h of one stage (from 0)."""
    gradient = experiment.network.views[stage].dh
    return float(norms(gradient, None) / np.sqrt(gradient.size))


def _reading(theory: Theory, dh_rms: Floats) -> Forecasted:
    dh_rms.setflags(write=False)
    return Forecasted(theory, dh_rms)
