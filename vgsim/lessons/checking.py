"""Whether a lesson says what can be: every name in it exists, every value in it is computed.

What is wrong with its files is found when it is read. Here it is held against the program and the
engine; nobody need do that to show it, but who writes one does (``vgsim lesson check``).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from vgsim.core.errors import SpecError
from vgsim.lessons.expressions import ByStage, ExpressionError, is_constant
from vgsim.lessons.facts import Engine, Facts
from vgsim.lessons.lesson import (
    Block,
    Bullets,
    ChoiceQuestion,
    CurveQuestion,
    Inline,
    Lesson,
    LessonFigure,
    LessonLink,
    LessonPage,
    Paragraph,
    Prose,
    Question,
    Quoted,
    SubHeading,
    Target,
    TextTable,
)
from vgsim.lessons.lines import Place, spoken
from vgsim.lessons.problems import LessonError, LessonProblem
from vgsim.lessons.quoting import quote
from vgsim.lessons.reading import SCRIPT
from vgsim.lessons.shelf import names as lesson_names
from vgsim.measure.frame import Frame
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.nn.places import find_moment
from vgsim.nn.spec import Spec
from vgsim.text.glossary import glossary
from vgsim.text.pointed import parse_point

LARGEST_TYPED = 12
"""Whole numbers up to this may stand in a text: one counts with them."""
_TYPED = re.compile(r"(?<![\w.,])\d[\d,]*(?:\.\d+)?(?:\s?%)?")
_COMPUTED = "a {{ value }} that is computed, or a definition between $ and $"
_YEAR = re.compile(r"(1[6-9]|20)\d\d")


@dataclass(frozen=True, slots=True)
class KnownNames:
    """What a lesson may name that is above this room.

    ``plots`` are those that one can draw into. ``figures`` are checks of a figure's settings,
    which raise SpecError.
    """

    panels: Sequence[str]
    plots: Sequence[str]
    commands: Sequence[str]
    figures: Mapping[str, Callable[[Mapping[str, object]], object]]


@dataclass(frozen=True, slots=True)
class CheckedLesson:
    """What was found right: so many ``pages`` and ``values``.

    ``typed`` are figures in the text that were typed rather than computed; they are allowed, but
    nobody holds them against the engine.
    """

    pages: int
    values: int
    typed: tuple[LessonProblem, ...]


def check(lesson: Lesson, known: KnownNames, engine: Engine | None = None) -> CheckedLesson:
    """Hold ``lesson`` against the program and the engine; LessonError says all that is wrong.

    It runs the experiments that the lesson asks for, which may take seconds.
    """
    names = _Names(lesson, known)
    for number, page in enumerate(lesson.pages):
        names.check(number, page)
    values = _Values(lesson, engine or Engine())
    values.check()
    if names.problems or values.problems:
        raise LessonError(*names.problems, *values.problems)
    typed = tuple(each for page in lesson.pages for each in _typed(page))
    return CheckedLesson(len(lesson.pages), values.count, typed)


def check_names(lesson: Lesson, known: KnownNames) -> None:
    """LessonError when ``lesson`` names what the program has not; it computes nothing."""
    names = _Names(lesson, known)
    for number, page in enumerate(lesson.pages):
        names.check(number, page)
    if names.problems:
        raise LessonError(*names.problems)


class _Names:
    """Finds names of what there is not."""

    def __init__(self, lesson: Lesson, known: KnownNames) -> None:
        self.problems: list[LessonProblem] = []
        self._lesson = lesson
        self._known = known
        self._spec: Spec | None = None
        self._lessons = {*lesson_names(), lesson.name}

    def check(self, number: int, page: LessonPage) -> None:
        """One page; pages come in their order."""
        self._spec = page.scene.spec or self._spec
        at: Place = ("page", number)
        self._scene(page, (*at, "scene"))
        self._points(page, (*at, "points"))
        if page.action is not None:
            self._one_of((*at, "action", "do"), page.action.do, self._known.commands)
            if page.action.moment:
                self._moment((*at, "action", "moment"), page.action.moment)
        if isinstance(page.question, CurveQuestion):
            self._one_of((*at, "question", "plot"), page.question.plot, self._known.plots)
        for part in _parts(page):
            if isinstance(part, LessonLink):
                self._link(part)
        for block in _blocks(page):
            if isinstance(block, LessonFigure):
                self._figure(block)

    def _scene(self, page: LessonPage, at: Place) -> None:
        scene = page.scene
        for key, panels in (("panels", scene.panels), ("hidden", scene.hidden)):
            for panel in panels:
                self._one_of((*at, key), panel, self._known.panels)
        if scene.moment != "start" or scene.spec is not None:
            self._moment((*at, "moment"), scene.moment)

    def _moment(self, at: Place, moment: str) -> None:
        if self._spec is None:
            self._wrong(at, moment, "a moment of a scene that names an experiment")
            return
        allowed = _other_moments(self._spec, moment)
        if allowed:
            self._wrong(at, moment, allowed)

    def _points(self, page: LessonPage, at: Place) -> None:
        for text in page.points:
            try:
                point = parse_point(text)
            except SpecError as error:
                self._wrong(at, text, error.problems[0].allowed)
                continue
            if point.panel:
                self._one_of(at, point.panel, self._known.panels)
            elif point.symbol:
                self._one_of(at, point.symbol, glossary())

    def _link(self, link: LessonLink) -> None:
        allowed: Mapping[Target, Iterable[str]] = {
            Target.SYMBOL: glossary(),
            Target.PANEL: self._known.panels,
            Target.LESSON: self._lessons,
            Target.COMMAND: self._known.commands,
        }
        if link.name not in allowed[link.target]:
            names = ", ".join(sorted(allowed[link.target]))
            words = f"a {link.target}, one of {names}"
            address = f"{link.target}:{link.name}"
            self.problems.append(LessonProblem("", address, words, link.file, link.line))

    def _figure(self, figure: LessonFigure) -> None:
        settings = self._known.figures.get(figure.name)
        if settings is None:
            allowed = "a figure, one of " + ", ".join(self._known.figures)
            self.problems.append(
                LessonProblem("figure", figure.name, allowed, figure.file, figure.line)
            )
            return
        try:
            settings(figure.settings)
        except SpecError as error:
            for it in error.problems:
                path = f"{figure.name}: {it.path}"
                self.problems.append(
                    LessonProblem(path, it.value, it.allowed, figure.file, figure.line)
                )

    def _one_of(self, at: Place, name: str, allowed: Iterable[str]) -> None:
        if name not in allowed:
            self._wrong(at, name, "one of " + ", ".join(allowed))

    def _wrong(self, at: Place, value: object, allowed: str) -> None:
        line = self._lesson.lines.line(*at)
        self.problems.append(LessonProblem(spoken(at), value, allowed, SCRIPT, line))


class _Values:
    """Computes all that a lesson quotes or asks."""

    def __init__(self, lesson: Lesson, engine: Engine) -> None:
        self.problems: list[LessonProblem] = []
        self.count = 0
        self._lesson = lesson
        self._engine = engine

    def check(self) -> None:
        """Every page, in order."""
        spec: Spec | None = None
        for number, page in enumerate(self._lesson.pages):
            spec = page.scene.spec or spec
            facts = Facts(self._engine, page.scene, spec, _frame(spec), page.action)
            for part in _parts(page):
                if isinstance(part, Quoted):
                    self._quoted(part, facts)
            if page.question is not None:
                self._question(page.question, ("page", number, "question"), facts)

    def _quoted(self, value: Quoted, facts: Facts) -> None:
        self.count += 1
        try:
            quote(value, facts)
        except (ExpressionError, SpecError) as error:
            shown = "{{ " + " | ".join(filter(None, (value.expression, value.form))) + " }}"
            self.problems.append(LessonProblem("", shown, str(error), value.file, value.line))

    def _question(self, question: Question, at: Place, facts: Facts) -> None:
        if isinstance(question, ChoiceQuestion):
            self._choices(question, at, facts)
            return
        place = (*at, "answer")
        answer = self._computed(place, question.answer, facts)
        if answer is None:
            return
        if isinstance(question, CurveQuestion):
            if not isinstance(answer, ByStage):
                self._wrong(place, question.answer, "one number for each stage, such as dh")
            elif any(math.isnan(value) for value in answer.values):
                self._wrong(place, question.answer, "what is known at every stage")
        elif not isinstance(answer, (int, float)) or isinstance(answer, bool):
            self._wrong(place, question.answer, "an expression with one number")
        elif not math.isfinite(answer):
            self._wrong(place, question.answer, f"a finite number, and this is {answer}")

    def _choices(self, question: ChoiceQuestion, at: Place, facts: Facts) -> None:
        right = []
        for number, choice in enumerate(question.choices):
            place = (*at, "choice", number, "right")
            found = self._computed(place, choice.right, facts)
            if found is None:
                return
            if isinstance(found, (str, ByStage)):
                self._wrong(place, choice.right, "true, false, or a comparison")
                return
            if found:
                right.append(f"#{number + 1}")
        if len(right) != 1:
            told = ", ".join(right) or "none"
            self._wrong((*at, "choice"), told, "exactly one choice that is right")

    def _computed(
        self, at: Place, expression: str, facts: Facts
    ) -> bool | int | float | str | ByStage | None:
        """The value; None, and a problem more, when it has none."""
        self.count += 1
        try:
            return facts.compute(expression)
        except (ExpressionError, SpecError) as error:
            self._wrong(at, expression, str(error))
            return None

    def _wrong(self, at: Place, value: object, allowed: str) -> None:
        line = self._lesson.lines.line(*at)
        self.problems.append(LessonProblem(spoken(at), value, allowed, SCRIPT, line))


@lru_cache(maxsize=256)
def _other_moments(spec: Spec, moment: str) -> str:
    """The moments that a pass of ``spec`` has; empty where ``moment`` is one of them."""
    try:
        find_moment(Experiment(spec), moment)
    except SpecError as error:
        return error.problems[0].allowed
    return ""


def _frame(spec: Spec | None) -> Frame | None:
    """A moment for the values of the present window to be taken from."""
    if spec is None:
        return None
    return frame_of(Experiment(spec))


def _blocks(page: LessonPage) -> Iterator[Block]:
    """All blocks of a page, those of its explanation and of lists too."""
    yield from _flat(page.blocks)
    if page.question is not None:
        yield from _flat(page.question.explain)


def _flat(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        yield block
        if isinstance(block, Bullets):
            for item in block.items:
                yield from _flat(item)


def _parts(page: LessonPage) -> Iterator[Inline]:
    """All parts of all lines of a page, those in links too."""
    for block in _blocks(page):
        if isinstance(block, (Paragraph, SubHeading)):
            yield from _with_links(block.parts)
        elif isinstance(block, TextTable):
            for row in block.rows:
                for cell in row:
                    yield from _with_links(cell)
    if page.question is not None:
        yield from _with_links(page.question.ask)
    if isinstance(page.question, ChoiceQuestion):
        for choice in page.question.choices:
            yield from _with_links(choice.words)
            yield from _with_links(choice.note)


def _with_links(parts: Iterable[Inline]) -> Iterator[Inline]:
    for part in parts:
        yield part
        if isinstance(part, LessonLink):
            yield from part.words


def _typed(page: LessonPage) -> Iterator[LessonProblem]:
    """Figures that stand in the text of a page as they are."""
    for block in _blocks(page):
        if isinstance(block, (Paragraph, SubHeading)):
            yield from _typed_in(block.parts, block.file, block.line)
        elif isinstance(block, TextTable):
            for row in block.rows:
                for cell in row:
                    yield from _typed_in(cell, block.file, block.line)
    question = page.question
    if question is not None:
        yield from _typed_in(question.ask, SCRIPT, question.line)
    if isinstance(question, ChoiceQuestion):
        for choice in question.choices:
            yield from _typed_in((*choice.words, *choice.note), SCRIPT, question.line)


def _typed_in(parts: Iterable[Inline], file: str, line: int) -> Iterator[LessonProblem]:
    for part in _with_links(parts):
        if isinstance(part, Quoted) and is_constant(part.expression):
            yield LessonProblem("", f"{{{{ {part.expression} }}}}", _COMPUTED, file, line)
        if isinstance(part, Prose) and not part.code:
            for found in _TYPED.findall(part.text):
                if _is_typed(found.rstrip(",")):
                    yield LessonProblem("", found, _COMPUTED, file, line)


def _is_typed(figure: str) -> bool:
    """Whether it is a result rather than a small count or a year."""
    if "." in figure or "%" in figure:
        return True
    return int(figure.replace(",", "")) > LARGEST_TYPED and not _YEAR.fullmatch(figure)
