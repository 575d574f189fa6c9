"""The plain network beside a special one."""

from __future__ import annotations

import pytest

from vgsim.nn.plain import plain_of
from vgsim.nn.presets import load_preset, preset_names


@pytest.mark.parametrize(("name", "changes"), [
    ("residual-deep", {"network.skip": "none", "network.norm": "none"}),
    ("layer-norm", {"network.norm": "none"}),
    ("relu-he", {"network.activation": "sigmoid", "init.weights": "xavier_normal"}),
    ("lstm-adding", {"network.kind": "rnn", "network.activation": "tanh"}),
    ("clipping", {"training.clip": "none"}),
    ("truncated", {"training.truncate": 0}),
    ("underflow-float32", {"training.precision": "float64"}),
    ("data-scale", {"data.standardize": True}),
    ("sigmoid-adam", {"training.optimizer": "sgd"}),
    ("saturated-sigmoid", {"init.bias": "zero"}),
])  # fmt: skip
def test_one_thing_is_taken_away(name, changes):
    spec = load_preset(name)
    assert plain_of(spec) == spec.replace(changes)


@pytest.mark.parametrize("name", ["sigmoid-stack", "worked-example", "half-to-the-tenth"])
def test_what_is_plain_stays_as_it_is(name):
    assert plain_of(load_preset(name)) == load_preset(name)


def test_a_loop_without_gates_becomes_one_of_tanh():
    plain = plain_of(load_preset("irnn"))
    assert plain.network.activation == "tanh" and plain.init.recurrent == "orthogonal"
    assert plain.training == load_preset("irnn").training


@pytest.mark.parametrize("name", preset_names())
def test_depth_width_data_and_seed_are_kept(name):
    spec, plain = load_preset(name), plain_of(load_preset(name))
    for path in ("network.depth", "network.width", "data.dataset", "training.seed"):
        assert plain[path] == spec[path]
