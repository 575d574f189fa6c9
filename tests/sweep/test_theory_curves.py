"""What theory says of a map: against the forecast of each experiment, and published lines."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.specs import small
from vgsim.core.errors import SpecError
from vgsim.measure.theory import copied_forecast, critical_weight_variance, dense_forecast
from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.architectures import KINDS
from vgsim.nn.spec import Spec, field_at
from vgsim.nn.split import split_of
from vgsim.sweep.axes import Axis, can_vary
from vgsim.sweep.fields import Silence
from vgsim.sweep.plan import SweepPlan, dumps
from vgsim.sweep.presets import load_map
from vgsim.sweep.tasks import SweepTask, run_task, versions
from vgsim.sweep.theory import CurveKind, MapTheory, curves, forecast

GAINS = Axis("init.gain", tuple(np.linspace(0.5, 3, 26).round(6).tolist()))
DEPTHS = Axis("network.depth", tuple(range(2, 41, 2)))


def deep(**changes: object) -> Spec:
    settings = {"network.activation": "tanh", "network.width": 64, "init.weights": "lecun_normal"}
    return small().replace(settings | {path.replace("__", "."): v for path, v in changes.items()})


def value_at(axis: Axis, places):
    return np.interp(places, range(len(axis)), axis.values)


def said(spec: Spec) -> float:
    """The forecast of an experiment itself."""
    split = split_of(spec)
    plans = KINDS["layers"].plan(spec, split.x_train.shape[1], 1)
    factors = dense_forecast(plans, spec.init, np.square(split.x_train).mean(axis=1)).factors
    return float(np.log10(factors[:-1]).sum())


def of_kind(plan: SweepPlan, kind: CurveKind):
    return [curve for curve in curves(plan) if curve.kind == kind]


CHANGES = {
    "network.depth": (1, 2, 7, 30),
    "network.width": (4, 30, 300),
    "network.activation": ("sigmoid", "relu", "selu", "leaky_relu"),
    "network.activations": ("", "tanh,relu"),
    "network.slope": (0.01, 0.3),
    "network.output": ("identity", "tanh"),
    "init.weights": ("xavier_normal", "he_uniform", "standard", "normal", "orthogonal"),
    "init.gain": (0.4, 1.0, 2.5),
    "init.std": (0.05, 0.3),
    "init.bias": ("zero", "normal"),
    "init.bias_value": (0.0, 0.3),
    "init.scales": ("", "1,0.5"),
}


@given(st.fixed_dictionaries({path: st.sampled_from(v) for path, v in CHANGES.items()}), st.data())
def test_a_map_says_of_each_cell_what_theory_says_of_its_experiment(changes, data):
    changes["network.depth"] = max(changes["network.depth"], 2)  # as there are lists of two
    spec = small().replace(changes)
    able = [path for path in CHANGES if spec.applies(path) and can_vary(field_at(path))]
    paths = data.draw(st.lists(st.sampled_from(able), min_size=1, max_size=2, unique=True))
    try:
        plan = SweepPlan(spec, tuple(Axis(path, CHANGES[path]) for path in paths))
    except SpecError:
        return  # some cells would not read one of the axes
    theory = MapTheory(plan)
    index = tuple(data.draw(st.integers(0, len(axis) - 1)) for axis in plan.axes)
    if theory.silence_at(index):
        assert theory.silence_at(index) is Silence.REFUSED  # one stage cannot have two activations
        return
    expected = said(plan.member(index, 0))
    assert theory.forecast(index) == pytest.approx(expected, abs=1e-4)
    shown = theory.decades()[index] if len(index) == 2 else theory.decades()[index][0]
    assert shown == pytest.approx(expected, abs=1e-4)


def test_between_cells_that_are_asked_it_is_as_smooth_as_it_looks():
    widths = Axis("network.width", tuple(range(10, 90)))
    plan = SweepPlan(deep(network__depth=20), (widths, Axis("init.gain", GAINS.values)))
    decades = MapTheory(plan).decades()
    for index in [(1, 3), (17, 11), (78, 24)]:
        assert decades[index] == pytest.approx(forecast(plan, index), abs=0.02)


def test_endless_tanh_is_critical_at_one():
    (line,) = of_kind(SweepPlan(deep(), (DEPTHS, GAINS)), CurveKind.CRITICAL)
    assert value_at(GAINS, line.y) == pytest.approx(1, abs=0.01)
    assert (line.x.min(), line.x.max()) == (0, len(DEPTHS) - 1)


def test_at_finite_depth_the_edge_lies_above_it_and_nears_it_slowly():
    (line,) = of_kind(SweepPlan(deep(), (DEPTHS, GAINS)), CurveKind.LAYERWISE)
    order = np.argsort(line.x)
    gains = value_at(GAINS, line.y[order])
    assert (gains > 1.05).all() and (np.diff(gains) < 1e-9).all()


@pytest.mark.parametrize("noise", [0.02, 0.1, 0.5])
def test_biases_move_the_critical_line_as_schoenholz_et_al_have_it(noise):
    spec = deep(init__bias="normal", init__bias_value=math.sqrt(noise), network__depth=10)
    biases = Axis("init.bias_value", (0.0, math.sqrt(noise), 1.0))
    (line,) = of_kind(SweepPlan(spec, (biases, GAINS)), CurveKind.CRITICAL)
    gain = np.interp(1, np.sort(line.x), value_at(GAINS, line.y[np.argsort(line.x)]))
    expected = math.sqrt(critical_weight_variance(ACTIVATIONS["tanh"], noise))
    assert gain == pytest.approx(expected, abs=0.02)


def test_relu_has_hes_line_at_every_depth():
    plan = SweepPlan(deep(network__activation="relu"), (DEPTHS, GAINS))
    kinds = {curve.kind for curve in curves(plan)}
    assert CurveKind.HE in kinds and CurveKind.CRITICAL not in kinds
    for kind in (CurveKind.HE, CurveKind.LAYERWISE):
        (line,) = of_kind(plan, kind)
        assert value_at(GAINS, line.y) == pytest.approx(math.sqrt(2), abs=0.01)


def test_sigmoid_has_no_good_place_without_large_weights():
    plan = SweepPlan(deep(network__activation="sigmoid"), (DEPTHS, GAINS))
    assert {curve.kind for curve in curves(plan)} == {CurveKind.SCALE}
    assert (MapTheory(plan).decades() < 0).all()


def test_six_depth_scales_from_the_edge_theory_has_changed_it_by_1_3_decades():
    plan = SweepPlan(deep(network__activation="relu"), (DEPTHS, GAINS))
    decades = MapTheory(plan).decades()
    lines = of_kind(plan, CurveKind.SCALE)
    assert len(lines) == 2
    for line in lines:
        nearest = decades[np.rint(line.x).astype(int), np.rint(line.y).astype(int)]
        assert np.abs(nearest) == pytest.approx(3 / math.log(10), abs=0.8)
    assert abs(decades).max() > 5


def test_across_names_each_has_its_own_piece():
    names = Axis("network.activation", ("tanh", "relu", "sigmoid"))
    pieces = of_kind(SweepPlan(deep(network__depth=10), (names, GAINS)), CurveKind.CRITICAL)
    found = {tuple(sorted(line.x.tolist())): value_at(GAINS, line.y).mean() for line in pieces}
    assert found == {
        (-0.5, 0.5): pytest.approx(1, abs=0.01),
        (0.5, 1.5): pytest.approx(math.sqrt(2), abs=0.01),
    }
    turned = of_kind(SweepPlan(deep(network__depth=10), (GAINS, names)), CurveKind.CRITICAL)
    assert {tuple(sorted(line.y.tolist())) for line in turned} == set(found)


LONG = {
    "network.kind": "rnn",
    "network.activation": "tanh",
    "network.width": 128,
    "data.dataset": "adding",
    "data.length": 30,
    "training.loss": "mse",
    "training.batch": 32,
}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        (LONG | {"network.kind": "lstm"}, Silence.RECURRENT),
        (LONG | {"training.loss_at": "every"}, Silence.RECURRENT),
        (LONG | {"training.truncate": 5}, Silence.RECURRENT),
        (LONG | {"network.norm": "layer"}, Silence.RECURRENT),
        (LONG | {"init.recurrent": "identity"}, Silence.FITTED),
        (LONG | {"init.bias": "constant", "init.bias_value": 1.0}, Silence.BIASES),
        ({"network.norm": "batch"}, Silence.PARTS),
        ({"network.skip": "residual"}, Silence.PARTS),
        ({"init.bias": "constant", "init.bias_value": 0.2}, Silence.BIASES),
        ({"init.weights": "lsuv"}, Silence.FITTED),
    ],
)
def test_where_nothing_is_known_it_says_why(changes, why):
    spec = small().replace(changes)
    axes = (Axis("network.width", (4, 8, 9)), Axis("data.samples", (30, 40, 50)))
    theory = MapTheory(SweepPlan(spec, axes))
    assert theory.silence() is why and theory.silence_at((0, 0)) is why
    assert theory.curves() == () and math.isnan(theory.forecast((0, 0)))
    assert np.isnan(theory.decades()).all()


def test_of_training_it_says_nothing_but_of_its_start():
    rates = Axis("training.learning_rate", (0.01, 0.1, 1.0))
    theory = MapTheory(SweepPlan(deep(), (DEPTHS, rates)))
    assert theory.silence() is Silence.TRAINING and theory.curves() == ()
    assert theory.forecast((3, 1)) < 0


def test_a_part_of_a_map_may_be_known():
    norms = Axis("network.norm", ("none", "batch"))
    theory = MapTheory(SweepPlan(deep(), (norms, GAINS)))
    assert theory.silence() is None
    assert np.isnan(theory.decades()).tolist() == [[False] * 26, [True] * 26]


def test_each_map_of_a_stack_has_its_own_curves():
    names = Axis("network.activation", ("tanh", "relu"))
    theory = MapTheory(SweepPlan(deep(), (DEPTHS, GAINS, names)))
    heights = [value_at(GAINS, theory.curves((at,))[0].y).mean() for at in range(2)]
    assert heights == [pytest.approx(1, abs=0.01), pytest.approx(math.sqrt(2), abs=0.01)]


def test_copied_units_are_forecast_too():
    spec = deep(init__weights="identity", network__depth=5)
    plan = SweepPlan(spec, (Axis("network.depth", (2, 5)), GAINS))
    split = split_of(spec)
    plans = KINDS["layers"].plan(plan.member((1, 3), 0), split.x_train.shape[1], 1)
    every = max(1, len(split.x_train) // 256)
    factors = copied_forecast(plans, plan.member((1, 3), 0).init, split.x_train[::every])
    expected = np.log10(factors[:-1]).sum()
    assert forecast(plan, (1, 3)) == pytest.approx(expected, abs=1e-9)


def test_a_single_hidden_stage_has_no_edge():
    depths = Axis("network.depth", (0, 1, 2, 3))
    theory = MapTheory(SweepPlan(deep(), (depths, GAINS)))
    assert np.isnan(theory.decades()[0]).all() and (theory.decades()[1] == 0).all()
    assert all(line.x.min() >= 2 for line in theory.curves() if line.kind == CurveKind.LAYERWISE)


def test_data_of_few_samples_are_asked_beside_those_of_many():
    samples = Axis("data.samples", (8, 12, 400))
    decades = MapTheory(SweepPlan(deep(network__depth=10), (samples, GAINS))).decades()
    assert np.isfinite(decades).all()
    assert decades[0] == pytest.approx(decades[2], abs=0.3)


@pytest.mark.parametrize("changes", [{}, {"init.bias": "normal", "init.bias_value": 0.3}])
def test_timesteps_of_a_simple_cell_fade_as_theory_has_it(changes):
    lengths = Axis("data.length", (5, 15, 30))
    gains = Axis("init.gain", (0.8, 1.0, 1.2, 1.6))
    plan = SweepPlan(small().replace(LONG | changes), (lengths, gains))
    theory = MapTheory(plan)
    members = tuple((index, 0) for index in plan.indices())
    for result in run_task(SweepTask(versions(), dumps(plan), members)):
        measured = math.log10(result.first / result.last)
        assert theory.forecast(result.index) == pytest.approx(measured, abs=0.4)
        assert theory.decades()[result.index] == pytest.approx(theory.forecast(result.index))
    kinds = {curve.kind for curve in theory.curves()}
    assert {CurveKind.CRITICAL, CurveKind.LAYERWISE} <= kinds


@pytest.mark.parametrize(
    ("name", "across", "up", "told"),
    [
        ("tanh-depth-gain", 8, 1.30, "1.30 for 8 layers"),
        ("tanh-depth-gain", 64, 1.13, "1.13 for 64"),
        ("rnn-length-radius", 100, 1.2, "has it at 1.20 for 100"),
    ],
)
def test_shipped_maps_tell_the_edge_that_theory_has(name, across, up, told):
    preset = load_map(name)
    (line,) = of_kind(preset.plan, CurveKind.LAYERWISE)
    column = np.interp(across, preset.plan.axes[0].values, range(len(preset.plan.axes[0])))
    order = np.argsort(line.x)
    edge = np.interp(column, line.x[order], line.y[order])
    assert value_at(preset.plan.axes[1], edge) == pytest.approx(up, abs=0.005)
    assert told in preset.expect


def test_weights_of_zero_and_no_hops_have_no_figure_and_no_warning():
    depths = Axis("network.depth", (0, 1, 2, 200))
    gains = Axis("init.gain", (0.0, 0.5, 1.0, 2.0))
    theory = MapTheory(SweepPlan(deep(), (depths, gains)))
    assert np.isnan(theory.decades()[:, 0]).all() and np.isfinite(theory.decades()[1:, 1:]).all()
    assert theory.curves()
