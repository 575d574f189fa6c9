"""Lesson 6 and its figure: every entry of the guide is on a page, and points at what it is."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt

from tests.ui.guide.figures.conftest import figure  # noqa: F401  # a fixture
from tests.ui.guide.test_first_lessons import ENGINE, texts
from vgsim.core.errors import SpecError
from vgsim.lessons import shelf
from vgsim.lessons.expressions import ByStage
from vgsim.lessons.facts import Facts
from vgsim.lessons.lesson import ChoiceQuestion, LessonFigure, LessonLink, Quoted
from vgsim.lessons.quoting import quote
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.nn.presets import load_preset
from vgsim.text.glossary import glossary, glossary_entry
from vgsim.text.pointed import Pointed, parse_point

LESSON = shelf.load("every-symbol")


@pytest.fixture(scope="module")
def frame():
    """The sigmoid stack in the middle of the way back."""
    experiment = Experiment(load_preset("sigmoid-stack"))
    while str(experiment.moment) != "backward:3":
        experiment.advance()
    return frame_of(experiment)


def test_every_entry_is_on_a_page():
    groups = [
        block.settings["group"]
        for page in LESSON.pages
        for block in page.blocks
        if isinstance(block, LessonFigure) and block.name == "symbols"
    ]
    assert groups == list(dict.fromkeys(entry.group for entry in glossary().values()))


def test_it_is_lesson_six_of_four_to_ten_pages():
    assert LESSON.number == 6
    assert 4 <= len(LESSON.pages) <= 10


@pytest.mark.parametrize("at", range(len(LESSON.pages)))
def test_every_value_can_be_written_and_every_link_leads_somewhere(at):
    page = LESSON.pages[at]
    facts = Facts(ENGINE, page.scene, None, None, page.action)
    for parts in texts(page):
        for part in parts:
            if isinstance(part, Quoted):
                assert quote(part, facts) not in ("", "…", "·")
            if isinstance(part, LessonLink) and part.target == "symbol":
                assert glossary_entry(part.name)
    if isinstance(page.question, ChoiceQuestion):
        assert [bool(facts.compute(c.right)) for c in page.question.choices].count(True) == 1
    elif page.question is not None:
        assert not isinstance(facts.compute(page.question.answer), ByStage)
    assert all(parse_point(point) for point in page.points)


@pytest.mark.parametrize("group", dict.fromkeys(entry.group for entry in glossary().values()))
def test_a_row_points_at_its_entry(figure, qtbot, frame, group):  # noqa: F811
    view = figure("symbols", frame, group=group)
    seen = []
    view.pointed.connect(seen.append)
    for box in view._boxes():
        qtbot.mouseMove(view, box.center().toPoint())
    assert seen[-1] == Pointed(view.entries[-1].name)
    qtbot.mouseMove(view, QPoint(-5, -5))


def test_the_keys_go_through_the_rows(figure, qtbot, frame):  # noqa: F811
    view = figure("symbols", frame)
    seen = []
    view.pointed.connect(seen.append)
    for _ in range(3):
        qtbot.keyClick(view, Qt.Key.Key_Down)
    assert [one.symbol for one in seen] == [entry.name for entry in view.entries[:3]]
    assert view.entries[2].title in view.accessibleDescription()


def test_what_an_entry_is_now_comes_from_the_frame(figure, frame):  # noqa: F811
    view = figure("symbols", frame, group="The chain rule")
    assert view.now_of(glossary_entry("factor")) == "×0.21"
    assert view.now_of(glossary_entry("transpose")) == ""
    view.set_frame(None)
    assert view.now_of(glossary_entry("factor")) == ""


def test_a_row_is_framed_when_its_symbol_is_pointed_at(figure, frame):  # noqa: F811
    view = figure("symbols", frame)
    before = view.grab().toImage()
    view.set_pointed((Pointed("loss"),))
    assert view.grab().toImage() != before


def test_a_group_that_is_none_is_refused_with_those_that_are(figure):  # noqa: F811
    with pytest.raises(SpecError, match="Learning"):
        figure("symbols", group="Feelings")
