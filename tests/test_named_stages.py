"""Stages with names of their own, of a network that no experiment stands behind."""

from __future__ import annotations

import html
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from tests.helpers.named import NAMED, STAGES, SUBJECT, UNKNOWN, named_frame
from vgsim.export.formats import FORMATS
from vgsim.export.picture import PictureRequest
from vgsim.export.request import ExportRequest
from vgsim.export.slide.content import Origin, compared_words, slide_words
from vgsim.export.slide.words import slide_text
from vgsim.export.writing import name_for
from vgsim.measure.request import Focus
from vgsim.measure.snapshot import frame_of
from vgsim.measure.stops import Stop
from vgsim.measure.subject import NamedStage
from vgsim.nn.experiment import Experiment
from vgsim.nn.spec import Spec
from vgsim.text.chain_rule import chain_rule
from vgsim.text.inspection import tip
from vgsim.text.lit import lit_now
from vgsim.text.moments import moment_title
from vgsim.text.pointed import Pointed
from vgsim.text.scale import Scale
from vgsim.text.specs import Names, compared_names
from vgsim.text.stages import place_name, short_name, stage_groups
from vgsim.text.status import status_line
from vgsim.text.stops import stop_sentence
from vgsim.text.table import stage_table
from vgsim.ui.chain_rule.model.words import known_of_hop
from vgsim.ui.chain_rule.panel import HopPanel
from vgsim.ui.diagram.view import DiagramView
from vgsim.ui.network_card import NetworkCard
from vgsim.ui.plots.kinds import PLOTS
from vgsim.ui.plots.model.words import stage_labels
from vgsim.ui.style.theme import load_theme
from vgsim.ui.timeline.model import moment_tip

MOMENTS = ("start", "forward:3", "loss", f"backward:{STAGES}", "backward:3", "backward:1", "update")
MOST_MOMENTS = ("start", "backward:3", "update")
THIRD = NAMED[2].name


def shown_by(plot, frame):
    """What a plot says of a frame: its texts, and what stands under the mouse."""
    plot.resize(500, 340)
    plot.set_frame(frame)
    plot.show()
    if plot.missing(frame):
        return ""
    box = plot.area.box
    places = [
        plot.readout(x, y)
        for x in np.linspace(*plot.area.x, 30)
        for y in np.linspace(*plot.area.y, 12)
    ]
    assert box.width > 60, "the names leave room for the data"
    return "\n".join([*places, *(text.text for text in plot.axis_texts())])


@pytest.mark.parametrize("moment", MOST_MOMENTS)
@pytest.mark.parametrize("name", PLOTS.names())
def test_every_plot_draws_named_stages(name, moment, qtbot):
    frame = named_frame(moment, kinds=PLOTS[name].wants)
    plot = PLOTS[name](load_theme("light"), Scale())
    qtbot.addWidget(plot)
    said = shown_by(plot, frame)
    if name == "parameters":  # whose are those of the experiment behind this frame
        return
    assert "h₃" not in said and "stage 3" not in said
    if name not in ("loss", "accuracy") and said:
        assert any(stage.name in said or short_name(at, SUBJECT) in said
                   for at, stage in enumerate(NAMED, 1))  # fmt: skip


@pytest.mark.parametrize("name", PLOTS.names())
def test_every_plot_copes_with_figures_that_are_not_there(name, qtbot):
    frame = named_frame(subject=UNKNOWN, unknown=True)
    plot = PLOTS[name](load_theme("light"), Scale())
    qtbot.addWidget(plot)
    shown_by(plot, frame)
    PLOTS[name].data(frame)


@pytest.mark.parametrize("moment", MOMENTS)
def test_words_call_a_stage_by_its_name(moment):
    frame = named_frame(moment)
    rule = chain_rule(frame)
    said = [
        moment_title(frame.moment, STAGES, frame.subject), status_line(frame).text,
        rule.formula, rule.numbers, rule.note, stage_table(frame),
        *moment_tip(3, frame), *tip(frame, Focus(3), Scale()), *tip(frame, Focus(3, 1), Scale()),
        *(row.words + row.number for row in lit_now(Pointed("gradient", stage=3), frame)),
    ]  # fmt: skip
    text = "\n".join(said)
    assert "stage 3" not in text and "seed" not in text and "None" not in text
    assert THIRD in moment_tip(3, frame)[0]
    assert THIRD in stage_table(frame)
    assert tip(frame, Focus(3), Scale())[0] == THIRD


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("subject", [SUBJECT, UNKNOWN])
def test_a_slide_says_only_what_is_known(moment, subject):
    frame = named_frame(moment, subject=subject)
    words = slide_words(frame, Origin())
    text = slide_text(frame, PictureRequest(), "Network", None)
    for said in (words.subtitle, words.source, words.caption.settings, text.alt, text.notes):
        assert "nan" not in said and "None" not in said and "seed" not in said
        assert not said.startswith(" · ") and " ·  · " not in said
    if moment == "backward:3":
        assert THIRD in words.subtitle
        assert THIRD in words.source


def test_a_file_is_called_by_the_name_of_the_stage():
    request = ExportRequest(PictureRequest(), FORMATS["png"])
    assert name_for(named_frame(), request) == "run-vgrun_step-2_backward-layers-0-attn-qkv.png"


