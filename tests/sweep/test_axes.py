"""Axes of a map: what is read, what is refused, and the one way in which each is written."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vgsim.core.errors import SpecError
from vgsim.nn.spec import fields
from vgsim.sweep.axes import Axis, axis_text, can_vary, fewer_words, parse_axis


def test_a_range_has_its_ends_and_as_many_values_as_asked_for():
    axis = parse_axis("init.gain=0.5:3:26")
    assert axis.values[:3] == (0.5, 0.6, 0.7)
    assert axis.values[-1] == 3.0
    assert len(axis) == 26
    assert not axis.log


def test_equal_factors():
    axis = parse_axis("training.learning_rate=0.001:10:5:log")
    assert axis.values == (0.001, 0.01, 0.1, 1.0, 10.0)
    assert axis.log


def test_whole_numbers_are_rounded_and_stand_once():
    text = "network.depth=2:8:12:log"
    axis = parse_axis(text)
    assert axis.values == (2, 3, 4, 5, 6, 7, 8)
    told = fewer_words(text, axis)
    assert told == (
        "network.depth: 12 values are asked for, which round to 7 different whole numbers"
    )
    assert fewer_words("network.depth=2:8:7", parse_axis("network.depth=2:8:7")) == ""


def test_names_stay_in_order_and_numbers_rise():
    assert parse_axis("network.activation=tanh, relu,elu").values == ("tanh", "relu", "elu")
    assert parse_axis("network.depth=8,2,4").values == (2, 4, 8)


def test_yes_and_no():
    axis = parse_axis("network.two_biases=true,false")
    assert axis.values == (True, False)
    assert axis.of_choices


def test_numbers_of_numpy_are_numbers():
    axis = Axis("init.gain", tuple(np.linspace(1, 2, 3)))
    assert axis.values == (1.0, 1.5, 2.0)
    assert {type(value) for value in axis.values} == {float}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("network.dephth=2:3:4", "known field"),
        ("depth", "FIELD=LOW:HIGH:COUNT[:log]"),
        ("network.depth=", "FIELD=LOW:HIGH:COUNT[:log]"),
        ("network.activation=0:1:5", "names with commas, some of sigmoid"),
        ("network.activation=rleu,tanh", "network.activation = rleu"),
        ("network.activation=tanh,relu:log", "names with commas"),
        ("network.two_biases=0:1:2", "true,false"),
        ("network.depth=relu,tanh", "numbers with commas, each a whole number from 0 to 1000"),
        ("network.depth=2:64", "LOW:HIGH:COUNT[:log]"),
        ("network.depth=2:64:3:4:log", "LOW:HIGH:COUNT[:log]"),
        ("network.depth=2:64:many", "a count of 2 to 100,000"),
        ("network.depth=2:64:1000000000", "a count of 2 to 100,000"),
        ("network.depth=2:64:200000", "2 to 100,000 values"),
        ("network.depth=0:64:12:log", "above 0"),
        ("network.factor=-1:1:12:log", "above 0"),
        ("network.factor=-1,1,2:log", "above 0"),
        ("network.depth=2,2", "all different"),
        ("network.depth=64:2:4", "from a lower to a higher number"),
        ("network.depth=2.5:6:4", "network.depth = 2.5: allowed is a whole number"),
        ("network.depth=2:6000:4", "from 0 to 1000"),
        ("network.depth=2,5000", "from 0 to 1000"),
        ("init.gain=nan:1:3", "from 0 to 100"),
        ("init.gain=1:inf:3", "from 0 to 100"),
        ("init.gain=1:2:1", "2 to 100,000 values"),
        ("data.path=a,b", "a number, a choice, or true and false"),
        ("name=a,b", "a number, a choice, or true and false"),
        ("training.steps=1,2", "--steps"),
    ],
)
def test_what_is_no_axis_is_refused_in_one_sentence(text, told):
    with pytest.raises(SpecError) as refused:
        parse_axis(text, "--x")
    assert told in str(refused.value)
    assert len(refused.value.problems) == 1


@pytest.mark.parametrize("info", [info for info in fields() if can_vary(info)], ids=str)
def test_every_field_that_can_vary_is_read_back(info):
    if info.choices:
        axis = Axis(info.path, info.names()[:3])
    elif info.kind is bool:
        axis = Axis(info.path, (False, True))
    else:
        axis = Axis.between(info.path, info.low, info.high, 5)
    assert parse_axis(axis_text(axis)) == axis


@given(
    st.sampled_from([info for info in fields() if can_vary(info) and info.kind is float]),
    st.lists(st.floats(0, 1), min_size=1, max_size=6, unique=True),
)
def test_any_numbers_are_read_back(info, shares):
    values = {(1 - share) * info.low + share * info.high for share in shares}
    inside = [min(max(value, info.low), info.high) for value in values]
    axis = Axis(info.path, tuple(dict.fromkeys(inside)))
    assert parse_axis(axis_text(axis)) == axis


@given(st.integers(1, 900), st.integers(1, 100), st.integers(2, 50), st.booleans())
def test_any_range_is_read_back(low, further, count, log):
    axis = parse_axis(f"network.depth={low}:{low + further}:{count}{':log' * log}")
    assert axis.values[0] == low
    assert axis.values[-1] == low + further
    assert parse_axis(axis_text(axis)) == axis
