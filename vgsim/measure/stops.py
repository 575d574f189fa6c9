"""When to stop by itself: the rules that the user sets, and what it says when one was met.

A :class:`Watch` asks them, after every moment or every update.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from vgsim.core.fields import FieldInfo
from vgsim.measure.passages import rows_there
from vgsim.measure.saturation import saturated_fraction
from vgsim.nn.activations import Activation
from vgsim.nn.arrays import Array, quiet
from vgsim.nn.layered import Layered
from vgsim.nn.moments import Moment, Phase
from vgsim.nn.network import Network
from vgsim.nn.norms import norms
from vgsim.nn.unrolled import Unrolled

if TYPE_CHECKING:
    from vgsim.nn.experiment import Experiment

RULES = {
    info.name: info
    for info in (
        FieldInfo(
            "stop", "stage", int, 1, "Stage", "Forward or backward through it, while playing.",
            low=1, high=100_000,
        ),
        FieldInfo(
            "stop", "floor", float, 1e-6, "RMS ∂J/∂h under", "When it falls under this anywhere.",
            low=1e-300, high=1e6, log=True,
        ),
        FieldInfo(
            "stop", "saturation", float, 50.0, "Saturated over",
            "Share of a stage's units whose f′ is next to nothing.", unit="%", low=0.0, high=100.0,
        ),
        FieldInfo(
            "stop", "loss", float, 0.1, "Loss J under", "When J of a batch is under this.",
            low=-1e12, high=1e12,
        ),
        FieldInfo("stop", "overflow", bool, True, "Overflow", "When a number becomes inf or NaN."),
    )
}  # fmt: skip
"""What each rule takes, in the order in which they are offered."""


@dataclass(frozen=True, slots=True)
class StopRules:
    """Each rule with its limit, or None when it is off. SpecError when a limit is not allowed.

    ``stage``: at stage k, in either direction, while playing. ``floor``: when the RMS of ∂J/∂h
    falls under it at any stage. ``saturation``: when more percent of a stage's units are saturated.
    ``loss``: when J is under it. ``overflow``: when a number becomes inf or nan.
    """

    stage: int | None = None
    floor: float | None = None
    saturation: float | None = None
    loss: float | None = None
    overflow: bool = True

    def __post_init__(self) -> None:
        for name, info in RULES.items():
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, info.check(value))


@dataclass(frozen=True, slots=True)
class Stop:
    """A rule that was met: ``value`` is what was measured, ``limit`` what the rule says.

    ``stage`` is where, 0 for nowhere in particular. ``what`` overflowed, or in which direction
    the stage was reached: "h", "∂J/∂h", "J", "weights", "forward", "backward", or empty.
    """

    rule: str
    limit: float
    value: float
    stage: int = 0
    what: str = ""


SATURATION_EVERY = 10
"""Updates between two looks at the saturation while training: it reads every f′ of the network."""


def met(rules: StopRules, experiment: Experiment) -> Stop | None:
    """The rule that the present moment meets by what it has newly reached, or None."""
    with quiet():
        return next((stop for stop in _at_moment(rules, experiment) if stop), None)


def met_by_update(rules: StopRules, experiment: Experiment) -> tuple[Stop, ...]:
    """Every rule that the whole pass meets whose update was the last moment. Cheap.

    Saturation is looked at every ``SATURATION_EVERY`` updates only.
    """
    with quiet():
        return tuple(stop for stop in _in_pass(rules, experiment) if stop)


class Watch:
    """Asks the rules for the loop that drives an experiment, and knows which are quiet."""

    def __init__(self, rules: StopRules | None = None) -> None:
        self.rules = rules or StopRules()
        self._quiet: set[str] = set()

    def set_rules(self, rules: StopRules) -> None:
        """Set other rules; one whose limit has changed is no longer quiet."""
        self._quiet = {
            name for name in self._quiet if getattr(rules, name) == getattr(self.rules, name)
        }
        self.rules = rules

    def begin(self) -> None:
        """Another experiment, or the same from its start: no rule is quiet."""
        self._quiet.clear()

    def at_moment(self, experiment: Experiment) -> Stop | None:
        """While playing, after each moment: why to stop here, or None."""
        return met(self.rules, experiment)

    def after_update(self, experiment: Experiment) -> Stop | None:
        """While training, after each update: why to stop here, or None."""
        found = met_by_update(self.rules, experiment)
        if not found and not self._quiet:
            return None
        news = [stop for stop in found if stop.rule not in self._quiet]
        if _looks_at_saturation(experiment):
            unknown = set()
        else:
            unknown = {"saturation"}
        self._quiet = {stop.rule for stop in found} | (self._quiet & unknown)
        return news[0] if news else None


Found = Iterator[Stop | None]


def _at_moment(rules: StopRules, experiment: Experiment) -> Found:
    """Every rule in the order of its weight."""
    moment = experiment.moment
    if rules.overflow:
        yield _new_overflow(experiment)
    if rules.stage is not None and moment.stage == rules.stage:
        yield Stop("stage", rules.stage, moment.stage, moment.stage, str(moment.phase))
    if rules.floor is not None and moment.phase is Phase.BACKWARD:
        yield _fallen(rules.floor, experiment, moment.stage)
    if moment.phase is Phase.LOSS:
        yield _saturated(rules.saturation, experiment.network)
        yield _low_loss(rules.loss, experiment.value)


def _in_pass(rules: StopRules, experiment: Experiment) -> Found:
    if rules.overflow:
        yield _overflow(experiment)
    if rules.floor is not None:
        yield _under(rules.floor, experiment.telemetry.dh_rms)
    if _looks_at_saturation(experiment):
        yield _saturated(rules.saturation, experiment.network)
    yield _low_loss(rules.loss, experiment.value)


def _looks_at_saturation(experiment: Experiment) -> bool:
    return experiment.step % SATURATION_EVERY == 0


def _low_loss(limit: float | None, value: float) -> Stop | None:
    if limit is not None and value < limit:
        return Stop("loss", limit, value)
    return None


def _under(limit: float, dh_rms: Array) -> Stop | None:
    """The first stage on the way back whose gradient is under the limit."""
    under = np.flatnonzero(dh_rms < limit)
    if len(under):
        return Stop("floor", limit, float(dh_rms[under[-1]]), int(under[-1]) + 1)
    return None


def _fallen(limit: float, experiment: Experiment, stage: int) -> Stop | None:
    """The gradient of ``stage`` under the limit, unless that of the stage above was, too."""
    here = _rms(experiment.network, stage)
    if stage < experiment.stages:
        above = _rms(experiment.network, stage + 1)
    else:
        above = np.inf
    if here < limit <= above:
        return Stop("floor", limit, here, stage)
    return None


def _rms(network: Network, stage: int) -> float:
    dh = network.views[stage - 1].dh
    return float(norms(dh, None) / np.sqrt(dh.size))


def _saturated(limit: float | None, network: Network) -> Stop | None:
    """The stage with the largest share of saturated units, when that is over the limit."""
    if limit is None:
        return None
    percent = 100 * saturation(network)
    worst = int(np.argmax(percent))
    value = float(percent[worst])
    if value > limit:
        return Stop("saturation", limit, value, worst + 1)
    return None


def saturation(network: Network) -> Array:
    """(N,) share of saturated units of each stage, once the loss is known.

    Of an LSTM it is that of tanh(c), of a GRU that of its candidate.
    """
    chosen = _activations(network)
    shares = []
    for stack in network.stacks:
        own = chosen[stack.first : stack.first + stack.count]
        for activation, group in groupby(range(stack.count), key=own.__getitem__):
            members = list(group)
            derivatives = stack.derivative[members[0] : members[-1] + 1]
            first, last = stack.first + members[0], stack.first + members[-1]
            there = rows_there(network, first, last + 1)
            shares.append(saturated_fraction(activation, derivatives, there))
    return np.concatenate(shares)


def _activations(network: Network) -> list[Activation]:
    if isinstance(network, Layered):
        return [layer.activation for layer in network.stages]
    assert isinstance(network, Unrolled)
    return [network.top.activation] * network.steps + [network.readout.activation]


def _overflow(experiment: Experiment) -> Stop | None:
    """Anything of the pass that is inf or nan, at the stage where that began."""
    if (
        experiment.telemetry.regular
        and not experiment.anomalies
        and math.isfinite(experiment.value)
    ):
        return None  # the usual case, found out cheaply
    found = [anomaly for anomaly in experiment.anomalies if anomaly.kind == "overflow"]
    fine = math.isfinite(experiment.value) and np.isfinite(experiment.telemetry.dh_norm).all()
    if fine and not any(anomaly.step == experiment.step for anomaly in found):
        return None
    return Stop("overflow", np.inf, np.inf, found[0].stage if found else 0)


def _new_overflow(experiment: Experiment) -> Stop | None:
    """What the present moment has made inf or nan, when what it was made from was not."""
    moment = experiment.moment
    made, source = _QUANTITIES[moment.phase]
    if made is None or made[1](experiment, moment) or not source(experiment, moment):
        return None
    return Stop("overflow", np.inf, np.inf, moment.stage, made[0])


Fine = Callable[["Experiment", Moment], bool]


def _finite(values: Array) -> bool:
    return bool(np.isfinite(values).all())


def _h(experiment: Experiment, moment: Moment) -> bool:
    return _finite(experiment.network.views[moment.stage - 1].h)


def _h_below(experiment: Experiment, moment: Moment) -> bool:
    views = experiment.network.views
    return moment.stage == 1 or _finite(views[moment.stage - 2].h)


def _loss(experiment: Experiment, _: Moment) -> bool:
    return math.isfinite(experiment.value)


def _output(experiment: Experiment, _: Moment) -> bool:
    return _finite(experiment.network.output)


def _dh(experiment: Experiment, moment: Moment) -> bool:
    return _finite(experiment.network.views[moment.stage - 1].dh)


def _dh_above(experiment: Experiment, moment: Moment) -> bool:
    if moment.stage == experiment.stages:
        return _loss(experiment, moment) and _output(experiment, moment)
    return _finite(experiment.network.views[moment.stage].dh)


def _weights(experiment: Experiment, _: Moment) -> bool:
    return _finite(experiment.network.flat.values)


def _gradients(experiment: Experiment, _: Moment) -> bool:
    return _finite(experiment.network.views[0].dh)


def _anything(*_: object) -> bool:
    return True


_QUANTITIES: dict[Phase, tuple[tuple[str, Fine] | None, Fine]] = {
    Phase.START: (None, _anything),
    Phase.FORWARD: (("h", _h), _h_below),
    Phase.LOSS: (("J", _loss), _output),
    Phase.BACKWARD: (("∂J/∂h", _dh), _dh_above),
    Phase.UPDATE: (("weights", _weights), _gradients),
}
"""By phase, what the moment makes, whether that is finite, and whether its source is."""
