"""What a symbol is at this moment: its place and its number."""

from __future__ import annotations

import pytest

from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.nn.presets import load_preset
from vgsim.text.glossary import glossary
from vgsim.text.lit import lit_now, settled
from vgsim.text.pointed import Pointed


def at(moment):
    """The sigmoid stack at a moment of its first pass."""
    experiment = Experiment(load_preset("sigmoid-stack"))
    while str(experiment.moment) != moment:
        experiment.advance()
    return frame_of(experiment)


@pytest.fixture(scope="module")
def backward():
    """In the middle of the way back."""
    return at("backward:3")


@pytest.fixture(scope="module")
def update():
    """After the pass."""
    return at("update")


def test_a_hop_says_its_way_its_factor_and_what_that_is_made_of(backward):
    way, parts = lit_now(Pointed("factor", hop=4), backward)
    assert way.words == ("Lit now: <i>h</i><sub>4</sub> → <i>h</i><sub>3</sub>, <i>k</i> = 4")
    assert way.number == "×0.21"
    assert parts.words == "derivative × weights"
    assert parts.number == "0.23 × 0.89"


def test_a_hop_that_is_ahead_is_not_reached(backward):
    assert [row.number for row in lit_now(Pointed("factor", hop=2), backward)] == [
        "not reached yet"
    ]


@pytest.mark.parametrize("hop", [1, 8, 99])
def test_a_hop_that_there_is_none_of_says_nothing(backward, hop):
    assert lit_now(Pointed("factor", hop=hop), backward) == []


def test_a_factor_of_no_hop_is_that_of_this_moment(backward, update):
    assert settled(Pointed("factor"), backward) == Pointed("factor", hop=4)
    assert settled(Pointed("factor"), update) == Pointed("factor")
    assert settled(Pointed("factor"), None) == Pointed("factor")


def test_n_is_the_last_stage(backward):
    last = settled(Pointed("stages"), backward)
    assert last.stage == 7
    assert [row.number for row in lit_now(last, backward)] == ["7"]


@pytest.mark.parametrize(
    ("symbol", "stage", "number"),
    [
        ("gradient", 3, "3.8e−5"),
        ("gradient", 2, "not reached yet"),
        ("loss", 0, "2.411"),
        ("learning-rate", 0, "0.5"),
        ("seed", 0, "7"),
    ],
)
def test_a_symbol_has_the_number_that_the_window_shows(backward, symbol, stage, number):
    assert lit_now(Pointed(symbol, stage), backward)[0].number == number


def test_nothing_is_made_up(update):
    """An entry that has no number says none; none fails in any moment."""
    for frame in (None, at("start"), update):
        for name in glossary():
            for row in lit_now(settled(Pointed(name), frame), frame):
                assert "nan" not in row.number
                assert row.number
