"""Saturation against the activations themselves, for every kind of stage."""

from __future__ import annotations

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import elementwise_grad

from tests.helpers.oracle import FUNCTIONS
from tests.helpers.specs import small
from vgsim.measure.request import Focus, Request
from vgsim.measure.saturation import Saturation
from vgsim.measure.snapshot import frame_of
from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.arrays import quiet
from vgsim.nn.experiment import Experiment

LEARNED_START = 0.25
"""Where the slope of PReLU begins (He et al. 2015)."""
SEQUENCE = {"data__dataset": "adding", "data__length": 5, "training__loss": "mse"}


def measured(experiment, focus=None):
    request = Request(kinds=frozenset({Saturation}), focus=focus)
    return frame_of(experiment, request=request).measurement(Saturation)


def after(position, **changes):
    experiment = Experiment(small(**changes))
    experiment.seek(0, position)
    return experiment


@pytest.mark.parametrize(
    ("position", "stage"), [(1, 1), (3, 3), (4, 4), (5, 4), (6, 4), (7, 4), (8, 3), (9, 2), (10, 1)]
)
def test_the_stage_is_the_one_whose_derivative_the_hop_passes(position, stage):
    assert measured(after(position)).stage == stage


def test_before_the_pass_there_is_nothing():
    assert measured(after(0)) is None


def test_after_the_update_it_is_the_stage_that_one_looks_into():
    assert measured(after(10), Focus(3)).stage == 3


@pytest.mark.parametrize("name", ACTIVATIONS.names())
def test_the_curves_are_those_of_the_activation(name):
    [curves] = measured(after(8, network__activation=name)).curves
    f = FUNCTIONS[name] or (lambda z: anp.where(z > 0, z, LEARNED_START * z))
    with quiet():
        assert np.allclose(curves.f, f(curves.z), atol=1e-12)
        smooth = np.abs(curves.derivative - elementwise_grad(f)(curves.z)) < 1e-10
    # autograd takes either side of a kink for the derivative there
    assert np.isin(np.abs(curves.z[~smooth]), (0, 1)).all() and smooth.sum() > 50
    assert (np.diff(curves.z) > 0).all()
    assert (curves.bound, curves.limit) == (ACTIVATIONS[name].bound, ACTIVATIONS[name].limit)


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "softsign", "hard_tanh"])
def test_bounded_activations_level_off(name):
    assert measured(after(8, network__activation=name)).curves[0].levels_off


@pytest.mark.parametrize("name", ["relu", "softplus", "selu", "gelu", "identity"])
def test_others_do_not(name):
    assert not measured(after(8, network__activation=name)).curves[0].levels_off


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "prelu"])
def test_rectifiers_are_told_apart(name):
    assert measured(after(8, network__activation=name)).curves[0].rectifies


def test_the_figures_are_those_of_the_derivatives():
    experiment = after(8, network__activation="sigmoid", init__weights="normal", init__std=5.0)
    found = measured(experiment)
    view = experiment.network.views[2]
    [group] = found.curves[0].inputs
    assert np.array_equal(group.z, view.z)
    assert group.saturated == pytest.approx((np.abs(view.derivative) <= 0.0125).mean())
    assert group.derivative == pytest.approx(view.derivative.mean())
    assert group.negative == pytest.approx((view.z < 0).mean())


def test_in_the_forward_pass_the_derivatives_are_those_of_this_pass():
    experiment = Experiment(small(init__weights="normal", init__std=3.0))
    experiment.run(1)
    experiment.seek(1, 2)
    early = measured(experiment)
    experiment.seek(1, 5)
    assert np.array_equal(early.by_stage[:2], measured(experiment).by_stage[:2])
    assert np.isnan(early.by_stage[2:]).all()


def test_dead_units_are_those_that_no_sample_opens():
    experiment = Experiment(small(network__activation="relu"))
    experiment.network.stages[2].parameters["b"][:2] = -1e6
    experiment.seek(0, 8)
    [group] = measured(experiment).curves[0].inputs
    dead = (experiment.network.views[2].z <= 0).all(axis=0).sum()
    assert group.dead == dead >= 2


def test_a_normalized_stage_shows_what_goes_into_the_activation():
    experiment = after(8, network__norm="layer")
    [group] = measured(experiment).curves[0].inputs
    assert np.array_equal(group.z, experiment.network.stages[2].act.x)


def test_a_learned_slope_bends_the_curve():
    experiment = Experiment(small(network__activation="prelu"))
    experiment.network.stages[2].parameters["a"][...] = 0.5
    experiment.seek(0, 8)
    [curves] = measured(experiment).curves
    assert np.interp(-2.0, curves.z, curves.f) == pytest.approx(-1.0)
    assert np.interp(-2.0, curves.z, curves.derivative) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("kind", "names"),
    [("lstm", [["i", "f", "o"], ["g", "c"]]), ("gru", [["r", "z"], ["n"]]), ("rnn", [["z"]])],
)
def test_a_timestep_shows_its_gates(kind, names):
    found = measured(after(10, network__kind=kind, **SEQUENCE))
    assert [[group.name for group in curves.inputs] for curves in found.curves] == names
    assert np.isfinite(found.by_stage).all()


def test_z_of_a_gate_is_what_its_activation_takes_to_its_value():
    experiment = after(10, network__kind="lstm", **SEQUENCE)
    found = measured(experiment)
    cell, t = experiment.network.top, found.stage - 1
    (i, f, o), (g, c) = (curves.inputs for curves in found.curves)
    for group, values in ((i, cell.i), (f, cell.f), (o, cell.o)):
        assert np.allclose(1 / (1 + np.exp(-group.z)), values[t])
    assert np.allclose(np.tanh(g.z), cell.g[t])
    assert np.array_equal(c.z, cell.c[t])


def test_the_share_of_a_timestep_is_the_mean_over_its_gates():
    experiment = after(10, network__kind="lstm", init__std=4.0, init__weights="normal", **SEQUENCE)
    found = measured(experiment)
    shares = [group.saturated for curves in found.curves for group in curves.inputs]
    assert found.by_stage[found.stage - 1] == pytest.approx(np.mean(shares))


def test_what_is_measured_is_copied():
    group = measured(after(8)).curves[0].inputs[0]
    assert not group.z.flags.writeable
    assert group.z.base is None
