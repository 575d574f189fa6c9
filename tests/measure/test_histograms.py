"""Histograms against counts made the plain way."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tests.helpers.specs import small
from vgsim.measure.histograms import ActivationHistograms, GradientHistograms, even_histogram
from vgsim.measure.request import Request
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment

SEQUENCE = {"data__dataset": "adding", "data__length": 5, "training__loss": "mse"}
NETWORKS = {
    "tanh": {},
    "relu": {"network__activation": "relu"},
    "pre-activation": {"network__skip": "preactivation", "network__norm": "layer"},
    "lstm": {"network__kind": "lstm", **SEQUENCE},
    "rnn, loss at every step": {
        "network__kind": "rnn",
        "training__loss_at": "every",
        **SEQUENCE,
    },
}


def measured(experiment, kind):
    return frame_of(experiment, request=Request(kinds=frozenset({kind}))).measurement(kind)


@given(
    hnp.arrays(np.int64, (3, 20), elements=st.integers(-300, 300)),
    st.sampled_from([0.5, 1.0, 2.0, 4.0]),
)
def test_even_bins_are_those_of_numpy(parts, half):
    values = parts / 128  # every edge is met exactly, and no number is next to one
    counts = even_histogram(values, half, 8)
    for row, found in zip(values, counts, strict=True):
        inside = np.clip(row[row != 0], -half, half)
        assert found.tolist() == np.histogram(inside, bins=8, range=(-half, half))[0].tolist()


def test_what_is_no_number_and_exact_zeros_are_not_counted():
    values = np.array([[0.0, -0.0, np.nan, np.inf, -np.inf, 0.5]])
    assert even_histogram(values, 1.0, 4).tolist() == [[0, 0, 0, 1]]


@pytest.mark.parametrize("changes", NETWORKS.values(), ids=NETWORKS)
def test_every_value_is_counted_once(changes):
    experiment = Experiment(small(**changes))
    experiment.run(1)
    h = measured(experiment, ActivationHistograms)
    dh = measured(experiment, GradientHistograms)
    for at, view in enumerate(experiment.network.views):
        zeros = np.count_nonzero(view.h == 0)
        assert h.linear.counts[at].sum() == h.decades.counts[at].sum() == view.h.size - zeros
        assert h.zero[at] == pytest.approx(zeros / view.h.size)
        assert dh.counts[at].sum() == view.dh.size
        assert dh.counts[at, 0] == np.count_nonzero(view.dh == 0)


def test_the_half_width_is_a_power_of_two_that_holds_every_value():
    experiment = Experiment(small(init__weights="normal", init__std=30.0))
    experiment.run(1)
    found = measured(experiment, ActivationHistograms).linear
    most = max(np.abs(view.h).max() for view in experiment.network.views)
    assert found.half / 2 < most <= found.half
    assert np.log2(found.half).is_integer()


def test_what_the_pass_has_not_reached_counts_nothing():
    experiment = Experiment(small())
    assert measured(experiment, ActivationHistograms) is None
    experiment.seek(0, 2)
    found = measured(experiment, ActivationHistograms)
    assert found.linear.counts.any(axis=1).tolist() == [True, True, False, False]
    assert np.isnan(found.zero).tolist() == [False, False, True, True]
    assert measured(experiment, GradientHistograms) is None
    experiment.seek(0, 6)
    found = measured(experiment, GradientHistograms)
    assert found.counts.any(axis=1).tolist() == [False, False, False, True]


def test_of_many_stages_some_are_chosen_evenly():
    experiment = Experiment(small(network__depth=60))
    experiment.run(1)
    stages = measured(experiment, GradientHistograms).stages
    assert len(stages) == 24
    assert (stages[0], stages[-1]) == (1, 61)
    assert set(np.diff(stages)) <= {2, 3}


def test_of_many_samples_every_so_many_is_counted():
    experiment = Experiment(small(network__width=256, network__depth=20, training__batch=32))
    experiment.run(1)
    found = measured(experiment, GradientHistograms)
    assert found.every == 3
    assert found.counts[5].sum() == 11 * 256
