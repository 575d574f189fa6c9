"""Padding is no number: every instrument says of short sequences what it says of them alone."""

from __future__ import annotations

import numpy as np
import pytest

from tests.helpers.specs import small
from vgsim.measure.chain_rule.recurrent import NOT_BEGUN
from vgsim.measure.chain_rule.result import Hop
from vgsim.measure.coherence import Coherence, mean_cosine
from vgsim.measure.gates import OpenGates
from vgsim.measure.histograms import ActivationHistograms, GradientHistograms
from vgsim.measure.inspection.look import Inspection
from vgsim.measure.request import Focus, Request
from vgsim.measure.saturation import Saturation
from vgsim.measure.singular import Singular
from vgsim.measure.snapshot import frame_of
from vgsim.measure.stops import saturation
from vgsim.nn.experiment import Experiment

STEPS, MORE = 4, 3
"""Timesteps of the short sequences, and those that a long one has more."""
ALL = frozenset((OpenGates, ActivationHistograms, GradientHistograms, Saturation, Inspection))
KINDS = [
    {"network__kind": kind, "training__loss_at": at, "network__cells": cells}
    for kind in ("rnn", "lstm", "gru")
    for at, cells in (("last", 1), ("every", 2))
]


def written(folder, long: bool):
    """Six sequences of STEPS timesteps, and one of MORE beyond them."""
    rng = np.random.default_rng(3)
    lines = ["who,a,b,label"]
    for who in range(6):
        for _ in range(STEPS):
            a, b = rng.normal(size=2)
            lines.append(f"s{who},{a:.6f},{b:.6f},{'xyz'[who % 3]}")
    if long:
        lines += [f"s9,{0.1 * t:.1f},0.5,x" for t in range(STEPS + MORE)]
    path = folder / f"{long}.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def experiment(path, changes) -> Experiment:
    base = {
        "data__dataset": "csv", "data__path": str(path), "data__group": "who",
        "data__held_out": 0.0, "data__standardize": False, "training__batch": 0,
    }  # fmt: skip
    return Experiment(small(**base | changes))


@pytest.mark.parametrize("changes", KINDS, ids=str)
def test_means_over_a_batch_leave_padding_out(tmp_path, changes):
    made = experiment(written(tmp_path, True), changes)
    made.seek(0, len(made.timeline) - 2)
    network = made.network
    frame = frame_of(made, request=Request(ALL, Focus(1), None))
    begun = ~network.padded[:, :, 0]
    assert 0 < begun[0].sum() < begun.shape[1]
    for t in range(network.steps):
        view = network.views[t]
        for name, told, nodes in (
            ("h", frame.h_rms, frame.node_h),
            ("dh", frame.dh_rms, frame.node_dh),
        ):
            rows = getattr(view, name)[begun[t]]
            assert told[t] == pytest.approx(np.sqrt(np.mean(rows**2)), rel=1e-12)
            assert nodes[t] == pytest.approx(np.sqrt(np.mean(rows**2, axis=0)), rel=1e-12)
        slopes = view.derivative[begun[t]]
        assert saturation(network)[t] == pytest.approx(
            network.top.activation.saturated(slopes).mean()
        )
    gates = frame.measurement(OpenGates)
    if gates is not None:
        for name, row in zip(gates.names, gates.means, strict=True):
            values = network.top.arrays()[name]
            right = [values[t][begun[t]].mean() for t in range(network.steps)]
            assert row == pytest.approx(right, rel=1e-12)


@pytest.mark.parametrize("changes", KINDS, ids=str)
def test_histograms_count_no_padding(tmp_path, changes):
    made = experiment(written(tmp_path, True), changes)
    made.seek(0, len(made.timeline) - 2)
    frame = frame_of(made, request=Request(ALL, None, None))
    begun = ~made.network.padded[:, :, 0]
    h = frame.measurement(ActivationHistograms)
    dh = frame.measurement(GradientHistograms)
    units = made.network.widths[0]
    for t in range(made.network.steps):
        assert h.zero[t] == 0.0
        assert h.linear.counts[t].sum() == units * begun[t].sum()
        assert dh.counts[t].sum() == units * begun[t].sum()


@pytest.mark.parametrize("changes", KINDS, ids=str)
def test_the_history_and_the_hops_are_those_of_the_frame(tmp_path, changes):
    made = experiment(written(tmp_path, True), changes)
    made.run(1)
    frame = frame_of(made)
    assert frame.history.dh_rms[-1] == pytest.approx(frame.dh_rms, rel=1e-9)
    for stage in range(1, made.stages):
        assert frame.cuts[stage][0][1] == pytest.approx(frame.dh_rms[stage], rel=1e-9)
        assert frame.cuts[stage][-1][1] == pytest.approx(frame.dh_rms[stage - 1], rel=1e-9)


