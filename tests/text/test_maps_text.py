"""Maps in words."""

import math

import pytest

from vgsim.nn.presets import load_preset
from vgsim.sweep.axes import parse_axis
from vgsim.sweep.figures import SHOWN
from vgsim.sweep.plan import SweepPlan, differences
from vgsim.text.maps import (
    another_map,
    axis_title,
    axis_value,
    cell_title,
    failed_words,
    figure_words,
    held_words,
    outcome_label,
    progress_words,
    shown_words,
    time_left,
)

DEPTH = parse_axis("network.depth=2:4:3")
SPEC = load_preset("tanh-xavier").replace({"network.width": 64})
PLAN = SweepPlan(SPEC, (DEPTH, parse_axis("init.gain=0.5:2:4")), seeds=3)


def test_an_axis_has_the_label_and_the_unit_of_its_field():
    assert axis_title(DEPTH) == "Depth"
    assert axis_title(parse_axis("data.length=5,9")) == "Length, steps"
    choice = parse_axis("network.activation=leaky_relu,tanh")
    assert axis_value(choice, "leaky_relu") == "Leaky ReLU"


def test_a_cell_is_told_by_its_values():
    assert cell_title(PLAN, (2, 1)) == "Depth 4 · gain value 1"


@pytest.mark.parametrize(
    ("shown", "value", "words"),
    [
        ("ratio", 366.2, "×370"),
        ("ratio", 0.0, "×0"),
        ("ratio", math.inf, "×∞"),
        ("decades", 2.563, "+2.56 decades"),
        ("decades", -math.inf, "−∞"),
        ("accuracy", 0.984, "98 %"),
        ("reached", 1200.0, "1,200 updates"),
        ("reached", 12.5, "12.5 updates"),
        ("reached", math.inf, "never"),
        ("loss", 2.302585, "2.303"),
        ("verdict", 1.0, "Rate too large"),
        ("verdict", math.nan, "·"),
    ],
)
def test_a_figure_has_its_unit(shown, value, words):
    assert figure_words(SHOWN[shown], value, ("healthy", "rate_too_large")) == words


def test_an_outcome_without_a_label_is_called_by_its_name():
    assert outcome_label("vanishing_weights") == "Vanishing weights"
    assert outcome_label("of-another-package") == "Of another package"


def test_what_is_shown_says_of_how_many_seeds_and_updates():
    told = shown_words(SHOWN.entry("ratio"), PLAN)
    assert told == "RMS ∂J/∂h₁ : RMS ∂J/∂hₙ, median of 3 seeds"
    trained = SweepPlan(SPEC, PLAN.axes, steps=1500, reach=0.5)
    told = shown_words(SHOWN.entry("reached"), trained)
    assert told.endswith("the one to reach, J = 0.5, after 1,500 updates")


def test_what_is_held():
    assert held_words(PLAN) == "Tanh, width 64"


def test_how_far_it_is_and_how_long_it_takes():
    assert progress_words(2397, 3213) == "75 % · 2,397 of 3,213 cells"
    told = [time_left(seconds) for seconds in (0.2, 40, 200, 7200, 1e6, math.inf, math.nan)]
    assert told == [
        "about 1 s left", "about 40 s left", "about 3 min left", "about 2 h left",
        "about 12 days left", "", "",
    ]  # fmt: skip


def test_another_map_is_told_by_what_differs():
    other = SweepPlan(SPEC.replace({"network.width": 8}), PLAN.axes, seeds=3)
    told = another_map("there/tanh.vgmap", differences(PLAN, other))
    assert told == (
        "another name, as tanh.vgmap is another map: network.width is 64 there and 8 here"
    )


def test_failures_are_counted():
    assert failed_words(1, "no memory") == "1 experiment could not be computed: no memory"
    assert failed_words(12, "no memory").startswith("12 experiments")
