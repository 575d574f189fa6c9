"""What lessons 2, 3 and 4 say is so: the figures of the lecture come out of the engine."""

from __future__ import annotations

import pytest

from vgsim.lessons import shelf
from vgsim.lessons.expressions import ByStage
from vgsim.lessons.facts import Engine, Facts
from vgsim.lessons.lesson import (
    Bullets,
    ChoiceQuestion,
    LessonFigure,
    LessonLink,
    Paragraph,
    Quoted,
    TextTable,
)
from vgsim.lessons.quoting import quote
from vgsim.text.glossary import glossary_entry
from vgsim.ui.guide.figures.kinds import FIGURES, checked_settings

LESSONS = ("small-times-small", "six-layers-by-hand", "saturation")
ENGINE = Engine()
PAGES = [(name, at) for name in LESSONS for at in range(len(shelf.load(name).pages))]


def lines(blocks):
    """Every line of text on a page, as its parts."""
    for block in blocks:
        if isinstance(block, Bullets):
            for item in block.items:
                yield from lines(item)
        elif isinstance(block, TextTable):
            for row in block.rows:
                yield from row
        elif hasattr(block, "parts"):
            yield block.parts


def texts(page):
    """Those of a page with its question."""
    yield from lines(page.blocks)
    if page.question is not None:
        yield page.question.ask
        yield from lines(page.question.explain)
        for choice in getattr(page.question, "choices", ()):
            yield choice.words
            yield choice.note


@pytest.mark.parametrize(("name", "at"), PAGES)
def test_every_value_can_be_written_and_one_answer_is_right(name, at):
    page = shelf.load(name).pages[at]
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
        answer = facts.compute(page.question.answer)
        count = len(answer.values) if isinstance(answer, ByStage) else 1
        assert count == (facts.compute("N") if isinstance(answer, ByStage) else 1)


@pytest.mark.parametrize(("name", "at"), PAGES)
def test_figures_know_their_settings(name, at):
    for block in shelf.load(name).pages[at].blocks:
        if isinstance(block, LessonFigure):
            assert checked_settings(FIGURES[block.name], block.settings) is not None


def test_the_lessons_have_between_four_and_ten_pages():
    assert [4 <= len(shelf.load(name).pages) <= 10 for name in LESSONS] == [True] * 3


@pytest.mark.parametrize(
    ("name", "file", "told"),
    [
        ("small-times-small", "calculator.md", "0.0009765625"),
        ("six-layers-by-hand", "down.md", "0.0009765625"),
        ("six-layers-by-hand", "update.md", "0.00001"),
        ("saturation", "tanh.md", "0.25"),
    ],
)
def test_the_figures_of_the_lecture_are_computed(name, file, told):
    page = next(page for page in shelf.load(name).pages if page.file == file)
    facts = Facts(ENGINE, page.scene, None, None, page.action)
    quoted = [part for parts in texts(page) for part in parts if isinstance(part, Quoted)]
    assert told in [quote(value, facts) for value in quoted]


def test_running_text_is_short():
    for name in LESSONS:
        for page in shelf.load(name).pages:
            count = 0
            for block in page.blocks:
                parts = block.parts if isinstance(block, Paragraph) else ()
                count += sum(len(getattr(part, "text", "x").split()) for part in parts)
            assert count <= 130, (name, page.file, count)
