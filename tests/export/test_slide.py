"""The words of a slide, and how its room is divided."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.specs import small
from vgsim.diagnosis.verdict import Tone, Verdict
from vgsim.export.picture import PictureRequest
from vgsim.export.slide.content import (
    Origin,
    compared_caption,
    compared_words,
    moment_words,
    settings_words,
    shortened,
    slide_words,
)
from vgsim.export.slide.layout import Extent, arrange
from vgsim.export.slide.words import slide_text
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.nn.moments import Phase
from vgsim.nn.presets import load_preset, preset_names
from vgsim.ui.plots.model.geometry import Box

SPEC = load_preset("sigmoid-stack")
ORIGIN = Origin("sigmoid-stack", SPEC)
VERDICT = Verdict("capped", "Vanishing", ("It fades.", "Why."), (), 0.9, Tone.WARNING)


def frame_at(position=0, spec=SPEC):
    experiment = Experiment(spec)
    experiment.seek(0, position)
    return frame_of(experiment)


def test_the_source_says_how_to_get_there_again():
    words = slide_words(frame_at(12), ORIGIN)
    assert words.source == "vgsim · sigmoid-stack · seed 7 · step 0 · backward h₄"


def test_a_changed_preset_says_so_and_what():
    words = slide_words(frame_at(spec=SPEC.replace({"network.depth": 3})), ORIGIN)
    assert "sigmoid-stack, changed" in words.source
    assert words.caption.changed == "Differs from the preset: depth 3"


def test_the_settings_that_matter():
    words = settings_words(SPEC).replace("\u00a0", " ")
    assert words == "Sigmoid · Xavier normal · 6 × 8 · Handwritten digits · SGD, η = 0.5"


@pytest.mark.parametrize("name", preset_names())
def test_the_settings_of_every_preset_are_short(name):
    assert 20 < len(settings_words(load_preset(name))) < 130  # two lines of a slide


@pytest.mark.parametrize(
    ("position", "words"),
    [(0, "Before the pass"), (2, "Forward pass, stage 2 of 7"), (8, "Forward pass done"),
     (13, "Backward pass, stage 3 of 7"), (16, "After the update")],
)  # fmt: skip
def test_where_the_pass_is(position, words):
    assert moment_words(frame_at(position)) == words


def test_the_readout_is_no_timestep():
    spec = small(network__kind="rnn", data__dataset="sine", data__length=6, training__loss="mse")
    assert moment_words(frame_at(7, spec)) == "Forward pass, readout"


def test_ones_own_title_comes_first_and_the_verdict_in_the_caption():
    words = slide_words(frame_at(), ORIGIN, VERDICT, "Mine")
    assert (words.title, words.caption.heading) == ("Mine", "Vanishing")
    assert (words.caption.sentence, words.caption.more) == ("It fades.", "Why.")


def test_ones_own_sentences_come_instead_of_the_verdict():
    words = slide_words(frame_at(), ORIGIN, VERDICT, sentences=("It fades.",))
    assert words.caption.sentences == ("It fades.",)
    assert (words.caption.heading, words.caption.sentence) == ("", "")


def test_ones_own_sentences_are_caption_and_notes_of_an_editable_slide():
    said = slide_text(frame_at(), PictureRequest(sentences=("One.", "Two.")), "Slide", VERDICT)
    assert said.caption == "One.\nTwo." and said.notes.startswith("One.\nTwo.")


def test_a_comparison_says_how_much_gradient_each_has():
    frame = frame_at(15)
    other = frame_at(15, SPEC.replace({"network.activation": "relu"}))
    caption = compared_caption(frame, other)
    assert caption.heading.startswith("RMS ∂J/∂h₁ is ") and "in A" in caption.heading
    assert caption.sentence.startswith("From h") and "in A, by ×" in caption.sentence
    assert caption.settings.startswith("Both: ") and "Sigmoid" not in caption.settings


def test_a_comparison_is_titled_and_sourced_by_both():
    frames = [frame_at(15, load_preset(name)) for name in ("sigmoid-stack", "relu-he")]
    origins = tuple(Origin(name, load_preset(name)) for name in ("sigmoid-stack", "relu-he"))
    words = compared_words(*frames, origins)
    assert words.title == "Sigmoid stack and ReLU + He"
    assert "in A, " in words.subtitle and words.subtitle.endswith(" in B")
    assert "sigmoid-stack and relu-he · seed 7 · step 0" in words.source


def test_a_slide_names_what_its_plots_compare():
    frame = frame_at(15)
    other = frame_at(15, SPEC.replace({"network.activation": "relu"}))
    words = slide_words(replace(frame, other=other), ORIGIN)
    assert words.caption.changed == "Compared with B ReLU"


def test_a_comparison_before_the_loss_has_no_gradient_to_speak_of():
    frame = frame_at(2)
    assert compared_caption(frame, frame).heading == ""


@given(st.integers(0, 40))
def test_shortened_keeps_whole_parts(room):
    ends = ("", "now", "now · log scale", "now · log scale · dashed")
    longest = [text for text in ends if len(text) <= room][-1]
    assert shortened(ends[-1], room, len, " · ") == longest


MAIN, PANEL = Extent((400, 160), (600, 270)), Extent((200, 126), (400, 240))
sides = st.floats(300, 1200)


@given(sides, sides, st.integers(0, 3), st.booleans())
def test_nothing_overlaps_and_nothing_leaves_the_sheet(width, height, panels, captioned):
    room = Box(28, 60, width, height)
    caption = (lambda _: 60.0) if captioned else None
    layout = arrange(room, MAIN, [PANEL] * panels, caption)
    boxes = [layout.main, *layout.panels, *([layout.caption] if layout.caption else [])]
    assert len(layout.panels) == panels and (layout.caption is not None) == captioned
    for at, box in enumerate(boxes):
        assert box.left >= room.left - 0.01 and box.right <= room.right + 0.01
        assert box.top >= room.top - 0.01 and box.bottom <= room.bottom + 0.01
        assert not any(box.grown(-0.01).meets(other) for other in boxes[at + 1 :])


@given(sides, sides, st.integers(1, 3))
def test_what_fits_has_at_least_the_room_it_needs(width, height, panels):
    layout = arrange(Box(0, 0, width, height), MAIN, [PANEL] * panels, None)
    if layout.fits:
        assert layout.main.width >= 400 and layout.main.height >= 160
        assert all(box.width >= 200 and box.height >= 126 for box in layout.panels)


def test_a_slide_at_the_loss_says_j_once():
    frame = next(f for f in map(frame_at, range(20)) if f.moment.phase is Phase.LOSS)
    assert slide_text(frame, PictureRequest(), "Slide", None).caption.count("J = ") == 1
