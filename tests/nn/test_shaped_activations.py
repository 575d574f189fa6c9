"""Leaky ReLU of any slope and ELU of any α."""

from __future__ import annotations

import numpy as np
import pytest

from tests.helpers.specs import TIMES, small
from vgsim.measure.request import Request
from vgsim.measure.saturation import Saturation
from vgsim.measure.snapshot import frame_of
from vgsim.nn.activations import ACTIVATIONS, shaped_name
from vgsim.nn.experiment import Experiment

SHAPES = [("leaky_relu", "slope", 0.2), ("leaky_relu", "slope", 0.0), ("elu", "alpha", 0.5),
          ("elu", "alpha", 2.5)]  # fmt: skip
Z = np.concatenate([np.linspace(-6, 6, 49), [-1e-9, 1e-9, -700.0, 700.0]])


def _spec(name: str, field: str, value: float, **more: object):
    return small(network__activation=name, **{f"network__{field}": value}, **more)


def _f(name: str, field: str, value: float) -> tuple[np.ndarray, np.ndarray]:
    shaped = ACTIVATIONS[shaped_name(name, _spec(name, field, value))]
    h, derivative = np.empty_like(Z), np.empty_like(Z)
    shaped.forward(Z, h)
    shaped.derivative(Z, h, derivative)
    return h, derivative


@pytest.mark.torch
@pytest.mark.parametrize(("name", "field", "value"), SHAPES)
def test_value_and_derivative_are_pytorchs(name, field, value):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    f = {"leaky_relu": torch.nn.functional.leaky_relu, "elu": torch.nn.functional.elu}[name]
    z = torch.tensor(Z, requires_grad=True)
    f(z, value).sum().backward()
    h, derivative = _f(name, field, value)
    np.testing.assert_allclose(h, f(z, value).detach().numpy(), rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(derivative, z.grad.numpy(), rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize(("name", "field", "value"), SHAPES)
def test_the_derivative_is_that_of_the_value(name, field, value):
    _, derivative = _f(name, field, value)
    shaped = ACTIVATIONS[shaped_name(name, _spec(name, field, value))]
    around = [np.empty_like(Z), np.empty_like(Z)]
    for out, step in zip(around, (1e-6, -1e-6), strict=True):
        shaped.forward(Z + step, out)
    there = np.abs(Z) > 1e-3
    slope = (around[0] - around[1])[there] / 2e-6
    np.testing.assert_allclose(slope, derivative[there], rtol=1e-6, atol=1e-7)
    assert derivative.max() <= shaped.bound


def test_the_gain_makes_up_for_the_shape():
    rng = np.random.default_rng(1)
    z = rng.standard_normal(400_000)
    for name, field, value in SHAPES:
        shaped = ACTIVATIONS[shaped_name(name, _spec(name, field, value))]
        h = np.empty_like(z)
        shaped.forward(z, h)
        assert shaped.gain == pytest.approx(1 / np.sqrt(np.mean(h * h)), rel=0.01)


def test_the_usual_number_is_the_usual_activation():
    for name, field, value in (("leaky_relu", "slope", 0.01), ("elu", "alpha", 1.0)):
        assert shaped_name(name, _spec(name, field, value)) == name


def test_it_acts_in_stages_lists_outputs_and_cells():
    lists = small(network__activations="tanh,leaky_relu", network__slope=0.3)
    assert lists.applies("network.slope") and not lists.applies("network.alpha")
    network = Experiment(lists).network
    assert [layer.activation.gain for layer in network.stages][1] == pytest.approx(1.3546, rel=1e-3)
    output = small(network__output="elu", network__alpha=3.0, training__loss="mse")
    assert Experiment(output).network.stages[-1].activation.bound == 3
    cell = small(**TIMES | {"network__kind": "rnn", "network__activation": "elu",
                            "network__alpha": 2.0})  # fmt: skip
    assert Experiment(cell).network.top.activation.bound == 2


def test_the_curve_that_is_drawn_has_the_slope():
    experiment = Experiment(_spec("leaky_relu", "slope", 0.25))
    experiment.seek(0, 1)
    frame = frame_of(experiment, request=Request(frozenset({Saturation})))
    curves = frame.measurement(Saturation).curves
    assert min(curves[0].derivative) == 0.25


@pytest.mark.parametrize(("name", "field", "value"), SHAPES)
def test_stepping_equals_running(name, field, value):
    spec = _spec(name, field, value)
    run, stepped = Experiment(spec), Experiment(spec)
    run.run(4)
    while stepped.step < 4:
        stepped.advance()
    np.testing.assert_array_equal(run.network.flat.values, stepped.network.flat.values)
