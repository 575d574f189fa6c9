"""The gain budget of frames: its parts add up in every moment, and what is said of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.frames import make_frame
from tests.helpers.specs import small
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.ui.plots.model.budget import (
    budget,
    coarse,
    derivative_label,
    extent,
    part_color,
    part_label,
    stacked,
    summary,
    total_words,
)
from vgsim.ui.style.theme import load_theme

SEQUENCE = {"data__dataset": "adding", "data__length": 6, "training__loss": "mse"}
NETWORKS = {
    "sigmoid": {"network__activation": "sigmoid"},
    "residual, layer norm": {"network__skip": "residual", "network__norm": "layer"},
    "pre-activation": {"network__skip": "preactivation", "network__norm": "rms"},
    "highway, dropout": {"network__skip": "highway", "network__dropout": 0.3},
    "skip two, batch norm": {
        "network__skip": "original",
        "network__skip_every": 2,
        "network__norm": "batch",
        "network__depth": 5,
    },
    "rnn, truncated": {"network__kind": "rnn", "training__truncate": 2, **SEQUENCE},
    "rnn, loss at every step": {
        "network__kind": "rnn",
        "training__loss_at": "every",
        **SEQUENCE,
    },
    "lstm": {"network__kind": "lstm", **SEQUENCE},
    "gru": {"network__kind": "gru", **SEQUENCE},
}
LIGHT, DARK = load_theme("light"), load_theme("dark")


def with_cuts(*hops):
    """A frame after the pass; a hop is the pairs of stage k + 1, the first hop first."""
    stages = len(hops) + 1
    return replace(make_frame(stages), cuts=((("h", 1.0),), *hops))


def measured(frame):
    """log10 of what each hop made of the RMS; nan where one end is not reached."""
    with np.errstate(all="ignore"):
        return np.diff(-np.log10(frame.dh_rms))


def assert_adds_up(found, frame):
    finite = np.isfinite(found.total)
    parts = sum((values[finite] for values in found.parts.values()), np.zeros(finite.sum()))
    assert np.allclose(parts, found.total[finite], rtol=0, atol=1e-9)
    assert np.allclose(found.total[finite], measured(frame)[finite], rtol=0, atol=1e-9)


@pytest.mark.parametrize("changes", NETWORKS.values(), ids=NETWORKS)
def test_the_parts_sum_to_the_measured_factor_in_every_moment(changes):
    experiment = Experiment(small(**changes))
    for _ in range(2 * len(experiment.timeline) - 1):
        frame = frame_of(experiment)
        found = budget(frame)
        assert np.array_equal(found.taken(), np.arange(1, frame.stages) >= frame.backward_from)
        assert_adds_up(found, frame)
        experiment.advance()


@settings(max_examples=15)
@given(
    st.integers(1, 8),
    st.sampled_from(["sigmoid", "relu", "gelu", "selu"]),
    st.sampled_from(["none", "layer", "batch", "rms"]),
    st.sampled_from(["none", "residual", "preactivation", "highway"]),
    st.floats(0.05, 3.0),
    st.integers(0, 20),
)
def test_the_parts_sum_to_the_total_whatever_the_network(depth, name, norm, skip, std, position):
    experiment = Experiment(
        small(
            network__depth=depth,
            network__activation=name,
            network__norm=norm,
            network__skip=skip,
            init__weights="normal",
            init__std=std,
        )
    )
    experiment.seek(0, min(position, len(experiment.timeline) - 1))
    frame = frame_of(experiment)
    assert_adds_up(budget(frame), frame)


def test_hops_not_taken_have_no_decades():
    experiment = Experiment(small())
    experiment.seek(0, 7)
    found = budget(frame_of(experiment))
    assert found.taken().tolist() == [False, False, True]
    assert total_words(found, 0) == ""
    assert summary(found).endswith(" decades in 1 of 3 hops")


@pytest.mark.parametrize(
    ("sizes", "words", "sum_of_all"),
    [
        ((1.0, 0.1, 0.05), "−1.30", "−1.30 decades in 1 hop"),
        ((1.0, 0.1, 0.0), "→ 0", "exactly 0 from h₁ on, 1 hop"),
        ((1.0, 0.1, np.inf), "→ ∞", "∞ from h₁ on, 1 hop"),
        ((0.0, 0.0, 0.0), "was 0", "exactly 0 from h₂ on, 1 hop"),
        ((np.inf, 1.0, 1.0), "was ∞", "∞ from h₂ on, 1 hop"),
    ],
)
def test_what_has_no_logarithm_has_words(sizes, words, sum_of_all):
    hop = tuple(zip(("h", "activation", "weights"), sizes, strict=True))
    found = budget(with_cuts(hop))
    assert total_words(found, 0) == words
    assert summary(found) == sum_of_all


def test_parts_that_come_twice_are_one():
    hop = (("h", 1.0), ("weights", 0.1), ("activation", 0.2), ("weights", 0.02))
    assert budget(with_cuts(hop)).parts["weights"] == pytest.approx([-2.0])


def test_parts_that_never_do_anything_are_left_out():
    hop = (("h", 1.0), ("activation", 1.0), ("skip", 1.0), ("weights", 1.0))
    assert list(budget(with_cuts(hop)).parts) == ["weights"]


def test_bars_stack_to_both_sides_of_zero():
    hop = (("h", 1.0), ("activation", 0.1), ("weights", 0.01), ("skip", 1.0), ("loss", 10.0))
    found = budget(with_cuts(hop))
    bars = np.array([np.ravel(ends) for ends in stacked(found, (-5, 5)).values()])
    assert list(found.parts) == ["activation", "weights", "skip", "loss"]
    assert np.allclose(bars, [(0, -1), (-1, -2), (0, 2), (2, 3)])
    assert extent(found) == pytest.approx((-2, 3))


def test_what_is_infinite_reaches_the_edge():
    hop = (("h", 1.0), ("activation", 0.1), ("weights", 0.0))
    found = budget(with_cuts(hop))
    assert stacked(found, (-3, 1))["weights"][1].tolist() == [-3]
    assert extent(found) == (-1, 0)


@pytest.mark.parametrize("size", [2, 3, 7])
def test_means_of_some_hops_add_up_too(size):
    experiment = Experiment(small(network__depth=9, network__norm="layer"))
    experiment.seek(0, 15)
    found = coarse(budget(frame_of(experiment)), size)
    known = found.taken()
    parts = sum(values[known] for values in found.parts.values())
    assert np.allclose(parts, found.total[known], rtol=0, atol=1e-12)
    assert found.hops == -(-9 // size)


def test_the_activation_is_named_with_its_bound():
    frame = frame_of(Experiment(small(network__activation="sigmoid")))
    assert part_label(frame, "activation") == "σ′(z) ≤ 0.25"
    assert part_label(frame, "weights") == "weights"
    assert derivative_label("relu") == "ReLU′(z) ≤ 1"


def test_several_activations_share_a_name():
    frame = frame_of(Experiment(small(network__activations="tanh,relu,sigmoid")))
    assert part_label(frame, "activation") == "f′(z)"


def test_cells_have_gates():
    frame = frame_of(Experiment(small(**NETWORKS["gru"])))
    assert part_label(frame, "activation") == "gates"
    assert part_label(frame, "skip") == "kept by z"


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_no_two_parts_share_a_color(theme):
    parts = ("activation", "weights", "normalization", "dropout", "skip", "loss", "truncation")
    assert len({part_color(theme, part) for part in parts}) == len(parts)


@pytest.mark.parametrize(("output", "label"), [
    ("identity", "tanh′(z) ≤ 1"), ("tanh", "tanh′(z) ≤ 1"), ("sigmoid", "f′(z)"),
    ("softmax", "f′(z)"),
])  # fmt: skip
def test_the_derivative_is_named_that_all_hops_have_the_output_too(output, label):
    experiment = Experiment(small(network__output=output, training__loss="mse"))
    assert part_label(frame_of(experiment), "activation") == label
