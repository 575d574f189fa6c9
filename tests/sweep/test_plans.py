"""Plans of maps: their one text, what is refused before any work, and in what two differ."""

import pytest

from vgsim.core.errors import SpecError
from vgsim.nn.presets import load_preset
from vgsim.nn.spec import Spec, field_at
from vgsim.sweep.axes import Axis, parse_axis
from vgsim.sweep.checks import kinds_of_cells
from vgsim.sweep.plan import SweepPlan, differences, dumps, loads

TANH = load_preset("tanh-xavier")
DEPTH = "network.depth=2:8:3"
GAIN = "init.gain=0.5:3:6"


def plan_of(*axes: str, spec: Spec = TANH, **more) -> SweepPlan:
    return SweepPlan(spec, tuple(parse_axis(axis) for axis in axes), **more)


def test_text_reads_back_the_same_map():
    plan = plan_of(DEPTH, GAIN, seeds=3, steps=20, reach=0.5, judged=True)
    text = dumps(plan)
    assert dumps(loads(text)) == text
    assert loads(text).member((2, 1), 2) == plan.member((2, 1), 2)


def test_what_an_axis_has_makes_no_other_text():
    other = plan_of(DEPTH, GAIN, spec=TANH.replace({"network.depth": 40}))
    assert dumps(other) == dumps(plan_of(DEPTH, GAIN))


def test_text_has_what_only_some_cells_read():
    spec = TANH.replace({"network.slope": 0.3})
    plan = plan_of(DEPTH, "network.activation=tanh,leaky_relu", spec=spec)
    assert loads(dumps(plan)).member((0, 1), 0)["network.slope"] == 0.3


def test_members_take_their_values_and_following_seeds():
    plan = plan_of(DEPTH, GAIN, seeds=2)
    spec = plan.member((1, 2), 1)
    assert (spec.network.depth, spec.init.gain) == (5, 1.5)
    assert spec.training.seed == TANH.training.seed + 1


@pytest.mark.parametrize(
    ("axes", "more", "told"),
    [
        ((), {}, "axes = 0: allowed is 1 to 6 axes"),
        ((DEPTH, DEPTH), {}, "one axis for each field"),
        (("network.slope=0:1:3", DEPTH), {}, "network.activation = leaky_relu"),
        (
            ("network.slope=0:1:3", "network.activation=relu,leaky_relu"),
            {},
            "where network.activation = relu nothing reads it",
        ),
        (
            ("network.depth=0:8:3", "network.activation=relu,tanh"),
            {},
            "where network.depth = 0 nothing reads it",
        ),
        (
            ("init.std=0.1:1:2", DEPTH, "init.weights=xavier_normal,normal"),
            {},
            "where init.weights = xavier_normal nothing reads it",
        ),
        (
            (
                DEPTH,
                GAIN,
                "network.width=1,2",
                "training.batch=1,2",
                "data.held_out=0,0.1",
                "network.dropout=0,0.1",
                "training.weight_decay=0,0.1",
            ),
            {},
            "axes = 7: allowed is 1 to 6 axes",
        ),
        ((DEPTH, GAIN), {"seeds": 0}, "from 1 to 1000"),
        ((DEPTH, GAIN), {"seeds": True}, "from 1 to 1000"),
        ((DEPTH, GAIN), {"steps": -1}, "steps = -1"),
        ((DEPTH, GAIN), {"reach": float("inf")}, "a loss"),
        ((DEPTH, "training.seed=1,2,3"), {"seeds": 2}, "training.seed is an axis"),
        (
            ("network.depth=1:1000:1000", "init.gain=0.5:3:100000"),
            {"seeds": 10},
            "1,000,000,000: allowed is at most 5,000,000",
        ),
        ((DEPTH, GAIN), {"spec": TANH.replace({"training.seed": 2**32 - 2}), "seeds": 5}, "seed"),
    ],
)
def test_a_map_that_cannot_be_computed_is_refused(axes, more, told):
    with pytest.raises(SpecError) as refused:
        plan_of(*axes, **more)
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "[map]"),
        ("a[", "TOML"),
        ("[map]", "axes = 0: allowed is 1 to 6 axes"),
        ("[map]\naxes = 3", "a list of axes"),
        ("[map]\naxes = [3]", "a list of axes"),
        ("[map]\naxes = ['depth']", "map.axes = depth"),
        ("[map]\nseeds = 1.5", "a whole number"),
        ("[map]\ncells = 1", "map.cells = 1: allowed is one of axes, seeds"),
        ("x = 3\n[map]\naxes = ['network.depth=2,3']", "a known field"),
        ("[network]\ndepth = 4\n[map]\naxes = ['network.depth=2,3']", "not both"),
        ("[network]\nslope = 0.4\n[map]\naxes = ['network.depth=2,3']", "nothing here reads it"),
        ("[network]\ndepth = 'x'\n[map]\naxes = ['init.gain=2,3']", "network.depth = x"),
    ],
)
def test_a_text_that_is_no_map_is_refused(text, told):
    with pytest.raises(SpecError) as refused:
        loads(text)
    assert told in str(refused.value)


def test_choices_beside_which_the_same_is_read_are_looked_at_once():
    paths = ("network.activation", "init.weights", "network.norm", "network.skip")
    axes = tuple(Axis(path, field_at(path).names()) for path in paths)
    plan = SweepPlan(TANH, axes)
    assert len(kinds_of_cells(TANH, axes)) < plan.cells / 5
    assert dumps(loads(dumps(plan))) == dumps(plan)


def test_two_maps_differ_in_named_settings():
    there = plan_of(DEPTH, GAIN)
    wider = plan_of("network.depth=2:9:3", GAIN, spec=TANH.replace({"network.width": 9}), seeds=2)
    assert [str(found) for found in differences(there, wider)] == [
        "network.depth is 2:8:3 there and 2:9:3 here",
        f"network.width is {TANH.network.width} there and 9 here",
        "the number of seeds is 1 there and 2 here",
    ]


def test_names_and_what_nothing_reads_make_no_difference():
    other = TANH.replace({"name": "other", "network.slope": 0.7, "training.steps": 3})
    assert differences(plan_of(DEPTH, GAIN), plan_of(DEPTH, GAIN, spec=other)) == ()


def test_turned_axes_are_another_map():
    found = differences(plan_of(DEPTH, GAIN), plan_of(GAIN, DEPTH))
    assert [each.name for each in found] == ["the order of axes"]
