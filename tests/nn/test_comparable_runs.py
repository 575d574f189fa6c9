"""Two compared runs share every random number that the settings they differ in do not touch."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.specs import small
from vgsim.measure.frame import Frame
from vgsim.measure.other_run import OtherRun
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.nn.spec import Spec

SEQUENCES = {
    "data__dataset": "adding", "data__length": 6, "training__loss": "mse", "network__depth": 1,
}  # fmt: skip
IN_TIME = {**SEQUENCES, "network__norm": "layer", "network__dropout_at": "timesteps"}
KINDS = ({}, {"network__kind": "rnn", **IN_TIME}, {"network__kind": "lstm", **IN_TIME})

bases = st.fixed_dictionaries(
    {
        "training__seed": st.integers(0, 2**32 - 1),
        "network__width": st.integers(1, 6),
        "network__activation": st.sampled_from(["tanh", "sigmoid", "relu", "silu"]),
        "network__dropout": st.sampled_from([0.0, 0.3]),
        "network__norm": st.sampled_from(["none", "batch", "layer"]),
        "training__optimizer": st.sampled_from(["sgd", "momentum", "adam"]),
        "training__batch": st.sampled_from([0, 5, 8]),
        "init__weights": st.sampled_from(["xavier_normal", "he_uniform", "orthogonal"]),
    }
)
specs = st.builds(lambda base, kind: small(**{**base, **kind}), bases, st.sampled_from(KINDS))


def arrays_of(frame: Frame) -> dict[str, bytes]:
    """The bits of every array and number of a frame, by name."""
    found: dict[str, bytes] = {}
    for holder, name in ((frame, ""), (frame.history, "history.")):
        for item in dataclasses.fields(holder):
            value = getattr(holder, item.name)
            if item.name in ("spec", "history", "moment", "formula", "steps_per_second"):
                continue
            parts = value if isinstance(value, tuple) else (value,)
            if all(isinstance(part, (np.ndarray, float, int)) for part in parts):
                found[name + item.name] = b"".join(np.asarray(part).tobytes() for part in parts)
    return found


@settings(max_examples=25)
@given(specs, st.integers(0, 6), st.data())
def test_of_equal_specs_every_frame_has_the_same_bits(spec: Spec, updates: int, data) -> None:
    leader, run = Experiment(spec), OtherRun(spec)
    leader.run(updates, lambda: run.keep_up(leader))
    for _ in range(data.draw(st.integers(0, 2 * leader.stages + 2))):
        leader.advance()
    run.follow(leader)
    a, b = arrays_of(frame_of(leader)), arrays_of(run.frame())
    assert len(a) > 20 and a == b


CHANGES: dict[str, tuple[object, ...]] = {
    "network.activation": ("elu", "softplus"),
    "network.depth": (1, 4, 6),
    "network.norm": ("none", "batch", "layer"),
    "network.skip": ("residual",),
    "network.dropout": (0.0, 0.5),
    "network.width": (2, 7),
    "init.weights": ("lecun_normal",),
    "init.gain": (1.7,),
    "init.bias": ("normal",),
    "training.optimizer": ("rmsprop",),
    "training.learning_rate": (0.003,),
    "training.weight_decay": (0.1,),
    "training.schedule": ("cosine",),
    "training.clip": ("norm",),
    "training.batch": (3,),
    "training.seed": (1,),
    "data.held_out": (0.5,),
    "data.samples": (30,),
    "data.noise": (0.7,),
    "data.standardize": (False,),
}
SPLIT = {"data.held_out", "data.samples", "data.noise", "data.standardize", "training.seed"}
"""What the samples and their two parts depend on."""
BATCHES = {"data.held_out", "data.samples", "training.batch", "training.seed"}
WEIGHTS = {"init.weights", "init.gain", "training.seed"}
DROPOUT = {"network.dropout", "training.seed"}


def weights_of(experiment: Experiment) -> list[np.ndarray]:
    """The weight matrix of every stage as it begins, the output's last."""
    return [stage.parameters["W"] for stage in experiment.network.stages]


def masks_of(experiment: Experiment) -> list[np.ndarray]:
    """The dropout of every stage in the pass that it stands in."""
    drops = [getattr(stage, "drop", None) for stage in experiment.network.stages]
    return [drop.mask for drop in drops if drop is not None]


@settings(max_examples=60)
@given(bases, st.data())
def test_what_a_setting_does_not_concern_has_the_same_bits(base, data) -> None:
    spec = small(**base, data__noise=0.2)
    path = data.draw(st.sampled_from(sorted(CHANGES)))
    changed = spec.replace({path: data.draw(st.sampled_from(CHANGES[path]))})
    a, b = Experiment(spec), Experiment(changed)
    if path not in SPLIT:
        for name in ("x_train", "y_train", "x_held", "y_held"):
            assert getattr(a.data, name).tobytes() == getattr(b.data, name).tobytes()
    if path not in BATCHES:
        for step in range(9):  # over the end of an epoch
            assert a.batches.indices(step).tolist() == b.batches.indices(step).tolist()
    if path not in WEIGHTS:
        for one, other in alike(weights_of(a), weights_of(b)):
            assert one.tobytes() == other.tobytes()
    if path not in DROPOUT:
        a.advance()
        b.advance()
        for one, other in zip(masks_of(a), masks_of(b), strict=False):  # the output has none
            assert one.shape != other.shape or one.tobytes() == other.tobytes()


def alike(a: list[np.ndarray], b: list[np.ndarray]) -> list[tuple[np.ndarray, np.ndarray]]:
    """The arrays of both from the first stage on, and those of the last, that have one shape."""
    pairs = [*zip(a[:-1], b[:-1], strict=False), *zip(a[-1:], b[-1:], strict=False)]
    return [(one, other) for one, other in pairs if one.shape == other.shape]


@pytest.mark.parametrize("seed", [1, 2])
def test_another_seed_does_change_them(seed) -> None:
    """The tests above would hold of constants, too."""
    a, b = Experiment(small()), Experiment(small(training__seed=seed))
    assert a.data.x_train.tobytes() != b.data.x_train.tobytes()
    assert a.batches.indices(0).tolist() != b.batches.indices(0).tolist()
    assert weights_of(a)[0].tobytes() != weights_of(b)[0].tobytes()
