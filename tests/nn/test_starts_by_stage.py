"""Starts of single stages: factors on the weights, γ = 0, and the ε of a normalization."""

from __future__ import annotations

import numpy as np
import pytest

from tests.helpers.specs import small
from vgsim.core.errors import SpecError
from vgsim.measure.forecast import Forecasted
from vgsim.measure.request import Request
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.nn.spec import Spec


def test_factors_multiply_the_weights_of_their_stage():
    plain = Experiment(small(network__depth=5)).network.stages
    scaled = Experiment(small(network__depth=5, init__scales="1,0.5,-2,0")).network.stages
    for layer, same, factor in zip(scaled, plain, (1, 0.5, -2, 0, 1, 1), strict=True):
        np.testing.assert_array_equal(layer.parameters["W"], same.parameters["W"] * factor)


@pytest.mark.parametrize("scales", ["a", "1,,2", "nan", "1e7", "1,1,1,1"])
def test_what_are_no_factors_is_refused(scales):
    with pytest.raises(SpecError, match=r"init\.scales = .*separated by commas, at most 3"):
        Experiment(small(init__scales=scales))


def test_weights_that_are_fitted_to_the_data_take_no_factors():
    assert not small(init__weights="lsuv").applies("init.scales")


def test_theory_knows_of_the_factors():
    spec = small(network__depth=6, network__width=200, data__samples=400, training__batch=0,
                 init__scales="0.5")  # fmt: skip
    experiment = Experiment(spec)
    experiment.seek(0, len(experiment.timeline) - 2)
    frame = frame_of(experiment, request=Request(frozenset({Forecasted})))
    theory = frame.measurement(Forecasted).dh_rms[:5]
    np.testing.assert_allclose(theory / frame.dh_rms[:5], 1.0, atol=0.25)


@pytest.mark.parametrize("skip", ["residual", "preactivation"])
@pytest.mark.parametrize("how", [{"init__scales": "1,0,0,0,0"}, {"init__zero_gamma": True}])
def test_a_branch_that_starts_at_0_leaves_the_path_alone(skip, how):
    more = {"network__norm": "layer"} if "init__zero_gamma" in how else {}
    spec = small(network__depth=5, network__skip=skip, **how, **more)
    experiment = Experiment(spec)
    experiment.seek(0, 5)
    first, *others = (view.h for view in experiment.network.views[:5])
    for h in others:
        np.testing.assert_array_equal(h, first)


def test_zero_gamma_without_a_path_is_refused():
    with pytest.raises(SpecError, match=r"init\.zero_gamma = True: allowed is false where no skip"):
        Experiment(small(network__norm="layer", init__zero_gamma=True))
    assert not small(network__skip="residual").applies("init.zero_gamma")


@pytest.mark.torch
@pytest.mark.parametrize("norm", ["batch", "layer"])
def test_the_epsilon_of_a_norm_is_pytorchs(norm):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    experiment = Experiment(small(network__norm=norm, network__norm_epsilon=0.3))
    experiment.seek(0, 1)
    stage = experiment.network.stages[0]
    z = torch.tensor(stage.parts[0].y)
    if norm == "batch":
        expected = torch.nn.functional.batch_norm(z, None, None, training=True, eps=0.3)
    else:
        expected = torch.nn.functional.layer_norm(z, z.shape[1:], eps=0.3)
    np.testing.assert_allclose(stage.parts[1].y, expected.numpy(), rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("norm", ["batch", "layer", "rms"])
def test_gradients_hold_with_any_epsilon(norm):
    experiment = Experiment(small(network__norm=norm, network__norm_epsilon=0.3))
    experiment.seek(0, len(experiment.timeline) - 2)
    layer = experiment.network.stages[0]
    layer.parameter_gradients()
    ours = layer.gradients["W"].copy()
    weights = layer.parameters["W"]
    values = []
    for step in (1e-6, -2e-6):
        weights[0, 0] += step
        values.append(experiment.loss.value(experiment.network.predict()))
    assert ours[0, 0] == pytest.approx((values[0] - values[1]) / 2e-6, rel=1e-5)


def test_stepping_equals_running():
    spec = small(network__norm="layer", network__skip="residual", init__zero_gamma=True,
                 init__scales="1,0.5", network__norm_epsilon=1e-3)  # fmt: skip
    run, stepped = Experiment(spec), Experiment(spec)
    run.run(5)
    while stepped.step < 5:
        stepped.advance()
    np.testing.assert_array_equal(run.network.flat.values, stepped.network.flat.values)


def test_what_is_not_said_changes_nothing():
    assert Spec().network.norm_epsilon == 1e-5 and not Spec().init.zero_gamma
