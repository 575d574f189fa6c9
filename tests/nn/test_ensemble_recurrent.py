"""Members with cells, in low precision, with fitted starts: as their experiments alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.copies import may_register, register_copy
from tests.helpers.ensembles import assert_as_alone, assert_same, members_of
from vgsim.core.errors import SpecError
from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.architectures import KINDS
from vgsim.nn.cells import CELLS
from vgsim.nn.ensemble import Ensemble, cost, stacking_key
from vgsim.nn.experiment import Experiment
from vgsim.nn.initializers import BIASES
from vgsim.nn.layers.parts import NORMS
from vgsim.nn.losses import LOSSES
from vgsim.nn.optimizers import OPTIMIZERS
from vgsim.nn.precision import PRECISIONS
from vgsim.nn.scaling import LOSS_SCALINGS
from vgsim.nn.spec import Spec

SEQUENCES: dict[str, object] = {
    "data.dataset": "sine",
    "data.length": 6,
    "data.samples": 40,
    "training.loss": "mse",
    "init.bias": "normal",
    "init.bias_value": 0.3,
    "network.kind": "lstm",
    "training.batch": 8,
}
ROWS = {"data.dataset": "digit_rows", "training.loss": "cross_entropy"}
ROUNDED = [name for name in PRECISIONS.names() if PRECISIONS[name].to_nearest is not None]
WITHIN = [name for name in NORMS.names() if not NORMS[name].mixes]
PARTS: list[dict[str, object]] = [
    {"network.cells": 2},
    {"network.norm": "layer"},
    {"network.norm": "rms", "network.cells": 2},
    {"network.dropout": 0.4, "network.dropout_at": "timesteps"},
    {"network.dropout": 0.4, "network.dropout_at": "cells", "network.cells": 3},
    {"network.skip": "residual", "network.cells": 3, "network.skip_scale": 0.7},
    {
        "network.norm": "layer", "network.dropout": 0.3, "network.dropout_at": "timesteps",
        "network.skip": "residual", "network.cells": 2,
    },
    {"network.two_biases": True, "network.norm": "layer", "network.cells": 2},
    {"network.two_biases": True, "init.bias": "pytorch"},
]  # fmt: skip
OF_CELLS = [
    {"training.seed": 1},
    {"training.seed": 2, "training.learning_rate": 0.03},
    {"training.seed": 1, "init.gain": 2.5, "init.weights": "he_normal"},
]


def sequences(changes: dict[str, object], own: list[dict[str, object]] | None = None) -> list[Spec]:
    """A few recurrent experiments that may be stacked."""
    return members_of({**SEQUENCES, **changes}, OF_CELLS if own is None else own)


@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize("at", ["last", "every"])
@pytest.mark.parametrize("kind", CELLS.names())
def test_with_every_cell(kind: str, at: str, precision: str) -> None:
    changes = {"network.kind": kind, "training.loss_at": at, "training.precision": precision}
    assert_as_alone(sequences(changes), (0, 1, 5))


@pytest.mark.parametrize("parts", [{}, *PARTS], ids=str)
@pytest.mark.parametrize("kind", CELLS.names())
def test_cells_of_one_unit(kind: str, parts: dict[str, object]) -> None:
    changes = {"network.kind": kind, "network.width": 1, "training.precision": "float32"}
    assert_as_alone(sequences({**changes, **parts}), (0, 1, 3))


@pytest.mark.parametrize("parts", PARTS, ids=str)
@pytest.mark.parametrize("kind", CELLS.names())
def test_with_every_part_of_a_cell(kind: str, parts: dict[str, object]) -> None:
    changes = {"network.kind": kind, "training.loss_at": "every", "training.truncate": 3}
    assert_as_alone(sequences({**changes, **ROWS, **parts}), (0, 1, 5))


@pytest.mark.parametrize("at", ["last", "every"])
def test_with_a_normalized_state(at: str) -> None:
    changes = {"network.norm": "layer", "network.norm_state": True, "training.loss_at": at}
    assert_as_alone(sequences(changes), (0, 1, 5))


@pytest.mark.parametrize("name", ACTIVATIONS.names())
def test_a_simple_cell_with_every_activation(name: str) -> None:
    if ACTIVATIONS[name].learned is not None:
        pytest.skip("no cell has parameters of an activation")
    assert_as_alone(sequences({"network.kind": "rnn", "network.activation": name}), (0, 1, 5))


@pytest.mark.parametrize("kind", CELLS.names())
@pytest.mark.parametrize("name", BIASES.names())
def test_with_every_start_of_the_gates(name: str, kind: str) -> None:
    changes = {"network.kind": kind, "init.bias": name}
    try:
        Experiment(sequences(changes)[0])
    except SpecError:
        pytest.skip("this cell has no gate that keeps")
    own: list[dict[str, object]] = [{"init.longest": 4}, {"init.forget_bias": 2.0}, {}]
    assert_as_alone(sequences(changes, own), (0, 1))


@pytest.mark.parametrize("seeds", [(1, 1, 1), (1, 2, 3)])
@pytest.mark.parametrize("kind", CELLS.names())
def test_sequences_that_are_shared_or_each_ones_own(kind: str, seeds: tuple[int, ...]) -> None:
    own: list[dict[str, object]] = [
        {"training.seed": seed, "init.gain": 0.5 + at} for at, seed in enumerate(seeds)
    ]
    for more in ({}, {"network.norm": "layer", "network.cells": 2}):
        assert_as_alone(sequences({**ROWS, "network.kind": kind, **more}, own), (0, 1, 5))


def _of_unequal_lengths(folder: Path) -> dict[str, object]:
    rng = np.random.default_rng(0)
    lines = ["sequence,value,label"]
    for sequence, length in enumerate((4, 3, 5, 2, 5, 4, 3, 2, 5, 4, 3, 4)):
        label = "up" if sequence % 2 else "down"
        lines += [f"{sequence},{rng.standard_normal():.3f},{label}" for _ in range(length)]
    path = folder / "sequences.csv"
    path.write_text("\n".join(lines))
    return {
        "data.dataset": "csv", "data.path": str(path), "data.group": "sequence",
        "training.loss": "cross_entropy", "data.held_out": 0.25, "training.batch": 4,
    }  # fmt: skip


@pytest.mark.parametrize("seeds", [(1, 1), (1, 2)])
@pytest.mark.parametrize("at", ["last", "every"])
@pytest.mark.parametrize("kind", CELLS.names())
def test_sequences_of_unequal_lengths(
    kind: str, at: str, seeds: tuple[int, ...], tmp_path: Path
) -> None:
    changes = {**_of_unequal_lengths(tmp_path), "network.kind": kind, "training.loss_at": at}
    own: list[dict[str, object]] = [
        {"training.seed": seed, "init.gain": 0.5 + n} for n, seed in enumerate(seeds)
    ]
    specs = sequences(changes, own)
    assert Experiment(specs[0]).data.padding is not None
    assert_as_alone(specs, (0, 1, 5))
    balanced = {"training.class_weights": "balanced", "network.norm": "layer"}
    assert_as_alone(sequences({**changes, **balanced}, own), (0, 1))


@pytest.mark.parametrize("kind", CELLS.names())
def test_a_member_that_overflows_disturbs_no_other(kind: str) -> None:
    changes = {"network.kind": kind, "network.activation": "relu", "training.precision": "float32"}
    own: list[dict[str, object]] = [
        {},
        {"init.gain": 100.0, "init.recurrent": "he_normal", "training.learning_rate": 1000.0},
        {"training.seed": 5},
    ]
    specs = sequences(changes, own)
    ensemble = Ensemble(specs, history=True)
    ensemble.run(20)
    for member in (0, 2):
        experiment = Experiment(specs[member])
        experiment.run(20)
        assert_same(ensemble, member, experiment)
    assert not np.isfinite(ensemble.state(1).values).all()


@pytest.mark.parametrize("kind", CELLS.names())
def test_a_copy_of_a_cell_under_another_name(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    may_register(monkeypatch)
    assert_as_alone(sequences({"network.kind": register_copy(CELLS, kind)}), (0, 1, 5))


@pytest.mark.parametrize("scaling", [n for n in LOSS_SCALINGS.names() if n != "dynamic"])
@pytest.mark.parametrize("master", [True, False])
@pytest.mark.parametrize("kind", KINDS.names())
@pytest.mark.parametrize("precision", ROUNDED)
def test_low_precision(precision: str, kind: str, master: bool, scaling: str) -> None:
    changes: dict[str, object] = {
        "training.precision": precision,
        "training.master_weights": master,
        "training.loss_scaling": scaling,
    }
    if KINDS[kind].fixed:
        changes |= {"network.kind": kind, "data.dataset": "one", "training.loss": "linear"}
        assert_as_alone(members_of(changes), (0, 1, 5))
    elif KINDS[kind].recurrent:
        assert_as_alone(sequences({"network.kind": kind, **changes}), (0, 1, 5))
    else:
        assert_as_alone(members_of({"network.norm": "batch", **changes}), (0, 1, 5))


@pytest.mark.parametrize("precision", ROUNDED)
def test_a_scale_that_adapts_has_one_member(precision: str) -> None:
    changes = {
        "training.precision": precision,
        "training.loss_scaling": "dynamic",
        "training.loss_scale_log2": 40,
        "training.growth_every": 3,
    }
    specs = sequences(changes)
    assert len({stacking_key(spec) for spec in specs}) == len(specs)
    with pytest.raises(ValueError, match="different shapes"):
        Ensemble(specs)
    for spec in specs:
        assert_as_alone([spec], (0, 1, 7))


@pytest.mark.parametrize("precision", ["float64", "float32", "float16"])
@pytest.mark.parametrize("norm", NORMS.names())
def test_a_fitted_start_beside_others(norm: str, precision: str) -> None:
    own: list[dict[str, object]] = [
        {"init.weights": "lsuv"},
        {"init.weights": "he_normal"},
        {"init.weights": "lsuv", "training.seed": 4},
    ]
    changes = {"network.norm": norm, "training.precision": precision, "network.dropout": 0.2}
    assert_as_alone(members_of(changes, own), (0, 1, 5))


def test_a_fitted_start_where_a_stage_is_dead() -> None:
    own: list[dict[str, object]] = [
        {"init.weights": "lsuv", "init.bias": "constant", "init.bias_value": value}
        for value in (-50.0, 0.1)
    ]
    assert_as_alone(members_of({"network.activation": "relu"}, own), (0, 1))


def test_members_of_a_cell_may_start_by_other_initializers() -> None:
    own: list[dict[str, object]] = [
        {"init.weights": "orthogonal", "init.recurrent": "identity"},
        {"init.weights": "pytorch", "init.recurrent": "pytorch", "init.bias": "pytorch"},
        {"init.weights": "keras", "init.recurrent": "keras", "init.bias": "keras"},
    ]
    assert_as_alone(sequences({}, own), (0, 1, 5))


@pytest.mark.parametrize("seeds", [(1, 1), (1, 2)])
def test_on_held_out_samples(seeds: tuple[int, ...]) -> None:
    own: list[dict[str, object]] = [{"training.seed": s, "init.gain": 2.0} for s in seeds]
    specs = members_of({"data.held_out": 0.3, "network.norm": "batch", "network.dropout": 0.3}, own)
    ensemble = Ensemble(specs)
    ensemble.run(4)
    loss, accuracy = ensemble.held_out()
    for member, spec in enumerate(specs):
        experiment = Experiment(spec)
        experiment.run(4)
        held = experiment.history.view()
        assert (loss[member], accuracy[member]) == (held.held_loss[-1], held.held_accuracy[-1])


def test_looking_at_held_out_samples_changes_nothing() -> None:
    own: list[dict[str, object]] = [{"network.highway_bias": bias} for bias in (-1.0, 0.5)]
    specs = members_of({"network.skip": "highway", "network.norm": "batch"}, own)
    ensemble = Ensemble(specs)
    ensemble.run(2)
    before = [ensemble.state(member).values for member in range(2)]
    ensemble.held_out()
    for member in range(2):
        np.testing.assert_array_equal(ensemble.state(member).values, before[member])


def test_nothing_held_out() -> None:
    ensemble = Ensemble(members_of({"data.held_out": 0.0}), history=True)
    ensemble.run(2)
    assert np.isnan(ensemble.held_out()).all()
    assert not len(ensemble.history(0).held_steps)


@pytest.mark.parametrize("parts", [{}, *PARTS[1:5]], ids=str)
@pytest.mark.parametrize("kind", CELLS.names())
def test_anew_in_the_same_buffers(kind: str, parts: dict[str, object]) -> None:
    changes = {"network.kind": kind, "training.loss_at": "every", **parts}
    specs = sequences(changes, [{"training.seed": seed} for seed in (7, 8, 9)])
    ensemble = Ensemble(specs, history=True)
    ensemble.run(3)
    others = sequences(changes, [{"training.seed": seed} for seed in (4, 5, 6)])
    ensemble.restart(others)
    ensemble.run(2)
    for member, spec in enumerate(others):
        experiment = Experiment(spec)
        experiment.run(2)
        assert_same(ensemble, member, experiment)


def test_a_longer_sequence_costs_more() -> None:
    short, long = (cost(sequences({"data.length": length})[0]) for length in (6, 60))
    assert long.memory > short.memory
    assert long.products > 5 * short.products
    several, one = (cost(sequences({"network.kind": kind})[0]) for kind in ("lstm", "rnn"))
    assert several.products > 3 * one.products


@st.composite
def stacks(draw: st.DrawFn) -> list[Spec]:
    """Recurrent members of a random shape."""

    def one(names: list[str]) -> str:
        return draw(st.sampled_from(names))

    changes = {
        "network.kind": one(CELLS.names()),
        "data.length": draw(st.integers(5, 9)),
        "network.width": draw(st.integers(1, 9)),
        "network.cells": draw(st.integers(1, 3)),
        "network.norm": one(WITHIN),
        "network.skip": one(["none", "residual"]),
        "network.dropout": draw(st.sampled_from([0.0, 0.4])),
        "network.dropout_at": one(["cells", "timesteps"]),
        "network.two_biases": draw(st.booleans()),
        "training.loss": one([name for name in LOSSES.names() if not LOSSES[name].needs_classes]),
        "training.loss_at": one(["last", "every"]),
        "training.truncate": draw(st.integers(0, 4)),
        "training.optimizer": one(OPTIMIZERS.names()),
        "training.precision": one(["float64", "float32"]),
        "training.batch": draw(st.integers(1, 40)),
    }
    own: list[dict[str, object]] = [
        {
            "training.seed": draw(st.integers(0, 3)),
            "training.learning_rate": draw(st.floats(0, 1)),
            "init.forget_bias": draw(st.floats(-2, 4)),
        }
        for _ in range(draw(st.integers(1, 4)))
    ]
    return sequences(changes, own)


@given(stacks())
@settings(max_examples=30, deadline=None)
def test_whatever_the_shape(specs: list[Spec]) -> None:
    try:
        Experiment(specs[0])
    except SpecError:
        return
    assert_as_alone(specs, (0, 1, 4))
