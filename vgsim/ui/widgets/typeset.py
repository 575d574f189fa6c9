"""LaTeX as outlines: parsed once, painted in any size and color, sharp on paper too.

ziamath does the typesetting, in milliseconds; so formulas are kept, and those that differ in their
figures only ("h_{3}", "h_{4}") are made from one by exchanging these, which takes microseconds and
leaves everything else where it was.
"""

from __future__ import annotations

import itertools
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QTransform

from vgsim.text.marked import MARK, unmarked
from vgsim.ui.style.application import ui_font

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from ziamath.zmath import Latex

EM = 100
"""Size that everything is typeset at: outlines have so many units an em."""
_FIGURE = re.compile(r"\d")
_FIGURES = "0123456789"
_COMMON = (
    "h_{1}",
    "=",
    r"\cdot",
    r"W_{1}",
    r"b_{1}",
    r"\frac{\partial J}{\partial h_{1}}",
    r"W_{1}^{\top}",
    r"\mathrm{diag}\left[\sigma'(z_{1})\right]",
    r"\mathrm{diag}\left[\mathrm{ReLU}'(z_{1})\right]",
    r"\frac{\partial J/\partial h_{1}}{\partial J/\partial h_{2}}",
    r"\frac{\partial J/\partial h_{1}}{\partial J/\partial h_{23}}",
    r"\frac{\partial J/\partial h_{12}}{\partial J/\partial h_{34}}",
    r"\frac{\partial J}{\partial h_{12}}",
    r"W_{12}^{\top}",
    r"\mathrm{diag}\left[\sigma'(z_{12})\right]",
    r"\mathrm{diag}\left[\mathrm{ReLU}'(z_{12})\right]",
    r"w \leftarrow w - \eta\,\partial J/\partial w",
    r"\frac{\partial J}{\partial w}",
    "h_{12}",
    "W_{12}",
    "b_{12}",
    r"\mathrm{ReLU}\,(",
    r"\sigma\,(",
    ")",
    "+",
    "x",
    "W_{1}[2, 3]:",
    "W_{1}[2, 34]:",
    "W_{1}[23, 4]:",
    "W_{1}[23, 45]:",
    "W_{12}[3, 4]:",
    "W_{12}[3, 45]:",
    "W_{12}[34, 5]:",
    "W_{12}[34, 56]:",
    r"\ell",
    r"-y^{\top}",
    r"\log p",
    "p",
    "y",
    r"\frac{1}{B}",
    "( p - y )",
    r"w^{\,\mathrm{new}}",
    "w",
    r"(-\eta)",
)
_LOW = re.compile(
    r"\\left(\(|\[|\\langle)((?:(?!\\left|\\right|\\frac|\\prod|\\sum).)*)\\right(\)|\]|\\rangle)"
)
_STEP = re.compile(r"([MLQCZ])([^MLQCZ]*)")


@dataclass(frozen=True, slots=True)
class FormulaPart:
    """Where a marked part of a formula stands: ``mark`` is its name, the box is in ems.

    ``left`` is from the left end of the formula, ``top`` and ``bottom`` are below the baseline
    (negative above it).
    """

    mark: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True, eq=False)
class TypesetFormula:
    r"""One typeset formula; lengths in ems, ``ascent`` and ``descent`` from the baseline.

    ``plain`` is the source of a formula that could not be typeset, which then is what one sees.
    ``parts`` are what is marked in it, ``\symbol{NAME}{…}``, from left to right.
    """

    outline: QPainterPath
    width: float
    ascent: float
    descent: float
    plain: str = ""
    parts: tuple[FormulaPart, ...] = ()


def paint_formula(
    painter: QPainter, tex: str, x: float, baseline: float, size: float, color: QColor | str
) -> None:
    """Paint ``tex`` with its left end at ``x`` on ``baseline``, ``size`` pixels an em."""
    outline = typeset(tex).outline
    painter.save()
    painter.translate(x, baseline)
    painter.scale(size / EM, size / EM)
    painter.fillPath(outline, QColor(color))
    painter.restore()


def warm_up() -> Iterator[None]:
    """Load what typesetting needs, and what most formulas have: a little with every turn.

    The first turn takes a sixth of a second, all others about 10 ms.
    """
    for tex in _COMMON:
        typeset(tex)
        yield


