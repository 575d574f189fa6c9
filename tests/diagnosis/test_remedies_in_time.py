"""What is offered to recurrent networks is something that they can have."""

from __future__ import annotations

import pytest

from tests.helpers.specs import TIMES, small
from vgsim.diagnosis import OUTCOMES, examine
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
