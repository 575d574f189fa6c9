"""The rule by which remedies are offered."""

from __future__ import annotations

import math

import pytest

from tests.helpers.specs import small
from vgsim.diagnosis import OUTCOMES
from vgsim.diagnosis.offering import clear, contradicts, ruling
from vgsim.diagnosis.verdict import Course, Ruling
from vgsim.nn.presets import load_preset


def course(*losses: float, **figures: object) -> Course:
    ordered = sorted(losses) or [math.inf]
    known = {"loss": ordered[len(ordered) // 2], "tail": losses, "chance": 2.3}
    return Course(**(known | figures))


FLAT = course(*[1.0] * 10)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (course(*[0.5] * 10), Ruling.HELPS),
        (course(*[1.0] * 10), Ruling.CHANGES_NOTHING),
        (course(*[0.99] * 10), Ruling.CHANGES_NOTHING),
        (course(*[1.5] * 10), Ruling.WORSE),
        (course(*[0.2, 1.9] * 5, loss=0.9), Ruling.CHANGES_NOTHING),
        (course(loss=math.inf), Ruling.DIVERGES),
        (course(*[0.5] * 10, ran_away=True), Ruling.DIVERGES),
    ],
)
def test_rulings(after, expected):
    assert ruling(small(), FLAT, after) is expected


def test_who_ends_where_guessing_is_has_learned_nothing():
    before = course(loss=math.inf)
    assert ruling(small(), before, course(*[2.3] * 10)) is Ruling.LEARNS_NOTHING
    assert ruling(small(), before, course(*[1.3] * 10)) is Ruling.HELPS


def test_another_unit_of_j_is_no_gain():
    before = course(*[900.0] * 10, chance=1000.0)
    assert ruling(small(), before, course(*[0.9] * 10, chance=1.0)) is Ruling.CHANGES_NOTHING
    assert ruling(small(), before, course(*[0.1] * 10, chance=1.0)) is Ruling.HELPS


def test_where_nothing_trains_the_whole_way_decides():
    spec = load_preset("worked-example")
    assert ruling(spec, Course(end=1e-3), Course(end=0.5)) is Ruling.HELPS
    assert ruling(spec, Course(end=1e-3), Course(end=1e-5)) is Ruling.WORSE


def test_the_luck_of_shared_batches_does_not_hide_a_difference():
    """Losses that differ widely from batch to batch, but always by the same."""
    noisy = [1.0, 3.0, 2.0, 0.5, 2.5, 1.5, 0.9, 2.1, 3.3, 1.2]
    lower = [loss - 0.1 for loss in noisy]
    assert clear(course(*noisy), course(*lower))
    assert not clear(course(*noisy), course(*reversed(noisy)))


@pytest.mark.parametrize(
    ("outcome", "path", "wrong", "right"),
    [
        ("rate_too_small", "training.learning_rate", 0.01, 1.0),
        ("rate_too_large", "training.learning_rate", 1.0, 0.01),
        ("weight_decay", "training.weight_decay", 0.5, 0.0),
        ("dropout", "network.dropout", 0.9, 0.1),
        ("norm_of_few", "training.batch", 8, 64),
    ],
)
def test_a_remedy_never_goes_against_the_verdict(outcome, path, wrong, right):
    spec = small(
        training__learning_rate=0.1, training__weight_decay=0.1, network__dropout=0.5,
        training__batch=16,
    )  # fmt: skip
    assert contradicts(OUTCOMES[outcome], spec, {path: wrong})
    assert not contradicts(OUTCOMES[outcome], spec, {path: right})


def test_the_rate_of_another_rule_is_no_smaller_rate():
    changes = {"training.learning_rate": 0.001, "training.optimizer": "adam"}
    assert not contradicts(OUTCOMES["rate_too_small"], small(training__learning_rate=0.1), changes)


@pytest.mark.parametrize("name", OUTCOMES.names())
def test_what_outcomes_call_too_small_or_too_large_are_numbers(name):
    for path in (*OUTCOMES[name].too_small, *OUTCOMES[name].too_large):
        assert isinstance(small()[path], (int, float))
