"""Stop rules, and why one stopped, as words."""

from __future__ import annotations

from vgsim.measure.stops import Stop, StopRules
from vgsim.text.words import magnitude, place_name, plain, subscript


def stop_sentence(stop: Stop, stages: int, recurrent: bool = False) -> str:
    """Which rule was met, with the figures: "Stopped: RMS ∂J/∂h₂ = 3.1e−6 is under 1e−5"."""
    return f"Stopped: {_reason(stop, stages, recurrent)}"


def _reason(stop: Stop, stages: int, recurrent: bool) -> str:
    place = place_name(stop.stage, stages, recurrent)
    if stop.rule == "stage":
        return f"{stop.what} through {place}"
    if stop.rule == "floor":
        size = magnitude(stop.value, 2)
        return f"RMS ∂J/∂h{subscript(stop.stage)} = {size} is under {_limit(stop.limit)}"
    if stop.rule == "saturation":
        return f"{_percent(stop.value)} of {place} is saturated, over {_percent(stop.limit)}"
    if stop.rule == "loss":
        return f"J = {plain(stop.value)} is under {_number(stop.limit)}"
    return _overflow(stop, place)


def _overflow(stop: Stop, place: str) -> str:
    if stop.what == "weights":
        return "the update made a weight inf or NaN"
    if stop.what == "J":
        return "J is inf or NaN"
    if stop.what:
        return f"{stop.what}{subscript(stop.stage)} is inf or NaN"
    return "a number is inf or NaN" + (f", first at {place}" if stop.stage else "")


def stops_summary(rules: StopRules, stages: int = 0, recurrent: bool = False) -> str:
    """The rules that are on, in short: "stops: ∂J/∂h < 1e−6, inf/NaN"; empty when none is.

    A rule for a stage that there is not among ``stages`` is no rule; 0 knows no number of stages.
    """
    parts = []
    if rules.stage is not None and (not stages or rules.stage <= stages):
        parts.append(place_name(rules.stage, stages, recurrent))
    if rules.floor is not None:
        parts.append(f"∂J/∂h < {_limit(rules.floor)}")
    if rules.saturation is not None:
        parts.append(f"saturated > {_percent(rules.saturation)}")
    if rules.loss is not None:
        parts.append(f"J < {_number(rules.loss)}")
    if rules.overflow:
        parts.append("inf/NaN")
    return "stops: " + ", ".join(parts) if parts else ""


def _limit(value: float) -> str:
    """A limit as one sets it: "1e−5", "2.5e−3"."""
    short = magnitude(value, 1)
    return short.replace(".0e", "e")


def _number(value: float) -> str:
    """An ordinary limit as one sets it: "0.1", "−2"."""
    ordinary = value == 0 or 1e-3 <= abs(value) < 1e6
    return f"{value:.6g}".replace("-", "−") if ordinary else _limit(value)


def _percent(value: float) -> str:
    return f"{value:.3g} %"
