"""Text as outlines, each glyph defined once: no font needs to be where the picture is looked at."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QFont, QGlyphRun, QRawFont, QTextLayout, QTransform

from vgsim.export.drawing.svg_marks import matrix, number, outline
from vgsim.export.drawing.svg_page import SvgPage

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
        down = f' y="{number(at.y(), 0)}"' if abs(at.y()) >= 0.5 else ""
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
