"""The second labelled set: what it holds."""

from __future__ import annotations

from collections import Counter

from tests.verdicts import judged, second


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
