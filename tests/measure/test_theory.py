"""Theory: published facts, and what networks really do at width 512."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.helpers.specs import small
from vgsim.measure.collectors import collect
from vgsim.measure.forecast import Forecasted, phase_of
from vgsim.measure.request import Request
from vgsim.measure.snapshot import frame_of
from vgsim.measure.theory import (
    activation_bound,
    chi,
    critical_weight_variance,
    dense_forecast,
    fixed_point,
    forecast,
    mean_field,
    mean_square,
    mean_square_derivative,
    recurrent_bound,
    spectral_radius,
    variance_map,
)
from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.experiment import Experiment
from vgsim.nn.presets import load_preset

F = ACTIVATIONS
SMOOTH = ["sigmoid", "tanh", "gelu", "gelu_tanh", "silu", "mish", "softplus", "identity"]


@pytest.mark.parametrize("name", SMOOTH)
@pytest.mark.parametrize("q", [0.01, 0.5])
def test_means_agree_with_gauss_hermite_where_that_converges(name, q):
    z, weights = np.polynomial.hermite_e.hermegauss(180)
    z, weights = math.sqrt(q) * z, weights / weights.sum()
    h, derivative = np.empty_like(z), np.empty_like(z)
    F[name].forward(z, h)
    F[name].derivative(z, h, derivative)
    assert mean_square(F[name], q) == pytest.approx(weights @ h**2, rel=1e-12)
    assert mean_square_derivative(F[name], q) == pytest.approx(weights @ derivative**2, rel=1e-12)


@pytest.mark.parametrize("q", [1e-8, 0.3, 1.0, 1e4, 1e10])
def test_means_over_kinks_are_exact(q):
    assert mean_square(F["relu"], q) == pytest.approx(q / 2, rel=1e-13)
    assert mean_square_derivative(F["relu"], q) == pytest.approx(0.5, rel=1e-13)
    inside = math.erf(1 / math.sqrt(2 * q))
    assert mean_square_derivative(F["hard_tanh"], q) == pytest.approx(inside, rel=1e-12)


@pytest.mark.parametrize("q", [1e4, 1e8])
def test_means_of_a_sigmoid_that_is_almost_a_step(q):
    # ∫ Dz σ′(√q z)² tends to ∫ σ′(u)² du / √(2π q) = 1 / (6 √(2π q))
    expected = 1 / 6 / math.sqrt(2 * math.pi * q)
    assert mean_square_derivative(F["sigmoid"], q) == pytest.approx(expected, rel=1e-3)


def test_selu_has_its_published_fixed_point():
    assert fixed_point(F["selu"], 1.0, start=0.3) == pytest.approx(1, rel=1e-9)


def test_tanh_is_critical_where_schoenholz_et_al_found_it():
    found = mean_field(F["tanh"], 1.76, 0.05)
    assert found.chi == pytest.approx(1, abs=0.005) and found.phase == "critical"
    assert critical_weight_variance(F["tanh"], 0.05) == pytest.approx(1.76, abs=0.005)


def test_tanh_without_biases_is_critical_at_one():
    assert critical_weight_variance(F["tanh"]) == pytest.approx(1, rel=1e-3)


@pytest.mark.parametrize(("variance", "phase"), [(1.0, "ordered"), (2.5, "chaotic")])
def test_the_phases_of_tanh(variance, phase):
    found = mean_field(F["tanh"], variance, 0.05)
    assert found.phase == phase
    assert (found.c == 1) == (phase == "ordered")
    assert (found.factor < 1) == (phase == "ordered")


def test_relu_halves_and_he_makes_up_for_it():
    xavier, he = (mean_field(F["relu"], 100 * v) for v in (1 / 100, 2 / 100))
    assert (xavier.chi, xavier.phase, xavier.q) == (pytest.approx(0.5), "ordered", 0)
    assert (he.chi, he.phase, he.depth) == (pytest.approx(1, rel=1e-12), "critical", math.inf)


def test_relu_beyond_he_grows_without_end():
    found = mean_field(F["relu"], 3.0)
    assert found.q == math.inf and found.phase == "chaotic" and math.isnan(found.c)


def test_the_old_standard_loses_a_factor_three_in_the_linear_range():
    sigma = 100 / (3 * 100)  # of U(±1/√fan_in)
    assert chi(F["tanh"], 1e-9, sigma) == pytest.approx(1 / 3, rel=1e-6)
    assert mean_field(F["tanh"], sigma).chi == pytest.approx(1 / 3, rel=1e-6)


def test_five_sigmoids_leave_less_than_a_thousandth():
    assert activation_bound(F["sigmoid"].bound, 5) == 0.0009765625


@pytest.mark.parametrize("name", ACTIVATIONS.names())
def test_every_activation_has_a_mean_field(name):
    found = mean_field(F[name], 1.5, 0.1)
    assert found.phase in ("ordered", "critical", "chaotic")
    assert found.factor == math.sqrt(found.chi) > 0
    if math.isfinite(found.q):
        assert variance_map(F[name], found.q, 1.5, 0.1) == pytest.approx(found.q, rel=1e-9)
        assert found.depth > 0 and 0 <= found.c <= 1


def _next_correlation(name: str, sigma: float, biases: float, q: float, c: float) -> float:
    """The correlation map by its double integral, with a Gauss-Hermite rule for each variable."""
    z, weights = np.polynomial.hermite_e.hermegauss(150)
    weights = weights / weights.sum()
    u1 = np.repeat(z[:, None], z.size, axis=1)
    u2 = c * u1 + math.sqrt(1 - c * c) * z
    h1, h2 = np.empty_like(u1), np.empty_like(u2)
    F[name].forward(math.sqrt(q) * u1, h1)
    F[name].forward(math.sqrt(q) * u2, h2)
    return (sigma * weights @ (h1 * h2) @ weights + biases) / q


@pytest.mark.parametrize(
    ("name", "sigma", "biases", "error"),
    [("tanh", 4.0, 0.2, 1e-8), ("tanh", 1.9, 0.05, 1e-8), ("hard_tanh", 3.0, 0.1, 4e-2)],
)
def test_chaos_settles_where_the_double_integral_does(name, sigma, biases, error):
    found = mean_field(F[name], sigma, biases)
    settled = [_next_correlation(name, sigma, biases, found.q, found.c + d) for d in (0, 1e-4)]
    assert settled[0] == pytest.approx(found.c, rel=error)
    rate = (settled[1] - settled[0]) / 1e-4
    assert found.depth == pytest.approx(-1 / math.log(rate), rel=max(error, 1e-3))


def test_unrelated_inputs_stay_unrelated_without_biases():
    found = mean_field(F["tanh"], 2.0)
    assert found.c == 0 and 0 < found.depth < math.inf


CASES = [
    ("tanh", "xavier_normal"), ("relu", "he_normal"), ("relu", "xavier_uniform"),
    ("sigmoid", "xavier_normal"), ("gelu", "he_uniform"), ("silu", "he_normal"),
    ("tanh", "standard"), ("hard_tanh", "truncated_normal"), ("selu", "lecun_normal"),
]  # fmt: skip


def _first_pass(activation: str, weights: str, seed: int = 11) -> Experiment:
    """Ten layers of 512 units, untrained."""
    experiment = Experiment(
        small(data__dataset="digits", data__held_out=0.0, network__depth=10, network__width=512,
              network__activation=activation, init__weights=weights, init__std=0.05,
              training__batch=32, training__seed=seed)
    )  # fmt: skip
    experiment.seek(0, len(experiment.timeline) - 2)
    return experiment


def _factors(experiment: Experiment) -> tuple[np.ndarray, np.ndarray]:
    """(measured, foreseen) but for the last hop, which has only ten units to average over."""
    size, network = frame_of(experiment).dh_rms, experiment.network
    squares = np.mean(network.x**2, axis=1)
    foreseen = dense_forecast(network.plans, experiment.spec.init, squares)
    return (size[:-1] / size[1:])[:-1], foreseen.factors[:-1]


@pytest.mark.parametrize(("activation", "weights"), CASES)
def test_measured_factors_are_the_predicted_ones(activation, weights):
    # near zero, SiLU's slope follows every chance deviation of q, so more networks are averaged
    seeds = range(11, 15 if activation == "silu" else 13)
    runs = [_factors(_first_pass(activation, weights, seed)) for seed in seeds]
    measured, foreseen = np.mean(runs, axis=0)
    assert measured == pytest.approx(foreseen, rel=0.05)


@pytest.mark.parametrize(
    ("activation", "weights", "kept"),
    [("tanh", "standard", 1 / 3), ("relu", "xavier_normal", 1 / 2), ("relu", "he_normal", 1)],
)
def test_what_real_networks_keep_of_the_gradient_variance(activation, weights, kept):
    size = frame_of(_first_pass(activation, weights)).dh_rms
    # mean over three hops; those of the tanh network lie deep in its linear range
    assert (size[5] / size[8]) ** (2 / 3) == pytest.approx(kept, rel=0.05)


def test_constant_biases_are_not_foreseen():
    plans = _first_pass("tanh", "standard").network.plans
    init = small(init__bias="constant", init__bias_value=0.5).init
    assert np.isnan(dense_forecast(plans, init, 1.0).factors).all()


def test_a_forecast_ends_where_the_gradient_does():
    found = forecast([F["tanh"]] * 3, [4, 4, 4, 4], [0.25, 0.25, 0.0])
    assert found.factors[1] == 0 and np.isnan(found.factors[0])


def test_widths_count_in_a_forecast():
    linear = [F["identity"]] * 2
    found = forecast(linear, [4, 8, 2], [1 / 4, 1 / 8])
    assert found.q == pytest.approx([1, 1]) and found.factors == pytest.approx([0.5])


def test_a_recurrent_product_never_passes_its_bound():
    rng = np.random.default_rng(2)
    weights = rng.standard_normal((6, 6)) * 0.3
    product = np.eye(6)
    for _ in range(20):
        product = np.diag(1 - np.tanh(rng.standard_normal(6)) ** 2) @ weights.T @ product
    assert np.linalg.norm(product, 2) <= recurrent_bound(weights, 1.0, 20)


def test_the_radius_of_a_rotation():
    rotation = np.array([[0.0, -0.9], [0.9, 0.0]])
    assert spectral_radius(rotation) == pytest.approx(0.9)
    assert recurrent_bound(rotation, 1.0, 3) == pytest.approx(0.729)


@pytest.mark.parametrize(
    ("activation", "bias", "gain"),
    [("relu", 0.0, 1.0), ("tanh", 0.2, 1.0), ("sigmoid", 0.0, 2.0), ("leaky_relu", -0.1, 1.1)],
)
def test_what_copied_signals_lose_is_foreseen(activation, bias, gain):
    """Identity weights are no random field; against the mean over networks on other data."""
    runs = []
    for seed in range(12):
        experiment = Experiment(
            small(network__depth=20, network__width=6, network__activation=activation,
                  data__samples=400, data__held_out=0.0, init__weights="identity",
                  init__gain=gain, init__bias="constant", init__bias_value=bias,
                  training__batch=0, training__seed=seed)
        )  # fmt: skip
        experiment.seek(0, len(experiment.timeline) - 2)
        (foreseen,) = collect(experiment, Request(frozenset({Forecasted})))
        runs.append(np.log10([frame_of(experiment).dh_rms, foreseen.dh_rms]))
    measured, foreseen = np.mean(runs, axis=0)
    assert measured == pytest.approx(foreseen, abs=0.05)


def test_copied_signals_lose_the_units_that_a_narrower_stage_has_not():
    experiment = Experiment(
        small(network__widths="12,5,5,9", network__activation="identity",
              data__held_out=0.0, training__batch=0, init__weights="identity")
    )  # fmt: skip
    experiment.seek(0, len(experiment.timeline) - 2)
    (foreseen,) = collect(experiment, Request(frozenset({Forecasted})))
    assert frame_of(experiment).dh_rms == pytest.approx(foreseen.dh_rms, rel=1e-9)


def test_a_copied_signal_behind_relu_is_handed_back_as_it_is():
    experiment = Experiment(
        small(network__depth=20, network__activation="relu", init__weights="identity")
    )
    experiment.seek(0, len(experiment.timeline) - 2)
    (foreseen,) = collect(experiment, Request(frozenset({Forecasted})))
    line = foreseen.dh_rms
    assert line[1:-2] == pytest.approx(line[-3])


def test_random_biases_on_copied_signals_are_not_foreseen():
    experiment = Experiment(
        small(init__weights="identity", init__bias="normal", init__bias_value=0.3)
    )
    experiment.seek(0, len(experiment.timeline) - 2)
    assert not collect(experiment, Request(frozenset({Forecasted})))


def test_identity_weights_have_no_phase():
    assert phase_of(Experiment(small(network__depth=5, init__weights="identity"))) is None


@pytest.mark.parametrize(
    ("preset", "phase", "critical"),
    [("tanh-xavier", "critical", 1.0), ("relu-he", "critical", 2.0), ("exploding", "chaotic", 2.0)],
)
def test_equal_stages_have_a_phase_and_a_critical_variance(preset, phase, critical):
    found = phase_of(Experiment(load_preset(preset)))
    assert found.settled.phase == phase
    assert found.critical == pytest.approx(critical, rel=1e-3)


def test_no_variance_is_critical_for_sigmoids():
    found = phase_of(Experiment(load_preset("sigmoid-stack")))
    assert math.isnan(found.critical) and found.settled.phase == "ordered"


@pytest.mark.parametrize("preset", ["batch-norm-deep", "worked-example", "lstm-adding"])
def test_of_other_stages_mean_field_says_nothing(preset):
    assert phase_of(Experiment(load_preset(preset))) is None
