"""What may be asked for, and what is refused in one sentence."""

from __future__ import annotations

import pytest

from vgsim.core.errors import SpecError
from vgsim.export.picture import PictureRequest, fields, parse

VIEWS, PLOTS = ("slide", "diagram", "loss"), ("gradient", "loss", "budget", "heatmap")


def made(**given):
    return parse(given, VIEWS, PLOTS)


@pytest.mark.parametrize(
    ("size", "pixels"),
    [("16:9", (1920, 1080)), ("4:3", (1440, 1080)), ("640x400", (640, 400)),
     ("25.4x12.7cm", (1440, 720))],
)  # fmt: skip
def test_a_size_is_in_pixels_or_centimeters_or_a_slides(size, pixels):
    assert made(size=size).pixels == pixels


def test_scale_multiplies_the_pixels_and_not_the_layout():
    picture = made(scale=2)
    assert picture.pixels == (3840, 2160) and picture.layout == (1920, 1080)


def test_what_differs_from_the_defaults_reads_back():
    picture = made(
        view="diagram",
        plots=["loss", "budget"],
        theme="print",
        title="One",
        sentences=["It fades."],
    )
    assert made(**fields(picture)) == picture
    assert fields(PictureRequest()) == {}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"view": "no"}, "view = no: allowed is one of slide, diagram, loss"),
        ({"plots": ["gradient"] * 4}, "at most 3 plots"),
        ({"plots": ["gradient", "no"]}, "plots = no: allowed is one of gradient, loss"),
        ({"plots": ["loss", "loss"]}, "plots = loss, loss: allowed is every plot once"),
        ({"size": "12"}, "16:9, 4:3, 1920x1080"),
        ({"size": "9x9"}, "160 to 8192 pixels a side"),
        ({"scale": 9}, "a whole number from 1 to 4"),
        ({"font_scale": "big"}, "a number from 0.5 to 3"),
        ({"caption": 1}, "true or false"),
        ({"sentences": ["a", "b", "c", "d"]}, "at most 3 sentences of up to 240 letters each"),
        ({"sentences": "a" * 241}, "at most 3 sentences of up to 240 letters each"),
        ({"sentences": ["a", 2]}, "at most 3 sentences of up to 240 letters each"),
        ({"sentences": 7}, "text, or a list of it"),
        ({"colour": "red"}, "one of view, plots"),
    ],
)
def test_what_is_not_allowed_is_named(given, says):
    with pytest.raises(SpecError, match=says.replace("(", r"\(")):
        made(**given)
