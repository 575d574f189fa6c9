"""The formula of a moment is one: what is multiplied is what is written."""

from __future__ import annotations

import pytest

from tests.helpers.specs import small
from tests.ui.test_chain_rule_factors import NETWORKS
from vgsim.measure.chain_rule.result import Hop
from vgsim.measure.request import Request
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.nn.moments import Phase
from vgsim.text.formulas import backward_tex, forward_tex

HOP = Request(frozenset({Hop}))
CASES = {
    **NETWORKS,
    "batch norm": {"network__norm": "batch", "network__dropout": 0.2},
    "long skips": {"network__skip": "residual", "network__skip_every": 2},
    "every timestep": {**NETWORKS["rnn"], "training__loss_at": "every"},
    "truncated": {**NETWORKS["lstm"], "training__truncate": 2},
    "cells with parts": {
        **NETWORKS["rnn"],
        "network__cells": 2,
        "network__norm": "layer",
        "network__skip": "residual",
        "network__dropout": 0.2,
        "network__dropout_at": "timesteps",
        "network__two_biases": True,
    },
    "gates with parts": {
        **NETWORKS["gru"],
        "network__cells": 2,
        "network__norm": "rms",
        "network__dropout": 0.2,
    },
    "reset before": {**NETWORKS["gru"], "network__kind": "gru_reset_before"},
}


def _bare(tex: str) -> str:
    """LaTeX without the spaces that only part symbols."""
    return tex.replace(r"\ ", "").replace(" ", "")


@pytest.fixture(params=CASES.values(), ids=CASES)
def hops(request):
    """Every moment of a pass that is a product, as a frame with its hop."""
    experiment = Experiment(small(**request.param))
    frames = []
    for _ in experiment.timeline[1:]:
        experiment.advance()
        frame = frame_of(experiment, request=HOP)
        if frame.measurement(Hop) is not None:
            frames.append(frame)
    return frames


def test_what_is_multiplied_backward_is_what_is_written(hops):
    hops = [f for f in hops if f.moment.phase is Phase.BACKWARD and f.moment.stage < f.stages]
    assert hops
    for frame in hops:
        assert frame.formula == frame.measurement(Hop).formula
        assert len(backward_tex(frame)) == len(frame.measurement(Hop).terms)


def test_what_is_multiplied_forward_stands_in_the_formula_of_its_stage(hops):
    hops = [frame for frame in hops if frame.moment.phase is Phase.FORWARD]
    assert hops
    for frame in hops:
        whole = _bare(forward_tex(frame, frame.moment.stage))
        for term in frame.measurement(Hop).terms:
            vector = _bare(term.factors[-1].tex)
            # a gate has its timestep in the product alone: there it stands beside others
            assert vector in whole or vector.partition("_")[0] in whole
