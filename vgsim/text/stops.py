"""Stop rules, and why one stopped, as words."""

from __future__ import annotations

from vgsim.core.numbers import magnitude, plain, short, subscript
from vgsim.measure.stops import Stop, StopRules
from vgsim.text.moments import place_name


def stop_sentence(stop: Stop, stages: int, recurrent: bool = False) -> str:
    """Which rule was met, with the figures: "Stopped: RMS ∂J/∂h₂ = 3.1e−6 is under 1e−5"."""
    return f"Stopped: {_reason(stop, stages, recurrent)}"


def _reason(stop: Stop, stages: int, recurrent: bool) -> str:
    place = place_name(stop.stage, stages, recurrent)
    if stop.rule == "stage":
        return f"{stop.what} through {place}"
    if stop.rule == "floor":
        size = magnitude(stop.value)
        return f"RMS ∂J/∂h{subscript(stop.stage)} = {size} is under {short(stop.limit)}"
    if stop.rule == "saturation":
        return f"{short(stop.value, 3)} % of {place} is saturated, over {short(stop.limit, 3)} %"
    if stop.rule == "loss":
        return f"J = {plain(stop.value)} is under {short(stop.limit)}"
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

    A rule for a stage beyond ``stages`` does not count; 0 means that their number is unknown.
    """
    parts = []
    if rules.stage is not None and (not stages or rules.stage <= stages):
        parts.append(place_name(rules.stage, stages, recurrent))
    if rules.floor is not None:
        parts.append(f"∂J/∂h < {short(rules.floor)}")
    if rules.saturation is not None:
        parts.append(f"saturated > {short(rules.saturation, 3)} %")
    if rules.loss is not None:
        parts.append(f"J < {short(rules.loss)}")
    if rules.overflow:
        parts.append("inf/NaN")
    if parts:
        return "stops: " + ", ".join(parts)
    return ""
