"""Stop rules, and why one stopped, as words."""

from __future__ import annotations

from vgsim.core.numbers import magnitude, plain, short
from vgsim.measure.stops import Stop, StopRules
from vgsim.measure.subject import Subject
from vgsim.text.stages import NUMBERED, place_name, quantity


def stop_sentence(stop: Stop, stages: int, subject: Subject = NUMBERED) -> str:
    """Which rule was met, with the figures: "Stopped: RMS ∂J/∂h₂ = 3.1e−6 is under 1e−5"."""
    return f"Stopped: {_reason(stop, stages, subject)}"


def _reason(stop: Stop, stages: int, subject: Subject) -> str:
    place = place_name(stop.stage, stages, subject)
    if stop.rule == "stage":
        return f"{stop.what} through {place}"
    if stop.rule == "floor":
        size = magnitude(stop.value)
        what = quantity("∂J/∂h", stop.stage, subject)
        return f"RMS {what} = {size} is under {short(stop.limit)}"
    if stop.rule == "saturation":
        return f"{short(stop.value, 3)} % of {place} is saturated, over {short(stop.limit, 3)} %"
    if stop.rule == "loss":
        return f"J = {plain(stop.value)} is under {short(stop.limit)}"
    return _overflow(stop, place, subject)


def _overflow(stop: Stop, place: str, subject: Subject) -> str:
    if stop.what == "weights":
        return "the update made a weight inf or NaN"
    if stop.what == "J":
        return "J is inf or NaN"
    if stop.what:
        return f"{quantity(stop.what, stop.stage, subject)} is inf or NaN"
    return "a number is inf or NaN" + (f", first at {place}" if stop.stage else "")


def stops_summary(rules: StopRules, stages: int = 0, subject: Subject = NUMBERED) -> str:
    """The rules that are on, in short: "stops: ∂J/∂h < 1e−6, inf/NaN"; empty when none is.

    A rule for a stage beyond ``stages`` does not count; 0 means that their number is unknown.
    """
    parts = []
    if rules.stage is not None and (not stages or rules.stage <= stages):
        parts.append(place_name(rules.stage, stages, subject))
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
