"""Composed stages: gradients against autograd and PyTorch, statistics, masks, errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.helpers.oracle import oracle_gradients
from tests.helpers.specs import small
from vgsim.core.errors import SpecError
from vgsim.measure.snapshot import frame_of
from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.experiment import Experiment
from vgsim.nn.layers.parts import NORMS, SKIPS
from vgsim.nn.optimizers import OPTIMIZERS
from vgsim.nn.trace import record


def passed(**changes: object) -> Experiment:
    """An experiment of composed stages after two updates, with a whole pass done."""
    base: dict[str, object] = {
        "network__depth": 5, "network__skip_every": 2, "network__skip_scale": 0.7,
        "network__activation": "tanh", "init__bias": "normal", "init__bias_value": 0.3,
    }  # fmt: skip
    experiment = Experiment(small(**base | changes))
    experiment.seek(2, len(experiment.timeline) - 2)
    experiment.network.parameter_gradients()
    return experiment


def worst(experiment: Experiment, expected: list[dict[str, Any]]) -> float:
    """Largest relative error of any gradient of any stage."""
    errors = []
    for layer, theirs in zip(experiment.network.stages, expected, strict=True):
        ours = {**layer.gradients, "zero": layer.arrays.dh}
        for name, value in ours.items():
            other = np.asarray(theirs[name])
            # a bias that a norm takes away has the gradient 0, up to rounding
            size = max(np.linalg.norm(other), 1e-4)
            errors.append(float(np.linalg.norm(value - other)) / size)
    return max(errors)


CASES = [
    {"network__activation": activation, "network__norm": norm, "network__skip": skip,
     "network__norm_position": position}
    for activation in ACTIVATIONS.names()
    for norm in NORMS.names()
    for skip in SKIPS.names()
    for position in (("before", "after") if norm != "none" else ("before",))
]  # fmt: skip
FEW = [case for case in CASES if case["network__activation"] in ("tanh", "prelu")]


def _name(case: dict[str, str]) -> str:
    return "-".join(case.values())


@pytest.mark.parametrize("case", FEW, ids=_name)
def test_gradients_equal_autograd(case: dict[str, str]) -> None:
    experiment = passed(**case)
    assert worst(experiment, oracle_gradients(experiment)) <= 1e-10


@pytest.mark.torch
@pytest.mark.parametrize("case", CASES, ids=_name)
def test_gradients_equal_pytorch(case: dict[str, str]) -> None:
    from tests.helpers.torch_oracle import torch_gradients

    experiment = passed(**case)
    assert worst(experiment, torch_gradients(experiment)) <= 1e-10


@pytest.mark.parametrize("skip", SKIPS.names())
def test_dropout_has_the_gradients_of_its_mask(skip: str) -> None:
    experiment = passed(network__skip=skip, network__dropout=0.4, network__norm="layer")
    assert worst(experiment, oracle_gradients(experiment)) <= 1e-10


def _state(experiment: Experiment) -> bytes:
    flat = experiment.network.flat
    return flat.values.tobytes() + flat.running.tobytes() + experiment.optimizer.state.tobytes()


ALL = {"network__norm": "batch", "network__dropout": 0.3, "network__skip": "preactivation",
       "training__optimizer": "momentum"}  # fmt: skip


def test_stepping_and_looking_equals_running_bit_for_bit() -> None:
    ran, stepped = Experiment(small(**ALL)), Experiment(small(**ALL))
    ran.run(15)
    while stepped.step < 15:
        stepped.advance()
        frame_of(stepped)
    assert _state(ran) == _state(stepped)


def test_going_back_and_forth_equals_running_bit_for_bit() -> None:
    ran, moved = Experiment(small(**ALL)), Experiment(small(**ALL))
    ran.run(15)
    for step, position in ((9, 3), (4, 7), (4, 2), (12, 0), (3, 10), (15, 0)):
        moved.seek(step, position)
    assert _state(ran) == _state(moved)


@pytest.mark.torch
def test_running_statistics_are_those_of_pytorch() -> None:
    import torch

    experiment = Experiment(small(network__norm="batch", network__depth=1, network__width=3))
    theirs = torch.nn.BatchNorm1d(3, dtype=torch.float64)
    for _ in range(4):
        experiment.run(1)
        theirs(torch.tensor(experiment.network.stages[0].arrays.z))
    running = experiment.network.stages[0].running
    assert np.allclose(running["mean"], theirs.running_mean, rtol=1e-12, atol=1e-15)
    assert np.allclose(running["variance"], theirs.running_var, rtol=1e-12)


@pytest.mark.torch
def test_held_out_samples_are_judged_by_the_running_statistics_and_whole() -> None:
    import torch

    experiment = passed(network__norm="batch", network__dropout=0.5, network__depth=1)
    judge, stage = experiment._judge, experiment.network.stages[0]
    judge()
    own, running = stage.parameters, stage.running
    z = torch.tensor(judge._network.x @ own["W"] + own["b"])
    statistics = [torch.tensor(running[name]) for name in ("mean", "variance")]
    scales = [torch.tensor(own[name]) for name in ("gamma", "beta")]
    expected = torch.tanh(torch.nn.functional.batch_norm(z, *statistics, *scales))
    assert np.allclose(judge._network.stages[0].arrays.h, expected, rtol=1e-12)


def test_dropout_keeps_the_asked_share_and_its_mean() -> None:
    experiment = Experiment(small(network__dropout=0.25, network__width=200, network__depth=1))
    experiment.seek(0, 1)
    mask = experiment.network.stages[0].drop.mask
    assert set(np.unique(mask)) == {0.0, 1 / 0.75}
    assert (mask == 0).mean() == pytest.approx(0.25, abs=0.05)


def test_each_stage_and_step_has_a_mask_of_its_own() -> None:
    experiment = Experiment(small(network__dropout=0.5, network__width=30))
    masks = []
    for _ in range(2):
        experiment.run(1)
        masks += [stage.drop.mask.tobytes() for stage in experiment.network.stages[:2]]
    assert len(set(masks)) == 4


def test_activations_by_stage_begin_anew_when_they_run_out() -> None:
    experiment = Experiment(small(network__activations="tanh, relu", network__depth=3))
    plans = experiment.network.plans
    assert [plan.activation for plan in plans] == ["tanh", "relu", "tanh", "identity"]


@pytest.mark.parametrize("text", ["tanh, rely", "tanh,tanh,tanh,tanh", "tanh; relu"])
def test_a_list_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(SpecError, match=r"network\.activations = "):
        Experiment(small(network__activations=text, network__depth=3))


def test_identity_skips_hand_the_gradient_over_whole() -> None:
    experiment = passed(network__skip="residual", network__skip_every=1, init__weights="zeros",
                        network__skip_scale=1.0, training__learning_rate=0.0)  # fmt: skip
    experiment.network.stages[-1].parameters["W"][:, 0] = 1.0
    experiment.seek(2, len(experiment.timeline) - 2)
    first, last = (experiment.network.stages[at].arrays.dh for at in (0, 4))
    assert np.array_equal(first, last) and np.any(last)


def test_orthogonal_linear_stages_keep_the_norm_at_depth_1000() -> None:
    experiment = Experiment(small(network__depth=1000, network__activation="identity",
                                  init__weights="orthogonal"))  # fmt: skip
    experiment.run(1)
    hidden = experiment.telemetry.dh_norm[1:-1]
    assert np.abs(hidden / hidden[-1] - 1).max() < 1e-12


def test_unused_fields_do_not_apply() -> None:
    assert not small().applies("network.skip_every")
    assert small(network__skip="residual").applies("network.skip_every")
    assert not small(network__skip="highway").applies("network.skip_scale")


@pytest.mark.parametrize("skip", SKIPS.names())
def test_the_cuts_lead_from_each_gradient_to_the_next(skip: str) -> None:
    frame = frame_of(passed(network__skip=skip, network__norm="rms", network__dropout=0.2))
    assert [cuts[0][1] for cuts in frame.cuts] == pytest.approx(frame.dh_rms, rel=1e-12)
    for above, below in zip(frame.cuts[1:], frame.dh_rms, strict=False):
        assert above[-1][1] == pytest.approx(below, rel=1e-12)
        parts = {part for part, _ in above}
        assert {"h", "weights"} <= parts
        assert parts <= {"h", "weights", "activation", "normalization", "dropout", "skip"}


def test_a_trace_has_every_parameter_and_cut() -> None:
    found = record(passed(network__norm="layer", network__skip="highway"))
    names = {"gamma2", "dgamma2", "beta2", "W_T2", "dW_T2", "b_T2", "n2", "dn2", "a2", "t2", "z2"}
    assert names <= set(found)
    assert np.allclose(found["h2"], found["t2"] * found["a2"] + (1 - found["t2"]) * found["h1"])


@pytest.mark.parametrize("optimizer", OPTIMIZERS.names())
def test_every_rule_schedule_and_clipping_can_be_gone_back_through(optimizer: str) -> None:
    changes = {"training__optimizer": optimizer, "training__schedule": "cosine",
               "training__clip": "norm", "training__clip_at": 0.1}  # fmt: skip
    ran, moved = Experiment(small(**changes)), Experiment(small(**changes))
    ran.run(12)
    for step, position in ((7, 3), (2, 6), (12, 0)):
        moved.seek(step, position)
    assert _state(ran) == _state(moved)


def test_the_norm_before_and_after_clipping_is_told() -> None:
    experiment = Experiment(small(training__clip="norm", training__clip_at=0.01))
    assert np.isnan(frame_of(experiment).clipped).all()
    experiment.run(1)
    before, after = frame_of(experiment).clipped
    assert before > after and after == pytest.approx(0.01, rel=1e-3)
