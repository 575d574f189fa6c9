"""The cards of the shipped experiments: what they promise is what comes out."""

from __future__ import annotations

import tomllib
from functools import cache

import numpy as np
import pytest

from vgsim.core.errors import SpecError
from vgsim.core.numbers import about, factor, percent, plain, superscript
from vgsim.diagnosis import judge
from vgsim.diagnosis.verdict import Tone
from vgsim.nn import presets
from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.experiment import Experiment
from vgsim.nn.presets import (
    LONGEST_EXPECTATION,
    TAGS,
    load_preset,
    preset_card,
    preset_cards,
    preset_names,
)
from vgsim.nn.spec import dumps, loads

NAMES = preset_names()


def tagged(tag: str) -> list[str]:
    """Names of the presets with that tag."""
    return [card.name for card in preset_cards() if tag in card.tags]


@cache
def sizes(name: str) -> np.ndarray:
    """RMS of ∂J/∂h by stage in the first pass."""
    experiment = Experiment(load_preset(name))
    experiment.run(1)
    return experiment.telemetry.dh_rms.copy()


def hop(name: str) -> float:
    """Geometric mean of the factors between the first stage and the last one below the output."""
    found = sizes(name)[:-1]
    return float((found[0] / found[-1]) ** (1 / (len(found) - 1)))


def lost(name: str) -> float:
    """The share that a hop loses."""
    return 1 - hop(name)


FIGURES = {
    "sigmoid-stack": lambda: factor(hop("sigmoid-stack")) + " a hop",
    "batch-norm-deep": lambda: f"×{plain(hop('batch-norm-deep'), 3)} a hop",
    "residual-explodes": lambda: factor(hop("residual-explodes")) + " a hop",
    "old-standard": lambda: factor(hop("old-standard")) + " a hop",
    "rnn-explodes": lambda: factor(hop("rnn-explodes")) + " a timestep",
    "highway-deep": lambda: percent(lost("highway-deep")) + " lost a hop",
    "irnn": lambda: percent(lost("irnn")) + " lost a timestep",
    "lstm-forget-bias": lambda: percent(lost("lstm-forget-bias")) + " lost a timestep",
    "gru-adding": lambda: "loses " + percent(lost("gru-adding")),
    "chain-explodes": lambda: f"{about(float(sizes('chain-explodes')[0]))} after thirty",
    "worked-example": lambda: f"0.25{superscript(len(sizes('worked-example')) - 1)}",
    "half-to-the-tenth": lambda: f"{load_preset('half-to-the-tenth').network.factor:g}",
    "saturated-sigmoid": lambda: f"σ′(4) = {plain(_sigmoid_derivative(4.0), 2)}",
    "truncated": lambda: f"beyond {load_preset('truncated').training.truncate} steps",
    "tanh-xavier": lambda: f"Slope {_tanh_derivative(0.0):g} at zero",
    "dead-relus": lambda: f"exactly {sizes('dead-relus')[0]:g}",
    "zeros": lambda: f"exactly {sizes('zeros')[0]:g}",
    "underflow-float32": lambda: f"float32 can hold: exactly {sizes('underflow-float32')[0]:g}",
}  # fmt: skip
"""What of an expectation is a figure, computed."""


def _derivative(name: str, z: float) -> float:
    activation = ACTIVATIONS[name]
    at, h, out = np.array([[z]]), np.empty((1, 1)), np.empty((1, 1))
    activation.forward(at, h)
    activation.derivative(at, h, out)
    return float(out[0, 0])


def _sigmoid_derivative(z: float) -> float:
    return _derivative("sigmoid", z)


def _tanh_derivative(z: float) -> float:
    return _derivative("tanh", z)


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_in_an_expectation_is_what_comes_out(name):
    expected = preset_card(name).expect
    assert FIGURES[name]() in expected


def test_every_expectation_with_a_figure_is_computed():
    with_figures = {card.name for card in preset_cards() if any(map(str.isdigit, card.expect))}
    assert with_figures - {"deep-linear"} == set(FIGURES)  # h₁ is a name


@pytest.mark.parametrize(("name", "share", "part"), [
    ("rnn-digits", "twelfth", 1 / 12), ("lstm-forgets", "Two thirds", 2 / 3),
])  # fmt: skip
def test_a_share_in_words_is_what_a_timestep_loses(name, share, part):
    assert share in preset_card(name).expect
    assert lost(name) == pytest.approx(part, rel=0.05)


