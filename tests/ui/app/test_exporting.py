"""Single pictures as files: every format, what it carries, its name, and what goes wrong."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel

from tests.helpers.exports import SINGLE, format_for, save
from tests.helpers.specs import small
from vgsim.core.errors import SpecError
from vgsim.export.compose import staged, wants
from vgsim.export.drawn_moment import DrawnMoment, body_of
from vgsim.export.entries import DEFAULTS, completed, read
from vgsim.export.formats import FORMATS
from vgsim.export.formats.pptx import slide_size
from vgsim.export.picture import PictureRequest
from vgsim.export.presets import SHIPPED
from vgsim.export.progress import Canceled
from vgsim.export.reading import read_provenance
from vgsim.export.request import parse_request
from vgsim.export.shots import OnePass, Training
from vgsim.export.slide.sheet import Sheet
from vgsim.export.sources import provenance_of
from vgsim.export.writing import begun, fresh, name_for, slug
from vgsim.measure.request import Request
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment

PICTURE = PictureRequest(view="diagram", size="480x270", theme="light")


def shown(picture=PICTURE, position=12, steps=0):
    experiment = Experiment(small(name="Sigmoid stack"))
    experiment.run(steps)
    experiment.seek(experiment.step, min(position, len(experiment.timeline) - 1))
    return frame_of(experiment, request=Request(wants(picture)))


@pytest.fixture
def frame():
    experiment = Experiment(small(name="Sigmoid stack"))
    experiment.seek(0, 7)
    return frame_of(experiment, request=Request(wants(PICTURE)))


@pytest.mark.parametrize("suffix", SINGLE)
def test_every_format_opens_as_the_moment_it_shows(styled, frame, theme, tmp_path, suffix):
    path = tmp_path / f"x{suffix}"
    save(frame, PICTURE, path, theme, overwrite=False)
    provenance = read_provenance(path)
    assert (provenance.spec, provenance.step) == (frame.spec, 0)
    assert provenance.moment == str(frame.moment)
    assert dict(provenance.picture)["size"] == json.dumps("480x270")


def test_a_png_has_its_pixels_and_dots(styled, frame, theme, tmp_path):
    path = tmp_path / "x.PNG"
    save(frame, replace(PICTURE, scale=2, dpi=100), path, theme, overwrite=False)
    image = QImage(str(path))
    assert image.size().toTuple() == (960, 540)
    assert image.dotsPerMeterX() * 0.0254 == pytest.approx(200, abs=0.1)


@pytest.mark.parametrize("transparent", [True, False])
def test_what_is_transparent_has_alpha(styled, frame, theme, tmp_path, transparent):
    path = tmp_path / "x.png"
    save(frame, replace(PICTURE, transparent=transparent), path, theme, overwrite=False)
    assert QImage(str(path)).hasAlphaChannel() is transparent


def test_a_slide_has_its_title_as_text_and_not_in_the_picture(styled, theme, tmp_path):
    from pptx import Presentation

    picture = PictureRequest(size="4:3", dpi=72, title="My own title")
    path = tmp_path / "x.pptx"
    save(shown(picture), picture, path, theme, overwrite=False)
    made = Presentation(str(path))
    assert made.slides[0].shapes.title.text_frame.text == "My own title"
    assert made.slide_width / made.slide_height == pytest.approx(4 / 3)


def test_the_painted_part_of_a_slide_has_no_title(styled, theme):
    picture = PictureRequest(plots=(), size="960x540", title="My own title")
    with staged(shown(picture), picture, theme) as stage:
        assert "My own title" in [label.text() for label in stage.widget.findChildren(QLabel)]
        assert isinstance(stage.widget, Sheet)
        stage.widget.fill()
        assert "My own title" not in [label.text() for label in stage.widget.findChildren(QLabel)]


def test_an_old_file_is_not_overwritten_unasked(styled, frame, theme, tmp_path):
    path = tmp_path / "x.png"
    path.write_text("old")
    with pytest.raises(FileExistsError, match=r"x\.png"):
        save(frame, PICTURE, path, theme, overwrite=False)
    assert path.read_text() == "old"
    save(frame, PICTURE, path, theme, overwrite=True)
    assert not QImage(str(path)).isNull()


@pytest.mark.parametrize("name", ["x", "x.jpg", "x.png.bak"])
def test_a_format_that_is_none_is_refused(name):
    with pytest.raises(SpecError, match=r"\.png, \.svg, \.pdf, \.pptx"):
        parse_request({"out": name})


@pytest.mark.parametrize("suffix", SINGLE)
def test_an_error_names_the_file_and_leaves_nothing(styled, frame, theme, tmp_path, suffix):
    path = tmp_path / "none" / f"x{suffix}"
    with pytest.raises(OSError, match="No such file") as caught:
        save(frame, PICTURE, path, theme, overwrite=False)
    assert caught.value.filename == str(path) and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", [".png", ".pptx"])
def test_what_is_stopped_leaves_the_old_file(styled, frame, theme, tmp_path, suffix):
    path = tmp_path / f"x{suffix}"
    path.write_text("old")
    rest = begun(DrawnMoment(frame, PICTURE, theme), format_for(path), path, overwrite=True)
    with pytest.raises(Canceled):
        rest(lambda: True)
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


def test_an_update_belongs_to_the_pass_that_it_ends():
    experiment = Experiment(small())
    experiment.seek(2, len(experiment.timeline) - 1)
    provenance = provenance_of(frame_of(experiment), PICTURE)
    assert (provenance.step, provenance.moment) == (2, "update")


def test_a_setting_that_is_too_long_stays_out(frame):
    settings = dict(provenance_of(frame, replace(PICTURE, title="x" * 2000)).picture)
    assert "title" not in settings and settings["view"] == '"diagram"'


def test_a_file_is_called_after_what_it_shows(frame):
    assert name_for(frame, read({})) == "sigmoid-stack_backward-h3.png"
    request = read({"view": "diagram", "format": "svg"})
    assert name_for(frame, request) == "sigmoid-stack_backward-h3_diagram.svg"


def test_a_trained_one_says_its_step():
    experiment = Experiment(small(name=""))
    experiment.run(20)
    experiment.seek(20, 0)
    assert name_for(frame_of(experiment), read({})) == "experiment_step-20_start.png"


def test_at_an_update_a_file_has_the_step_that_the_window_says():
    experiment = Experiment(small(name=""))
    experiment.run(20)
    assert name_for(frame_of(experiment), read({})) == "experiment_step-20_update.png"


@given(st.text(max_size=200))
def test_a_slug_is_a_file_name_anywhere(text):
    made = slug(text)
    assert all(letter.isalnum() or letter == "-" for letter in made) and len(made) <= 60


def test_a_fresh_name_is_numbered(tmp_path):
    path = tmp_path / "a.b.png"
    assert fresh(path) == path
    for name in ("a.b.png", "a.b (2).png"):
        (tmp_path / name).touch()
    assert fresh(path).name == "a.b (3).png"


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_preset_can_be_exported(name):
    wanted = read(SHIPPED[name])
    assert wanted.format is FORMATS[str(SHIPPED[name]["format"])]


def test_what_is_not_entered_is_as_at_first():
    assert (
        read({}).picture == PictureRequest()
        and read({"of another vgsim": 3}).picture == PictureRequest()
    )
    assert completed({"scale": 3}) == {**DEFAULTS, "scale": 3}


@pytest.mark.parametrize(
    ("entries", "fields"),
    [
        ({"dpi": "many"}, ["dpi"]),
        ({"format": "jpg"}, ["format"]),
        ({"size": "1x1"}, ["size"]),
        ({"view": "none", "scale": 9, "font_scale": "x"}, ["view", "scale", "font_scale"]),
        ({"format": "gif", "kind": "training", "every": 0}, ["every"]),
        ({"format": "gif", "kind": "training", "steps": 5, "every": 6}, ["every"]),
        ({"format": "mp4", "seconds": 99}, ["seconds"]),
        ({"format": "mp4", "seconds": "x"}, ["seconds"]),
        ({"format": "webp", "kind": "x", "dpi": 1}, ["dpi", "kind"]),
    ],
)
def test_every_problem_has_its_field(entries, fields):
    with pytest.raises(SpecError) as caught:
        read(entries)
    assert sorted(problem.path for problem in caught.value.problems) == sorted(fields)


def test_a_comparison_needs_one():
    assert read({"view": "comparison"}).picture.view == "comparison"
    with pytest.raises(SpecError, match="nothing is compared"):
        read({"view": "comparison"}, compared=False)


def test_what_knows_no_transparency_is_not_transparent():
    assert read({"format": "webp", "transparent": True}).picture.transparent
    assert not read({"format": "mp4", "transparent": True}).picture.transparent


def test_fields_that_say_nothing_are_not_in_the_way():
    assert read({"format": "png", "every": 0, "seconds": "x"}).sequence is None
    assert read({"format": "gif", "kind": "pass", "every": 0, "steps": "x"}).sequence == OnePass()


def test_an_animation_is_called_after_what_it_shows(frame):
    wanted = read({"format": "apng", "kind": "training", "steps": 50, "every": 5, "seconds": 0.2})
    assert (wanted.sequence, wanted.seconds) == (Training(50, 5), 0.2)
    assert name_for(frame, wanted) == "sigmoid-stack_training-50.apng"


@pytest.mark.parametrize(
    ("size", "slide"), [("16:9", "16:9"), ("4:3", "4:3"), ("800x800", "4:3"), ("3000x900", "16:9")]
)
def test_the_slide_is_the_one_that_fits_best(size, slide):
    assert slide_size(PictureRequest(size=size).layout) == slide


def test_type_on_a_slide_is_as_large_as_on_the_whole_picture():
    body = body_of(PictureRequest(caption=False))
    points = 13 / 500 * min(body.layout) * body.font_scale / body.dpi * 72
    assert points == pytest.approx(13 / 500 * 7.5 * 72, rel=0.01)
