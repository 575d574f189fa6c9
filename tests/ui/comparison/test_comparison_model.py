"""What the panel of a comparison says."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from tests.helpers.specs import small
from vgsim.measure.run_so_far import pinned
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.ui.comparison.model import (
    Better,
    field_choices,
    level_row,
    matching,
    pin_line,
    preface,
    rows_of_results,
    rows_that_differ,
    usual_levels,
    verdict_on_both,
)


def pair(updates, **changes):
    """The frame of two that have made so many updates, of which B has ``changes``."""
    frames = []
    for spec in (small(), small(**changes)):
        experiment = Experiment(spec)
        experiment.run(updates)
        experiment.evaluate()
        frames.append(frame_of(experiment))
    return replace(frames[0], other=frames[1])


def with_gradient(frame, a, b):
    """The same with other gradients by stage."""
    other = replace(frame.other, dh_rms=np.array(b))
    return replace(frame, dh_rms=np.array(a), other=other)


def with_losses(frame, a, b):
    """The same with other losses of the updates so far."""
    history = replace(frame.history, loss=np.array(a))
    other = replace(frame.other, history=replace(frame.other.history, loss=np.array(b)))
    return replace(frame, history=history, other=other)


def rows(frame):
    """Results by their labels."""
    return {row.label: row for row in rows_of_results(frame)}


def test_equal_specs_have_no_row():
    assert rows_that_differ(small(), small(name="another")) == ()


def test_a_field_that_differs_has_its_values_in_words():
    (row,) = rows_that_differ(small(), small(network__activation="relu"))
    assert (row.label, row.a, row.b) == ("Activation", "Tanh", "ReLU")


def test_a_field_that_one_of_them_does_not_read_is_a_dash():
    with_momentum = small(training__optimizer="momentum", training__momentum=0.5)
    by_label = {row.label: row for row in rows_that_differ(small(), with_momentum)}
    assert by_label["Momentum"].a == "–" and by_label["Momentum"].b == "0.5"


def test_a_field_that_neither_reads_is_left_out():
    assert rows_that_differ(small(), small(training__momentum=0.5)) == ()


@pytest.mark.parametrize(("count", "start"), [(0, "Nothing"), (1, "One field"), (3, "3 fields")])
def test_the_preface_counts_what_differs(count, start):
    assert preface(count).startswith(start)


def test_the_smaller_loss_and_the_larger_accuracy_are_better():
    frame = pair(2)
    history = replace(frame.other.history, held_loss=np.array([0.1]), held_accuracy=np.array([0.0]))
    frame = replace(frame, other=replace(frame.other, history=history))
    assert rows(frame)["Loss, held out"].better is Better.B
    assert rows(frame)["Accuracy"].better is Better.A


def test_equal_runs_have_no_better_one():
    assert {row.better for row in rows_of_results(pair(2))} == {Better.NEITHER}


def test_the_gradient_that_keeps_its_size_is_better():
    frame = with_gradient(pair(1), [1e-6, 1e-4, 1e-3, 1e-2], [2e-2, 1e-2, 1e-2, 1e-2])
    by_label = rows(frame)
    ratio = by_label["∂J/∂h₁ : ∂J/∂h₄"]
    assert ratio.better is Better.B and ratio.b == "×2.0"
    assert by_label["Decades lost"].a == "4.0" and by_label["Decades lost"].b == "−0.3"


def test_networks_of_unequal_depth_are_compared_with_their_last_stage():
    assert "∂J/∂h₁ : the last" in rows(pair(1, network__depth=5))


def test_updates_to_a_loss_are_counted_from_the_first_at_or_below():
    frame = with_losses(pair(3), [2.0, 1.5, 1.4], [2.0, 1.0, 0.4])
    row = level_row(frame, 1.0)
    assert (row.a, row.b, row.better) == ("not in 3", "2", Better.B)
    row = level_row(frame, 2.0)
    assert (row.a, row.b, row.better) == ("1", "1", Better.NEITHER)
    row = level_row(frame, 0.1)
    assert (row.a, row.b, row.better) == ("not in 3", "not in 3", Better.NEITHER)


def test_levels_are_round_and_below_chance():
    frame = replace(pair(1), chance_loss=math.log(10))
    assert usual_levels(frame) == (1.0, 0.6)
    assert usual_levels(replace(frame, chance_loss=math.nan)) == (0.5, 0.2)


@pytest.mark.parametrize(
    ("b", "words"),
    [
        ([1e-6, 1e-4, 1e-3, 1e-2], "In both about"),
        ([5e-2, 1e-2, 1e-2, 1e-2], "B's gradient grows towards stage 1, by ×5.0 over 3 hops"),
        ([1e-3, 1e-2, 1e-2, 1e-2], "×0.10 arrives at stage 1 in B"),
    ],
)
def test_the_sentence_says_what_became_of_the_gradient(b, words):
    frame = with_gradient(pair(3), [1e-6, 1e-4, 1e-3, 1e-2], b)
    assert words in verdict_on_both(frame)


def test_the_sentence_says_whose_loss_is_lower():
    frame = with_losses(pair(3), [2.0, 1.5, 1.4], [2.0, 1.0, 0.4])
    assert "after 3 updates B has the lower loss" in verdict_on_both(frame)
    alike = with_losses(frame, [2.0, 1.5, 1.4], [2.0, 1.0, 1.41])
    assert "their losses are alike" in verdict_on_both(alike)


def test_before_a_pass_the_sentence_says_what_to_do():
    a, b = (frame_of(Experiment(small())) for _ in range(2))
    assert verdict_on_both(replace(a, other=b)) == "Step or train to see what comes of it."


def test_a_pinned_run_says_how_it_differs_and_did():
    frame = pair(2, network__activation="relu")
    line = pin_line(pinned(frame.other, "ReLU"), frame.spec)
    assert line.name == "ReLU" and line.about.startswith("1 field differs · J held out 0.")
    assert pin_line(pinned(frame, "A"), frame.spec).about.startswith("same settings")


def test_fields_are_found_by_every_word():
    choices = field_choices(small())
    assert [path for path, _, _ in matching(choices, "learning")] == ["training.learning_rate"]
    assert matching(choices, "no such field") == []
    assert ("network.activation", "Activation", "Tanh") in matching(choices, "tanh")


def test_only_fields_that_are_read_are_offered():
    paths = [path for path, _, _ in field_choices(small())]
    assert "network.cells" not in paths and "training.steps" not in paths
