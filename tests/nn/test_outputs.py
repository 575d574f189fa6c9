"""Outputs with an activation or a softmax of their own, before the loss."""

from __future__ import annotations

import numpy as np
import pytest

from tests.helpers.oracle import oracle_gradients
from tests.helpers.specs import TIMES, small
from vgsim.core.errors import SpecError
from vgsim.measure.chain_rule.result import Hop
from vgsim.measure.request import Request
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.nn.layers.parts import OUTPUTS
from vgsim.text.formulas import forward

PAIRS = [
    ("sigmoid", "mse"), ("softmax", "mse"), ("softmax", "cross_entropy"),
    ("sigmoid", "binary_cross_entropy"), ("prelu", "mse"),
]  # fmt: skip


def _passed(**changes: object) -> Experiment:
    changes = {"data__dataset": "digits", "data__samples": 60, **changes}
    experiment = Experiment(small(**changes))
    experiment.seek(0, len(experiment.timeline) - 2)
    for layer in experiment.network.stages:
        layer.parameter_gradients()
    return experiment


def _assert_like(experiment: Experiment, expected) -> None:
    for layer, theirs in zip(experiment.network.stages, expected, strict=True):
        for name, values in [*layer.gradients.items(), ("zero", layer.arrays.dh)]:
            wanted = np.asarray(theirs[name])
            assert np.linalg.norm(values - wanted) <= 1e-10 * np.linalg.norm(wanted)


@pytest.mark.parametrize(("output", "loss"), PAIRS)
def test_gradients_equal_autograd(output, loss):
    experiment = _passed(network__output=output, training__loss=loss)
    _assert_like(experiment, oracle_gradients(experiment))


@pytest.mark.torch
@pytest.mark.parametrize(("output", "loss"), PAIRS)
def test_gradients_equal_pytorch(output, loss):
    pytest.importorskip("torch", reason="PyTorch is not installed")
    from tests.helpers.torch_oracle import torch_gradients

    experiment = _passed(network__output=output, training__loss=loss)
    _assert_like(experiment, torch_gradients(experiment))


@pytest.mark.parametrize("skip", ["preactivation", "residual"])
def test_a_softmax_may_follow_any_stages(skip):
    experiment = _passed(network__output="softmax", network__skip=skip, training__loss="mse")
    _assert_like(experiment, oracle_gradients(experiment))


def test_stages_that_begin_with_their_activation_refuse_a_second_one():
    with pytest.raises(SpecError, match=r"network\.output = sigmoid: allowed is one of identity"):
        Experiment(small(network__output="sigmoid", network__skip="preactivation"))


@pytest.mark.parametrize("output", ["sigmoid", "softmax"])
def test_stepping_equals_running(output):
    spec = small(network__output=output, training__loss="mse")
    run, stepped = Experiment(spec), Experiment(spec)
    run.run(5)
    while stepped.step < 5:
        stepped.advance()
    np.testing.assert_array_equal(run.network.flat.values, stepped.network.flat.values)


def test_a_softmax_adds_up_to_one_and_does_not_overflow():
    experiment = _passed(network__output="softmax", init__weights="normal", init__std=90.0)
    np.testing.assert_allclose(experiment.network.output.sum(axis=1), 1.0, rtol=1e-12)


@pytest.mark.parametrize(("output", "words"), [("softmax", "softmax("), ("sigmoid", "σ(")])
def test_the_formula_of_the_output_has_it(output, words):
    experiment = _passed(network__output=output)
    assert words in forward(frame_of(experiment), experiment.stages)


@pytest.mark.parametrize("output", ["sigmoid", "softmax"])
@pytest.mark.parametrize("sample", [0, None])
def test_the_chain_rule_of_its_hop_multiplies_to_the_gradient(output, sample):
    experiment = _passed(network__output=output, training__loss="mse")
    stage = experiment.stages - 1
    experiment.seek(0, experiment.stages + 3)
    assert experiment.moment.stage == stage
    frame = frame_of(experiment, request=Request(frozenset({Hop}), sample=sample))
    hop = frame.measurement(Hop)
    assert hop is not None
    if sample is not None:
        assert "activation" in [factor.part for factor in hop.terms[0].factors]
    total = sum(term.result for term in hop.terms)
    np.testing.assert_allclose(total, hop.left.values, rtol=1e-10)


def test_every_activation_can_be_an_output():
    for entry in OUTPUTS:
        assert np.isfinite(_passed(network__output=entry.name, training__loss="mse").value)


def _sequence(**changes: object) -> Experiment:
    changes = {"network__kind": "lstm", "network__output": "sigmoid", **changes}
    experiment = Experiment(small(**TIMES | changes))
    experiment.seek(0, len(experiment.timeline) - 2)
    experiment.network.parameter_gradients()
    return experiment


@pytest.mark.torch
@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("loss_at", ["last", "every"])
def test_a_readout_with_an_activation_equals_pytorch(kind, loss_at):
    pytest.importorskip("torch", reason="PyTorch is not installed")
    from tests.helpers.torch_oracle import torch_sequence_gradients

    experiment = _sequence(network__kind=kind, training__loss_at=loss_at,
                           network__activation="tanh")  # fmt: skip
    network = experiment.network
    expected = torch_sequence_gradients(experiment)
    for name, theirs in expected["readout"].items():
        ours = network.readout.gradients[name]
        np.testing.assert_allclose(ours, theirs.numpy(), rtol=1e-10, atol=1e-14)
    for name, theirs in expected["cells"][0].items():
        ours = network.cells[0].gradients[name]
        np.testing.assert_allclose(ours, theirs.numpy(), rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("loss_at", ["last", "every"])
def test_the_chain_rule_goes_through_the_readout(loss_at):
    experiment = _sequence(training__loss_at=loss_at)
    experiment.seek(0, experiment.stages + 3)
    frame = frame_of(experiment, request=Request(frozenset({Hop})))
    hop = frame.measurement(Hop)
    assert "activation" in [factor.part for factor in hop.terms[-1].factors]
    total = sum(term.result for term in hop.terms)
    np.testing.assert_allclose(total, hop.left.values, rtol=1e-10, atol=1e-16)
    assert "σ(" in forward(frame, experiment.stages)


def test_a_readout_takes_what_is_unit_by_unit():
    with pytest.raises(SpecError, match=r"network\.output = softmax: .* after a recurrent cell"):
        _sequence(network__output="softmax")
