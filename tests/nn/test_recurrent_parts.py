"""Norm, dropout and paths in recurrent cells: gradients, stepping, frames, what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from tests.helpers.sequences import network
from tests.nn.test_recurrent import _state, name, passed, sequence, worst
from vgsim.core.errors import SpecError
from vgsim.measure.jacobians import hop_jacobian
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.nn.spec import FIRST_WRITTEN, field_at, parse
from vgsim.nn.trace import record

PARTS: list[dict[str, object]] = [
    {"network__norm": "layer"},
    {"network__norm": "rms", "network__cells": 2},
    {"network__dropout": 0.4, "network__dropout_at": "timesteps"},
    {"network__dropout": 0.4, "network__cells": 3},
    {"network__skip": "residual", "network__cells": 3, "network__skip_scale": 0.7},
    {"network__skip": "residual", "network__cells": 4, "network__skip_every": 2},
    {"network__norm": "layer", "network__dropout": 0.3, "network__dropout_at": "timesteps",
     "network__skip": "residual", "network__cells": 2},
    {"network__norm": "layer", "network__dropout": 0.3, "network__skip": "residual",
     "network__cells": 3},
    {"network__two_biases": True, "network__cells": 2, "init__bias": "pytorch"},
    {"network__two_biases": True, "network__norm": "layer", "network__cells": 2},
]  # fmt: skip
CASES = [
    {"network__kind": kind, "training__loss_at": at, "training__truncate": truncate, **parts}
    for parts in PARTS
    for kind in ("rnn", "lstm", "gru", "gru_reset_before")
    for at, truncate in (("last", 0), ("every", 3))
]
KINDS = ("rnn", "lstm", "gru", "gru_reset_before")
OF_TORCH = KINDS[:3]
STATE: list[dict[str, object]] = [
    {
        "network__kind": "lstm",
        "network__norm_state": True,
        "training__loss_at": at,
        "training__truncate": truncate,
        **parts,
    }
    for parts in PARTS
    if "network__norm" in parts
    for at, truncate in (("last", 0), ("every", 3))
]
BEFORE: list[dict[str, object]] = [
    {"network__kind": "gru_reset_before", "training__loss_at": at, "training__truncate": truncate,
     "network__cells": cells, **more}
    for at, truncate, cells in (("last", 0, 1), ("every", 3, 2), ("last", 2, 3))
    for more in ({}, {"network__two_biases": True, "init__bias": "pytorch"})
]  # fmt: skip


@pytest.mark.torch
@pytest.mark.parametrize("case", CASES + STATE + BEFORE, ids=name)
def test_gradients_equal_pytorch(case: dict[str, object]) -> None:
    from tests.helpers.recurrent_torch import gradients

    experiment = passed(network__activation="tanh", **case)
    assert worst(experiment, gradients(experiment)) <= 1e-10


@pytest.mark.parametrize(("kind", "parts"), [
    *((kind, parts) for kind in KINDS for parts in PARTS), ("gru_reset_before", {}),
])  # fmt: skip
def test_stepping_seeking_and_looking_equal_running(kind, parts) -> None:
    changes = {"network__kind": kind, "training__loss_at": "every", **parts}
    ran, moved = sequence(**changes), sequence(**changes)
    ran.run(4)
    while moved.step < 2:
        moved.advance()
        frame_of(moved)
    for step, position in ((3, 3), (1, 14), (1, 12), (4, 0)):
        moved.seek(step, position)
        frame_of(moved)
    assert _state(ran) == _state(moved)


@pytest.mark.parametrize(("kind", "parts"), [
    *((kind, parts) for kind in KINDS for parts in PARTS), ("gru_reset_before", {}),
])  # fmt: skip
@pytest.mark.parametrize("loss_at", ["last", "every"])
def test_the_cuts_lead_from_each_gradient_to_the_next(kind, loss_at, parts) -> None:
    frame = frame_of(passed(network__kind=kind, training__loss_at=loss_at, **parts))
    assert [cuts[0][1] for cuts in frame.cuts] == pytest.approx(frame.dh_rms, rel=1e-12)
    for above, below in zip(frame.cuts[1:], frame.dh_rms, strict=False):
        assert above[-1][1] == pytest.approx(below, rel=1e-12)


@pytest.mark.parametrize(("kind", "parts"), [
    *((kind, parts) for kind in ("rnn", "gru", "gru_reset_before") for parts in PARTS),
    ("gru_reset_before", {}),
])  # fmt: skip
def test_the_jacobian_of_a_hop_hands_back_what_the_pass_did(kind, parts) -> None:
    experiment = passed(network__kind=kind, **parts)
    net = network(experiment)
    row = np.array([2])
    for t in (7, 3):
        jacobian = hop_jacobian(net, t, row)[0]
        assert net.top.dh[t][2] @ jacobian == pytest.approx(net.top.dh[t - 1][2], rel=1e-10)


@pytest.mark.parametrize(("kind", "parts"), [
    *((kind, parts) for kind in KINDS for parts in PARTS), ("gru_reset_before", {}),
])  # fmt: skip
def test_contributions_of_the_timesteps_add_up_to_the_gradient(kind, parts) -> None:
    net = network(passed(network__kind=kind, **parts))
    total = np.concatenate([net.top.gradients[name] for name in ("W_x", "W_h")])
    summed = sum(net.top.contribution(t)[0] for t in range(net.steps))
    assert np.allclose(summed, total, rtol=1e-11, atol=1e-14)


def test_variational_dropout_silences_the_same_units_at_all_timesteps() -> None:
    found = record(passed(network__dropout=0.5, network__dropout_at="timesteps"))
    assert found["mask_h"].shape == found["h1"].shape
    assert set(np.unique(found["mask_x"])) == {0.0, 2.0}


def test_dropout_between_cells_is_another_at_every_timestep_and_not_behind_the_last() -> None:
    found = record(passed(network__dropout=0.5, network__cells=2))
    assert not np.array_equal(found["mask1_1"], found["mask2_1"])
    assert np.allclose(found["u3_1"], found["h3_1"] * found["mask3_1"])
    assert "mask1" not in found and np.array_equal(found["u3"], found["h3"])


def test_nothing_is_dropped_in_an_evaluation() -> None:
    for parts in ({"network__dropout_at": "timesteps"}, {"network__cells": 2}):
        ours = sequence(network__dropout=0.5, **parts)
        plain = sequence(**{"network__cells": parts.get("network__cells", 1)})
        held = [run.history.view(0).held_loss for run in (ours, plain)]
        assert held[0].tolist() == held[1].tolist()


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"network__norm": "batch"}, r"network\.norm = batch.*none, layer, rms"),
        ({"network__skip": "highway", "network__cells": 2}, r"network\.skip = highway.*residual"),
        ({"network__skip": "residual"}, r"more than 1 cells"),
        ({"network__dropout": 0.2}, r"network\.dropout_at = cells.*timesteps"),
    ],
)
def test_what_cells_cannot_have_is_refused(changes, match) -> None:
    with pytest.raises(SpecError, match=match):
        sequence(**changes)


@pytest.mark.parametrize("parts", PARTS, ids=name)
def test_a_norm_of_a_cell_is_that_of_its_trace(parts) -> None:
    experiment: Experiment = passed(**parts)
    found = record(experiment)
    if "network__norm" not in parts:
        assert "nx1" not in found
        return
    assert found["nx2"].shape == found["nh2"].shape == (8, 20)


def test_where_a_norm_stands_in_a_cell_is_not_asked() -> None:
    assert not sequence(network__norm="layer").spec.applies("network.norm_position")


@pytest.mark.torch
@pytest.mark.parametrize("kind", OF_TORCH)
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_two_biases_train_as_pytorchs_layer_does(kind, optimizer) -> None:
    """A whole training, weights that pytorch has started, to rounding."""
    import torch
    from torch.nn import functional as F

    torch.manual_seed(1)
    experiment = sequence(
        network__kind=kind, network__activation="tanh", network__two_biases=True,
        training__optimizer=optimizer, training__batch=0, init__bias="pytorch",
        training__epsilon=1e-8,
    )  # fmt: skip
    net = network(experiment)
    layer = getattr(torch.nn, kind.upper())(8, 5, dtype=torch.float64)
    W, b = (torch.tensor(net.readout.parameters[at], requires_grad=True) for at in ("W", "b"))
    pairs = (("weight_ih_l0", "W_x"), ("weight_hh_l0", "W_h"), ("bias_ih_l0", "b"),
             ("bias_hh_l0", "b_h"))  # fmt: skip
    with torch.no_grad():
        for theirs, ours in pairs:
            getattr(layer, theirs).copy_(torch.tensor(net.top.own[ours].T))
    rule = torch.optim.SGD if optimizer == "sgd" else torch.optim.Adam
    theirs = rule([*layer.parameters(), W, b], lr=experiment.spec.training.learning_rate)
    experiment.run(5)
    x, targets = torch.tensor(net.x_by_step), torch.tensor(experiment.loss.targets)
    for _ in range(5):
        theirs.zero_grad()
        F.cross_entropy(layer(x)[0][-1] @ W + b, targets).backward()
        theirs.step()
    for parameter, ours in pairs:
        expected = getattr(layer, parameter).detach().numpy().T
        assert np.allclose(net.top.own[ours], expected, rtol=1e-9, atol=1e-11)


def test_a_file_of_the_first_version_is_the_experiment_that_it_was() -> None:
    first = {path: field_at(path).default for path in FIRST_WRITTEN} | {
        "network.kind": "gru", "network.norm": "batch", "network.dropout": 0.5,
    }  # fmt: skip
    document: dict[str, dict[str, object]] = {}
    for path, value in first.items():
        section, _, name = path.rpartition(".")
        if section:
            document.setdefault(section, {})[name] = value
    spec = parse({"name": "", "description": "", **document})
    assert (spec.network.norm, spec.network.dropout) == ("none", 0.0)


@pytest.mark.parametrize("case", STATE, ids=name)
def test_a_normalized_state_steps_as_it_runs_and_its_hops_are_the_pass(case) -> None:
    ran, moved = sequence(**case), sequence(**case)
    ran.run(3)
    while moved.step < 2:
        moved.advance()
        frame_of(moved)
    for step, position in ((2, 9), (1, 12), (3, 0)):
        moved.seek(step, position)
        frame_of(moved)
    assert _state(ran) == _state(moved)
    frame = frame_of(passed(**case))
    for above, below in zip(frame.cuts[1:], frame.dh_rms, strict=False):
        assert above[-1][1] == pytest.approx(below, rel=1e-12)


def test_a_normalized_state_is_what_h_is_made_from() -> None:
    experiment: Experiment = passed(
        network__kind="lstm", network__norm="layer", network__norm_state=True
    )
    found = record(experiment)
    assert np.allclose(found["h3"], found["o3"] * np.tanh(found["nc3"]))
    assert np.allclose(found["nc3"].mean(axis=1), 0, atol=0.3)


def test_a_state_without_a_norm_or_a_cell_without_a_state_has_none() -> None:
    with pytest.raises(SpecError, match=r"network\.norm_state = True: allowed is false without"):
        sequence(network__kind="lstm", network__norm_state=True)
    spec = sequence(network__kind="gru", network__norm="layer").spec
    with pytest.raises(SpecError, match=r"network\.norm_state.*network\.kind = lstm"):
        spec.with_text({"network.norm_state": "true"})
