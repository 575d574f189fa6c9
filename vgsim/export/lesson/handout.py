"""The handout of a lesson: a PDF of A4 sheets with text and pictures, the answers at its end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from vgsim.core.atomic import written
from vgsim.export.drawing.vector import POINTS, pdf_of_sheets
from vgsim.export.lesson.content import PrintedPage, printed
from vgsim.export.lesson.flow import Flow
from vgsim.export.lesson.views import FigureView, SceneView, frame_for, scene_view
from vgsim.lessons.facts import Engine
from vgsim.lessons.lesson import Block, Lesson, LessonFigure, Paragraph, Prose
from vgsim.ui.style.theme import Theme

UNIT = 2
"""Units of layout in a point, for fonts of half points."""
WIDTH, HEIGHT = 595, 842
"""Points of A4."""
ASIDE, ABOVE, BELOW = 56, 50, 46
"""Margins in points."""
TITLE, HEADING, TEXT, SMALL = 44, 28, 20, 17
"""Type, in units."""
SCENE_ASPECT = 0.42
FIGURE_SHARE = 0.72
"""Of the width of the text, what a figure in it takes."""
SCENE_POINTS = 7.5
"""Least type in a picture of a scene."""
_GAP = 10
_APART = 34
_WIDE = (WIDTH - 2 * ASIDE) * UNIT
_HIGH = (HEIGHT - ABOVE - BELOW) * UNIT


class SheetItem(Protocol):
    """Something that stands across a sheet and is not torn apart."""

    @property
    def height(self) -> float:
        """Units that it takes."""

    def paint(self, painter: QPainter, top: float) -> None:
        """Paint it between the margins, from ``top`` on."""


class TextPart:
    """A block of text."""

    def __init__(self, block: Block, theme: Theme, size: int = TEXT, weight: int = 400) -> None:
        ink = theme.muted if size == SMALL else theme.text
        self._flow = Flow([block], size, ink, weight)
        self._scale = min(1.0, _HIGH / self._flow.height_at(_WIDE))
        """Below 1 for a paragraph that is longer than a sheet."""

    @property
    def height(self) -> float:
        """Units that it takes."""
        return self._flow.height_at(_WIDE) * self._scale

    def paint(self, painter: QPainter, top: float) -> None:
        """Paint it."""
        painter.save()
        painter.translate(ASIDE * UNIT, top)
        painter.scale(self._scale, self._scale)
        self._flow.paint(painter, 0, 0, _WIDE)
        painter.restore()


@dataclass(frozen=True, slots=True)
class BlankSpace:
    """Nothing, so high."""

    height: float

    def paint(self, painter: QPainter, top: float) -> None:
        """Leave it free."""


@dataclass(frozen=True, slots=True)
class ViewPart:
    """A picture, so large in units."""

    view: SceneView | FigureView
    width: float
    height: float

    def paint(self, painter: QPainter, top: float) -> None:
        """Paint it at the left margin."""
        self.view.paint(painter, QRectF(ASIDE * UNIT, top, self.width, self.height))


Group = list[SheetItem]
"""Parts that stand on one sheet if it has room for all of them."""


def write_handout(lesson: Lesson, path: Path, theme: Theme) -> None:
    """Write the handout of ``lesson``, a file that appears whole or not at all.

    LessonError or SpecError for a lesson that says what cannot be, OSError when the file cannot be
    written.
    """
    data = handout(lesson, theme)
    with written(path) as scratch:
        scratch.write_bytes(data)


def handout(lesson: Lesson, theme: Theme) -> bytes:
    """The PDF; raises as :func:`write_handout`."""
    pages = list(printed(lesson, Engine()))
    groups = [_head(lesson, theme)]
    for number, page in enumerate(pages, start=1):
        groups += _section(number, page, theme)
    sheets = _sheets(groups)
    answers = [_answer(number, page, theme) for number, page in enumerate(pages, 1) if page.answer]
    if answers:
        answers[0].insert(0, _heading("Answers", theme, TITLE))
        sheets += _sheets(answers)
    painted = [
        partial(_paint, lesson, theme, sheet, number, len(sheets))
        for number, sheet in enumerate(sheets, start=1)
    ]
    return pdf_of_sheets(painted, (WIDTH, HEIGHT), UNIT, lesson.title)


def _head(lesson: Lesson, theme: Theme) -> Group:
    """Title of the whole."""
    about = Paragraph((Prose(f"{lesson.about} · {lesson.minutes} minutes with vgsim"),))
    return [_heading(lesson.title, theme, TITLE), TextPart(about, theme, SMALL)]


def _heading(words: str, theme: Theme, size: int = HEADING) -> TextPart:
    return TextPart(Paragraph((Prose(words),)), theme, size, 600)


def _section(number: int, page: PrintedPage, theme: Theme) -> Iterator[Group]:
    """Heading and text, with figures where they stand; the picture of the scene; the question."""
    frame = frame_for(page)
    text: Group = [BlankSpace(_APART), _heading(f"{number}  {page.title}", theme)]
    for block in page.blocks:
        if isinstance(block, LessonFigure):
            figure = FigureView(block, frame, theme)
            wide = FIGURE_SHARE * _WIDE
            text.append(ViewPart(figure, wide, wide * figure.aspect))
        else:
            text.append(TextPart(block, theme))
    yield text
    if frame is not None and page.scene is not None:
        high = SCENE_ASPECT * _WIDE
        inches = _WIDE / UNIT / POINTS, high / UNIT / POINTS
        view = scene_view(frame, page.scene, theme, inches, SCENE_POINTS)
        yield [ViewPart(view, _WIDE, high)]
    yield [TextPart(block, theme) for block in page.ask]


def _answer(number: int, page: PrintedPage, theme: Theme) -> Group:
    """What is right on a page, under its title."""
    blocks = [block for block in page.answer if not isinstance(block, LessonFigure)]
    head = _heading(f"{number}  {page.title}", theme)
    return [BlankSpace(_APART), head, *(TextPart(block, theme) for block in blocks)]


def _sheets(groups: Sequence[Group]) -> list[list[tuple[float, SheetItem]]]:
    """Parts with their places, sheet by sheet."""
    sheets: list[list[tuple[float, SheetItem]]] = [[]]
    at = 0.0
    for group in groups:
        whole = sum(part.height + _GAP for part in group)
        if at + whole > _HIGH and whole <= _HIGH:
            sheets.append([])
            at = 0.0
        for part in group:
            if sheets[-1] and at + part.height > _HIGH:
                sheets.append([])
                at = 0.0
            if not (isinstance(part, BlankSpace) and at == 0):
                sheets[-1].append((at, part))
                at += part.height + _GAP
    return sheets


def _paint(
    lesson: Lesson,
    theme: Theme,
    sheet: Sequence[tuple[float, SheetItem]],
    number: int,
    count: int,
    painter: QPainter,
) -> None:
    """One sheet with its foot."""
    for at, part in sheet:
        part.paint(painter, ABOVE * UNIT + at)
    words = f"vgsim · {lesson.title} · {number} of {count}"
    foot = TextPart(Paragraph((Prose(words),)), theme, SMALL)
    foot.paint(painter, (HEIGHT - BELOW) * UNIT + _GAP)
