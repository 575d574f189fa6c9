"""What holds of every figure of a lesson: settings, themes, sizes, and that it paints."""

from __future__ import annotations

import pytest

from tests.helpers.frames import make_frame
from vgsim.core.errors import SpecError
from vgsim.ui.guide.figures.kinds import FIGURES, checked_settings
from vgsim.ui.style.theme import load_theme

KINDS = FIGURES.names()


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_shows_every_moment_in_both_themes(figure, name, theme):
    view = figure(name)
    view.set_theme(load_theme(theme))
    for frame in (None, make_frame(reached=0), make_frame(6, reached=2), make_frame(40), None):
        view.set_frame(frame)
        assert not view.grab().isNull()


@pytest.mark.parametrize("name", KINDS)
def test_a_setting_that_it_has_not_is_refused_by_name(name):
    with pytest.raises(SpecError, match="colour"):
        checked_settings(FIGURES[name], {"colour": "red"})


def test_a_setting_of_another_type_says_what_is_allowed():
    with pytest.raises(SpecError, match="hops = ten: allowed is a whole number"):
        checked_settings(FIGURES["calculator"], {"hops": "ten"})


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("curve", {"activation": "sigmoidal"}),
        ("plot", {"name": "gradiant"}),
        ("symbols", {"group": "x"}),
    ],
)
def test_a_name_of_nothing_is_refused_before_it_is_shown(name, wrong):
    with pytest.raises(SpecError, match="allowed is"):
        checked_settings(FIGURES[name], wrong)


def test_a_whole_number_may_stand_for_one_with_a_point():
    assert checked_settings(FIGURES["calculator"], {"factor": 1})["factor"] == 1.0
    with pytest.raises(SpecError):
        checked_settings(FIGURES["calculator"], {"factor": True})


def test_what_is_left_out_is_as_it_is_by_default():
    assert checked_settings(FIGURES["calculator"], {"hops": 3}) == {"factor": 0.5, "hops": 3}
