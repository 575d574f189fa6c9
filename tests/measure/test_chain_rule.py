"""One hop by its factors: what stands in a product must multiply to what the engine has."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.specs import COMPOSED, TIMES, small
from vgsim.measure.chain_rule import product
from vgsim.measure.chain_rule.result import Factor, FactorKind, Hop
from vgsim.measure.request import Request
from vgsim.measure.snapshot import frame_of
from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.experiment import Experiment
from vgsim.nn.layers.parts import NORMS, SKIPS
from vgsim.nn.losses import LOSSES
from vgsim.nn.moments import Phase

LAYERS = [
    *({"network__activation": name} for name in ACTIVATIONS.names()),
    *(
        COMPOSED | {"network__norm": norm, "network__skip": skip, "network__norm_position": place}
        for norm in NORMS.names()
        for skip in SKIPS.names()
        for place in ("before", "after")
    ),
    COMPOSED | {"network__dropout": 0.4, "network__norm": "layer"},
    COMPOSED | {"network__dropout": 0.4, "network__skip": "highway"},
    COMPOSED | {"network__dropout": 0.4, "network__skip": "original", "network__norm": "rms",
                "network__norm_position": "after", "network__activation": "prelu"},
    *(
        {"network__widths": "5,4,4,6", "network__skip": skip, "network__projection": "unequal",
         "network__multiplier": True, "init__multiplier": 0.3, "network__skip_scale": 0.7,
         "network__norm": norm}
        for skip in ("residual", "original", "preactivation")
        for norm in ("none", "batch")
    ),
    COMPOSED | {"network__skip": "residual", "network__projection": "all",
                "network__multiplier": True},
    {"network__output": "sigmoid", "training__loss": "mse"},
    {"network__output": "softmax", "training__loss": "mse"},
    {"network__output": "softmax"},
    {"network__activations": "relu,tanh,identity"},
    {"network__depth": 1},
    {"network__kind": "chain", "network__depth": 4, "data__dataset": "one",
     "training__loss": "linear"},
    *({"training__loss": name} for name in LOSSES.names()),
]  # fmt: skip
RECURRENT = [
    TIMES | {"network__kind": kind, "network__cells": cells, "training__loss_at": at,
             "training__truncate": truncate}
    for kind in ("rnn", "lstm", "gru")
    for cells, at, truncate in ((1, "last", 0), (2, "every", 0), (1, "every", 2), (2, "last", 4))
] + [
    TIMES | {"network__kind": "gru_reset_before", "training__loss_at": at, "training__truncate": t}
    for at, t in (("last", 0), ("every", 2))
] + [
    TIMES | {"network__kind": kind, "network__cells": 2, "training__loss_at": at, **parts}
    for kind in ("rnn", "lstm", "gru")
    for at, parts in (("last", {"network__norm": "layer"}),
                      ("every", {"network__norm": "rms", "network__dropout": 0.3,
                                 "network__dropout_at": "timesteps"}),
                      ("last", {"network__skip": "residual", "network__dropout": 0.3}),
                      ("last", {"network__two_biases": True, "init__bias": "pytorch"}))
] + [
    TIMES | {"network__kind": "lstm", "network__norm": norm, "network__norm_state": True,
             "training__loss_at": at}
    for norm, at in (("layer", "last"), ("rms", "every"))
] + [
    TIMES | {"network__kind": "gru_reset_before", "network__norm": norm, "network__dropout": rate,
             "network__dropout_at": "timesteps", "training__loss_at": at}
    for norm, rate, at in (("layer", 0.0, "last"), ("rms", 0.3, "every"), ("none", 0.3, "last"))
]  # fmt: skip


def multiplied(factors: tuple[Factor, ...]) -> np.ndarray:
    """The product, from right to left; after an operator it goes on with what came out."""
    assert factors[-1].kind is FactorKind.VECTOR
    found = factors[-1].values
    for factor in reversed(factors[:-1]):
        if factor.kind is FactorKind.OPERATOR:
            assert factor.out is not None and factor.note and not factor.values.size
            found = factor.out
        else:
            diagonal = factor.kind is FactorKind.DIAGONAL
            found = factor.values * found if diagonal else factor.values @ found
    return found


def close(ours: np.ndarray, theirs: np.ndarray, *added: np.ndarray) -> bool:
    """Equal to rounding, on the scale of the largest number that was added up."""
    size = max(np.abs(values).max() for values in (theirs, *added))
    return ours.shape == theirs.shape and bool(np.abs(ours - theirs).max() <= 1e-12 * size)


def pass_of(experiment: Experiment, sample: int | None, step: int = 2) -> list[Hop | None]:
    """The hop of every moment of one pass."""
    request = Request(frozenset({Hop}), sample=sample)
    found = []
    for position in range(len(experiment.timeline)):
        experiment.seek(step, position)
        found.append(frame_of(experiment, request=request).measurement(Hop))
    return found


def of_engine(values: np.ndarray, experiment: Experiment, sample: int | None) -> np.ndarray:
    """(n,) of the sample, or the mean: of the last timestep where there are many."""
    rows = values[-len(experiment.network.x) :]
    return rows.mean(axis=0) if sample is None else rows[sample]


def summed(hop: Hop) -> np.ndarray:
    return np.sum([term.result for term in hop.terms], axis=0)


def _name(changes: dict[str, object]) -> str:
    return "-".join(map(str, changes.values()))


@pytest.mark.parametrize("sample", [0, 5, None])
@pytest.mark.parametrize("changes", LAYERS + RECURRENT, ids=_name)
def test_what_stands_in_a_hop_multiplies_to_what_the_engine_has(changes, sample):
    experiment = Experiment(small(**changes))
    for moment, hop in zip(experiment.timeline, pass_of(experiment, sample), strict=True):
        assert (hop is None) == (moment.phase in (Phase.START, Phase.UPDATE))
        if hop is None or moment.phase is not Phase.BACKWARD:
            continue
        dh = experiment.network.trace()[f"dh{moment.stage}"]
        expected = of_engine(dh, experiment, hop.sample)
        assert np.array_equal(hop.left.values, expected)
        results = [term.result for term in hop.terms]
        # after batch norm the samples' gradients cancel, so their own size is the scale
        assert not results or close(summed(hop), expected, *results, dh)
        for term in hop.terms:
            assert close(multiplied(term.factors), term.result, dh) and term.factors[-1].signal


@pytest.mark.parametrize("changes", [*LAYERS, *RECURRENT], ids=_name)
def test_a_forward_moment_is_a_function_of_its_sum(changes):
    experiment = Experiment(small(**changes))
    plans = getattr(experiment.network, "plans", None)
    for moment, hop in zip(experiment.timeline, pass_of(experiment, 3, step=0), strict=True):
        if moment.phase is Phase.FORWARD:
            name = plans[moment.stage - 1].activation if plans else "tanh"
            z = summed(hop)
            h = np.empty_like(z)
            ACTIVATIONS[name].forward(z, h)
            expected = h if hop.function else z
            assert np.allclose(expected, hop.left.values, rtol=1e-11, atol=1e-13)
            assert all(close(multiplied(term.factors), term.result) for term in hop.terms)


@pytest.mark.parametrize("changes", LAYERS[:3] + RECURRENT[:6])
def test_the_mean_of_a_forward_moment_is_that_of_the_sum(changes):
    experiment = Experiment(small(**changes))
    for moment, hop in zip(experiment.timeline, pass_of(experiment, None), strict=True):
        if moment.phase is Phase.FORWARD:
            assert not hop.function and close(summed(hop), hop.left.values)


def test_a_plain_hop_is_weights_derivatives_and_the_gradient_above():
    experiment = Experiment(small())
    experiment.seek(0, len(experiment.timeline) - 3)  # backward through stage 2
    hop = frame_of(experiment, request=Request(frozenset({Hop}))).measurement(Hop)
    (term,) = hop.terms
    assert [factor.tex for factor in term.factors] == [
        r"W_{3}^{\top}",
        r"\mathrm{diag}\left[\tanh'(z_{3})\right]",
        r"\frac{\partial J}{\partial h_{3}}",
    ]
    assert [factor.part for factor in term.factors] == ["weights", "activation", ""]
    assert np.array_equal(term.factors[0].values, experiment.network.stages[2].edge_weights())


def test_the_mean_leaves_only_what_all_samples_share():
    experiment = Experiment(small())
    experiment.seek(0, len(experiment.timeline) - 3)
    hop = frame_of(experiment, request=Request(frozenset({Hop}), sample=None)).measurement(Hop)
    (term,) = hop.terms
    assert [factor.kind for factor in term.factors] == [FactorKind.MATRIX, FactorKind.VECTOR]
    assert term.factors[1].tex.startswith(r"\left\langle") and hop.note


def test_a_residual_hop_has_a_way_past_the_weights():
    experiment = Experiment(small(**COMPOSED, network__skip="residual"))
    hops = pass_of(experiment, 0)
    skips = [
        (hop.stage, term.factors[-1].tex)
        for hop in hops
        for term in (hop.terms if hop else ())
        if term.name == "skip" and hop.left.signal
    ]
    assert skips == [
        (3, r"\frac{\partial J}{\partial h_{5}}"),
        (1, r"\frac{\partial J}{\partial h_{3}}"),
    ]


def test_batch_norm_is_no_matrix_for_one_sample():
    experiment = Experiment(small(network__norm="batch"))
    hop = pass_of(experiment, 0)[-3]
    kinds = [factor.kind for factor in hop.terms[0].factors]
    assert kinds == [
        FactorKind.MATRIX, FactorKind.OPERATOR, FactorKind.DIAGONAL, FactorKind.VECTOR
    ]  # fmt: skip


def test_a_matrix_too_large_is_an_operator_and_the_product_goes_on(monkeypatch):
    monkeypatch.setattr(product, "MOST", 15)
    hop = pass_of(Experiment(small(network__norm="layer")), 0)[-3]
    first, second = hop.terms[0].factors[:2]
    assert first.kind is second.kind is FactorKind.OPERATOR and "4 × 4" in first.note
    assert close(multiplied(hop.terms[0].factors), hop.left.values)


@pytest.mark.parametrize("loss", ["cross_entropy", "binary_cross_entropy", "mse"])
def test_the_moment_of_the_loss_is_the_product_that_makes_it(loss):
    experiment = Experiment(small(training__loss=loss))
    means = pass_of(experiment, None)[experiment.stages + 1]
    rows = [pass_of(experiment, row)[experiment.stages + 1] for row in range(8)]
    assert means.left.values == pytest.approx([experiment.value]) and means.left.tex == "J"
    assert np.mean([hop.left.values[0] for hop in rows]) == pytest.approx(experiment.value)
    for hop in (means, *rows):
        assert np.allclose(sum(multiplied(term.factors) for term in hop.terms), hop.left.values)


def test_the_gradient_is_cut_where_it_is_truncated():
    hops = pass_of(Experiment(small(**TIMES, network__kind="lstm", training__truncate=2)), 0)
    cut = [hop for hop in hops if hop and hop.left.signal and not hop.terms]
    assert all("Truncation" in hop.note and not hop.left.values.any() for hop in cut)
    assert cut and all(hop.carry == (0, 0) and hop.state is None for hop in cut)


@pytest.mark.parametrize("sample", [1, None])
def test_an_lstm_hop_has_the_state_and_both_carry_factors(sample):
    experiment = Experiment(small(**TIMES, network__kind="lstm"))
    experiment.seek(1, experiment.stages + 5)  # backward through timestep T - 2
    hop = frame_of(experiment, request=Request(frozenset({Hop}), sample=sample)).measurement(Hop)
    cell, t = experiment.network.top, hop.stage
    handed = cell.dc[t] * cell.f[t]
    assert close(hop.state.result, of_engine(handed, experiment, sample))
    assert close(multiplied(hop.state.factors), hop.state.result)
    rows = slice(None) if sample is None else slice(sample, sample + 1)
    expected = np.linalg.norm(handed[rows]) / np.linalg.norm(cell.dc[t][rows])
    assert hop.carry[0] == pytest.approx(expected)
    back = np.linalg.norm(cell.dh[t - 1][rows]) / np.linalg.norm(cell.dh[t][rows])
    assert hop.carry[1] == pytest.approx(back)
    assert [name for name, _ in hop.gates] == ["i", "f", "g", "o"]
    assert np.array_equal(dict(hop.gates)["f"], of_engine(cell.f[t], experiment, sample))


def test_so_far_is_the_running_product_of_the_hops():
    experiment = Experiment(small())
    experiment.seek(1, len(experiment.timeline) - 3)  # backward through stage 2
    frame = frame_of(experiment, request=Request(frozenset({Hop}), sample=None))
    so_far = frame.measurement(Hop).so_far
    assert np.isnan(so_far[0]) and so_far[-1] == 1
    assert np.allclose(so_far[1:], frame.dh_rms[1:] / frame.dh_rms[-1], rtol=1e-14)


@given(sample=st.integers(-3, 30), position=st.integers(0, 10), step=st.integers(0, 3))
@settings(max_examples=30)
def test_any_sample_of_any_moment_is_some_row_and_read_only(sample, position, step):
    experiment = Experiment(small())
    experiment.seek(step, position)
    hop = frame_of(experiment, request=Request(frozenset({Hop}), sample=sample)).measurement(Hop)
    if hop is not None:
        assert hop.sample == min(max(sample, 0), 7)
        arrays = [hop.left.values, hop.so_far, *(values for _, values in hop.gates)]
        for term in hop.terms:
            arrays += [term.result, *(factor.values for factor in term.factors)]
        assert all(not array.flags.writeable and array.dtype == np.float64 for array in arrays)


def test_a_float32_hop_is_shown_in_float64():
    hop = pass_of(Experiment(small(training__precision="float32")), 0)[-3]
    assert np.allclose(summed(hop), hop.left.values, rtol=1e-5)


def test_looking_changes_nothing():
    spec = small(**COMPOSED, network__norm="batch", network__skip="preactivation")
    seen, unseen = Experiment(spec), Experiment(spec)
    for _ in range(3 * len(seen.timeline)):
        seen.advance()
        frame_of(seen, request=Request(frozenset({Hop})))
        unseen.advance()
    assert np.array_equal(seen.network.flat.values, unseen.network.flat.values)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        COMPOSED | {"network__skip": "residual", "network__norm": "layer"},
        COMPOSED | {"network__skip": "preactivation", "network__norm": "batch"},
        TIMES | {"network__kind": "lstm", "training__loss_at": "every"},
        TIMES | {"network__kind": "gru"},
    ],
)  # fmt: skip
def test_the_parts_of_the_budget_sum_to_the_factor_in_every_moment(changes):
    experiment = Experiment(small(**changes))
    for position in range(len(experiment.timeline)):
        experiment.seek(1, position)
        frame = frame_of(experiment)
        for stage in range(max(frame.backward_from, 1) + 1, frame.stages + 1):
            sizes = [size for _, size in frame.cuts[stage - 1]]
            decades = sum(np.log10(below / above) for above, below in pairwise(sizes))
            measured = np.log10(frame.dh_rms[stage - 2] / frame.dh_rms[stage - 1])
            assert decades == pytest.approx(measured, abs=1e-10)
