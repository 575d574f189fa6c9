"""A plot says itself what it answers, where it stands, and what it needs; others only ask it."""

from __future__ import annotations

import pytest

from tests.helpers.copies import may_register
from vgsim.text.empty import EmptyState
from vgsim.text.scale import Scale
from vgsim.ui.plots import graph
from vgsim.ui.plots.kinds import PLOTS, Place, Plot, first_plot, placed
from vgsim.ui.style.theme import load_theme
from vgsim.ui.window.docks import NARROW_PLACES, WIDE_PLACES
from vgsim.ui.window.workspace import Workspace


@pytest.mark.parametrize("name", PLOTS.names())
def test_a_plot_asks_a_question_of_its_own(name):
    questions = [entry.value.question for entry in PLOTS]
    assert PLOTS[name].question.endswith("?") and questions.count(PLOTS[name].question) == 1


def test_the_first_layout_of_a_wide_window():
    assert WIDE_PLACES.side == ("why", "inspector", "budget")
    assert WIDE_PLACES.bottom == (
        ("gradient", "heatmap"),
        ("hop",),
        ("loss", "accuracy", "saturation"),
    )


def test_the_first_layout_of_a_narrow_window():
    assert NARROW_PLACES.bottom == (
        ("gradient", "budget"),
        ("hop", "loss", "accuracy", "saturation"),
    )


class Extra(Plot):
    """A plot that somebody adds."""

    title = "Extra"
    question = "Is there anything else?"
    place = Place.RIGHT
    rank = 9

    def make_axes(self):
        return graph.NumberAxis("left", 30), graph.StepAxis("bottom")

    def missing(self, frame):
        return EmptyState("Nothing else")


@pytest.fixture
def extra(monkeypatch):
    """Its name, once it is registered."""
    may_register(monkeypatch, PLOTS)
    PLOTS.add("extra", Extra, "what else there is", label="Extra")
    return "extra"


def test_a_new_plot_takes_its_place(extra):
    assert placed(Place.RIGHT)[-1] == extra
    assert first_plot() == "gradient"


def test_a_new_plot_has_a_panel_and_an_entry_in_the_menu(extra, qtbot):
    space = Workspace(load_theme("light"), Scale(), 1.0)
    qtbot.addWidget(space)
    action = next(action for action in space.toggles() if action.text() == "Extra")
    action.trigger()
    assert not space.docks[extra].isHidden()
    assert action.toolTip() == Extra.question
