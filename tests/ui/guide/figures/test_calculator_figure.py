"""The calculator on a page."""

from __future__ import annotations

from vgsim.ui.calculator.model import Power


def test_it_begins_as_the_page_says(figure):
    view = figure("calculator", factor=0.25, hops=5)
    assert view.panel.power == Power(0.25, 5)
    assert view.panel.exactly.text() == "exactly 0.0009765625"


def test_it_stays_within_what_can_be_multiplied(figure):
    assert figure("calculator", factor=-1.0, hops=-3).panel.power == Power(0.0, 0)


def test_nothing_on_it_is_cut_on_a_page(figure):
    view = figure("calculator", factor=0.5, hops=10)
    labels = [view.panel.result, view.panel.exactly, view.panel.words, *view.panel.limits]
    assert [label.text() for label in labels if label.elided()] == []
