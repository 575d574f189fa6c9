"""No stage before the output: linear and logistic regression."""

from __future__ import annotations

import numpy as np
import pytest

from tests.helpers.oracle import oracle_gradients
from tests.helpers.specs import small
from vgsim.core.errors import SpecError
from vgsim.diagnosis import judge
from vgsim.measure.collectors import COLLECTORS
from vgsim.measure.request import Focus, Request
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment, copy_of
from vgsim.text.chain_rule import chain_rule
from vgsim.text.table import stage_table


@pytest.mark.parametrize("output", ["identity", "sigmoid", "softmax"])
def test_gradients_equal_autograd(output):
    experiment = Experiment(small(network__depth=0, network__output=output))
    experiment.seek(0, len(experiment.timeline) - 2)
    (layer,) = experiment.network.stages
    layer.parameter_gradients()
    (expected,) = oracle_gradients(experiment)
    for name, value in layer.gradients.items():
        np.testing.assert_allclose(value, expected[name], rtol=1e-10)


def test_it_learns_what_a_line_can_part():
    experiment = Experiment(small(network__depth=0))
    experiment.run(200)
    assert experiment.accuracy() > 0.9


def test_every_moment_can_be_measured_told_and_judged():
    experiment = Experiment(small(network__depth=0))
    experiment.run(2)
    for position in range(len(experiment.timeline)):
        experiment.seek(2, position)
        frame = frame_of(experiment, request=Request(frozenset(COLLECTORS), Focus(1, 0, 0)))
        assert stage_table(frame) and chain_rule(frame).title
    assert judge(copy_of(experiment)).title


@pytest.mark.parametrize("more", [
    {"network__skip": "residual"}, {"network__skip": "preactivation"}, {"network__norm": "batch"},
    {"network__dropout": 0.5}, {"init__weights": "lsuv"},
])  # fmt: skip
def test_what_stages_have_does_no_harm_without_them(more):
    experiment = Experiment(small(network__depth=0, **more))
    experiment.run(3)
    assert np.isfinite(experiment.value)


def test_a_chain_needs_a_stage():
    with pytest.raises(SpecError, match=r"network\.depth = 0: allowed is at least 1 for a chain"):
        Experiment(
            small(
                network__kind="chain",
                network__depth=0,
                data__dataset="one",
                training__loss="linear",
            )
        )


def test_what_stages_have_is_not_read_without_them():
    spec = small(network__depth=0, network__norm="layer", network__skip="residual")
    for path in ("width", "activation", "norm", "norm_position", "skip", "skip_every", "dropout"):
        assert not spec.applies(f"network.{path}")
    assert spec.applies("network.output") and spec.applies("init.weights")
    with pytest.raises(SpecError, match=r"norm = layer: .* network\.depth = 0 decides it"):
        spec.with_text({"network.norm": "layer"})


def test_widths_decide_beside_a_depth_of_0():
    assert small(network__depth=0, network__widths="4").applies("network.activation")
