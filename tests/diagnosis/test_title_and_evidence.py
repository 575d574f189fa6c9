"""A title and its evidence cannot disagree: one real network of every outcome says both."""

from __future__ import annotations

import math

from tests.helpers.outcomes import examples
from vgsim.diagnosis import OUTCOMES, say
from vgsim.diagnosis.criteria import FADED, GROWN
from vgsim.diagnosis.verdict import Tone


def test_there_is_an_example_of_every_outcome():
    assert set(OUTCOMES.names()) - set(examples()) <= ABSENT


ABSENT = {"no_input", "plateau", "shattered", "vanishing_mixed"} | {
    "detached", "frozen", "missing_skip", "peaked_softmax", "unnormalized", "unscaled",
}  # fmt: skip
"""Outcomes of which :mod:`tests.diagnosis.test_diagnosis` has figures made by hand, and those of
recordings, of which :mod:`tests.diagnosis.test_recorded_verdicts` has some written by hand."""


def test_every_need_of_a_verdict_is_shown_or_a_setting():
    for name, every in examples().items():
        for figures in every:
            texts = [fact.text for fact in say(figures).evidence]
            for need in OUTCOMES[name].needs:
                facts = [fact.text for fact in need.shown(figures)] if need.shown else []
                assert set(facts) <= set(texts), name
            assert texts or OUTCOMES[name].exact(figures), name


def test_what_a_title_says_of_the_gradient_is_what_its_evidence_measured():
    for every in examples().values():
        for figures in every:
            verdict = say(figures)
            title = verdict.title
            said = " ".join([title, *verdict.sentences])
            if title.startswith("Vanishing"):
                assert figures.lost >= FADED or figures.arrives == 0, title
            if title.startswith("Exploding"):
                assert figures.broken or -figures.lost >= GROWN, title
            if "gradient is fine" in said:
                assert math.isfinite(figures.lost) and not figures.broken, title
                assert -GROWN <= figures.lost <= FADED, said


def test_nothing_good_is_said_of_a_gradient_that_does_not_arrive():
    for name, every in examples().items():
        for figures in every:
            if OUTCOMES[name].tone is Tone.GOOD and figures.error > 0:
                assert figures.arrives > 0, name
            if name == "healthy" and say(figures).title == "Healthy" and figures.chance > 0:
                assert min(figures.loss, figures.trial.last) < figures.chance, name


def test_no_verdict_is_said_to_be_certain_that_is_not_exact():
    for name, every in examples().items():
        for figures in every:
            if not OUTCOMES[name].exact(figures):
                assert 0 < say(figures).confidence < 0.985, name