def test_two_of_other_stages_are_compared_by_their_names(qtbot):
    frame = named_frame()
    other = replace(named_frame(subject=replace(SUBJECT, name="other.vgrun")), step=3)
    both = replace(frame, other=other)
    assert compared_names(both) == Names("A run.vgrun", "B other.vgrun")
    experiment = replace(frame, other=frame_of(Experiment(Spec())))
    assert compared_names(experiment).b.startswith("B")
    for pair in (both, experiment):
        words = compared_words(pair, pair.other, (Origin(), Origin()))
        assert "None" not in words.source and "seed None" not in words.source


def test_the_panel_of_the_hop_says_what_is_known_and_what_never_will_be(qtbot):
    frame = replace(named_frame(), lacks=frozenset({"Hop"}))
    way, sizes, missing = known_of_hop(frame)
    assert way == f"{NAMED[3].name} → {THIRD}"
    assert sizes.startswith("RMS ∂J/∂h: ") and sizes.endswith("since head")
    assert "not recorded" in missing
    assert known_of_hop(replace(named_frame("loss"), lacks=frozenset({"Hop"}))) == (missing,)
    assert known_of_hop(named_frame()) == ()
    panel = HopPanel(load_theme("light"), Scale())
    qtbot.addWidget(panel)
    panel.resize(700, 200)
    panel.show()
    panel.set_frame(frame)
    assert panel.canvas.accessibleDescription().startswith(way)


def test_a_stop_names_the_stage():
    stop = Stop("floor", 1e-8, 1e-9, 3)
    assert THIRD in stop_sentence(stop, STAGES, SUBJECT)


def test_card_and_diagram_show_it(qtbot):
    card = NetworkCard(load_theme("light"), Scale())
    qtbot.addWidget(card)
    card.resize(900, 480)
    card.show()
    for moment in MOMENTS:
        card.set_frame(named_frame(moment))
    view = DiagramView(load_theme("dark"), Scale())
    qtbot.addWidget(view)
    view.set_frame(named_frame(unknown=True))


def test_blocks_are_labelled_up_to_their_number():
    groups = stage_groups(NAMED)
    assert [group.label for group in groups] == [
        "embed",
        "layers.0",
        "layers.1",
        "layers.2",
        "head",
    ]
    assert (groups[1].first, groups[1].last) == (2, 5)


@pytest.mark.parametrize(
    ("names", "labels"),
    [
        (["0", "1", "2"], ["0", "1", "2"]),
        (["model.fc1", "model.act", "model.fc2"], ["fc1", "act", "fc2"]),
        (["net.0.a", "net.0.b", "net.1.a"], ["net.0", "net.1"]),
        (["layer1.0.conv", "layer1.1.conv", "layer2.0.conv"], ["layer1.0", "layer1.1", "layer2.0"]),
        (["lstm", "lstm[1][0]", "head"], ["lstm", "lstm[1][0]", "head"]),
        (
            ["lstm.layer 1.t=1", "lstm.layer 1.t=2", "head"],
            ["lstm.layer 1.t=1", "lstm.layer 1.t=2", "head"],
        ),
        (["net.0.a", "net.1.a", "net.0.b", "net.0.c"], ["net.1", "net.0"]),
        (["only"], ["only"]),
    ],
)
def test_labels_are_short_and_differ(names, labels):
    found = stage_groups(tuple(NamedStage(name) for name in names))
    assert [group.label for group in found] == labels


@pytest.mark.parametrize("each", [2.0, 5.0, 20.0, 90.0])
def test_labels_keep_clear_of_each_other(each):
    found = stage_labels(STAGES, SUBJECT, lambda label: 7.0 * len(label), each)
    ends = [(at * each - 3.5 * len(label), at * each + 3.5 * len(label)) for at, label in found]
    assert all(one[1] <= other[0] for one, other in pairwise(ends))
    assert found[0][1] == "embed"
    if each > 4:
        assert found[-1][1] == "head"


@pytest.mark.parametrize("each", [1.0, 3.0, 10.0])
def test_numbers_stand_behind_the_word_that_they_count(each):
    names = [f"layer{part}.{block}.conv" for part in (1, 2, 3) for block in range(14)]
    subject = replace(SUBJECT, named=tuple(NamedStage(name) for name in ["stem.0", *names]))
    found = stage_labels(43, subject, lambda label: 7.0 * len(label), each)
    word = ""
    for at, label in found:
        own = subject.named[int(at) - 1].name.removesuffix(".conv")
        if "." in label:
            word = label.partition(".")[0]
        assert own == (label if "." in label else f"{word}.{label}")


@pytest.mark.parametrize(
    ("name", "shown"),
    [("head\u202eevil", "head�evil"), ("a\nb\tc", "a�b�c"), ("q" * 3000, "…" + "q" * 99),
     ("<b>層</b>", "<b>層</b>")],
)  # fmt: skip
def test_a_name_from_outside_is_shown_as_text_of_bounded_length(name, shown):
    odd = (*NAMED[:2], NamedStage(name, "", name), *NAMED[3:])
    subject = replace(SUBJECT, named=odd)
    assert place_name(3, STAGES, subject) == shown
    note = chain_rule(named_frame(subject=subject)).note
    assert html.escape(shown) in note
    assert "<b>層" not in note


def test_a_long_name_keeps_its_end():
    long = "encoder.transformer.layers.11.attention.self.query"
    subject = replace(SUBJECT, named=(NamedStage(long),))
    assert place_name(1, 1, subject) == long
    assert short_name(1, subject) == "…self.query"