@pytest.mark.parametrize("changes", KINDS, ids=str)
def test_what_no_sequence_of_the_batch_has_is_no_number(tmp_path, changes):
    made = experiment(written(tmp_path, True), changes)
    short = np.flatnonzero(made.data.padding[0] == MORE)
    made.batches.indices = lambda step: np.resize(short, made.batches.batch)
    made.seek(0, len(made.timeline) - 2)
    frame = frame_of(made, request=Request(ALL, Focus(1), 0))
    assert np.isnan(frame.h_rms[:MORE]).all() and np.isfinite(frame.h_rms[MORE:]).all()
    assert np.isnan(frame.dh_rms[:MORE]).all()
    assert np.isnan(frame.measurement(Saturation).by_stage[:MORE]).all()
    counts = frame.measurement(ActivationHistograms).linear.counts
    assert not counts[:MORE].any() and counts[MORE:].any(axis=1).all()
    words = [figure.about for figure in frame.measurement(Inspection).figures]
    assert "Padding: the sequence has not begun" in words
    assert np.isnan(frame.measurement(Inspection).figures[0].value)


@pytest.mark.parametrize("changes", KINDS, ids=str)
def test_sequences_are_told_as_they_are_alone(tmp_path, changes):
    alone = experiment(written(tmp_path, False), changes)
    padded = experiment(written(tmp_path, True), changes)
    own = alone._train.x.reshape(len(alone._train.x), -1)
    tails = padded._train.x.reshape(len(padded._train.x), -1)[:, -own.shape[1] :]
    rows = [int(np.flatnonzero((tails == x).all(axis=1))[0]) for x in own]
    order = [rows[at] for at in alone.batches.indices(0)]
    chosen = np.array([*order, *order[:1]])[: padded.batches.batch]
    repeated = np.append(alone.batches.indices(0), alone.batches.indices(0)[0])
    assert len(chosen) == len(repeated) == len(order) + 1
    padded.batches.indices = lambda step: chosen
    padded.network.flat.values[:] = alone.network.flat.values
    padded.seek(0, padded.stages)
    frame = frame_of(padded)
    weights = np.bincount(np.arange(len(order)), minlength=len(order)).astype(float)
    weights[0] += 1
    alone.seek(0, alone.stages)
    for t in range(STEPS):
        h = alone.network.views[t].h
        right = np.sqrt((weights[:, None] * h**2).sum() / (weights.sum() * h.shape[1]))
        assert frame.h_rms[MORE + t] == pytest.approx(right, rel=1e-10)


@pytest.mark.parametrize("changes", KINDS, ids=str)
def test_jacobians_and_products_begin_with_the_sequence(tmp_path, changes):
    made = experiment(written(tmp_path, True), changes)
    made.seek(0, len(made.timeline) - 2)
    network = made.network
    begins = network.padded[:, :, 0].sum(axis=0)
    short, long = (int(np.flatnonzero(begins == begin)[0]) for begin in (MORE, 0))
    of = [
        frame_of(made, request=Request(frozenset((Singular,)), None, row)).measurement(Singular)
        for row in (short, long)
    ]
    padded = of[0].hop_stages <= MORE
    assert padded.any() and np.isnan(of[0].hops[padded]).all()
    assert not np.isnan(of[0].hops[~padded]).any() and not np.isnan(of[1].hops).any()
    below = of[0].product_stages <= MORE
    assert np.isnan(of[0].product[below]).all() and not np.isnan(of[0].product[~below, 0]).any()


def test_the_chain_rule_says_that_a_sequence_has_not_begun(tmp_path):
    made = experiment(written(tmp_path, True), KINDS[0])
    row = 0
    made.seek(0, len(made.timeline) - 2)
    while not made.network.padded[0, row, 0]:
        row += 1
    request = Request(frozenset((Hop,)), None, row)
    assert frame_of(made, request=request).measurement(Hop).note == NOT_BEGUN


def test_coherence_compares_only_what_has_begun(tmp_path):
    made = experiment(written(tmp_path, True), KINDS[0])
    made.seek(0, len(made.timeline) - 2)
    found = frame_of(made, request=Request(frozenset((Coherence,)), None, None))
    told = found.measurement(Coherence).cosines
    for t in range(made.network.steps):
        rows = made.network.views[t].dh[~made.network.padded[t, :, 0]]
        assert told[t] == pytest.approx(mean_cosine(rows), nan_ok=True)
