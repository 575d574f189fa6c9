"""A title and its evidence cannot disagree: one real network of every outcome says both."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator

import pytest

from tests.diagnosis.test_every_setting import extreme
from tests.verdicts import fourth, make, second
from tests.verdicts.test_reported import as_reported
from vgsim.diagnosis import OUTCOMES, examine, say
from vgsim.diagnosis.criteria import FADED, GROWN
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import first_that_holds
from vgsim.diagnosis.verdict import Tone
from vgsim.nn.experiment import Experiment
from vgsim.nn.spec import Spec, parse

REPORTED = (("A07_xor_relu2", 3000, {"training.seed": 3}), ("A31_imbalanced", 200, {}))
SETTINGS = (
    "init.bias training.delta training.label_smoothing training.epsilon training.warmup "
    "training.precision training.loss_scale_log2 network.output"
)


def _candidates() -> Iterator[tuple[Spec, int]]:
    """The first case of every label of every set, and settings that have a verdict of their own."""
    seen = set()
    for case in tomllib.loads(make.FILE.read_text("utf-8"))["case"]:
        if case["label"] not in seen:
            yield parse(case["spec"]), case["updates"]
        seen.add(case["label"])
    for one in [*second.cases(), *fourth.every_case()]:
        if one.cause.label not in seen:
            yield one.spec, one.updates
        seen.add(one.cause.label)
    for path in SETTINGS.split():
        yield extreme(path)
    for name, updates, changes in REPORTED:
        yield as_reported(name, changes), updates


@pytest.fixture(scope="module")
def examples() -> dict[str, list[Findings]]:
    """Figures of real networks by the outcome that they get."""
    found: dict[str, list[Findings]] = {}
    for spec, updates in _candidates():
        experiment = Experiment(spec)
        experiment.run(updates)
        figures = examine(experiment)
        found.setdefault(first_that_holds(figures), []).append(figures)
    return found


def test_there_is_an_example_of_every_outcome(examples):
    assert set(OUTCOMES.names()) - set(examples) <= ABSENT


ABSENT = {"no_input", "plateau", "shattered", "vanishing_mixed"}
"""Outcomes of which :mod:`tests.diagnosis.test_diagnosis` has figures made by hand."""


def test_every_need_of_a_verdict_is_shown_or_a_setting(examples):
    for name, every in examples.items():
        for figures in every:
            texts = [fact.text for fact in say(figures).evidence]
            for need in OUTCOMES[name].needs:
                facts = [fact.text for fact in need.shown(figures)] if need.shown else []
                assert set(facts) <= set(texts), name
            assert texts or OUTCOMES[name].exact(figures), name


def test_what_a_title_says_of_the_gradient_is_what_its_evidence_measured(examples):
    for every in examples.values():
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


def test_nothing_good_is_said_of_a_gradient_that_does_not_arrive(examples):
    for name, every in examples.items():
        for figures in every:
            if OUTCOMES[name].tone is Tone.GOOD and figures.error > 0:
                assert figures.arrives > 0, name
            if name == "healthy" and say(figures).title == "Healthy" and figures.chance > 0:
                assert min(figures.loss, figures.trial.last) < figures.chance, name


def test_no_verdict_is_said_to_be_certain_that_is_not_exact(examples):
    for name, every in examples.items():
        for figures in every:
            if not OUTCOMES[name].exact(figures):
                assert 0 < say(figures).confidence < 0.985, name
