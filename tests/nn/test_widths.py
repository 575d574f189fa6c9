"""Stages of unequal widths: what they are, what is refused, gradients, what others say of them."""

from __future__ import annotations

import numpy as np
import pytest

from tests.helpers.oracle import oracle_gradients
from tests.helpers.specs import small
from vgsim.core.errors import SpecError
from vgsim.measure.chain_rule.result import Hop
from vgsim.measure.collectors import COLLECTORS
from vgsim.measure.request import Focus, Request
from vgsim.measure.saturation import Saturation
from vgsim.measure.singular import Singular
from vgsim.measure.snapshot import frame_of
from vgsim.nn.architectures import hidden_widths
from vgsim.nn.experiment import Experiment
from vgsim.nn.spec import dumps, loads
from vgsim.text.specs import layers_words
from vgsim.text.table import stage_table


def _passed(spec) -> Experiment:
    experiment = Experiment(spec)
    experiment.seek(0, len(experiment.timeline) - 2)
    return experiment


@pytest.mark.parametrize("more", [
    {}, {"network__norm": "batch"}, {"network__norm": "layer", "network__norm_position": "after"},
    {"network__activation": "prelu"}, {"network__activations": "relu,tanh"},
    {"network__dropout": 0.3},
])  # fmt: skip
def test_gradients_equal_autograd(more):
    experiment = _passed(small(network__widths="7,7,3,5,5,5,2", **more))
    expected = oracle_gradients(experiment)
    for layer, theirs in zip(experiment.network.stages, expected, strict=True):
        layer.parameter_gradients()
        for name, value in layer.gradients.items():
            np.testing.assert_allclose(value, theirs[name], rtol=1e-10, atol=1e-14)
        np.testing.assert_allclose(layer.arrays.dh, theirs["zero"], rtol=1e-10, atol=1e-14)


def test_they_decide_the_number_of_stages():
    experiment = Experiment(small(network__widths="5, 4,3", network__depth=9))
    assert experiment.network.widths == (5, 4, 3, 2)


def test_neither_depth_nor_width_is_read_beside_them():
    spec = small(network__widths="5,4")
    assert not spec.applies("network.depth") and not spec.applies("network.width")
    assert loads(dumps(spec))["network.widths"] == "5,4"


@pytest.mark.parametrize("text, widths", [
    ("7-5-3", (7, 5, 3)), ("[7, 5, 3]", (7, 5, 3)), ("(7,)", None), ("7 5  3", (7, 5, 3)),
    ("2x7,3", (7, 7, 3)), ("2 × 7 - 3", (7, 7, 3)), ("3*4", (4, 4, 4)), ("7 → 5", (7, 5)),
    ("7–5", (7, 5)), ("1x7", (7,)),
])  # fmt: skip
def test_they_are_read_as_people_write_them(text, widths):
    spec = small(network__widths=text)
    if widths is None:
        with pytest.raises(SpecError, match=r"network\.widths"):
            hidden_widths(spec)
    else:
        assert tuple(hidden_widths(spec)) == widths
        assert loads(dumps(spec)).network.widths == text


def test_a_depth_that_agrees_with_repeated_widths_is_no_contradiction():
    text = dumps(small(network__widths="2x7-3")).replace("[network]", "[network]\ndepth = {}")
    assert loads(text.format(3)).network.widths == "2x7-3"
    with pytest.raises(SpecError, match=r"network\.depth"):
        loads(text.format(4))


@pytest.mark.parametrize("widths", [
    "5,,4", "5;4", "0,4", "4.5", "5000", ",".join("1" * 1001), "0x5", "1001x5", "x5", "5x", "-5",
    "999999999x5", "[5,4", "5-", "1_0", "5,a", "-", "2x3x4", "٣",
])  # fmt: skip
def test_what_are_no_widths_is_refused(widths):
    with pytest.raises(SpecError, match=r"network\.widths = .*whole numbers separated by commas"):
        Experiment(small(network__widths=widths))


def test_more_activations_than_widths_are_refused():
    with pytest.raises(SpecError, match="at most 2 names, one a hidden stage; this has 3"):
        Experiment(small(network__widths="5,4", network__activations="relu,tanh,relu"))


def test_a_skip_path_between_unequal_stages_is_refused():
    with pytest.raises(SpecError, match=r"network\.projection = none.*different widths"):
        Experiment(small(network__widths="5,5,4", network__skip="residual"))


@pytest.mark.parametrize("skip", ["residual", "preactivation", "highway", "original"])
def test_a_skip_path_between_equal_stages_is_not(skip):
    experiment = _passed(small(network__widths="5,5,5", network__skip=skip))
    assert np.isfinite(experiment.value)


def test_a_stage_changes_width_between_skip_paths():
    spec = small(network__widths="6,6,4,4", network__skip="residual", network__skip_every=2)
    with pytest.raises(SpecError, match="different widths"):
        Experiment(spec)


def test_every_measurement_takes_them_at_every_moment():
    experiment = Experiment(small(network__widths="9,2,6"))
    experiment.run(3)
    found = set()
    for position in range(len(experiment.timeline)):
        experiment.seek(3, position)
        frame = frame_of(experiment, request=Request(frozenset(COLLECTORS), Focus(2, 1, 3)))
        assert frame.widths == (9, 2, 6, 2)
        assert stage_table(frame)
        found |= {type(measurement) for measurement in frame.measurements}
    assert found >= {Hop, Saturation, Singular}


def test_words_of_many_widths_leave_some_out():
    assert layers_words(small(network__widths="500,250,10")) == "500 → 250 → 10"
    assert layers_words(small(network__widths="9,8,7,6,5,4,3")) == "9 → 8 → 7 → 6 → … → 3"
    assert layers_words(small(network__widths="2x9-8")) == "9 → 9 → 8"
    assert layers_words(small(network__widths="6x9,5,6x4")) == "6 × 9 → 5 → 6 × 4"
    assert layers_words(small(network__widths="9,what")) == "9,what"
    assert layers_words(small()) == "3 × 4"
