"""float16 and bfloat16 as they are emulated, and loss scaling."""

from itertools import islice

import numpy as np
import pytest

from vgsim.diagnosis import judge
from vgsim.measure.snapshot import frame_of
from vgsim.nn.arrays import quiet
from vgsim.nn.experiment import Experiment
from vgsim.nn.precision import PRECISIONS, Numbers, to_bfloat16, to_float16
from vgsim.nn.presets import load_preset
from vgsim.text.status import status_line
from vgsim.text.table import stage_table

EMULATED = ("float16", "bfloat16")
EDGES = np.array([
    65504, 65519.99, 65520, -65520, 2**-14, 2**-24, 2**-25, 2**-25 * 1.0001, -(2**-26), 0.0, -0.0,
    np.inf, -np.inf, np.nan, 3e38, -1e-8, 3.4e38,
], np.float32)  # fmt: skip


def numbers():
    """Every kind of float32, those of float16's subnormal range and its edges."""
    rng = np.random.default_rng(0)
    bits = rng.integers(0, 2**32, 200_000, dtype=np.uint32).view(np.float32)
    small = (2.0 ** rng.uniform(-27, -13, 100_000)).astype(np.float32)
    small[::2] *= -1
    return np.concatenate([bits, small, EDGES])


def same_bits(a, b):
    return bool(np.all((a.view(np.uint32) == b.view(np.uint32)) | (np.isnan(a) & np.isnan(b))))


def test_float16_is_numpys():
    rounded = numbers()
    with quiet():
        to_float16(rounded)
        assert same_bits(rounded, numbers().astype(np.float16).astype(np.float32))


@pytest.mark.jax  # which brings ml_dtypes along
def test_bfloat16_is_that_of_ml_dtypes():
    import ml_dtypes

    rounded = numbers()
    with quiet():
        to_bfloat16(rounded)
        assert same_bits(rounded, numbers().astype(ml_dtypes.bfloat16).astype(np.float32))


@pytest.mark.torch
def test_bfloat16_is_torchs():
    import torch

    rounded = numbers()
    with quiet():
        to_bfloat16(rounded)
    assert same_bits(rounded, torch.tensor(numbers()).to(torch.bfloat16).float().numpy())


@pytest.mark.parametrize("operation", [np.add, np.subtract, np.multiply, np.divide])
def test_one_operation_is_that_of_numpys_float16(operation):
    rng = np.random.default_rng(1)
    with quiet():
        wide = rng.standard_normal((2, 5000)) * 10.0 ** rng.uniform(-4, 4, 5000)
        a, b = wide.astype(np.float16)
        made = Numbers("float16").zeros(2, 5000)
        made[0], made[1] = a, b
        found = np.asarray(operation(made[0], made[1]))
        assert same_bits(found, operation(a, b).astype(np.float32))


def test_a_scaled_gradient_has_the_grid_of_its_scale():
    made = Numbers("float16")
    gradient = made.gradients(2)
    gradient[:] = 1e-9, 1.0
    assert gradient[0] == 0
    made.backward.scale = 2.0**17
    gradient[:] = 1e-9, 1.0
    assert gradient[0] == pytest.approx(1e-9, rel=1e-3)
    assert np.isinf(gradient[1])


def lost(name, **changes):
    spec = load_preset(name)
    return Experiment(spec.replace({k.replace("__", "."): v for k, v in changes.items()}))


def test_float16_loses_what_bfloat16_and_a_loss_scale_keep():
    arrived = []
    for name in ("float16-lost", "float16-scaled", "bfloat16"):
        experiment = lost(name)
        experiment.run(1)
        arrived.append(experiment.telemetry.dh_rms[0])
    assert arrived[0] == 0
    assert arrived[1] == pytest.approx(2.8e-9, rel=0.02)
    assert arrived[2] == pytest.approx(2.8e-9, rel=0.02)


def test_underflow_is_located_and_said():
    experiment = lost("float16-lost")
    experiment.run(1)
    frame = frame_of(experiment)
    assert experiment.anomalies[0].kind == "underflow"
    first = experiment.anomalies[0].stage
    assert frame.lost[first] > 0
    assert not any(frame.lost[first + 1 :])
    assert f"at stage {first}" in stage_table(frame)


@pytest.mark.parametrize("precision", EMULATED)
@pytest.mark.parametrize("master", [True, False])
def test_stepping_and_going_back_give_the_bits_of_running(precision, master):
    changes = {
        "training__precision": precision,
        "training__master_weights": master,
        "training__optimizer": "momentum",
    }
    ran, stepped = lost("float16-scaled", **changes), lost("float16-scaled", **changes)
    ran.run(6)
    for _ in islice(stepped.moments(), 6 * (len(stepped.timeline) - 1)):
        pass
    final = np.array(ran.network.flat.values)
    assert np.array_equal(final, stepped.network.flat.values)
    ran.seek(2, 3)
    ran.seek(6, 0)
    assert np.array_equal(final, ran.network.flat.values)
    assert ran.mixed.state == stepped.mixed.state


@pytest.mark.parametrize("kind", ["dense", "rnn", "lstm", "gru"])
@pytest.mark.parametrize("precision", EMULATED)
def test_every_forward_array_is_of_the_number_type(kind, precision):
    base = "sigmoid-stack" if kind == "dense" else "rnn-digits"
    changes = {"training__precision": precision, "training__batch": 8}
    if kind != "dense":
        changes["network__kind"] = kind
    experiment = lost(base, **changes)
    experiment.run(2)
    for name, values in experiment.network.trace().items():
        if not name.startswith("d"):
            rounded = np.array(values)
            PRECISIONS[precision].to_nearest(rounded)
            assert np.array_equal(rounded, np.asarray(values)), name


def test_an_overflow_halves_the_dynamic_scale_and_skips_the_update():
    experiment = lost("float16-scaled", training__loss_scale_log2=40)
    before = experiment.mixed.master.copy()
    experiment.run(1)
    assert experiment.mixed.skipped
    assert experiment.mixed.scale == 2.0**39
    assert np.array_equal(before, experiment.mixed.master)
    assert not experiment.network.flat.change.any()


def test_the_dynamic_scale_doubles_after_enough_good_updates():
    experiment = lost("float16-scaled", training__loss_scale_log2=8, training__growth_every=3)
    experiment.run(3)
    assert experiment.mixed.scale == 2.0**9


def test_plain_number_types_have_plain_arrays():
    experiment = lost("sigmoid-stack", training__precision="float32")
    assert type(experiment.network.flat.values) is np.ndarray
    assert experiment.mixed is None


def test_the_verdict_says_where_the_rounding_took_it():
    experiment = lost("float16-lost")
    experiment.run(1)
    evidence = [found.text for found in judge(experiment).evidence]
    assert any(
        "rounding to float16 makes gradient values 0 from stage 5" in text for text in evidence
    )


def test_the_status_line_says_the_loss_scale():
    assert "float16, loss scale 2¹⁶" in status_line(frame_of(lost("float16-scaled"))).text
