"""Starts that PyTorch and Keras have by default, and chrono: against what they say they draw."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.helpers.sequences import network
from tests.helpers.specs import TIMES, small
from vgsim.core.errors import SpecError
from vgsim.nn.experiment import Experiment
from vgsim.nn.layered import Layered
from vgsim.nn.spec import dumps, loads

GATES = {"rnn": 1, "lstm": 4, "gru": 3}


def started(kind: str, by: str, units: int = 40, **changes: object) -> dict[str, np.ndarray]:
    """Parameters of a cell of 40 units that starts as a framework has it, by name."""
    spec = small(**TIMES | {
        "network__kind": kind, "network__width": units, "init__weights": by,
        "init__recurrent": by, "init__bias": by, "network__activation": "tanh",
    } | changes)  # fmt: skip
    return dict(network(Experiment(spec)).top.own)


@pytest.mark.parametrize("kind", GATES)
def test_pytorch_starts_a_cell_within_one_over_root_units(kind):
    own = started(kind, "pytorch")
    reach = 1 / math.sqrt(40)
    for name in ("W_x", "W_h"):
        assert 0.9 * reach < np.abs(own[name]).max() <= reach
    b = own["b"].reshape(GATES[kind], 40)
    summed = b[:2] if kind == "gru" else b
    assert reach < np.abs(summed).max() <= 2 * reach
    assert summed.var() == pytest.approx(2 * reach**2 / 3, rel=0.35)
    if kind == "gru":
        assert np.abs(b[2]).max() <= reach and 0 < np.abs(own["b_hn"]).max() <= reach


@pytest.mark.torch
@pytest.mark.parametrize("kind", GATES)
def test_pytorch_itself_draws_from_the_same_distribution(kind):
    import torch

    torch.manual_seed(3)
    theirs = getattr(torch.nn, kind.upper())(1, 400)
    drawn = {name: value.detach().numpy() for name, value in theirs.named_parameters()}
    own = started(kind, "pytorch", 400)
    both = drawn["bias_ih_l0"] + drawn["bias_hh_l0"]
    both[800:] = drawn["bias_ih_l0"][800:] if kind == "gru" else both[800:]
    for ours, other in ((own["W_h"], drawn["weight_hh_l0"]), (own["b"], both)):
        assert np.abs(ours).max() == pytest.approx(np.abs(other).max(), rel=0.1)
        assert ours.std() == pytest.approx(other.std(), rel=0.1)


@pytest.mark.torch
def test_a_layer_starts_as_pytorchs_linear_does():
    import torch

    torch.manual_seed(3)
    theirs = torch.nn.Linear(300, 400)
    experiment = Experiment(small(network__width=400, network__depth=2, init__weights="pytorch",
                                  init__bias="pytorch"))  # fmt: skip
    assert isinstance(experiment.network, Layered)
    own = experiment.network.stages[1].parameters
    for name, other in (("W", theirs.weight), ("b", theirs.bias)):
        reach = np.abs(other.detach().numpy()).max() * math.sqrt(300 / 400)
        assert np.abs(own[name]).max() == pytest.approx(reach, rel=0.02)


@pytest.mark.parametrize("kind", GATES)
def test_keras_draws_all_gates_as_one_matrix(kind):
    own = started(kind, "keras")
    reach = math.sqrt(6 / (1 + GATES[kind] * 40))
    assert 0.85 * reach < np.abs(own["W_x"]).max() <= reach
    assert np.allclose(own["W_h"] @ own["W_h"].T, np.eye(40))
    b = own["b"].reshape(GATES[kind], 40)
    expected = np.zeros_like(b)
    if kind == "lstm":
        expected[1] = 1  # i, f, g, o
    assert np.array_equal(b, expected)


def test_chrono_opens_the_forget_gate_and_shuts_the_input_gate():
    b = started("lstm", "pytorch", 500, init__bias="chrono", init__longest=101)["b"]
    i, f, g, o = b.reshape(4, 500)
    lasting = np.exp(f)
    assert np.array_equal(i, -f) and not g.any() and not o.any()
    assert 1 <= lasting.min() < 3 and 98 < lasting.max() <= 100
    assert lasting.mean() == pytest.approx(50.5, rel=0.1)


def test_chrono_keeps_by_the_update_gate_of_a_gru():
    own = started("gru", "pytorch", 500, init__bias="chrono", init__longest=101)
    r, z, n = own["b"].reshape(3, 500)
    assert np.exp(z).mean() == pytest.approx(50.5, rel=0.1)
    assert not r.any() and not n.any() and not own["b_hn"].any()


def test_chrono_takes_the_length_of_the_sequences_by_itself():
    f = started("lstm", "pytorch", 500, init__bias="chrono", data__length=30)["b"][500:1000]
    assert 27 < np.exp(f).max() <= 29


@pytest.mark.parametrize("kind", ["layers", "rnn"])
def test_chrono_without_a_gate_that_keeps_is_refused(kind):
    with pytest.raises(SpecError, match=r"init\.bias = chrono.*lstm, gru"):
        Experiment(small(network__kind=kind, init__bias="chrono"))


@pytest.mark.parametrize("by", ["pytorch", "keras", "chrono"])
def test_biases_that_know_of_gates_leave_no_forget_bias_to_set(by):
    spec = small(network__kind="lstm", init__bias=by)
    assert not spec.applies("init.forget_bias")
    assert small(network__kind="lstm").applies("init.forget_bias")
    assert spec.applies("init.longest") == (by == "chrono")
    assert dumps(loads(dumps(spec))) == dumps(spec)
