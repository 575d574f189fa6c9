"""Every view in every format and theme: its exact size, and the way back to its moment."""

from __future__ import annotations

import re
from functools import cache
from xml.etree import ElementTree

import pytest
from PySide6.QtGui import QImage

from tests.helpers.exports import SINGLE, save
from tests.helpers.specs import small
from vgsim.diagnosis import judge
from vgsim.export.compose import clipped, smallest_text, staged, view_names, wants
from vgsim.export.picture import THEMES, PictureRequest
from vgsim.export.reading import read_provenance
from vgsim.measure.request import Request
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment, copy_of
from vgsim.text.moments import place_of

LEAST_POINTS = 14.0
INCHES = (6.0, 4.0)


@cache
def moment():
    """A trained network mid-backward beside another one, with all that any view draws."""
    frames = []
    for width in (4, 6):
        experiment = Experiment(small(network__width=width, name="Matrix"))
        experiment.run(20)
        experiment.seek(20, 7)
        request = Request(
            frozenset(kind for view in view_names() for kind in wants(PictureRequest(view)))
        )
        frames.append((frame_of(experiment, request=request), experiment))
    (frame, experiment), (other, _) = frames
    object.__setattr__(frame, "other", other)
    return frame, judge(copy_of(experiment))


@pytest.mark.parametrize("theme_name", THEMES)
@pytest.mark.parametrize("view", view_names())
def test_every_format_has_its_size_and_comes_back(styled, theme, tmp_path, view, theme_name):
    frame, verdict = moment()
    picture = PictureRequest(view, size="864x576", theme=theme_name)
    for suffix in SINGLE:
        path = tmp_path / f"x{suffix}"
        save(frame, picture, path, theme, verdict, overwrite=False)
        SIZES[suffix](path)
        provenance = read_provenance(path)
        assert (provenance.spec, provenance.view) == (frame.spec, view)
        assert (provenance.step, provenance.moment) == (place_of(frame)[0], str(frame.moment))


@pytest.mark.parametrize("theme_name", THEMES)
@pytest.mark.parametrize("view", [view for view in view_names() if view != "window"])
def test_no_type_is_too_small_and_none_is_cut(styled, theme, view, theme_name):
    frame, verdict = moment()
    with staged(frame, PictureRequest(view, theme=theme_name), theme, verdict) as stage:
        assert smallest_text(stage) >= LEAST_POINTS - 0.01
        assert clipped(stage) == []


def _png(path):
    assert QImage(str(path)).size().toTuple() == (864, 576)


def _svg(path):
    root = ElementTree.parse(path).getroot()
    sides = [float(re.match(r"[\d.]+", root.get(side))[0]) for side in ("width", "height")]
    assert sides == pytest.approx(INCHES, abs=0.01)


def _pdf(path):
    box = re.search(rb"/MediaBox\s*\[([^\]]*)\]", path.read_bytes())[1]
    sides = [float(number) for number in box.split()][2:]
    assert sides == pytest.approx([72 * inches for inches in INCHES], abs=0.1)


def _pptx(path):
    from pptx import Presentation

    (slide,) = Presentation(str(path)).slides
    assert slide.notes_slide.notes_text_frame.text and slide.shapes.title.text


SIZES = {".png": _png, ".svg": _svg, ".pdf": _pdf, ".pptx": _pptx}
