"""Stop rules in words."""

from __future__ import annotations

import math

import pytest

from vgsim.measure.stops import Stop, StopRules
from vgsim.measure.subject import Subject
from vgsim.text.stops import stop_sentence, stops_summary

INF = math.inf


@pytest.mark.parametrize(
    ("stop", "words"),
    [
        (Stop("stage", 3, 3, 3, "backward"), "backward through stage 3"),
        (Stop("floor", 1e-5, 3.1e-6, 2), "RMS ∂J/∂h₂ = 3.1e−6 is under 1e−5"),
        (Stop("floor", 2.5e-5, 0.0, 2), "RMS ∂J/∂h₂ = 0 is under 2.5e−5"),
        (Stop("saturation", 50, 82.14, 3), "82.1 % of stage 3 is saturated, over 50 %"),
        (Stop("loss", 0.1, 0.09312), "J = 0.09312 is under 0.1"),
        (Stop("overflow", INF, INF, 2, "∂J/∂h"), "∂J/∂h₂ is inf or NaN"),
        (Stop("overflow", INF, INF, 0, "J"), "J is inf or NaN"),
        (Stop("overflow", INF, INF, 0, "weights"), "the update made a weight inf or NaN"),
        (Stop("overflow", INF, INF, 2), "a number is inf or NaN, first at stage 2"),
        (Stop("overflow", INF, INF), "a number is inf or NaN"),
    ],
)
def test_a_stop_says_which_rule_and_the_figures(stop, words):
    assert stop_sentence(stop, 7) == f"Stopped: {words}"


@pytest.mark.parametrize(("stage", "place"), [(3, "timestep 3"), (7, "readout")])
def test_timesteps_are_called_so(stage, place):
    stop = Stop("stage", stage, stage, stage, "forward")
    assert stop_sentence(stop, 7, Subject(recurrent=True)) == f"Stopped: forward through {place}"


def test_the_summary_names_what_is_on():
    assert stops_summary(StopRules()) == "stops: inf/NaN"
    assert stops_summary(StopRules(overflow=False)) == ""
    rules = StopRules(stage=3, floor=1e-6, saturation=50.0, loss=0.1)
    words = "stops: stage 3, ∂J/∂h < 1e−6, saturated > 50 %, J < 0.1, inf/NaN"
    assert stops_summary(rules, 7) == words


def test_the_summary_leaves_out_a_stage_that_there_is_not():
    assert stops_summary(StopRules(stage=9, overflow=False), 7) == ""
    assert (
        stops_summary(StopRules(stage=7, overflow=False), 7, Subject(recurrent=True))
        == "stops: readout"
    )
