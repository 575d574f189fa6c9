"""How far gates are open: against the biases that shut them, and against a trace."""

from __future__ import annotations

import numpy as np
import pytest

from tests.helpers.specs import TIMES, small
from vgsim.diagnosis import examine
from vgsim.measure.collectors import collect
from vgsim.measure.gates import OpenGates
from vgsim.measure.inspection.inspect import inspection
from vgsim.measure.request import Focus, Request
from vgsim.nn.experiment import Experiment, copy_of
from vgsim.nn.trace import record

ASKED = Request(frozenset({OpenGates}))


def cell(kind: str, **changes: object) -> Experiment:
    return Experiment(small(**TIMES | {"network__kind": kind} | changes))


@pytest.mark.parametrize(("kind", "names"), [("lstm", ("i", "f", "o")), ("gru", ("r", "z"))])
def test_the_means_are_those_of_the_trace(kind, names):
    experiment = cell(kind)
    arrays = record(experiment)
    (found,) = collect(experiment, ASKED)
    assert found.names == names
    expected = [[arrays[f"{name}{t}"].mean() for t in range(1, 7)] for name in names]
    assert found.means == pytest.approx(np.array(expected))


def test_timesteps_that_the_pass_has_not_reached_are_unknown():
    experiment = cell("lstm")
    experiment.seek(0, 2)
    (found,) = collect(experiment, ASKED)
    assert np.isfinite(found.means[:, :2]).all() and np.isnan(found.means[:, 2:]).all()


@pytest.mark.parametrize("kind", ["rnn", "layers"])
def test_what_has_no_gates_has_no_means(kind):
    experiment = Experiment(small(**{} if kind == "layers" else TIMES | {"network__kind": kind}))
    experiment.seek(0, 3)
    assert collect(experiment, ASKED) == ()


@pytest.mark.parametrize("kind", ["lstm", "gru"])
def test_gates_that_a_bias_has_shut_are_among_the_findings(kind):
    experiment = cell(kind, init__bias="constant", init__bias_value=-9.0, init__forget_bias=-9.0)
    gates = examine(copy_of(experiment)).gates
    assert all(len(means) == 6 and max(means) < 1e-3 for means in gates.values())


def test_the_inspector_says_how_far_they_are_open():
    experiment = cell("lstm", init__forget_bias=20.0)
    experiment.seek(0, 4)
    found = inspection(experiment, Request(focus=Focus(2)))
    assert found is not None
    said = {figure.about: figure.value for figure in found.figures}
    assert said["Forget gate, mean"] == pytest.approx(1, abs=1e-6)
    assert 0 < said["Input gate, mean"] < 1
