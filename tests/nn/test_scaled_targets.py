"""Targets scaled apart from the features, and errors in the data's own units."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.specs import small
from vgsim.nn.experiment import Experiment

TABLES = Path(__file__).parents[1] / "data" / "tables"


def prices(**changes) -> Experiment:
    base = {
        "data__dataset": "csv", "data__path": str(TABLES / "price_raw.csv"),
        "training__loss": "mse", "data__held_out": 0.25,
    }  # fmt: skip
    return Experiment(small(**base | changes))


@pytest.mark.parametrize(("features", "targets", "scaled"), [
    (False, "yes", (False, True)), (True, "no", (True, False)),
    (True, "as features", (True, True)), (False, "as features", (False, False)),
])  # fmt: skip
def test_each_is_scaled_by_its_own_choice(features, targets, scaled):
    made = prices(data__standardize=features, data__standardize_targets=targets)
    assert bool(np.allclose(made.data.x_train.std(axis=0), 1.0)) == scaled[0]
    assert (made.data.y_scale is not None) == scaled[1]
    assert bool(np.isclose(made.data.y_train.std(), 1.0)) == scaled[1]


def test_the_error_is_told_in_the_units_of_the_data():
    scaled = prices(data__standardize_targets="yes")
    scaled.evaluate()
    held = scaled.data.y_held * scaled.data.y_scale[0]
    judged = float(scaled.history.view(scaled.step).held_loss[-1])
    assert scaled.off_by == pytest.approx(math.sqrt(judged) * held.std() / scaled.data.y_held.std())
    assert scaled.off_by > 1000


def test_classes_have_no_such_error():
    made = Experiment(small(data__dataset="csv", data__path=str(TABLES / "imbalanced.csv")))
    made.evaluate()
    assert math.isnan(made.off_by)
