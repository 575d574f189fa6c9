"""A verdict as text."""

from __future__ import annotations

from dataclasses import replace

from vgsim.diagnosis.verdict import Effect, Evidence, Remedy, Tone, Verdict
from vgsim.text.verdicts import WIDTH, set_arguments, verdict_text

FEWER = Remedy("Fewer layers", (("network.depth", 2), ("data.standardize", True)))
VERDICT = Verdict(
    "x", "Vanishing", ("A sentence.", "word " * 40), (Evidence("a fact", "budget"),), 0.856,
    Tone.WARNING, (FEWER,),
)  # fmt: skip


def test_changes_are_arguments_of_the_command_line():
    assert set_arguments(FEWER) == "--set network.depth=2 --set data.standardize=true"


def test_the_text_has_everything_in_order():
    lines = verdict_text(VERDICT).splitlines()
    assert lines[0] == "Vanishing (confidence 86 %)" and lines[1] == "  A sentence."
    assert lines[-5:-1] == ["Evidence", "  - a fact [budget]", "Try", "  - Fewer layers"]


def test_long_sentences_are_wrapped():
    assert all(len(line) <= WIDTH for line in verdict_text(VERDICT).splitlines())


def test_what_was_measured_stands_below_the_remedy():
    effect = Effect(FEWER, 0.21, 0.92, 0.001, 0.7, 2.3, 1.86, 50)
    lines = verdict_text(replace(VERDICT, effects=(effect,))).splitlines()
    assert lines[-1] == "      ∂J/∂h a hop: ×0.21 → ×0.92, J after 50 steps: 2.30 → 1.86"


def test_a_verdict_without_remedies_suggests_none():
    good = Verdict("healthy", "Healthy", (), (), 0.9, Tone.GOOD)
    assert verdict_text(good) == "Healthy (confidence 90 %)\nEvidence"
