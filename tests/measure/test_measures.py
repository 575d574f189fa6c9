"""Measures by hand and against what they are defined by."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from tests.helpers.specs import small
from vgsim.measure.budget import gain_budget
from vgsim.measure.coherence import kept_agreement, kept_agreements, mean_cosine
from vgsim.measure.histograms import LogBins, log_histogram
from vgsim.measure.jacobians import ScaledMatrix, rescaled, singular_values
from vgsim.measure.saturation import dead_fraction, saturated_fraction
from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.experiment import Experiment
from vgsim.nn.norms import exact_norm


def test_the_saturated_fraction_is_one_for_each_stage():
    derivatives = np.array([[[0.25, 0.2]], [[0.25, 0.001]]])
    assert list(saturated_fraction(ACTIVATIONS["sigmoid"], derivatives)) == [0, 0.5]


def test_a_dead_unit_is_shut_for_every_sample():
    assert dead_fraction(np.array([[0.0, 0.0, 1.0, 0.0], [0.0, 1.0, 1.0, 0.0]])) == 0.5


BINS = LogBins(-2, 2, per_decade=1)


def test_a_histogram_has_places_for_what_has_no_logarithm():
    values = np.array([0.0, -0.0, 1e-5, 0.02, -0.5, 5.0, 50.0, 1e2, 1e9, np.inf, np.nan])
    #  zero, below, four decades, above, inf or nan
    assert list(log_histogram(values, BINS)) == [2, 1, 1, 1, 1, 1, 2, 2]


def test_histograms_stage_by_stage_add_up_to_the_whole():
    values = 10.0 ** np.random.default_rng(1).uniform(-4, 4, (5, 7, 3))
    whole, rows = log_histogram(values, LogBins()), log_histogram(values, LogBins(), axis=0)
    assert rows.shape == (5, LogBins().size) and np.array_equal(rows.sum(axis=0), whole)
    assert whole.sum() == values.size


def test_the_bins_are_those_of_the_edges():
    values = 10.0 ** np.random.default_rng(2).uniform(-16, 4, 3000)
    expected, _ = np.histogram(values, LogBins().edges())
    assert np.array_equal(log_histogram(values, LogBins())[2:-2], expected)


def test_denormal_numbers_count_as_small_not_as_zero():
    assert log_histogram(np.array([1e-310, 1e-42]).astype(np.float32), BINS)[:2].tolist() == [1, 1]


def test_the_parts_of_a_budget_sum_to_the_total():
    norms = 10.0 ** np.random.default_rng(3).uniform(-150, 150, (5, 40))
    budget = gain_budget(norms, ["activation", "normalization", "weights", "skip"])
    assert np.allclose(sum(budget.parts.values()), budget.total, rtol=0, atol=1e-12)
    assert np.allclose(budget.total, np.log10(norms[-1]) - np.log10(norms[0]), atol=1e-12)


def test_a_part_that_loses_everything_takes_the_blame_alone():
    budget = gain_budget([[1.0, 0.0], [0.0, 0.0], [0.0, 0.0]], ["activation", "weights"])
    assert budget.parts["activation"][0] == -np.inf and budget.parts["weights"][0] == 0
    assert budget.total[0] == -np.inf and np.isnan(budget.total[1])


def test_a_part_named_twice_is_added():
    budget = gain_budget([1.0, 10.0, 1.0, 1000.0], ["weights", "activation", "weights"])
    assert budget.parts["weights"] == pytest.approx(4) and budget.total == pytest.approx(3)


def test_cuts_and_parts_must_fit():
    with pytest.raises(ValueError, match="2 parts need 3 cuts, not 2"):
        gain_budget([1.0, 2.0], ["activation", "weights"])


@pytest.fixture(scope="module")
def passed() -> Experiment:
    """An experiment with a whole pass done."""
    experiment = Experiment(small(network__depth=6, network__activation="sigmoid"))
    experiment.seek(0, len(experiment.timeline) - 2)
    return experiment


def test_the_budget_of_a_real_pass(passed):
    layers = passed.network.stages
    cuts = [
        [exact_norm(above.arrays.dh), exact_norm(above.arrays.dz), exact_norm(below.arrays.dh)]
        for below, above in pairwise(layers)
    ]
    budget = gain_budget(np.transpose(cuts), ["activation", "weights"])
    assert np.allclose(sum(budget.parts.values()), budget.total, rtol=0, atol=1e-12)
    assert (budget.parts["activation"][:-1] <= np.log10(0.25)).all()


def test_singular_values_of_one_hop():
    matrix = np.random.default_rng(4).standard_normal((4, 6))
    assert np.allclose(10 ** singular_values(matrix), np.linalg.svd(matrix, compute_uv=False))


def _product(jacobians: list[np.ndarray]) -> ScaledMatrix:
    """J_n ⋯ J_1, brought back to 1 after each factor."""
    product = rescaled(jacobians[0], np.zeros(()))
    for jacobian in jacobians[1:]:
        product = rescaled(jacobian @ product.matrix, product.decades)
    return product


def test_a_product_beyond_the_smallest_float_keeps_its_singular_values():
    rotation = np.linalg.qr(np.random.default_rng(5).standard_normal((5, 5)))[0]
    product = _product([1e-3 * rotation] * 500)
    assert np.allclose(singular_values(product), -1500, rtol=1e-12)


def test_singular_values_below_rounding_are_not_made_up():
    found = singular_values(_product([np.diag([1.0, 0.1])] * 30))
    assert found[0] == 0 and np.isnan(found[1])


def test_singular_values_of_nothing_and_of_too_much():
    assert (singular_values(np.zeros((2, 2))) == -np.inf).all()
    assert np.isnan(singular_values(np.array([[np.inf, 0.0], [0.0, 1.0]]))).all()


def test_the_mean_cosine_is_the_mean_over_pairs():
    rows = np.random.default_rng(6).standard_normal((6, 9)) + 0.5
    units = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    pairs = (units @ units.T)[np.triu_indices(6, 1)]
    assert mean_cosine(rows) == pytest.approx(pairs.mean(), rel=1e-12)


@pytest.mark.parametrize("size", [1e-300, 5e-324, 1.0, 1e300])
def test_coherence_does_not_depend_on_size(size):
    rows = np.array([[1.0, 0.0, 0.0], [1.0, 0.0, 0.0], [-1.0, 0.0, 0.0]]) * size
    assert mean_cosine(rows) == pytest.approx(-1 / 3)


def test_rows_of_zeros_have_no_direction():
    assert mean_cosine(np.array([[1.0, 1.0], [0.0, 0.0], [2.0, 2.0]])) == pytest.approx(1)
    assert np.isnan(mean_cosine(np.array([[1.0, 1.0], [0.0, 0.0]])))
    assert np.isnan(mean_cosine(np.array([[1.0, np.inf], [1.0, 0.0]])))


def test_a_rotation_keeps_all_agreement_and_noise_none():
    rng = np.random.default_rng(4)
    above = rng.standard_normal((64, 12))
    rotation = np.linalg.qr(rng.standard_normal((12, 12)))[0]
    assert kept_agreement(above, 3e-200 * above @ rotation) == pytest.approx(1)
    assert abs(kept_agreement(above, rng.standard_normal((64, 12)))) < 0.1


def test_agreement_needs_rows_with_a_direction():
    assert np.isnan(kept_agreement(np.zeros((3, 2)), np.ones((3, 2))))
    assert np.isnan(kept_agreement(np.ones((3, 2)), np.full((3, 2), np.inf)))


def test_agreement_leaves_out_rows_without_a_direction():
    rng = np.random.default_rng(2)
    above = rng.standard_normal((9, 5))
    stack = rng.standard_normal((4, 9, 7))
    stack[1, [2, 6]] = 0
    stack[2, 0, 0] = np.nan
    stack[3, 1:] = 0
    found = kept_agreements(above, stack)
    rest = [0, 1, 3, 4, 5, 7, 8]
    assert found[0] == pytest.approx(kept_agreement(above, stack[0]))
    assert found[1] == pytest.approx(kept_agreement(above[rest], stack[1][rest]))
    assert np.isnan(found[2:]).all()


def test_agreement_is_the_slope_of_the_cosines():
    above, below = np.random.default_rng(4).standard_normal((2, 7, 5))
    one, two = (np.corrcoef(np.hstack([rows, -rows])) for rows in (above, below))
    pairs = np.triu_indices(7, 1)  # rows beside their negatives have a mean of 0
    expected = np.linalg.lstsq(one[pairs][:, None], two[pairs], rcond=None)[0][0]
    assert kept_agreement(above, below) == pytest.approx(expected)
