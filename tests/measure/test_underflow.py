"""What of a gradient narrower number types cannot hold."""

from __future__ import annotations

import numpy as np
import pytest

from tests.helpers.specs import small
from vgsim.core.numbers import subscript
from vgsim.measure.request import Request
from vgsim.measure.snapshot import frame_of
from vgsim.measure.underflow import Underflow
from vgsim.nn.experiment import Experiment
from vgsim.nn.precision import PRECISIONS
from vgsim.nn.presets import load_preset
from vgsim.text.underflow import underflow_words


def _found(experiment: Experiment, position: int = -2) -> Underflow | None:
    experiment.seek(experiment.step, len(experiment.timeline) + position)
    return frame_of(experiment, request=Request(frozenset({Underflow}))).measurement(Underflow)


def _faint(precision: str = "float64", **more: object) -> Experiment:
    """Nine stages whose gradient falls below what float16 can hold."""
    changes = {"training.precision": precision, **more}
    return Experiment(load_preset("float16-lost").replace(changes))


@pytest.mark.parametrize("precision", ["float64", "float32", "bfloat16", "float16"])
def test_the_types_are_those_that_end_above_ones_own(precision):
    own = PRECISIONS[precision].smallest
    found = _found(_faint(precision))
    assert found is not None
    assert found.kinds == tuple(e.name for e in PRECISIONS if e.value.smallest > own)


@pytest.mark.parametrize("kind", ["float16", "bfloat16"])
def test_what_would_be_0_is_what_rounding_makes_0(kind):
    experiment = _faint("float32")
    found = _found(experiment)
    assert found is not None
    for at, view in enumerate(experiment.network.views):
        rounded = view.dh.copy()
        PRECISIONS[kind].to_nearest(rounded)
        there = view.dh != 0
        expected = np.mean(rounded[there] == 0)
        assert found.would[found.kinds.index(kind), at] == pytest.approx(expected, abs=1e-12)


@pytest.mark.torch
@pytest.mark.parametrize("kind", ["float16", "bfloat16"])
def test_it_is_what_pytorch_rounds_to_0(kind):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    experiment = _faint("float32")
    found = _found(experiment)
    assert found is not None
    for at, view in enumerate(experiment.network.views):
        theirs = torch.tensor(view.dh).to(getattr(torch, kind)).float().numpy()
        expected = np.mean(theirs[view.dh != 0] == 0)
        assert found.would[found.kinds.index(kind), at] == pytest.approx(expected, abs=1e-12)


@pytest.mark.torch
def test_what_is_0_in_float16_is_what_a_real_float16_chain_has():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    experiment = _faint("float16", **{"training.master_weights": False})
    found = _found(experiment)
    assert found is not None
    stages, half = experiment.network.stages, torch.float16
    dh = torch.tensor(np.array(stages[-1].arrays.dh)).to(half)
    for at in range(len(stages) - 1, 0, -1):
        layer = stages[at]
        slope = torch.tensor(np.array(layer.arrays.derivative)).to(half)
        weights = torch.tensor(np.array(layer.parameters["W"])).to(half)
        # summed in float32 and rounded once, as a GPU has it
        dh = ((dh * slope).float() @ weights.float().T).to(half)
        assert found.zero[at - 1] == pytest.approx(float((dh == 0).float().mean()), abs=0.01)
    assert found.zero[0] > 0.9


def test_a_loss_scale_is_taken_into_account():
    plain, scaled = (
        _found(_faint("bfloat16", **{"training.loss_scaling": how})) for how in ("none", "static")
    )
    assert plain is not None and scaled is not None
    assert plain.located(0)[0] > scaled.located(0)[0] and scaled.log2_scale == 16


def test_it_is_located_and_said():
    found = _found(_faint())
    assert found is not None
    stage, share = found.located(found.kinds.index("float16"))
    assert 1 <= stage <= 9 and 0.1 < share <= 1
    words = underflow_words(found, 10)
    assert words.startswith(f"from h{subscript(stage)} down ")
    assert "would be 0 in float16" in words
    assert words.endswith("float32 and bfloat16 keep it")


def test_nothing_is_known_before_the_way_back():
    experiment = Experiment(small())
    experiment.seek(0, 2)
    request = Request(frozenset({Underflow}))
    assert frame_of(experiment, request=request).measurement(Underflow) is None
