"""Hundreds of small numbers at once: a glyph run a color, made without laying out any text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFontMetricsF, QGlyphRun, QPainter, QRawFont, QTextLayout

from vgsim.ui.style.application import of_fonts, ui_font
from vgsim.ui.style.paper import needs_words

_CHARACTERS = "0123456789.,−e·∞"
"""All that a figure is made of."""
_ALIKE = str.maketrans("123456789", "0" * 9)
"""Figures are of one width."""


@dataclass(frozen=True, slots=True)
class FigureFont:
    """Glyphs and widths of every character at one size; ``middle`` is half a figure's height."""

    raw: QRawFont
    glyphs: dict[str, int]
    widths: dict[str, float]
    middle: float

    def width(self, text: str) -> float:
        """Width of ``text``, in pixels; figures are of one width, and nothing is kerned."""
        return sum(self.widths[letter] for letter in text)

    def widest(self, texts: Iterable[str]) -> float:
        """Width of the widest of ``texts``; few of hundreds differ once figures are alike."""
        return max(map(self.width, {text.translate(_ALIKE) for text in texts}), default=0.0)


@of_fonts
@cache
def figure_font(size: int) -> FigureFont:
    """The font of figures ``size`` pixels high."""
    font = ui_font(size)
    glyphs = {}
    widths = {}
    raw = QRawFont()
    for letter in _CHARACTERS:
        layout = QTextLayout(letter, font)
        layout.beginLayout()
        line = layout.createLine()
        line.setLineWidth(10 * size)
        widths[letter] = line.naturalTextWidth()
        layout.endLayout()
        run = layout.glyphRuns()[0]
        glyphs[letter], raw = run.glyphIndexes()[0], run.rawFont()
    return FigureFont(raw, glyphs, widths, QFontMetricsF(font).capHeight() / 2)


@dataclass(slots=True)
class Figures:
    """Numbers of one size, by color."""

    font: FigureFont
    _runs: dict[str, tuple[list[int], list[QPointF]]] = field(default_factory=dict)
    _words: list[tuple[str, QPointF, str]] = field(default_factory=list)

    def add(self, text: str, x: float, y: float, color: str) -> None:
        """Center ``text`` at a place."""
        x = x - self.font.width(text) / 2
        baseline = y + self.font.middle
        self._words.append((text, QPointF(x, baseline), color))
        glyphs, points = self._runs.setdefault(color, ([], []))
        for letter in text:
            glyphs.append(self.font.glyphs[letter])
            points.append(QPointF(x, baseline))
            x += self.font.widths[letter]

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._runs)

    def paint(self, painter: QPainter) -> None:
        """Paint them all."""
        if needs_words(painter):
            self._paint_words(painter)
            return
        for color, (glyphs, points) in self._runs.items():
            run = QGlyphRun()
            run.setRawFont(self.font.raw)
            run.setGlyphIndexes(glyphs)
            run.setPositions(points)
            painter.setPen(QColor(color))
            painter.drawGlyphRun(QPointF(0, 0), run)

    def _paint_words(self, painter: QPainter) -> None:
        painter.setFont(ui_font(round(self.font.raw.pixelSize())))
        for text, place, color in self._words:
            painter.setPen(QColor(color))
            painter.drawText(place, text)
