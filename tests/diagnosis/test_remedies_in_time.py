"""What is offered to recurrent networks is something that they can have."""

from __future__ import annotations

import pytest

from tests.helpers.specs import TIMES, small
from vgsim.diagnosis import OUTCOMES, examine, judge
from vgsim.diagnosis.remedies import remedies
from vgsim.nn.experiment import Experiment, copy_of


@pytest.mark.parametrize("cells", [1, 3])
@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("norm", ["none", "layer"])
def test_every_remedy_can_be_built(kind, cells, norm):
    changes = {"network__kind": kind, "network__cells": cells, "network__norm": norm}
    spec = small(**TIMES | changes)
    findings = examine(copy_of(Experiment(spec)))
    for outcome in OUTCOMES.names():
        for remedy in remedies(outcome, findings):
            Experiment(spec.replace(dict(remedy.changes)))


def test_a_normalization_that_blows_up_is_blamed_and_not_the_weights():
    spec = small(
        data__dataset="adding", data__length=12, training__loss="mse", network__kind="rnn",
        network__norm="layer", network__cells=2, network__dropout=0.5,
        network__dropout_at="timesteps", network__width=8,
    )  # fmt: skip
    verdict = judge(Experiment(spec))
    assert verdict.outcome == "exploding_recurrent"
    assert any("normalization of h Wₕ gave" in sentence for sentence in verdict.sentences)
