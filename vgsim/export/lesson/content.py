"""What slides and handout of a lesson say: its pages with every value computed. No Qt.

Where the pages of a lesson build on what stands in the window, so do these: a scene that names no
experiment is about that of the page before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from vgsim.core.errors import SpecError
from vgsim.core.numbers import about, plain, subscript
from vgsim.export.slide.words import plain_text
from vgsim.lessons.expressions import ByStage, ExpressionError
from vgsim.lessons.facts import Engine, Facts
from vgsim.lessons.lesson import (
    Block,
    Bullets,
    ChoiceQuestion,
    DisplayFormula,
    Inline,
    InlineFormula,
    Lesson,
    LessonFigure,
    LessonLink,
    LessonPage,
    LessonScene,
    NumberQuestion,
    Paragraph,
    Prose,
    Question,
    Quoted,
    SubHeading,
    TextTable,
)
from vgsim.lessons.problems import LessonError, LessonProblem
from vgsim.lessons.quoting import quote, text_of
from vgsim.nn.spec import Spec
from vgsim.text.latex import rich_symbol

LETTERS = "abcdefgh"
"""Names of the answers that one chooses from; A and B are experiments."""
Words = tuple[Inline, ...]
"""Parts of a line of which none is a value or a link any more."""


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """One page as it is printed. In ``blocks``, ``ask`` and ``answer`` every value is in words.

    ``scene`` is what its picture shows, with the experiment that it is about; None for a page
    without a scene of its own. ``ask`` has the question and its choices, ``answer`` what is right
    and why; both are empty where nothing is asked.
    """

    title: str
    blocks: tuple[Block, ...]
    ask: tuple[Block, ...]
    answer: tuple[Block, ...]
    scene: LessonScene | None


def printed(lesson: Lesson, engine: Engine) -> Iterator[PrintedPage]:
    """The pages in order; LessonError, naming file and line, for a value that has no sense."""
    spec: Spec | None = None
    for page in lesson.pages:
        scene = page.scene
        spec = scene.spec or spec
        facts = Facts(engine, scene, spec, None, page.action)
        shown = None
        if scene != LessonScene() and spec is not None:
            shown = replace(scene, spec=spec)
        ask: tuple[Block, ...] = ()
        answer: tuple[Block, ...] = ()
        if page.question is not None:
            ask = _asked(page.question, facts)
            answer = _answer(page, page.question, facts)
        yield PrintedPage(page.title, _blocks(page.blocks, facts), ask, answer, shown)


def _blocks(blocks: Sequence[Block], facts: Facts) -> tuple[Block, ...]:
    """``blocks`` with words in place of values and links."""
    return tuple(_block(block, facts) for block in blocks)


def _block(block: Block, facts: Facts) -> Block:
    if isinstance(block, Paragraph):
        return Paragraph(_words(block.parts, facts))
    if isinstance(block, SubHeading):
        return SubHeading(_words(block.parts, facts))
    if isinstance(block, Bullets):
        return Bullets(tuple(_blocks(item, facts) for item in block.items), block.ordered)
    if isinstance(block, TextTable):
        rows = [tuple(_words(cell, facts) for cell in row) for row in block.rows]
        return TextTable(tuple(rows))
    return block


def _words(parts: Sequence[Inline], facts: Facts) -> Words:
    found: list[Inline] = []
    for part in parts:
        if isinstance(part, Quoted):
            found.append(Prose(_said(part, facts)))
        elif isinstance(part, LessonLink):
            found += _words(part.words, facts)
        elif not isinstance(part, Prose) or part.text:
            found.append(part)
    return tuple(found)


def _said(value: Quoted, facts: Facts) -> str:
    try:
        return quote(value, facts)
    except (ExpressionError, SpecError) as error:
        raise LessonError(
            LessonProblem("", value.expression, str(error), value.file, value.line)
        ) from None


def _asked(question: Question, facts: Facts) -> tuple[Block, ...]:
    """The question, and below it what one can choose from."""
    words: Words = (Prose("Predict: ", strong=True), *_words(question.ask, facts))
    asked: list[Block] = [Paragraph(words)]
    if isinstance(question, ChoiceQuestion):
        for letter, choice in zip(LETTERS, question.choices, strict=False):
            words = (Prose(f"{letter}) "), *_words(choice.words, facts))
            if choice.note:
                words = (*words, Prose(": "), *_words(choice.note, facts))
            asked.append(Paragraph(words))
    return tuple(asked)


def _answer(page: LessonPage, question: Question, facts: Facts) -> tuple[Block, ...]:
    """What is right, then why."""
    if isinstance(question, ChoiceQuestion):
        right = _right(page, question, facts)
    else:
        found = _computed(page, question, question.answer, facts)
        if isinstance(question, NumberQuestion):
            words = " ".join(filter(None, (_number(found), question.unit)))
        elif isinstance(found, ByStage):
            words = _by_stage(found)
        else:
            words = text_of(found, "")
        right = (Prose(words),)
    return (Paragraph((Prose("Answer: ", strong=True), *right)), *_blocks(question.explain, facts))


def _right(page: LessonPage, question: ChoiceQuestion, facts: Facts) -> Words:
    """The letters and words of what is right."""
    found: list[Inline] = []
    for letter, choice in zip(LETTERS, question.choices, strict=False):
        if _computed(page, question, choice.right, facts):
            found += (Prose(f"{letter}) "), *_words(choice.words, facts))
    return tuple(found)


def _computed(page: LessonPage, question: Question, expression: str, facts: Facts) -> object:
    try:
        return facts.compute(expression)
    except (ExpressionError, SpecError) as error:
        where = f"{page.title}: question"
        raise LessonError(
            LessonProblem(where, expression, str(error), "lesson.toml", question.line)
        ) from None


def _number(value: object) -> str:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return about(value, 3)
    return text_of(value, "")


def _by_stage(values: ByStage) -> str:
    """ "h₁ 3.8e−5, h₂ 1.9e−4"."""
    numbers = enumerate(values.values.tolist(), start=values.first)
    return ", ".join(f"h{subscript(stage)} {plain(value, 2)}" for stage, value in numbers)


def plain_words(parts: Sequence[Inline]) -> str:
    """A line as plain text, formulas in Unicode: "∂J/∂h₃"."""
    return "".join(_plain(part) for part in parts)


def _plain(part: Inline) -> str:
    if isinstance(part, InlineFormula):
        return plain_formula(part.tex)
    if isinstance(part, Prose):
        return part.text
    return ""


def plain_formula(tex: str) -> str:
    """A formula in Unicode."""
    return plain_text(rich_symbol(tex))


def plain_blocks(blocks: Sequence[Block], indent: str = "") -> str:
    """Blocks as plain text, a paragraph a line: for notes, and for who cannot see pictures."""
    return "\n".join(line for block in blocks for line in _lines(block, indent))


def _lines(block: Block, indent: str) -> Iterator[str]:
    if isinstance(block, (Paragraph, SubHeading)):
        yield indent + plain_words(block.parts)
    elif isinstance(block, DisplayFormula):
        yield f"{indent}    {plain_formula(block.tex)}"
    elif isinstance(block, Bullets):
        for number, item in enumerate(block.items, start=1):
            mark = f"{number}. " if block.ordered else "• "
            yield indent + mark + plain_blocks(item, f"{indent}   ").lstrip()
    elif isinstance(block, TextTable):
        for row in block.rows:
            yield indent + " | ".join(plain_words(cell) for cell in row)
    elif isinstance(block, LessonFigure):
        yield f"{indent}[{block.name.replace('-', ' ')}: a live figure in vgsim]"
