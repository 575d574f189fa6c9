"""Pictures: exact size, the theme's colors, the clipboard, whole files."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QLabel, QWidget

from tests.helpers.specs import small
from vgsim.core.errors import SpecError
from vgsim.diagnosis import judge
from vgsim.export.compose import (
    Composition,
    clipped,
    compose,
    judged,
    no_room,
    noting_left_out,
    panel_names,
    smallest_text,
    staged,
    view_names,
    wants,
)
from vgsim.export.picture import THEMES, PictureRequest
from vgsim.measure.request import Request
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment, copy_of
from vgsim.nn.presets import load_preset
from vgsim.ui.plots.layer import text_width
from vgsim.ui.style.application import ui_font
from vgsim.ui.style.theme import load_theme

SIZES = ("16:9", "4:3", "640x400", "1200x1600")
KINDS = frozenset(kind for name in panel_names() for kind in wants(PictureRequest(view=name)))


def made(**changes):
    experiment = Experiment(small(**changes))
    experiment.run(30)
    return experiment, frame_of(experiment, request=Request(KINDS))


@pytest.fixture(scope="module")
def shown():
    """A frame that is compared with another one, and its verdict."""
    experiment, frame = made()
    _, other = made(network__activation="relu")
    return replace(frame, other=other), judge(copy_of(experiment))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("view", [name for name in view_names() if name != "window"])
def test_every_view_is_exact_and_all_its_type_large_and_whole(styled, shown, theme, view, size):
    frame, verdict = shown
    for name in THEMES:
        picture = PictureRequest(view=view, size=size, theme=name)
        with staged(frame, picture, theme, verdict) as stage:
            assert smallest_text(stage) >= 14.0
            assert clipped(stage) == []
        image = compose(frame, picture, theme, verdict)
        assert image.size().toTuple() == picture.pixels
        assert image.pixelColor(2, 2) == QColor(load_theme(name).surface)


@pytest.mark.parametrize("size", SIZES)
def test_the_whole_window_has_the_exact_size(styled, shown, theme, size):
    picture = PictureRequest(view="window", size=size, theme="dark")
    image = compose(shown[0], picture, theme, shown[1])
    assert image.size().toTuple() == picture.pixels


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "plots", [(), ("loss", "gradient"), ("hop",), ("why", "budget"), ("loss", "hop", "saturation")]
)
def test_a_slide_of_any_panels_is_whole(styled, shown, theme, size, plots):
    with staged(shown[0], PictureRequest(size=size, plots=plots), theme, shown[1]) as stage:
        assert smallest_text(stage) >= 14.0
        assert clipped(stage) == []


def test_a_wide_slide_has_room_for_three_plots(styled, shown, theme):
    with staged(shown[0], PictureRequest(plots=("loss", "gradient", "budget")), theme) as stage:
        assert stage.left_out == ()


@cache
def _of_preset(name):
    """Near the end of the first backward pass, judged once."""
    experiment = Experiment(load_preset(name))
    experiment.seek(0, experiment.timeline[-3].position)
    picture = PictureRequest(plots=("gradient", "hop"))
    return frame_of(experiment, request=Request(wants(picture))), judge(copy_of(experiment))


@pytest.mark.parametrize("preset", ["sigmoid-stack", "residual-deep", "lstm-adding"])
@pytest.mark.parametrize("size", SIZES)
def test_a_slide_of_a_preset_is_whole(styled, theme, preset, size):
    picture = PictureRequest(size=size, plots=("gradient", "hop"))
    frame, verdict = _of_preset(preset)
    with staged(frame, picture, theme, verdict) as stage:
        assert smallest_text(stage) >= 14.0
        assert clipped(stage) == []


@pytest.mark.parametrize("scale", [1.3, 2.0, 3.0])
def test_larger_type_is_larger_and_whole(styled, shown, theme, scale):
    with staged(shown[0], PictureRequest(font_scale=scale), theme, shown[1]) as stage:
        assert smallest_text(stage) >= 14.0 * min(scale, 1.6)  # as large as the network allows
        assert clipped(stage) == []


def test_a_title_of_ones_own_takes_the_place_of_the_experiments(styled, shown, theme):
    with staged(shown[0], PictureRequest(title="Why sigmoids fade"), theme) as stage:
        assert "Why sigmoids fade" in [text.text for text in stage.texts]


def test_sentences_of_ones_own_take_the_place_of_the_verdict(styled, shown, theme):
    sentences = ("The signal fades.", "Each hop takes four fifths.", "ReLU keeps it, and can die.")
    with staged(shown[0], PictureRequest(sentences=sentences), theme, shown[1]) as stage:
        words = [text.text for text in stage.texts]
    assert all(sentence in words for sentence in sentences) and shown[1].title not in words


def test_what_is_said_is_named_where_there_is_no_room_for_it(styled, shown, theme):
    picture = PictureRequest(size="420x200", font_scale=3.0, sentences=("It fades. " * 20,))
    with staged(shown[0], picture, theme, shown[1]) as stage:
        assert "the sentences" in stage.left_out


def test_a_picture_without_a_caption_says_nothing_of_the_settings(styled, shown, theme):
    with staged(shown[0], PictureRequest(caption=False), theme, shown[1]) as stage:
        words = " ".join(text.text for text in stage.texts)
    assert "seed" not in words and shown[1].title not in words


@pytest.mark.parametrize("view", ["slide", "diagram", "hop", "why", "comparison", "gradient"])
def test_nothing_is_painted_below_a_transparent_picture(styled, shown, theme, view):
    picture = PictureRequest(view=view, size="640x400", transparent=True)
    image = compose(shown[0], picture, theme, shown[1])
    clear = [
        image.pixelColor(x, y).alpha() == 0 for x in range(0, 640, 7) for y in range(0, 400, 7)
    ]
    assert image.hasAlphaChannel()
    assert sum(clear) > (0.05 if view == "why" else 0.5) * len(clear)


def test_what_is_painted_is_the_same_on_white_without_a_background(styled, shown, theme):
    picture = PictureRequest(size="960x540")
    whole = compose(shown[0], picture, theme, shown[1])
    clear = compose(shown[0], replace(picture, transparent=True), theme, shown[1])
    paper = QImage(clear.size(), QImage.Format.Format_RGB32)
    paper.fill(QColor(theme.surface))
    painter = QPainter(paper)
    painter.drawImage(0, 0, clear)
    painter.end()
    places = [(x, y) for x in range(0, 960, 3) for y in range(0, 540, 3)]
    differing = [
        abs(paper.pixelColor(*at).lightness() - whole.pixelColor(*at).lightness()) > 16
        for at in places
    ]
    assert sum(differing) < 0.004 * len(places)


def test_a_comparison_needs_another_experiment(styled, shown, theme):
    alone = replace(shown[0], other=None)
    with (
        pytest.raises(SpecError, match="not compared"),
        staged(alone, PictureRequest(view="comparison"), theme),
    ):
        pass
    assert styled.palette().window().color() == QColor(theme.background)


def test_type_that_is_too_small_and_text_that_is_cut_are_found(qtbot, styled):
    label = QLabel("much too long")
    label.setFont(ui_font(9))
    label.setFixedSize(20, 40)
    holder = QWidget()
    label.setParent(holder)
    holder.resize(500, 500)
    holder.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    holder.show()
    stage = Composition(holder, holder.size(), 1.0)
    assert smallest_text(stage) < 10 and clipped(stage) == ["much too long"]
    holder.close()


def test_a_large_picture_is_rendered_not_scaled(styled, shown, theme):
    picture = PictureRequest(view="diagram", size="960x540")
    small_one = compose(shown[0], picture, theme)
    large = compose(shown[0], replace(picture, scale=4), theme)
    assert (large.width(), large.height()) == (3840, 2160)
    scaled = small_one.scaled(3840, 2160)
    differing = sum(
        large.pixel(x, y) != scaled.pixel(x, y)
        for x in range(0, 3840, 40)
        for y in range(0, 2160, 40)
    )
    assert differing > 20


def test_the_application_gets_its_own_theme_and_type_back(styled, shown, theme):
    before = text_width("stage")
    compose(shown[0], PictureRequest(view="loss", theme="dark", size="640x360"), theme)
    assert styled.palette().window().color() == QColor(theme.background)
    assert text_width("stage") == before and ui_font(11).pixelSize() == 11


@pytest.mark.parametrize(
    ("picture", "shows"),
    [(PictureRequest(), True), (PictureRequest(caption=False), False),
     (PictureRequest(view="why"), True),
     (PictureRequest(caption=False, plots=("why",)), True), (PictureRequest(view="window"), True),
     (PictureRequest(view="diagram"), False)],
)  # fmt: skip
def test_a_verdict_is_made_only_where_it_is_shown(styled, picture, shows):
    assert judged(picture) is shows


@pytest.mark.parametrize("size", ["16:9", "4:3"])
def test_three_plots_have_room_beside_the_diagram_of_a_preset(styled, theme, size):
    picture = PictureRequest(plots=("gradient", "loss", "budget"), size=size)
    with staged(*_of_preset("sigmoid-stack")[:1], picture, theme) as stage:
        assert stage.left_out == ()


def test_what_has_no_room_is_told(styled, shown, theme):
    with noting_left_out() as lost:
        compose(
            shown[0], PictureRequest(plots=("gradient", "budget"), font_scale=3.0), theme, shown[1]
        )
    assert lost == ["gradient by stage", "gain budget", "the verdict"]
    assert no_room(lost).startswith("no room for gradient by stage, gain budget and the verdict;")
    assert no_room(()) == ""


@pytest.mark.parametrize("view", panel_names())
def test_no_picture_tells_its_readers_to_press_keys(styled, theme, view):
    experiment = Experiment(small())
    frame = frame_of(experiment, request=Request(KINDS))
    with staged(frame, PictureRequest(view), theme) as stage:
        said = " ".join(text.text for text in stage.texts)
    assert "(T)" not in said and "(→)" not in said and "Step" not in said
