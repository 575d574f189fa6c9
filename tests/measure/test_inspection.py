"""What the inspector shows is what ``vgsim trace`` writes and what the engine did."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.specs import COMPOSED, TIMES, small
from vgsim.measure.chain_rule.result import Hop, WeightStep
from vgsim.measure.frame import Frame
from vgsim.measure.inspection.look import Inspection
from vgsim.measure.request import Focus, Request
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.nn.moments import Phase
from vgsim.nn.trace import record

SPECS = [
    {},
    {"training__clip": "norm", "training__clip_at": 1e-3, "training__precision": "float32"},
    COMPOSED | {"network__skip": "residual", "network__norm": "layer"},
    COMPOSED | {"network__skip": "preactivation", "network__norm": "batch"},
    COMPOSED | {"network__skip": "highway", "network__dropout": 0.3},
    COMPOSED | {"network__skip": "original", "network__activation": "prelu"},
    {"network__kind": "chain", "network__depth": 4, "data__dataset": "one",
     "training__loss": "linear"},
    *(
        TIMES | {"network__kind": kind, "network__cells": cells, "training__loss_at": at,
                 "training__truncate": truncate}
        for kind in ("rnn", "lstm", "gru")
        for cells, at, truncate in ((1, "last", 0), (2, "every", 4))
    ),
    *(
        TIMES | {"network__kind": kind, "network__cells": 2, "network__norm": "layer",
                 "network__dropout": 0.3, "network__dropout_at": at, "network__skip": "residual"}
        for kind, at in (("rnn", "cells"), ("gru", "timesteps"))
    ),
]  # fmt: skip
PLACES = re.compile(r"(\w+)\[([\d, ]+)\]")


def focuses(experiment: Experiment) -> list[Focus]:
    """The stage, a unit and an edge of the first, a middle and the last stage."""
    stages = experiment.stages
    return [
        focus
        for stage in sorted({1, stages // 2, stages})
        for focus in (Focus(stage), Focus(stage, 0), Focus(stage, 0, 0))
    ]


def looked(experiment: Experiment, focus: Focus, sample: int | None = 0) -> Inspection:
    return _frame(experiment, focus, sample).measurement(Inspection)


def _frame(experiment: Experiment, focus: Focus | None, sample: int | None = 0) -> Frame:
    kinds = frozenset({Inspection, WeightStep})
    return frame_of(experiment, request=Request(kinds, focus=focus, sample=sample))


def value(inspection: Inspection, symbol: str) -> float:
    return next(figure.value for figure in inspection.figures if figure.symbol == symbol)


@pytest.mark.parametrize("changes", SPECS)
def test_every_figure_with_a_name_in_the_trace_equals_it(changes):
    experiment, other = Experiment(small(**changes)), Experiment(small(**changes))
    other.seek(2, 0)
    traced = record(other)
    for position in range(len(experiment.timeline)):
        experiment.seek(2, position)
        for focus in focuses(experiment):
            for figure in looked(experiment, focus, 3).figures:
                if figure.trace and not math.isnan(figure.value):
                    name, place = PLACES.fullmatch(figure.trace).groups()
                    at = tuple(map(int, place.split(", ")))
                    assert float(traced[name][at]) == figure.value, (figure, experiment.moment)


@pytest.mark.parametrize("changes", SPECS)
def test_all_is_known_at_the_end_and_nothing_but_parameters_before_the_pass(changes):
    experiment = Experiment(small(**changes))
    for focus in focuses(experiment):
        experiment.seek(1, 0)
        known = [f for f in looked(experiment, focus).figures if not math.isnan(f.value)]
        assert all(re.search("[WwbcV]", figure.symbol) for figure in known), known
        experiment.seek(1, len(experiment.timeline) - 1)
        unknown = [f for f in looked(experiment, focus).figures if math.isnan(f.value)]
        # what the loss adds where truncation left nothing is no factor
        assert all("loss" in figure.symbol for figure in unknown), unknown


@pytest.mark.parametrize("changes", SPECS)
def test_a_stage_agrees_with_the_frame(changes):
    experiment = Experiment(small(**changes))
    for position in range(len(experiment.timeline)):
        experiment.seek(1, position)
        for stage in (1, experiment.stages // 2, experiment.stages):
            frame = _frame(experiment, Focus(stage))
            found = frame.measurement(Inspection)
            for symbol, row in (
                (r"\mathrm{RMS}\,h", frame.h_rms),
                (r"\mathrm{RMS}\,\partial J/\partial h", frame.dh_rms),
            ):
                assert value(found, symbol) == pytest.approx(row[stage - 1], nan_ok=True)


def test_the_parts_of_the_hop_multiply_to_its_factor():
    experiment = Experiment(small(**COMPOSED, network__skip="residual", network__norm="layer"))
    for position in (-3, -2, -1):
        experiment.seek(1, len(experiment.timeline) + position)
        found = looked(experiment, Focus(3))
        factors = {f.symbol: f.value for f in found.figures if f.symbol.startswith(r"\times")}
        whole = factors.pop(r"\times_{\mathrm{hop}}")
        parts = list(factors.values())
        assert len(parts) == 4 and math.prod(parts) == pytest.approx(whole)


def test_the_gates_of_a_unit_are_shown():
    experiment = Experiment(small(**TIMES, network__kind="lstm"))
    experiment.seek(1, len(experiment.timeline) - 1)
    found, cell = looked(experiment, Focus(3, 2), 4), experiment.network.top
    for name in ("i", "f", "g", "o", "c"):
        assert value(found, name) == cell.inner(2)[name][4, 2]
    assert value(found, r"\partial J/\partial c") == cell.dc[2][4, 2]
    assert found.title == "Unit 3 of timestep 3" and "forget" in found.history_of


def test_the_mean_is_that_over_the_batch_and_has_no_place_in_a_trace():
    experiment = Experiment(small())
    experiment.seek(1, 8)
    found = looked(experiment, Focus(2, 1), None)
    assert value(found, "h") == pytest.approx(experiment.network.views[1].h[:, 1].mean())
    assert not [f for f in found.figures if f.trace and f.symbol == "h"]


@pytest.mark.parametrize(
    "focus",
    [None, Focus(0), Focus(5), Focus(2, 4), Focus(2, -1), Focus(2, 0, 4), Focus(1, 0, 2),
     Focus(2, None, 1)],
)  # fmt: skip
def test_there_is_nothing_where_there_is_no_such_place(focus):
    assert looked(Experiment(small()), focus) is None


def test_titles_say_what_it_is():
    times, layers = Experiment(small(**TIMES, network__kind="gru")), Experiment(small())
    assert looked(layers, Focus(3)).title == "Stage 3"
    assert looked(layers, Focus(3, 1, 2)).title == "Edge 3 → 2 below stage 3"
    assert looked(times, Focus(3)).title == "Timestep 3"
    assert looked(times, Focus(times.stages)).title == "Readout"
    assert looked(times, Focus(times.stages, 0)).title == "Unit 1 of the readout"


@pytest.mark.parametrize("kind", ["layers", "lstm"])
def test_the_history_of_a_weight_is_what_it_was_after_each_update(kind):
    changes = TIMES | {"network__kind": "lstm"} if kind == "lstm" else {}
    experiment, seen = Experiment(small(**changes)), []
    for step in range(6):
        experiment.seek(step, 0)
        seen.append(value(looked(experiment, Focus(3, 1)), "b^{f}" if kind == "lstm" else "b"))
    found = looked(experiment, Focus(3, 1))
    assert list(found.steps) == list(range(6)) and list(found.values) == seen and found.signed
    experiment.seek(2, 4)
    assert list(looked(experiment, Focus(3, 1)).values) == seen[:3]


def test_a_history_spans_all_steps_and_is_whole_near_the_present():
    experiment = Experiment(small())
    experiment.run(400)
    request = Request(frozenset({Inspection}), Focus(1, 2, 1))
    steps = frame_of(experiment, request=request).measurement(Inspection).steps
    assert steps[0] == 0 and steps[-1] == 400 and (np.diff(steps)[-200:] == 1).all()


def test_the_history_of_a_stage_is_its_gradient():
    experiment = Experiment(small())
    experiment.run(5)
    found, history = looked(experiment, Focus(2)), experiment.history.view()
    assert np.array_equal(found.values, history.dh_rms[:, 1])
    assert np.array_equal(found.steps, history.steps)


def step_of(experiment: Experiment, focus: Focus | None) -> WeightStep:
    return _frame(experiment, focus).measurement(WeightStep)


@pytest.mark.parametrize("clip", ["none", "norm", "value"])
@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_a_weight_step_is_what_the_optimizer_did(clip, precision):
    changes = {"training__clip": clip, "training__clip_at": 1e-3, "training__precision": precision}
    experiment, focus = Experiment(small(**changes)), Focus(2, 1, 3)
    start = experiment.network.stages[1].parameters["W"][3, 1].copy()
    experiment.seek(0, len(experiment.timeline) - 2)
    before = step_of(experiment, focus)
    experiment.advance()
    used = experiment.network.stages[1].gradients["W"][3, 1].copy()
    for _ in range(2):  # a second look at the same moment shows the same
        after = step_of(experiment, focus)
        assert before.name == after.name == "W_{2}[2, 4]"
        assert before.before == start and math.isnan(before.after + before.change + before.used)
        assert after.before == pytest.approx(start) and before.gradient == after.gradient
        assert after.used == used and after.rate == 0.1
        assert after.change == pytest.approx(-0.1 * used)
        assert after.after == experiment.network.stages[1].parameters["W"][3, 1]


def test_the_rate_is_that_of_the_update_itself():
    experiment = Experiment(small(training__schedule="step", training__decay_steps=1))
    last = len(experiment.timeline) - 1
    rates = []
    for position in (last - 1, last):
        experiment.seek(2, position)
        rates.append(step_of(experiment, None).rate)
    assert rates == [pytest.approx(0.1 * 0.25)] * 2


def test_without_a_focus_it_is_the_weight_of_the_largest_gradient():
    experiment = Experiment(small())
    experiment.seek(1, 8)  # backward through stage 2
    found = step_of(experiment, None)
    dW = experiment.network.stages[1].gradients["W"]
    assert found.name.startswith("W_{2}[") and abs(found.gradient) == np.abs(dW).max()
    experiment.seek(1, 2)
    assert math.isnan(step_of(experiment, Focus(2)).gradient)


def test_all_timesteps_share_one_weight_whose_gradient_is_known_at_the_first():
    experiment = Experiment(small(**TIMES, network__kind="lstm"))
    last = len(experiment.timeline) - 1
    experiment.seek(1, last - 2)
    assert math.isnan(step_of(experiment, Focus(4, 1, 2)).gradient)
    experiment.seek(1, last - 1)
    found = step_of(experiment, Focus(4, 1, 2))
    assert re.fullmatch(r"W_\{h\}\^\{[ifgo]\}\[2, 3\]", found.name)
    by_gate = experiment.network.top.gradients["W_h"][2].reshape(4, -1)[:, 1]
    assert abs(found.gradient) == np.abs(by_gate).max()


def test_a_weight_of_a_lower_cell_carries_its_number():
    experiment = Experiment(small(**TIMES, network__kind="lstm", network__cells=2))
    assert re.fullmatch(r"W_\{x\}\^\{\(1\),[ifgo]\}\[2, 1\]", step_of(experiment, Focus(1, 1)).name)


@pytest.mark.parametrize("changes", SPECS)
def test_numbers_that_overflowed_are_shown_all_the_same(changes):
    wild = {"training__learning_rate": 100.0, "init__weights": "normal", "init__std": 100.0}
    experiment = Experiment(small(**changes | wild | {"training__precision": "float32"}))
    kinds = frozenset({Hop, Inspection, WeightStep})
    for position in range(len(experiment.timeline)):
        experiment.seek(12, position)
        for focus in focuses(experiment):
            for sample in (0, None):
                frame = frame_of(experiment, request=Request(kinds, focus, sample))
                assert frame.measurement(Inspection) and frame.measurement(WeightStep)


def test_of_a_chain_it_is_the_bias():
    changes = {"data__dataset": "one", "training__loss": "linear", "network__kind": "chain"}
    assert step_of(Experiment(small(**changes)), Focus(2)).name == "b_{2}[1]"


@given(
    moves=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 10)), max_size=6),
    stage=st.integers(-1, 6),
    unit=st.none() | st.integers(-1, 5),
    source=st.none() | st.integers(-1, 5),
    sample=st.none() | st.integers(-1, 9),
)
@settings(max_examples=40)
def test_looking_anywhere_at_any_moment_changes_nothing(moves, stage, unit, source, sample):
    experiment, unseen = Experiment(small()), Experiment(small())
    for step, position in moves:
        experiment.seek(step, position)
        frame = _frame(experiment, Focus(stage, unit, source), sample)
        found = frame.measurement(Inspection)
        assert found is None or not (found.values.flags.writeable or found.steps.flags.writeable)
    experiment.seek(4, 0)
    unseen.seek(4, 0)
    assert np.array_equal(experiment.network.flat.values, unseen.network.flat.values)
    assert experiment.moment.phase is Phase.START
