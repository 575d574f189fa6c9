"""A verdict as text."""

from __future__ import annotations

from dataclasses import replace

from vgsim.diagnosis.verdict import Effect, Evidence, Remedy, Tone, Verdict
from vgsim.text.verdicts import WIDTH, offered, set_arguments, verdict_text

FEWER = Remedy("Fewer layers", (("network.depth", 2), ("data.standardize", True)))
VERDICT = Verdict(
    "x", "Vanishing", ("A sentence.", "word " * 40), (Evidence("a fact", "budget"),), 0.856,
    Tone.WARNING, (FEWER,),
)  # fmt: skip


def test_changes_are_arguments_of_the_command_line():
    assert set_arguments(FEWER) == "--set network.depth=2 --set data.standardize=true"


def test_the_text_has_everything_in_order():
    lines = verdict_text(VERDICT).splitlines()
    assert lines[0] == "Vanishing (confidence 86 %, pass 1)" and lines[1] == "  A sentence."
    assert lines[-5:-1] == ["Evidence", "  - a fact [budget]", "Try", "  - Fewer layers"]


def test_long_sentences_are_wrapped():
    assert all(len(line) <= WIDTH for line in verdict_text(VERDICT).splitlines())


def test_what_was_measured_stands_below_the_remedy():
    effect = Effect(FEWER, 0.21, 0.92, 0.001, 0.7, 2.3, 1.86, 50)
    lines = verdict_text(replace(VERDICT, effects=(effect,))).splitlines()
    assert lines[-1] == "      ∂J/∂h a hop: ×0.21 → ×0.92, J at step 50: 2.300 → 1.860"


def test_a_verdict_without_remedies_suggests_none():
    good = Verdict("healthy", "Healthy", (), (), 0.9, Tone.GOOD)
    assert verdict_text(good) == "Healthy (confidence 90 %, pass 1)\nEvidence"


def test_remedies_measured_to_be_of_no_help_stand_apart_with_their_figures():
    effect = Effect(FEWER, 0.21, 0.92, 0.001, 0.7, 2.3, 2.3, 300, helps=False)
    lines = verdict_text(replace(VERDICT, effects=(effect,))).splitlines()
    at = lines.index("Tried, would not help")
    assert FEWER.title in lines[at + 1] and lines[-1].endswith("J at step 300: 2.300 → 2.300")


def test_a_spike_on_the_way_is_told():
    effect = Effect(FEWER, 0.21, 0.92, 0.001, 0.7, 2.3, 0.5, 300, spike=3.14, spike_step=210)
    assert verdict_text(replace(VERDICT, effects=(effect,))).endswith("up to 3.1 at step 210")


def test_what_is_arithmetic_is_exact():
    assert "exact" in verdict_text(replace(VERDICT, exact=True)).splitlines()[0]
    assert "%" not in verdict_text(replace(VERDICT, exact=True)).splitlines()[0]


def test_remedies_that_help_stand_in_the_order_of_what_they_do():
    other = Remedy("Another", (("network.depth", 3),))
    effects = (
        Effect(FEWER, 0.21, 0.92, 0.001, 0.7, 2.3, 1.9, 300),
        Effect(other, 0.21, 0.92, 0.001, 0.7, 2.3, 0.4, 300),
    )
    verdict = replace(VERDICT, remedies=(FEWER, other), effects=effects)
    assert offered(verdict) == ((other, FEWER), ())
