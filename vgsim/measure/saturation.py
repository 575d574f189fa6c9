"""Where the units of a stage lie on their activation, and how many lie where it is flat."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from vgsim.measure.collectors import collector, recorded_collector
from vgsim.measure.passages import Passage, by_owner, passages
from vgsim.measure.recording.passed import RecordedMoment
from vgsim.measure.request import Request
from vgsim.nn.activations import Activation
from vgsim.nn.arrays import Array
from vgsim.nn.moments import Moment, Phase

if TYPE_CHECKING:
    from vgsim.nn.experiment import Experiment

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """What goes into one activation: z of a stage, or of one gate of a timestep.

    ``z`` (samples, units) are all of the batch, or every n-th sample of a large one; the first
    row is the batch's first sample. The rest is of the whole batch: ``saturated`` and
    ``negative`` (z < 0) are shares of samples and units, ``derivative`` is the mean of f′(z),
    ``dead`` counts units with f′ = 0 for every sample (Lu et al. 2019).
    """

    name: str
    z: NDArray[np.floating]
    saturated: float
    negative: float
    derivative: float
    dead: int


@dataclass(frozen=True, slots=True, eq=False)
class ActivationCurves:
    """One activation, and everything in the stage that goes through it.

    ``symbol`` is f in a formula, empty where h = z. ``z``, ``f`` and ``derivative`` (P,) are points
    of the curves, close together around 0 and far beyond every finite z. ``bound`` is the supremum
    of |f′|; up to ``limit`` a unit counts as saturated. ``rectifies`` says that f is one
    straight line left of 0 and another right of it, ``levels_off`` that it is bounded.
    """

    symbol: str
    z: Floats
    f: Floats
    derivative: Floats
    bound: float
    limit: float
    rectifies: bool
    levels_off: bool
    inputs: tuple[Inputs, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Saturation:
    """The stage that the current hop crosses, and the saturated share of every stage.

    ``by_stage`` (N,) is over samples, units and gates; nan where the pass has not come. Of a
    recording there are no ``curves``, as no z was recorded: shares alone, nan where a stage is no
    activation, and ``dead`` (N,), the shares of units with f′ = 0 for every sample.
    """

    stage: int
    curves: tuple[ActivationCurves, ...]
    by_stage: Floats
    dead: Floats | None = None


def saturated_fraction(
    activation: Activation, derivative: Array, there: NDArray[np.bool_] | None = None
) -> NDArray[Any]:
    """(...): share of samples and units whose |f′| is next to nothing; ``derivative`` (..., B, n),
    of the rows that are ``there`` (..., B).

    Next to nothing is at most 5 % of the bound of |f′|, or exactly 0 for activations that are
    linear or shut (:meth:`Activation.saturated`); the idea is that of Glorot and Bengio (2010).
    """
    share: NDArray[Any] = mean_where(activation.saturated(derivative), there)
    return share


def mean_where(values: Array, there: NDArray[np.bool_] | None) -> NDArray[Any]:
    """(...) mean of (..., B, n) over the rows that are no padding; nan where all are."""
    if there is None:
        return np.asarray(values.mean(axis=(-2, -1), dtype=np.float64))
    count = there.sum(axis=-1) * values.shape[-1]
    total = np.where(there[..., None], values, 0).sum(axis=(-2, -1), dtype=np.float64)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def dead_fraction(derivative: Array, there: NDArray[np.bool_] | None = None) -> NDArray[Any]:
    """(...): share of units with f′ = 0 for every sample of the batch; ``derivative`` (..., B, n).

    Such a unit hands no gradient back and is not changed by this batch (Lu et al. 2019).
    """
    if there is None:
        dead: NDArray[Any] = (derivative == 0).all(axis=-2).mean(axis=-1)
        return dead
    none = (derivative == 0) | ~there[..., None]
    return np.where(there.any(axis=-1), none.all(axis=-2).mean(axis=-1), np.nan)


POINTS = 321
"""Points of a curve; odd, so that z = 0 is one."""
VALUES_MOST = 2**13
"""Values of z that a measurement carries, about; of more, every n-th sample."""
NEAREST, FARTHEST = 100.0, 1e12
"""The curves reach to ±100 at least, and to 100 times the largest |z|, but no farther than this."""


LEVEL = 0.5
"""f is bounded if it changes by less than this between the last points, which are far apart."""


@collector(Saturation)
def saturation(experiment: Experiment, request: Request) -> Saturation | None:
    """Of the stage that the current hop crosses; None before the first."""
    network = experiment.network
    moment = experiment.moment
    reached = min(moment.position, experiment.stages)
    if not reached:
        return None
    stage = crossed(moment, experiment.stages, request)
    own = passages(network, stage)
    groups = groupby(own, key=lambda passage: passage.activation)
    curves = tuple(_curves(list(group)) for _, group in groups)
    return Saturation(stage, curves, _by_stage(experiment, reached))


@recorded_collector(Saturation, "saturated")
def recorded_saturation(here: RecordedMoment, request: Request) -> Saturation | None:
    """The shares that were recorded; None before the first stage, or where none is recorded."""
    shares = here.until_forward(here.passed.by_stage("saturated"))
    if np.isnan(shares).all():
        return None
    stage = crossed(here.moment, here.layout.count, request)
    return Saturation(stage, (), shares, here.until_forward(here.passed.by_stage("dead")))


def crossed(moment: Moment, last: int, request: Request) -> int:
    """Whose f′ the gradient passes in this moment.

    On the way from ∂J/∂h_(k+1) to ∂J/∂h_k that is stage k + 1. At the update, when every stage
    has been crossed, it is the one that the user looks into, or else the first.
    """
    if moment.phase is Phase.UPDATE:
        if request.focus:
            return request.focus.stage
        return 1
    if moment.phase is Phase.BACKWARD:
        return min(moment.stage + 1, last)
    return moment.stage or last


def _by_stage(experiment: Experiment, reached: int) -> NDArray[np.float64]:
    """(N,) saturated shares, the mean over gates where there are several."""
    found = np.full(experiment.stages, np.nan)
    shares = [
        np.atleast_1d(
            np.mean(
                [saturated_fraction(p.activation, p.derivatives(), p.there) for p in owned], axis=0
            )
        )
        for owned in by_owner(experiment.network, reached)
    ]
    found[:reached] = np.concatenate(shares)
    return found


def _curves(group: list[Passage]) -> ActivationCurves:
    """The curves of one activation, and what goes through it."""
    first = group[0]
    inputs = tuple(_inputs(passage) for passage in group)
    z = _grid(inputs, first.activation.kinks)
    f = first.f(z)
    ends = f.take([0, 1, -2, -1]).reshape(2, 2)
    level = bool(np.ptp(ends, axis=1).max() < LEVEL)
    return ActivationCurves(
        symbol=first.activation.symbol,
        z=z,
        f=f,
        derivative=first.derivative(z, f),
        bound=max(first.activation.bound, abs(first.left or 0.0)),
        limit=first.activation.limit,
        rectifies=first.activation.limit == 0 and first.activation.kinks == (0.0,),
        levels_off=level,
        inputs=inputs,
    )


def _inputs(passage: Passage) -> Inputs:
    """Copies of some z, and figures of all."""
    derivative = passage.derivatives()
    whole = passage.inputs()
    if passage.there is not None and passage.there.any():
        whole, derivative = whole[passage.there], derivative[passage.there]
    every = max(1, -(-whole.size // VALUES_MOST))
    z = np.array(whole[::every])
    z.setflags(write=False)
    return Inputs(
        name=passage.name,
        z=z,
        saturated=float(saturated_fraction(passage.activation, derivative)),
        negative=float((whole < 0).mean()),
        derivative=float(derivative.mean(dtype=np.float64)),
        dead=round(float(dead_fraction(derivative)) * derivative.shape[-1]),
    )


def _grid(inputs: tuple[Inputs, ...], kinks: tuple[float, ...]) -> NDArray[np.float64]:
    """(P,) z, the closer together the nearer to 0, and both sides of every kink."""
    sizes = [np.abs(group.z[np.isfinite(group.z)]).max(initial=0.0) for group in inputs]
    reach = np.arcsinh(min(max(100 * float(max(sizes)), NEAREST), FARTHEST))
    even = np.sinh(np.linspace(-reach, reach, POINTS))
    even[POINTS // 2] = 0
    beside = [np.nextafter(kink, end) for kink in kinks for end in (-np.inf, np.inf)]
    return np.sort(np.concatenate([even, beside]))
