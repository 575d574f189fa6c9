"""Pictures: exact size, the theme's colors, the clipboard, whole files."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QImage

from tests.helpers.specs import small
from vgsim.app.picture import compose, parse_picture, view_names
from vgsim.app.render import find_moment, render_file
from vgsim.engine.errors import SpecError
from vgsim.engine.experiment import Experiment
from vgsim.engine.presets import load_preset
from vgsim.present.scale import Scale
from vgsim.present.theme import load_theme


@pytest.fixture
def frame():
    experiment = Experiment(small())
    experiment.run(30)
    return experiment.frame()


@pytest.mark.parametrize("view", view_names())
@pytest.mark.parametrize("name", ["light", "dark"])
def test_every_view_has_the_exact_size_and_the_themes_colors(styled, frame, theme, view, name):
    image = compose(frame, parse_picture(view, name, "960x540"), Scale(), theme)
    assert (image.width(), image.height()) == (960, 540)
    assert image.pixelColor(2, 300) == QColor(load_theme(name).background)
    assert len({image.pixel(x, y) for x in range(0, 960, 7) for y in range(0, 540, 7)}) > 4


def test_a_large_picture_is_rendered_not_scaled(styled, frame, theme):
    small_one = compose(frame, parse_picture("diagram", "light", "960x540"), Scale(), theme)
    large = compose(frame, parse_picture("diagram", "light", "3840x2160"), Scale(), theme)
    assert (large.width(), large.height()) == (3840, 2160)
    scaled = small_one.scaled(3840, 2160)
    differing = sum(
        large.pixel(x, y) != scaled.pixel(x, y)
        for x in range(0, 3840, 40)
        for y in range(0, 2160, 40)
    )
    assert differing > 20


def test_the_application_gets_its_own_theme_back(styled, frame, theme):
    compose(frame, parse_picture("loss", "dark", "640x360"), Scale(), theme)
    assert styled.palette().window().color() == QColor(theme.background)


@pytest.mark.parametrize(
    ("view", "theme_name", "size", "field"),
    [
        ("windw", "light", "640x480", "view"),
        ("window", "blue", "640x480", "theme"),
        ("window", "light", "640", "size"),
        ("window", "light", "10x10", "size"),
        ("window", "light", "99999x10", "size"),
    ],
)
def test_a_picture_that_cannot_be_is_refused(view, theme_name, size, field):
    with pytest.raises(SpecError) as caught:
        parse_picture(view, theme_name, size)
    assert caught.value.problems[0].path == field


def test_a_moment_is_found_by_its_name():
    assert find_moment(Experiment(small()), "backward:2").stage == 2


def test_an_unknown_moment_names_those_there_are():
    with pytest.raises(SpecError, match=r"backward:9: allowed is start, forward:1 to forward:4"):
        find_moment(Experiment(small()), "backward:9")


def test_render_writes_the_moment(styled, tmp_path):
    out = tmp_path / "picture.png"
    render_file(load_preset("worked-example"), steps=0, moment="backward:1", view="diagram",
                theme="dark", size="800x450", out=out)  # fmt: skip
    assert QImage(str(out)).size().toTuple() == (800, 450)


def test_a_file_that_cannot_be_written_leaves_nothing(styled, tmp_path):
    with pytest.raises(OSError, match="No such file"):
        render_file(load_preset("worked-example"), steps=0, moment=None, view="loss",
                    theme="light", size="640x360", out=tmp_path / "none" / "x.png")  # fmt: skip
    assert list(tmp_path.iterdir()) == []
