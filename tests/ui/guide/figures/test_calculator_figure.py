"""The calculator on a page."""

from __future__ import annotations

import pytest

from vgsim.core.errors import SpecError
from vgsim.ui.calculator.model import Power
from vgsim.ui.guide.figures.kinds import FIGURES, checked_settings


def test_it_begins_as_the_page_says(figure):
    view = figure("calculator", factor=0.25, hops=5)
    assert view.panel.power == Power(0.25, 5)
    assert view.panel.exactly.text() == "exactly 0.0009765625"


@pytest.mark.parametrize("wrong", [{"factor": -1.0}, {"factor": 9}, {"hops": -3}, {"hops": 101}])
def test_what_the_sliders_cannot_be_put_to_is_refused(wrong):
    with pytest.raises(SpecError, match="allowed is 0 to"):
        checked_settings(FIGURES["calculator"], wrong)


def test_nothing_on_it_is_cut_on_a_page(figure):
    view = figure("calculator", factor=0.5, hops=10)
    labels = [view.panel.result, view.panel.exactly, view.panel.words, *view.panel.limits]
    assert [label.text() for label in labels if label.elided()] == []
