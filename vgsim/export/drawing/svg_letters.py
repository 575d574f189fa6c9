"""Where may be painted, and text as outlines, each glyph defined once."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QGlyphRun, QPainterPath, QRawFont, QRegion, QTextLayout, QTransform

from vgsim.export.drawing.svg_page import SvgPage, matrix, number, outline

Shape = QRectF | QPainterPath


def cut(one: Shape, other: Shape) -> Shape:
    """What both shapes cover."""
    if isinstance(one, QRectF) and isinstance(other, QRectF):
        return one.intersected(other)
    return as_path(one).intersected(as_path(other))


def as_path(shape: Shape) -> QPainterPath:
    """``shape`` as a path."""
    if isinstance(shape, QPainterPath):
        return shape
    path = QPainterPath()
    path.addRect(shape)
    return path


def of_region(region: QRegion, transform: QTransform) -> Shape:
    """A region that ``transform`` brings to the page."""
    if region.rectCount() <= 1 and not transform.isRotating():
        return transform.mapRect(QRectF(region.boundingRect()))
    path = QPainterPath()
    path.addRegion(region)
    return transform.map(path)


def of_path(path: QPainterPath, transform: QTransform) -> Shape:
    """A path that ``transform`` brings to the page; a rectangle where it is one."""
    placed = transform.map(path)
    bounds = placed.boundingRect()
    if placed.elementCount() == 5 and placed.contains(bounds):
        return bounds
    return placed


class Clip:
    """The clip of a painter, which gives it piece by piece."""

    def __init__(self, page: QRectF) -> None:
        self._page = page
        self._own: Shape | None = None
        self._enabled = False
        self._region = QRegion()
        self._widget: Shape = page
        self._all: Shape | None = page

    def enable(self, enabled: bool) -> None:
        """Whether the painter's own clip counts."""
        self._enabled = enabled
        self._all = None

    def take(self, shape: Shape, operation: Qt.ClipOperation) -> None:
        """The painter's own clip becomes another one."""
        if operation == Qt.ClipOperation.NoClip:
            self._own = None
        elif operation == Qt.ClipOperation.IntersectClip and self._own is not None:
            self._own = cut(self._own, shape)
        else:
            self._own = shape
        self._enabled = operation != Qt.ClipOperation.NoClip
        self._all = None

    def within(self, region: QRegion, transform: QTransform) -> None:
        """The widget that is painted reaches no further than ``region``; empty for no bound."""
        if region == self._region:
            return
        self._region = QRegion(region)
        free = region.isEmpty()
        if free:
            self._widget = self._page
        else:
            self._widget = cut(self._page, of_region(region, transform))
        self._all = None

    def shape(self) -> Shape:
        """All that may be painted on."""
        if self._all is None:
            own = self._own if self._enabled else None
            if own is None:
                self._all = self._widget
            else:
                self._all = cut(self._widget, own)
        return self._all

    def needed(self, bounds: QRectF) -> Shape | bool:
        """The clip for a mark within ``bounds``: False if it is unseen, True if it is whole."""
        shape = self.shape()
        if isinstance(shape, QRectF):
            inner = shape
        else:
            inner = shape.boundingRect()
        if not inner.intersects(bounds):
            return False
        if shape.contains(bounds):
            return True
        return shape


EM = 1000
"""Units of a glyph's outline to the em: a unit is a hundredth of a pixel in small type."""


class Letters:
    """Sets lines of text on a page."""

    def __init__(self, page: SvgPage) -> None:
        self._page = page
        self._set: dict[tuple[str, str], list[tuple[float, str]]] = {}
        self._names: dict[tuple[object, ...], str] = {}

    def mark(self, text: str, font: QFont, place: QTransform) -> str:
        """``text`` with the left end of its baseline at the origin of ``place``; "" if blank."""
        key = (text, font.key())
        if key not in self._set:
            origin, runs = _runs(text, font)
            self._set[key] = [made for run in runs if (made := self._run(run, origin))[1]]
        return "".join(
            f'<g transform="{matrix(QTransform.fromScale(scale, scale) * place)}">{glyphs}</g>'
            for scale, glyphs in self._set[key]
        )

    def _run(self, run: QGlyphRun, origin: QPointF) -> tuple[float, str]:
        """(page pixels a unit, glyphs side by side in units)."""
        raw = run.rawFont()
        scale = raw.pixelSize() / EM
        large = QRawFont(raw)
        large.setPixelSize(EM)
        places = zip(run.glyphIndexes(), run.positions(), strict=True)
        return scale, "".join(
            self._glyph(large, index, (at - origin) / scale) for index, at in places
        )

    def _glyph(self, font: QRawFont, index: int, at: QPointF) -> str:
        name = self._name(font, index)
        if not name:
            return ""
        if abs(at.y()) >= 0.5:
            down = f' y="{number(at.y(), 0)}"'
        else:
            down = ""
        return f'<use xlink:href="#{name}" x="{number(at.x(), 0)}"{down}/>'

    def _name(self, font: QRawFont, index: int) -> str:
        """Name of a glyph's definition; "" when there is nothing to see, as of a space."""
        key = (font.familyName(), font.styleName(), font.weight(), font.style(), index)
        if key not in self._names:
            shape = outline(font.pathForGlyph(index), 0)
            drawn = f'<path id="{{}}" d="{shape}"/>'
            self._names[key] = self._page.define("g", str(key), drawn) if shape else ""
        return self._names[key]


def _runs(text: str, font: QFont) -> tuple[QPointF, list[QGlyphRun]]:
    """(start of the baseline, glyphs) of ``text`` set in one line."""
    layout = QTextLayout(text, font)
    layout.beginLayout()
    line = layout.createLine()
    layout.endLayout()
    return QPointF(0, line.ascent()), list(layout.glyphRuns())
