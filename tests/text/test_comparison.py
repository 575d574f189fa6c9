"""What differs between two experiments, in words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.frames import make_frame
from vgsim.nn.presets import load_preset
from vgsim.nn.spec import Spec
from vgsim.text.specs import compared_names, difference, fitting


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "same settings"),
        ({"training.learning_rate": 0.01}, "learning rate 0.01"),
        ({"network.activation": "relu", "init.weights": "he_normal"}, "ReLU, He normal"),
        ({"network.depth": 20, "network.activation": "relu"}, "ReLU, depth 20"),
        ({"network.norm": "layer"}, "Layer norm"),
        ({"network.skip": "preactivation"}, "Residual pre-activation"),
        ({"training.clip": "norm"}, "clipping by norm"),
        ({"data.standardize": False}, "standardize off"),
        ({"training.seed": 8}, "seed 8"),
        ({"training.weight_decay": 1e-9}, "weight decay 1e−9"),
        ({"network.factor": -2.0}, "same settings"),
        ({"training.steps": 7, "name": "other"}, "same settings"),
    ],
)
def test_only_what_differs_is_said(changes, words):
    assert difference(Spec(), Spec().replace(changes)) == words


def test_what_is_absent_is_said_to_be():
    assert difference(Spec().replace({"network.norm": "layer"}), Spec()) == "no normalization"


def test_both_experiments_are_named_by_what_the_other_has_not():
    frame = replace(make_frame(), spec=load_preset("sigmoid-stack"))
    other = replace(frame, spec=load_preset("relu-he"))
    names = compared_names(replace(frame, other=other))
    assert names.a.startswith("A Sigmoid, Xavier normal")
    assert names.b.startswith("B ReLU, He normal")


def test_equal_experiments_say_so_once():
    frame = make_frame()
    names = compared_names(replace(frame, other=make_frame()))
    assert (names.a, names.b) == ("A", "B same settings")


@given(st.integers(0, 40))
def test_names_fit_by_leaving_parts_out(room):
    words = "B ReLU, He normal, width 16"
    short = fitting(words, room, len)
    assert len(short) <= max(room, 1)
    assert words.startswith(short)
