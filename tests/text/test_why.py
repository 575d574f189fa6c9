"""A verdict as text."""

from __future__ import annotations

from dataclasses import replace

from tests.helpers.effects import told
from vgsim.diagnosis.verdict import Course, Evidence, Remedy, Ruling, Tone, Verdict
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
    lines = verdict_text(replace(VERDICT, effects=(told(FEWER, 1.86, 2.3),))).splitlines()
    assert lines[-1].endswith("J trained anew: 2.300 → 1.860, after 50 updates")


def test_the_catch_stands_below_what_was_measured():
    caught = replace(FEWER, catch="Fewer stages represent less.")
    lines = verdict_text(replace(VERDICT, remedies=(caught,))).splitlines()
    assert lines[-1] == "      The catch: fewer stages represent less."


def test_what_is_offered_is_what_was_measured_in_the_end():
    slower = Remedy("Fewer layers, slowly", (*FEWER.changes, ("training.learning_rate", 0.01)))
    found = told(FEWER, tried=slower)
    text = verdict_text(replace(VERDICT, effects=(found,)))
    assert "Fewer layers, slowly" in text and "--set training.learning_rate=0.01" in text


def test_figures_from_here_stand_beside_those_from_a_fresh_start():
    found = told(FEWER, here_before=Course(loss=1.5), here=Course(loss=0.5), here_steps=50)
    said = " ".join(verdict_text(replace(VERDICT, effects=(found,))).split())
    assert "J trained anew: 2.303 → 0.4103, J from here: 1.500 → 0.5000" in said


def test_a_verdict_without_remedies_suggests_none():
    good = Verdict("healthy", "Healthy", (), (), 0.9, Tone.GOOD)
    assert verdict_text(good) == "Healthy (confidence 90 %, pass 1)\nEvidence"


def test_remedies_measured_to_be_of_no_help_stand_apart_with_their_figures():
    effect = told(FEWER, 2.3, 2.3, ruling=Ruling.CHANGES_NOTHING)
    lines = verdict_text(replace(VERDICT, effects=(effect,))).splitlines()
    at = lines.index("Tried, would not help")
    said = " ".join(" ".join(lines[at + 1 :]).split())
    assert FEWER.title in said and "2.300 → 2.300, after 50 updates, changes nothing" in said


def test_a_spike_on_the_way_is_told():
    effect = told(FEWER, spike=3.14, spike_step=210)
    said = " ".join(verdict_text(replace(VERDICT, effects=(effect,))).split())
    assert said.endswith("up to 3.1 at step 210")


def test_what_is_arithmetic_is_exact():
    assert "exact" in verdict_text(replace(VERDICT, exact=True)).splitlines()[0]
    assert "%" not in verdict_text(replace(VERDICT, exact=True)).splitlines()[0]


def test_remedies_that_help_stand_in_the_order_of_what_they_do():
    other = Remedy("Another", (("network.depth", 3),))
    effects = (
        told(FEWER, 1.9),
        told(other, 0.4),
    )
    verdict = replace(VERDICT, remedies=(FEWER, other), effects=effects)
    assert offered(verdict) == ((other, FEWER), ())
