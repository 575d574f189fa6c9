"""The slides of a lesson: a slide for each page, with text that can be edited and speaker notes.

What is only in the notes stays hidden from the audience: the answer of a question, and what of a
long text has no room on the slide.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter

from vgsim.core.atomic import written
from vgsim.export.formats.png import encoded
from vgsim.export.formats.pptx import (
    BODY_TOP,
    INCH,
    LEAST_POINTS,
    MARGIN,
    POINT,
    SIZES,
    add_picture,
    empty_deck,
    printable,
    rgb_color,
    titled_slide,
)
from vgsim.export.lesson.content import PrintedPage, plain_blocks, printed
from vgsim.export.lesson.flow import Flow
from vgsim.export.lesson.views import FigureView, figures_in, frame_for, scene_view
from vgsim.lessons.facts import Engine
from vgsim.lessons.lesson import (
    Block,
    Bullets,
    DisplayFormula,
    Inline,
    InlineFormula,
    Lesson,
    LessonFigure,
    Paragraph,
    Prose,
    SubHeading,
    TextTable,
)
from vgsim.text.latex import rich_symbol
from vgsim.ui.style.theme import Theme

MOST_POINTS = 18
"""Type of the text of a slide; less where that does not fit, down to that of all slides."""
COLUMN = INCH * 53 // 10
"""Width of the text beside pictures."""
GUTTER = INCH * 3 // 10
LINE_HEIGHT = 106
"""Percent of a line for which the text is measured."""
SURE = 0.9
"""Of its width, what text is measured for: other programs have other fonts, some of them wider."""
LEAST_SCENE = INCH * 5 // 2
"""Height below which no picture of the scene is put beside figures."""
DRAWN_SCALE = 4
"""Pixels a point of what is painted: formulas and tables."""
_LEFT_OUT = Paragraph((Prose("…"),))
_TAG = re.compile(r"(</?(?:i|sub|sup)>)")
_MATH = "Cambria Math"


@dataclass(frozen=True, slots=True)
class SlideShape:
    """Blocks that become one shape: a box of text, or a picture if they are ``drawn``."""

    blocks: tuple[Block, ...]
    drawn: bool


def write_deck(lesson: Lesson, path: Path, theme: Theme) -> None:
    """Write the slides of ``lesson``, a file that appears whole or not at all.

    LessonError or SpecError for a lesson that says what cannot be, OSError when the file cannot be
    written.
    """
    deck = empty_deck(*SIZES["16:9"])
    for page in printed(lesson, Engine()):
        _add(deck, page, theme)
    deck.core_properties.title = printable(lesson.title)[:255]
    deck.core_properties.author = "vgsim"
    with written(path) as scratch:
        deck.save(str(scratch))


def _add(deck: Any, page: PrintedPage, theme: Theme) -> None:
    """One slide: the text, and beside it scene and figures."""
    slide = titled_slide(deck, page.title, (theme.surface, theme.text))
    inner = deck.slide_width - 2 * MARGIN
    high = deck.slide_height - BODY_TOP - MARGIN // 2
    width = inner
    if page.scene is not None or figures_in(page):
        width = COLUMN
        left = MARGIN + COLUMN + GUTTER
        _add_views(slide, page, theme, (left, BODY_TOP, inner - COLUMN - GUTTER, high))
    _add_text(slide, page, theme, (MARGIN, BODY_TOP, width, high))
    notes = (plain_blocks(blocks) for blocks in (page.blocks, page.ask, page.answer))
    slide.notes_slide.notes_text_frame.text = printable("\n\n".join(filter(None, notes)))


Box = tuple[int, int, int, int]
"""Left, top, width and height in EMU."""


def _add_views(slide: Any, page: PrintedPage, theme: Theme, box: Box) -> None:
    """The scene, and below it the figures of the text, which come first where room is short."""
    left, top, width, high = box
    frame = frame_for(page)
    figures = [FigureView(figure, frame, theme) for figure in figures_in(page)]
    heights = [round(width * figure.aspect) for figure in figures]
    share = min(1.0, high / max(sum(heights), 1))
    free = high - round(share * sum(heights)) - GUTTER * bool(figures)
    if frame is not None and page.scene is not None and free >= LEAST_SCENE:
        inches = width / INCH, free / INCH
        scene = scene_view(frame, page.scene, theme, inches, LEAST_POINTS)
        add_picture(slide, encoded(scene.image()), scene.alt_text, (left, top, width, free))
        top += free + GUTTER
    for figure, each in zip(figures, heights, strict=True):
        png = encoded(figure.image(width * 144 // INCH))
        add_picture(slide, png, figure.alt_text, (left, top, width, round(share * each)))
        top += round(share * each)


def _add_text(slide: Any, page: PrintedPage, theme: Theme, box: Box) -> None:
    """Text and question, as large as they fit; the last of a text that is too long is left out."""
    left, top, width, high = box
    text = [block for block in page.blocks if not isinstance(block, LessonFigure)]
    points, pieces = _fitting(text, page.ask, width, high)
    for piece in pieces:
        each = round(_height(piece, points, width))
        if piece.drawn:
            _add_drawn(slide, piece, points, theme, (left, top, width, each))
        else:
            _add_box(slide, piece.blocks, points, theme, (left, top, width, each))
        top += each


def _fitting(
    text: Sequence[Block], ask: Sequence[Block], width: int, high: int
) -> tuple[int, list[SlideShape]]:
    """Points of the type, and what stands on the slide."""
    for points in range(MOST_POINTS, LEAST_POINTS - 1, -1):
        pieces = _pieces([*text, *ask])
        if _heights(pieces, points, width) <= high:
            return points, pieces
    kept = list(text)
    while kept:
        kept.pop()
        pieces = _pieces([*kept, _LEFT_OUT, *ask])
        if _heights(pieces, LEAST_POINTS, width) <= high:
            break
    return LEAST_POINTS, pieces


def _heights(pieces: Sequence[SlideShape], points: int, width: int) -> float:
    """EMU that they take below each other."""
    return sum(_height(piece, points, width) for piece in pieces)


def _height(piece: SlideShape, points: int, width: int) -> float:
    """EMU that one takes."""
    wide = width if piece.drawn else SURE * width
    return _flow(piece, points, "#000000").height_at(wide / POINT) * POINT


def _pieces(blocks: Sequence[Block]) -> list[SlideShape]:
    """Neighboring blocks of text together, formulas and tables alone."""
    pieces: list[SlideShape] = []
    for block in blocks:
        drawn = isinstance(block, (DisplayFormula, TextTable))
        if pieces and not drawn and not pieces[-1].drawn:
            pieces[-1] = SlideShape((*pieces[-1].blocks, block), False)
        else:
            pieces.append(SlideShape((block,), drawn))
    return pieces


def _flow(piece: SlideShape, points: int, ink: str) -> Flow:
    return Flow(piece.blocks, points, ink, line_height=LINE_HEIGHT)


def _add_drawn(slide: Any, piece: SlideShape, points: int, theme: Theme, box: Box) -> None:
    """A formula or a table as a picture, with its text for those who cannot see it."""
    left, top, width, high = box
    image = QImage(
        width * DRAWN_SCALE // POINT, high * DRAWN_SCALE // POINT, QImage.Format.Format_ARGB32
    )
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    try:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(DRAWN_SCALE, DRAWN_SCALE)
        _flow(piece, points, theme.text).paint(painter, 0, 0, width / POINT)
    finally:
        painter.end()
    add_picture(slide, encoded(image), plain_blocks(piece.blocks).strip(), (left, top, width, high))


def _add_box(slide: Any, blocks: Sequence[Block], points: int, theme: Theme, box: Box) -> None:
    """Text that can be edited."""
    from pptx.enum.text import MSO_AUTO_SIZE

    shape = slide.shapes.add_textbox(*box)
    shape.name = "Text"
    frame = shape.text_frame
    frame.word_wrap = True
    frame.auto_size = MSO_AUTO_SIZE.NONE
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    pen = _Pen(frame, points, rgb_color(theme.text))
    for block in blocks:
        pen.block(block)


class _Pen:
    """Writes blocks into a text frame, a paragraph each."""

    def __init__(self, frame: Any, points: int, ink: Any) -> None:
        self._frame = frame
        self._points = points
        self._ink = ink
        self._paragraph: Any = None

    def block(self, block: Block, mark: str = "", depth: int = 0) -> None:
        """One block; ``mark`` stands before it, ``depth`` is that of the lists around it."""
        if isinstance(block, (Paragraph, SubHeading)):
            self._begin(mark, depth)
            for part in block.parts:
                self._part(part, strong=isinstance(block, SubHeading))
        elif isinstance(block, DisplayFormula):
            self._begin(mark, depth)
            self._part(InlineFormula(block.tex))
        elif isinstance(block, Bullets):
            for number, item in enumerate(block.items, start=1):
                first = f"{number}." if block.ordered else "•"
                for inner in item:
                    self.block(inner, first, depth + 1)
                    first = ""

    def _begin(self, mark: str, depth: int) -> None:
        from pptx.util import Pt

        if self._paragraph is None:
            self._paragraph = self._frame.paragraphs[0]
        else:
            self._paragraph = self._frame.add_paragraph()
        self._paragraph.space_after = Pt(round(0.35 * self._points))
        if depth:
            hanging = round(1.3 * self._points * POINT)
            form = self._paragraph._p.get_or_add_pPr()
            form.set("marL", str(depth * hanging))
            form.set("indent", str(-hanging if mark else 0))
        if mark:
            self._run(f"{mark}\t")

    def _part(self, part: Inline, strong: bool = False) -> None:
        if isinstance(part, InlineFormula):
            for text, italic, level in _formula_runs(part.tex):
                run = self._run(text, strong, italic)
                run.font.name = _MATH
                if level:
                    run.font._element.set("baseline", str(level))
        elif isinstance(part, Prose):
            run = self._run(part.text, strong or part.strong, part.emphasis)
            if part.code:
                run.font.name = "Consolas"

    def _run(self, text: str, strong: bool = False, italic: bool = False) -> Any:
        from pptx.util import Pt

        run = self._paragraph.add_run()
        run.text = printable(text)
        run.font.size = Pt(self._points)
        run.font.color.rgb = self._ink
        run.font.bold = strong
        run.font.italic = italic
        return run


LOWERED, RAISED = -25_000, 30_000
"""Thousandths of a percent of the type that a sub- or superscript is moved by."""


def _formula_runs(tex: str) -> Iterator[tuple[str, bool, int]]:
    """A formula as pieces of text: whether it is in italics, and how far it is moved."""
    italic = False
    levels = [0]
    for piece in _TAG.split(rich_symbol(tex)):
        if piece in ("<i>", "</i>"):
            italic = piece == "<i>"
        elif piece == "<sub>":
            levels.append(LOWERED)
        elif piece == "<sup>":
            levels.append(RAISED)
        elif _TAG.fullmatch(piece):
            levels.pop()
        elif piece:
            yield html.unescape(piece), italic, levels[-1]
