"""The mystery networks: what the lesson says of each is what *Why* says once it may be opened."""

from __future__ import annotations

import pytest

from vgsim.diagnosis import judge
from vgsim.lessons import shelf
from vgsim.nn.experiment import Experiment

OUTCOMES = (
    "rate_too_small", "exploding_weights", "converged", "symmetric", "vanishing_saturated",
    "data_scale", "rate_too_large",
)  # fmt: skip
PAGES = [page for page in shelf.shipped("not-always-vanishing").pages if page.question is not None]


@pytest.mark.parametrize(("page", "outcome"), [*zip(PAGES, OUTCOMES, strict=True)])
def test_the_verdict_agrees_with_the_lesson(page, outcome):
    assert page.scene.spec is not None
    experiment = Experiment(page.scene.spec)
    experiment.run(page.scene.steps)
    assert judge(experiment).outcome == outcome


@pytest.mark.parametrize("page", PAGES)
def test_neither_name_nor_panel_gives_it_away(page):
    assert page.scene.spec is not None
    assert page.scene.spec.name == page.title and not page.scene.spec.description
    assert set(page.scene.hidden) == {"why", "form"}
