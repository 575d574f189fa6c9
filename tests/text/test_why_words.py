"""Verdicts, remedies and effects as words."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.effects import told
from vgsim.diagnosis.verdict import Effect, Evidence, FromHere, Remedy, Ruling, Tone, Verdict
from vgsim.nn.spec import fields
from vgsim.text import verdicts as words
from vgsim.text.specs import lowered

NAN = math.nan
RELU = Remedy("ReLU", (("network.activation", "relu"), ("init.weights", "he_normal")))


def effect(**figures: object) -> Effect:
    """A measured effect with some figures changed."""
    return told(RELU, **figures)


def shown(changes: tuple) -> str:
    return words.changes_words(changes).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("confidence", "said"),
    [
        (1.0, "Very sure · 100 %"),
        (0.999, "Very sure · 99 %"),
        (0.8999, "Very sure · 90 %"),
        (0.82, "Quite sure · 82 %"),
        (0.5, "Likely · 50 %"),
        (0.1, "A guess · 10 %"),
        (0.0, "A guess · 0 %"),
    ],
)
def test_confidence(confidence, said):
    assert words.confidence_words(confidence) == said


@given(st.floats(0, 1), st.floats(0, 1))
def test_more_confidence_is_never_less_percent(one, other):
    low, high = sorted((one, other))
    percent = [int(words.confidence_words(each).split()[-2]) for each in (low, high)]
    assert percent[0] <= percent[1]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (RELU.changes, "activation ReLU · initializer He normal"),
        ((("training.clip", "norm"),), "clipping by norm"),
        ((("network.activation", "leaky_relu"),), "activation leaky ReLU"),
        ((("training.optimizer", "adamw"),), "optimizer AdamW"),
        ((("network.kind", "lstm"),), "kind LSTM"),
        ((("training.learning_rate", 0.0003),), "learning rate 3e−4"),
        ((("init.recurrent", "identity"),), "Wₕ start identity"),
        ((("init.forget_bias", -1.0),), "forget bias −1"),
        ((("data.standardize", True),), "standardize on"),
        ((("data.path", ""),), "file empty"),
        ((("network.skip", "residual"),), "skip path residual, sum after f"),
        ((("training.loss_at", "every"),), "loss at every"),
        ((("no.field", 3),), "no.field 3"),
        ((), ""),
    ],
)
def test_changes(changes, said):
    assert shown(changes) == said


def test_every_field_can_be_changed_in_words():
    for info in fields():
        if info.section:
            assert shown(((info.path, info.default),))


def test_short_changes_stay_on_one_line():
    assert " " not in words.changes_words((("network.skip_every", 1),))


@pytest.mark.parametrize(
    ("figures", "hop", "loss"),
    [
        ({}, "∂J/∂h a hop: ×0.22 → ×0.92", "J trained anew: 2.303 → 0.4103"),
        (
            {"hop": 0.0, "loss": math.inf},
            "∂J/∂h a hop: ×0.22 → ×0",
            "J trained anew: 2.303 → ∞",
        ),
        (
            {"hop_before": NAN, "hop": NAN, "updates": 1},
            "∂J/∂h a hop: · → ·",
            "J trained anew: 2.303 → 0.4103",
        ),
        (
            {"hop": math.inf, "loss": 7.04e209},
            "∂J/∂h a hop: ×0.22 → ×∞",
            "J trained anew: 2.303 → 7.040e209",
        ),
    ],
)
def test_comparisons(figures, hop, loss):
    assert tuple(map(str, words.comparisons(effect(**figures)))) == (hop, loss)


def test_the_tip_tells_the_whole_way():
    assert (
        "×5.2e−4 → ×0.65 from the last hidden stage to the first" in words.effect_tip(effect())[0]
    )


def test_a_refusal_says_why():
    refused = effect(refused="network.depth = 0: allowed is more", hop=NAN, loss=NAN)
    said = "Not possible: network.depth = 0: allowed is more"
    assert words.refusal_words(refused) == said == words.effect_words(refused)
    assert words.effect_tip(refused) == (said,)


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ({"updates": 300}, "300 updates"),
        ({"updates": 120, "wanted": 300}, "120 of 300 updates"),
        ({"spike": 3.1, "spike_step": 7}, "up to 3.1 at step 7 · 50 updates"),
        ({"ruling": Ruling.WORSE}, "worse · 50 updates"),
        ({"ruling": Ruling.DIVERGES, "loss": math.inf}, "diverges · 50 updates"),
        ({"ruling": Ruling.DIVERGES}, "diverges · 50 updates"),
    ],
)
def test_the_line_below_the_figures(figures, said):
    assert words.effect_note(effect(**figures)) == said


def test_j_in_another_unit_is_told_over_guessing():
    before, after = effect().before, effect().after
    found = replace(
        effect(), before=replace(before, chance=4.6052), after=replace(after, chance=0.8206)
    )
    assert str(words.comparisons(found)[1]) == "J / chance trained anew: 0.5000 → 0.5000"


@pytest.mark.parametrize("why_not", [FromHere.START, FromHere.OTHER])
def test_why_there_are_no_figures_from_here(why_not):
    assert words.not_from_here(effect(from_here=why_not)).startswith("only anew")


def test_an_effect_in_one_line():
    assert words.effect_words(None) == "measuring…"
    assert words.effect_words(effect()).count("→") == 2


def test_evidence_with_an_instrument_leads_there():
    assert words.evidence_tip(Evidence("fact", "loss")) and not words.evidence_tip(Evidence("fact"))


def test_buttons_say_what_they_change():
    assert all("ReLU" in tip for tip in words.remedy_tips(RELU))


@pytest.mark.parametrize(
    ("sentences", "shown"),
    [((), ("", "")), (("One.",), ("One.", "")), (("One.", "Two.", "3."), ("One.", "Two. 3."))],
)
def test_the_first_sentence_stands_alone(sentences, shown):
    assert words.paragraphs(Verdict("x", "X", sentences, (), 1.0, Tone.GOOD)) == shown


def test_a_verdict_says_which_pass_it_judged():
    verdict = Verdict("healthy", "Healthy", (), (), 0.93, Tone.GOOD)
    assert words.sureness_of_pass(verdict) == "Very sure · 93 % · pass 1"
    later = replace(verdict, step=1025)
    assert words.sureness_of_pass(later) == "Very sure · 93 % · pass 1,026"


@pytest.mark.parametrize(
    ("label", "within"),
    [
        ("Learning rate", "learning rate"), ("Cross-entropy", "cross-entropy"), ("ReLU", "ReLU"),
        ("He normal", "He normal"), ("Wₕ start", "Wₕ start"), ("β₁", "β₁"),
    ],
)  # fmt: skip
def test_a_label_within_a_sentence_keeps_its_capital_only_if_it_is_a_name(label, within):
    assert lowered(label) == within
