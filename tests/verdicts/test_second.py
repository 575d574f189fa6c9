"""The second labelled set: what it holds."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.verdicts import judged, second
from vgsim.diagnosis.outcome import BY_MARGIN, RIGHT


def test_the_second_set_is_large_and_of_other_networks():
    every = list(second.cases())
    labels = Counter(case.cause.label for case in every)
    assert len(every) >= 300 and len(labels) >= 25
    assert sum(case.updates > 0 for case in every) >= 150
    assert {case.spec.training.precision for case in every} == {"float32", "float64"}


def test_a_sound_case_of_the_second_set_learns():
    healthy = next(case for case in second.cases() if case.cause.label == "healthy")
    assert second.behaves(healthy) == ""


def test_a_sixth_of_the_second_set_gets_its_cause_as_the_verdict():
    found = judged.judged(second.subset())
    wrong = [
        (case.name, outcome)
        for case, outcome, _ in found
        if not judged.is_right(case.cause.label, outcome)
    ]
    assert len(found) >= 50 and len(wrong) <= 2, wrong


def test_sureness_is_what_the_first_look_at_unseen_networks_gave():
    offset, slope = judged.fitted(*judged.first_look())
    assert pytest.approx((offset, slope), abs=0.002) == (RIGHT, BY_MARGIN)


def test_of_what_is_called_ninety_percent_sure_nine_of_ten_are_right():
    rows = judged.reliability(judged.left_out())
    for upper, count, right in rows:
        if upper == 0.95:
            assert count >= 40 and 0.85 <= right / count <= 0.95
        if upper == 1.0:
            assert right / count >= 0.95