def test_ten_hops_of_a_half_leave_a_thousandth():
    found = sizes("half-to-the-tenth")
    assert len(found) - 1 == 10 and found[-1] == 1 and found[0] == 0.0009765625
    assert "Ten hops" in preset_card("half-to-the-tenth").expect


def test_exploding_grows_threefold_a_hop():
    assert "Threefold" in preset_card("exploding").expect
    assert round(hop("exploding")) == 3


def test_rotations_leave_the_gradient_exactly_as_large():
    found = sizes("deep-linear")[:-1]
    assert len(found) == 40 and found[0] == pytest.approx(found[-1], rel=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_a_card_is_short_and_tagged(name):
    card = preset_card(name)
    assert 10 < len(card.expect) <= LONGEST_EXPECTATION and not card.expect.endswith(".")
    assert set(card.tags) <= set(TAGS) and len(set(card.tags)) == len(card.tags)


def test_there_are_at_least_twenty_six_and_no_two_alike():
    cards = preset_cards()
    assert len(cards) >= 26
    assert len({card.title for card in cards}) == len({card.expect for card in cards}) == len(cards)


@pytest.mark.parametrize("name", tagged("vanishes"))
def test_what_vanishes_has_lost_most_at_the_first_stage(name):
    found = sizes(name)
    assert found[0] < found[-1] / 100


@pytest.mark.parametrize("name", tagged("explodes"))
def test_what_explodes_has_grown_at_the_first_stage(name):
    found = sizes(name)
    assert found[0] > found[-1] * 30


def test_through_time_are_those_whose_stages_are_timesteps():
    unrolled = [name for name in NAMES if Experiment(load_preset(name)).steps > 1]
    assert tagged("time") == unrolled


@pytest.mark.parametrize("name", tagged("cure"))
def test_a_cure_is_judged_healthy_or_holds_an_explosion(name):
    if "explodes" in preset_card(name).tags:
        assert "good" in preset_card(name).tags
    else:
        assert judge(Experiment(load_preset(name))).tone is Tone.GOOD


@pytest.mark.parametrize("name", tagged("elsewhere"))
def test_where_the_trouble_is_elsewhere_the_gradient_arrives(name):
    found = sizes(name)
    assert found[0] > found[-1] / 10


def _left(name: str) -> float:
    """The loss after the preset's own number of updates, over that of guessing."""
    spec = load_preset(name)
    experiment = Experiment(spec)
    experiment.run(spec.training.steps - 5)
    values: list[float] = []
    experiment.run(5, lambda: values.append(experiment.value))
    return float(np.mean(values)) / experiment.chance


@pytest.mark.slow
@pytest.mark.parametrize("name", tagged("good"))
def test_what_is_good_learns(name):
    assert _left(name) < 0.6


@pytest.mark.slow
@pytest.mark.parametrize("name", tagged("bad"))
def test_what_is_bad_does_not(name):
    assert not _left(name) < 0.85  # nan is an overflow


def test_what_spikes_later_learns_before_it_is_thrown_back():
    experiment = Experiment(load_preset("spikes-later"))
    values: list[float] = []
    experiment.run(300, lambda: values.append(experiment.value))
    low = int(np.argmin(values[:150]))
    assert values[low] < 0.75 * experiment.chance
    assert max(values[low:]) > experiment.chance


def test_a_card_is_no_part_of_the_experiment():
    spec = load_preset("sigmoid-stack")
    assert loads(dumps(spec) + '[card]\nexpect = "anything"\n') == spec


def test_a_card_that_is_no_table_is_refused():
    with pytest.raises(SpecError, match="card = 3"):
        loads("card = 3")


@pytest.mark.parametrize(("card", "message"), [
    ("", "a table with expect and tags"),
    ('[card]\ntags = ["good"]', "expect = None: allowed is 1 to 46 letters"),
    ('[card]\nexpect = "so"\ntags = ["lovely"]', "allowed is some of vanishes"),
    ('[card]\nexpect = "so"\ntags = []', "allowed is some of vanishes"),
])  # fmt: skip
def test_a_card_that_says_too_little_is_refused(monkeypatch, card, message):
    monkeypatch.setattr(presets, "_document", lambda name: tomllib.loads(card))
    preset_card.cache_clear()
    with pytest.raises(SpecError, match=message):
        preset_card("zeros")
    preset_card.cache_clear()
