"""Every outcome says which figures it needs, so that what a source lacks decides nothing."""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from functools import cache

import pytest

from tests.helpers.watched import WatchedFindings, varied
from vgsim.diagnosis import OUTCOMES
from vgsim.diagnosis.findings import ALWAYS_KNOWN, Findings
from vgsim.diagnosis.outcome import Outcome, all_that_hold, undecided
from vgsim.nn.presets import load_preset, preset_names

SPEC = load_preset(preset_names()[0])


@cache
def pool() -> tuple[Findings, ...]:
    return tuple(varied(400))


def undeclared(read: dict[str, set[str]], declared: set[str]) -> dict[str, set[str]]:
    found = {name: names - declared - ALWAYS_KNOWN for name, names in read.items()}
    return {name: names for name, names in found.items() if names}


def of_criteria(outcome: Outcome) -> dict[str, set[str]]:
    """What criteria and facts read without having said so, by their names."""
    found: dict[str, set[str]] = defaultdict(set)
    for findings in pool():
        for criterion in (*outcome.needs, *outcome.signs):
            watched = WatchedFindings(findings)
            criterion.margin(watched)  # type: ignore[arg-type]
            found[criterion.margin.__name__] |= watched.read - set(criterion.figures)
        for fact in (*outcome.also, *(need.shown for need in outcome.needs if need.shown)):
            watched = WatchedFindings(findings)
            list(fact.told(watched))  # type: ignore[arg-type]
            found[fact.told.__name__] |= watched.read - set(fact.figures)
    return undeclared(found, set())


def of_sentences(outcome: Outcome) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for findings in pool():
        for what in (outcome.sentences, outcome.named, outcome.exact):
            watched = WatchedFindings(findings)
            with suppress(ValueError, ZeroDivisionError):  # it is only asked where it holds
                what(watched)  # type: ignore[arg-type]
            found[what.__name__] |= watched.read
    return undeclared(found, {*outcome.figures, *outcome.tells})


@pytest.mark.parametrize("entry", list(OUTCOMES), ids=lambda entry: entry.name)
def test_outcome_declares_every_figure_that_it_reads(entry):
    assert of_criteria(entry.value) == {}
    assert of_sentences(entry.value) == {}


def test_a_figure_that_is_read_and_not_declared_is_found():
    shattered = OUTCOMES["shattered"]
    assert "agreement" in shattered.figures
    read = of_sentences(shattered)
    assert read == {}
    assert undeclared({"x": {"agreement", "loss"}}, set()) == {"x": {"agreement"}}


def test_what_lacks_a_figure_is_never_chosen_but_named():
    sick = Findings(SPEC, x=1e6)
    assert "data_scale" in all_that_hold(sick)
    blind = Findings(SPEC, unknown=frozenset({"x"}), x=1e6)
    assert "data_scale" not in all_that_hold(blind)
    assert ("data_scale", ("x",)) in list(undecided(blind))


def test_what_a_known_figure_rules_out_is_not_undecided():
    few_hops = Findings(SPEC, unknown=frozenset({"agreement"}))
    assert "shattered" not in dict(undecided(few_hops))