@lru_cache(maxsize=2048)
def typeset(tex: str) -> TypesetFormula:
    """``tex``, LaTeX without dollar signs, as an outline; its source where it is not a formula."""
    marks = tuple(found.group(1) for found in MARK.finditer(tex))
    bare = unmarked(tex)
    try:
        layout = _laid_out(bare)
        if marks:
            layout = _with_colors_of(layout, _laid_out(_colored(tex)))
        return _outline(layout, marks)
    except Exception:  # whatever the typesetter trips over, no formula is worth a crash
        return _source(bare)


def _laid_out(tex: str) -> _Layout:
    """The layout of ``tex``, by way of one with other figures where that can be."""
    figures = _FIGURE.findall(tex)
    if 0 < len(figures) <= len(_FIGURES):
        return _exchanged(_unstretched(tex), figures)
    return _layout(_unstretched(tex))


def _colored(tex: str) -> str:
    """``tex`` with each marked part in a color of its own.

    The colors have letters only, for figures are exchanged.
    """
    colors = map(_color, itertools.count())
    return MARK.sub(lambda _: rf"\textcolor{{{next(colors)}}}", tex)


def _with_colors_of(layout: _Layout, colored: _Layout) -> _Layout:
    """``layout`` in the colors of the same formula, which is spaced a little otherwise with them.

    The typesetter gives the glyphs of both in the same order.
    """
    if len(layout.glyphs) != len(colored.glyphs) or len(layout.bars) != len(colored.bars):
        return colored
    glyphs = zip(layout.glyphs, colored.glyphs, strict=True)
    bars = zip(layout.bars, colored.bars, strict=True)
    return replace(
        layout,
        glyphs=tuple(glyph._replace(color=other.color) for glyph, other in glyphs),
        bars=tuple(bar._replace(color=other.color) for bar, other in bars),
    )


def _color(number: int) -> str:
    """ "#aaaaaa", "#aaaaab": numbers of base six, in letters."""
    letters = ""
    for _ in range(6):
        letters = "abcdef"[number % 6] + letters
        number //= 6
    return f"#{letters}"


def _unstretched(tex: str) -> str:
    """``tex`` with brackets of fixed size where nothing in them is tall.

    The typesetter sets everything twice that is in a pair of brackets which stretch.
    """
    before = ""
    while tex != before:
        before = tex
        tex = _LOW.sub(r"\1 \2 \3", tex)
    return tex


def _source(tex: str) -> TypesetFormula:
    """The source itself, in the font of the window."""
    font = ui_font(EM)
    metrics = QFontMetricsF(font)
    outline = QPainterPath()
    outline.addText(QPointF(0, 0), font, tex)
    width = metrics.horizontalAdvance(tex)
    ascent = metrics.ascent()
    descent = metrics.descent()
    return TypesetFormula(outline, width / EM, ascent / EM, descent / EM, tex)


class _Glyph(NamedTuple):
    """A shape by its name, its origin, its scale and its color."""

    name: str
    x: float
    y: float
    scale: float
    color: str


class _Rule(NamedTuple):
    """The bar of a fraction or a root."""

    x: float
    y: float
    width: float
    height: float
    color: str


@dataclass(frozen=True, slots=True)
class _Layout:
    """Glyphs, bars, and the size of it all, in units of the outlines."""

    glyphs: tuple[_Glyph, ...]
    bars: tuple[_Rule, ...]
    width: float
    ascent: float
    descent: float


def _outline(layout: _Layout, marks: tuple[str, ...] = ()) -> TypesetFormula:
    """Everything as one path, and the boxes of what is marked."""
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    boxes: dict[str, QRectF] = {}
    for glyph in layout.glyphs:
        place = QTransform(glyph.scale, 0, 0, glyph.scale, glyph.x, glyph.y)
        shape = place.map(_shapes[glyph.name])
        path.addPath(shape)
        boxes[glyph.color] = boxes.get(glyph.color, QRectF()).united(shape.boundingRect())
    for *bar, color in layout.bars:
        path.addRect(*bar)
        boxes[color] = boxes.get(color, QRectF()).united(QRectF(*bar))
    parts = []
    for number, mark in enumerate(marks):
        box = boxes.get(_color(number))
        if box is not None:
            ends = box.left(), box.top(), box.right(), box.bottom()
            parts.append(FormulaPart(mark, *(end / EM for end in ends)))
    parts.sort(key=lambda part: part.left)
    size = layout.width / EM, layout.ascent / EM, layout.descent / EM
    return TypesetFormula(path, *size, parts=tuple(parts))


def _exchanged(tex: str, figures: list[str]) -> _Layout:
    """The layout of a formula of the same form, with the figures of ``tex`` in their places.

    In that form every figure is another one, which tells where each of them has gone.
    """
    order = iter(_FIGURES)
    layout = _layout(_FIGURE.sub(lambda _: next(order), tex))
    return replace(layout, glyphs=tuple(_exchange(glyph, figures) for glyph in layout.glyphs))


