"""Two compared experiments as one file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.specs import small
from vgsim.core.errors import SpecError
from vgsim.nn.pairs import MOST_STEPS, SavedPair, dumps_pair, pair_in
from vgsim.nn.presets import load_preset, preset_names
from vgsim.nn.spec import dumps

PAIR = SavedPair(small(), small(network__activation="relu"), 400, "backward:2")
GOOD = dumps_pair(PAIR)


@given(
    st.sampled_from(preset_names()),
    st.sampled_from(preset_names()),
    st.integers(0, MOST_STEPS),
    st.sampled_from(["start", "forward:3", "loss", "backward:1", "update"]),
)
def test_what_is_written_is_read_back(a, b, step, moment):
    pair = SavedPair(load_preset(a), load_preset(b), step, moment)
    assert pair_in(dumps_pair(pair)) == pair


def test_a_name_like_a_section_stays_a_name():
    pair = SavedPair(small(name="[data]"), small(name='x"]\n[b]'))
    assert pair_in(dumps_pair(pair)) == pair


def test_an_experiment_is_no_pair():
    assert pair_in(dumps(small())) is None


def test_what_is_no_toml_is_left_to_who_reads_experiments():
    assert pair_in("[pair") is None


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("step = 400", "step = -1", "pair.step = -1: allowed is a whole number"),
        ("step = 400", 'step = "many"', "pair.step = many"),
        ('moment = "backward:2"', "moment = 3", "pair.moment = 3"),
        ("step = 400", "stop = 400", "pair.stop = 400: allowed is step or moment"),
        ("[b.network]", "[c.network]", "c = …: allowed is pair, a or b"),
        ('activation = "relu"', 'activation = "rely"', "b.network.activation = rely"),
        ("depth = 3", 'depth = "3"', "a.network.depth = 3"),
        ("[a]", "[a.extra]", "a.extra"),
    ],
)
def test_a_broken_pair_is_refused_in_a_sentence(before, after, words):
    assert before in GOOD
    with pytest.raises(SpecError) as told:
        pair_in(GOOD.replace(before, after, 1))
    assert words in str(told.value)


@pytest.mark.parametrize("text", ["[pair]", "[pair]\n[a]", "pair = 3\n[a]\n[b]"])
def test_half_a_pair_is_refused_in_a_sentence(text):
    with pytest.raises(SpecError, match=r"is missing|a table"):
        pair_in(text)
