"""A formula in a line of its own, on a raised field; it knows which symbol is where."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from vgsim.text.latex import plain_symbol
from vgsim.text.marked import marked, unmarked
from vgsim.ui.style.application import app_color
from vgsim.ui.widgets.spots import SymbolSource, SymbolSpot, formula_spots
from vgsim.ui.widgets.typeset import paint_formula, typeset

SIZE = 19.0
"""Pixels an em where there is room."""
PAD = 16
RADIUS = 8.0


class FormulaView(QWidget, SymbolSource):
    """``tex`` in the middle of the width, smaller where it would not fit."""

    is_formula = True

    def __init__(self, tex: str) -> None:
        super().__init__()
        self.tex = marked(tex)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(plain_symbol(unmarked(tex)))

    def place(self) -> tuple[QPointF, float]:
        """Left end of the baseline, and pixels an em."""
        formula = typeset(self.tex)
        room = max(self.width() - 2 * PAD, 1)
        size = min(SIZE, room / max(formula.width, 1e-6))
        left = (self.width() - formula.width * size) / 2
        height = (formula.ascent + formula.descent) * size
        top = (self.height() - height) / 2
        return QPointF(left, top + formula.ascent * size), size

    def symbol_spots(self) -> list[SymbolSpot]:
        """The symbols of the formula."""
        where, size = self.place()
        return formula_spots(self.tex, where.x(), where.y(), size)

    def sizeHint(self) -> QSize:
        """As high as it is at its full size."""
        formula = typeset(self.tex)
        height = (formula.ascent + formula.descent) * SIZE
        return QSize(340, round(height) + 2 * PAD - 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The field and the formula."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(app_color(QPalette.ColorRole.AlternateBase)))
        painter.setPen(QColor(app_color(QPalette.ColorRole.AlternateBase)))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        where, size = self.place()
        color = app_color(QPalette.ColorRole.WindowText)
        paint_formula(painter, self.tex, where.x(), where.y(), size, color)
        painter.end()