def _exchange(glyph: _Glyph, figures: list[str]) -> _Glyph:
    """``glyph``, or in the middle of its room the figure that belongs there."""
    for variant in _variants():
        if glyph.name in variant.names:
            old = variant.names.index(glyph.name)
            new = int(figures[old])
            shift = (variant.advances[old] - variant.advances[new]) / 2 * glyph.scale
            return _Glyph(variant.names[new], glyph.x + shift, glyph.y, glyph.scale, glyph.color)
    return glyph


class _Variant(NamedTuple):
    """The ten figures of one optical size: names of their glyphs, and widths at scale 1."""

    names: tuple[str, ...]
    advances: tuple[float, ...]


@cache
def _variants() -> tuple[_Variant, ...]:
    """The figures on the line, and those of sub- and superscripts."""
    return _variant(f"{_FIGURES}0"), _variant(f"x_{{{_FIGURES}0}}")


def _variant(tex: str) -> _Variant:
    glyphs = _layout(tex).glyphs[-len(_FIGURES) - 1 :]
    ends = pairwise(glyphs)
    advances = tuple((after.x - glyph.x) / glyph.scale for glyph, after in ends)
    return _Variant(tuple(glyph.name for glyph in glyphs[:-1]), advances)


_shapes: dict[str, QPainterPath] = {}
"""The outline of every glyph seen so far, around its origin."""


@lru_cache(maxsize=256)
def _layout(tex: str) -> _Layout:
    """Let ziamath typeset ``tex``; it raises about anything when it cannot."""
    drawing = _typesetter()(tex, size=EM)
    box = drawing.node.bbox
    boxes: dict[str, list[float]] = {}
    glyphs, bars = [], []
    for element in drawing.svgxml():
        kind = element.tag.rpartition("}")[2]
        if kind == "symbol":
            boxes[element.attrib["id"]] = [
                float(part) for part in element.attrib["viewBox"].split()
            ]
            _keep(element)
        elif kind == "use":
            glyphs.append(_glyph(element, boxes))
        elif kind == "rect":
            x, y, width, height = _numbers(element, "x", "y", "width", "height")
            bars.append(_Rule(x, y, width, height, element.attrib.get("fill", "")))
        else:
            raise ValueError(f"no outline for <{kind}>")
    return _Layout(tuple(glyphs), tuple(bars), box.xmax, box.ymax, -box.ymin)


@cache
def _typesetter() -> type[Latex]:
    """ziamath, loaded here as it takes a quarter of a second."""
    with warnings.catch_warnings():  # what it reads its tables with is deprecated
        warnings.simplefilter("ignore", DeprecationWarning)
        from ziamath.config import config
        from ziamath.zmath import Latex
    config.svg2 = True  # each glyph by its name, rather than as a path among others
    return Latex


def _numbers(element: Element, *keys: str) -> list[float]:
    return [float(element.attrib[key]) for key in keys]


def _glyph(element: Element, boxes: dict[str, list[float]]) -> _Glyph:
    """Where a glyph stands: its view box is put into the given rectangle."""
    name = element.attrib["href"].removeprefix("#")
    left, top, width, _ = boxes[name]
    x, y, wide = _numbers(element, "x", "y", "width")
    scale = wide / width if width else 1.0
    color = element.attrib.get("fill", "")
    return _Glyph(name, x - left * scale, y - top * scale, scale, color)


def _keep(symbol: Element) -> None:
    """Parse the path of a glyph, unless it is known."""
    name = symbol.attrib["id"]
    if name not in _shapes:
        _shapes[name] = _parse("".join(path.attrib["d"] for path in symbol))


def _parse(data: str) -> QPainterPath:
    """The path of SVG data in absolute coordinates."""
    path = QPainterPath()
    for letter, points in _steps(data):
        if letter == "M":
            path.moveTo(*points)
        elif letter == "L":
            path.lineTo(*points)
        elif letter == "Q":
            path.quadTo(*points)
        elif letter == "C":
            path.cubicTo(*points)
        else:
            path.closeSubpath()
    return path


def _steps(data: str) -> Iterator[tuple[str, list[QPointF]]]:
    """Every command of a path, with its points."""
    for letter, numbers in _STEP.findall(data):
        values = [float(number) for number in numbers.replace(",", " ").split()]
        points = zip(values[::2], values[1::2], strict=True)
        yield letter, [QPointF(x, y) for x, y in points]
