"""Targets scaled apart from the features, and errors in the data's own units."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.specs import small
from vgsim.core.numbers import plain
from vgsim.measure.inspection.look import Inspection
from vgsim.measure.request import Focus, Request
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.text.own_units import typical_error

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
    found = frame_of(scaled).errors
    off_by = found.held_out[0]
    assert off_by == pytest.approx(math.sqrt(judged) * held.std() / scaled.data.y_held.std())
    assert off_by > 1000
    assert found.factor * math.sqrt(judged) == pytest.approx(off_by)
    assert typical_error(found) == f"typical error {plain(off_by, 3)} (price) held out"


def test_classes_have_no_such_error():
    made = Experiment(small(data__dataset="csv", data__path=str(TABLES / "imbalanced.csv")))
    made.evaluate()
    assert frame_of(made).errors is None
    assert typical_error(None) == ""


@pytest.mark.parametrize("loss", ["mse", "huber"])
def test_several_targets_are_told_each_by_its_name_whatever_the_loss(loss):
    made = prices(data__path=str(TABLES / "two_targets.csv"), data__label="heat, cool",
                  training__loss=loss, data__held_out=0.3)  # fmt: skip
    made.run(3)
    made.evaluate()
    while made.moment.position <= made.stages:
        made.advance()
    found = frame_of(made).errors
    off = (made.network.output - made.loss.targets) * made.data.y_scale
    assert found.names == ("heat", "cool")
    assert found.training == pytest.approx(np.sqrt((off**2).mean(axis=0)))
    assert typical_error(found).count("(heat)") == typical_error(found).count("(cool)") == 1
    assert math.isnan(found.factor)


def test_an_error_is_that_of_the_step_that_is_shown():
    made = prices(data__standardize_targets="yes")
    made.run(8)
    made.evaluate()
    last = frame_of(made).errors.held_out
    made.seek(4, 0)
    view = made.history.view(4)
    own = math.sqrt(view.held_loss[-1]) * made.data.y_scale[0]
    assert frame_of(made).errors.held_out == pytest.approx([own])
    assert own != pytest.approx(last[0])


def test_the_inspected_sample_is_told_as_it_was_read():
    made = prices(data__standardize_targets="yes")
    made.run(1)
    first = frame_of(made, request=Request(frozenset((Inspection,)), Focus(1), 2))
    row = made.data.dataset.x[made_row(made, 2)]
    told = {figure.about: figure.value for figure in first.measurement(Inspection).figures}
    assert told["rooms, as it was read"] == pytest.approx(row[0])
    last = frame_of(made, request=Request(frozenset((Inspection,)), Focus(made.stages), 2))
    told = {figure.about: figure.value for figure in last.measurement(Inspection).figures}
    assert told["price, as it was read"] == pytest.approx(made.data.dataset.y[made_row(made, 2), 0])
    assert "price, as the network has it" in told


def made_row(made: Experiment, at: int) -> int:
    """The row of the file that is a sample of the last batch."""
    index = made.batches.indices(made.step - 1)[at]
    own = made.data.x_train[index] * made.data.scale + made.data.mean
    return int(np.argmin(np.abs(made.data.dataset.x - own).sum(axis=1)))


def test_the_class_of_the_inspected_sample_is_told_by_its_name():
    made = Experiment(small(data__dataset="csv", data__path=str(TABLES / "categorical.csv")))
    made.run(1)
    frame = frame_of(made, request=Request(frozenset((Inspection,)), Focus(made.stages), 0))
    words = [figure.about for figure in frame.measurement(Inspection).figures]
    assert sum(word in ("Class: ja", "Class: nein") for word in words) == 1
    assert sum(word.startswith("Class of the largest output: ") for word in words) == 1
