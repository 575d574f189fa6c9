"""Paints the factors of a product: symbols, heat maps, figures, sizes and ranges."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from vgsim.measure.chain_rule.result import Factor, FactorKind
from vgsim.text.scale import Scale
from vgsim.ui.chain_rule.figures import FigureFont, Figures, figure_font
from vgsim.ui.chain_rule.model.cells import (
    ABSENT,
    Cells,
    cells,
    inks,
    limit_of,
    range_text,
    range_texts,
    shade_table,
    shades,
    shape_text,
    styles,
)
from vgsim.ui.chain_rule.model.picture import (
    BRACKET,
    CAPTION,
    HopLayout,
    Slot,
    slanted_width,
)
from vgsim.ui.plots.layer import Text, text_width
from vgsim.ui.plots.model.geometry import Box
from vgsim.ui.style.application import ui_font
from vgsim.ui.style.paper import keeps_marks
from vgsim.ui.style.theme import Theme
from vgsim.ui.widgets.typeset import paint_formula, typeset

_SIZES = ((14, 68.0, 34.0), (12, 58.0, 24.0), (11, 50.0, 19.0), (10, 0.0, 0.0))
"""Sizes of figures, in pixels, with the least cell (width, height) that they look well in."""
_NO_MATRIX = "no matrix"
_BLOWN_UP, _OVERHANG = 16, 10.0
"""Pixels a cell has in a picture for paper, which would be smoothed otherwise; and how far a
caption may reach into the gaps beside its column."""


@lru_cache(maxsize=16)
def packed(theme: Theme, signal: bool) -> NDArray[np.uint32]:
    """The shade table as opaque 0xffrrggbb."""
    red, green, blue = shade_table(theme, signal).astype(np.uint32).T
    packed: NDArray[np.uint32] = 0xFF000000 | (red << 16) | (green << 8) | blue
    return packed


@dataclass(slots=True, eq=False)
class TileFace:
    """How one tile looks at this moment."""

    slot: Slot
    factor: Factor
    cells: Cells
    limit: float | None
    pixels: NDArray[np.uint32]
    unknown: NDArray[np.intp]
    figures: Figures | None = None

    @property
    def size(self) -> int:
        """The size of the figures' type, in pixels."""
        cell = self.cell(0, 0)
        return next(size for size, w, h in _SIZES if cell.width >= w and cell.height >= h)

    @property
    def image(self) -> QImage:
        """The cells, a pixel each; it lives no longer than the face."""
        high, wide = self.pixels.shape
        return QImage(self.pixels.data, wide, high, 4 * wide, QImage.Format.Format_RGB32)

    @property
    def grid(self) -> tuple[int, int]:
        """(rows, columns) of cells."""
        rows, columns = self.pixels.shape
        return rows, columns

    def cell(self, row: int, column: int) -> Box:
        """The box of a cell; a diagonal's is wider than its column, for it is alone in its row."""
        rows, columns = self.grid
        tile = self.slot.tile
        wide = tile.width / columns
        high = tile.height / rows
        if not self.slot.slanted:
            return Box(tile.left + column * wide, tile.top + row * high, wide, high)
        wide = self._slanted_width(wide)
        step = (tile.width - wide) / max(rows - 1, 1)
        return Box(tile.left + row * step, tile.top + row * high, wide, high)

    def _slanted_width(self, column: float) -> float:
        """As wide as a figure or a handy cell, unless columns are wider or the tile is small."""
        wanted = slanted_width(self.slot.tile.height / self.grid[0], self.slot.figures)
        return max(column, min(wanted, self.slot.tile.width * 0.6))

    def find(self, x: float, y: float) -> tuple[int, int] | None:
        """(row, column) of the cell at a place; None where there is none."""
        tile, (rows, columns) = self.slot.tile, self.grid
        if y >= tile.top:
            row = int((y - tile.top) / tile.height * rows)
        else:
            row = -1
        if self.slot.slanted:
            return self._find_slanted(row, x)
        if x >= tile.left:
            column = int((x - tile.left) / tile.width * columns)
        else:
            column = -1
        if not (0 <= row < rows and 0 <= column < columns):
            return None
        if self.cells.at[row, column] != ABSENT:
            return (row, column)
        return None

    def _find_slanted(self, row: int, x: float) -> tuple[int, int] | None:
        if not 0 <= row < self.grid[0]:
            return None
        cell = self.cell(row, row)
        if cell.left <= x < cell.right:
            return (row, row)
        return None

    def where(self, at: int) -> tuple[int, int] | None:
        """(row, column) of the cell that stands for an element of the factor."""
        if not 0 <= at < self.factor.values.size:
            return None
        rows, columns = self.cells.block
        if self.factor.kind is FactorKind.DIAGONAL:
            return at // rows, 0 if self.slot.compact else at // rows
        width = self.factor.values.size // self.factor.values.shape[0]
        return at // width // rows, at % width // columns


def make_face(slot: Slot, theme: Theme, scale: Scale) -> TileFace | None:
    """The face of the factor in ``slot``; None for a sign and for an operator."""
    factor = slot.piece.factor
    if factor is None or factor.kind is FactorKind.OPERATOR or not factor.values.size:
        return None
    most = max(int(slot.tile.height / 2), 1), max(int(slot.tile.width / 2), 1)
    grid = cells(factor, most, slot.compact)
    limit = limit_of(factor)
    index = shades(grid.values, limit, scale)
    pixels = np.ascontiguousarray(packed(theme, factor.signal)[index])
    known = np.isfinite(grid.values) | np.isinf(grid.values)
    unknown = np.argwhere(~known & (grid.at != ABSENT))
    face = TileFace(slot, factor, grid, limit, pixels, unknown)
    if slot.figures:
        face.figures = _figures(face, index, inks(theme, factor.signal))
    return face


def _figures(face: TileFace, index: NDArray[np.intp], colors: tuple[str, ...]) -> Figures | None:
    """The number of every cell; None when there is no room for all of them."""
    there = np.nonzero(face.cells.at != ABSENT)
    tile = face.slot.tile
    cell = face.cell(0, 0)
    chosen = _all_that_fit(face, face.cells.values[there], cell.width - 3)
    if chosen is None:
        return None
    font, texts = chosen
    x = (tile.left + (there[1] + 0.5) * cell.width).tolist()
    if face.slot.slanted:
        x = [face.cell(at, at).left + cell.width / 2 for at in range(face.grid[0])]
    y = (tile.top + (there[0] + 0.5) * cell.height).tolist()
    found = Figures(font)
    for text, mark, across, down in zip(texts, index[there].tolist(), x, y, strict=True):
        found.add(text, across, down, colors[mark])
    return found


def _all_that_fit(
    face: TileFace, values: NDArray[np.float64], room: float
) -> tuple[FigureFont, list[str]] | None:
    """All numbers of a tile in the best style and the largest type for which none is too wide."""
    digits = 5 if face.factor.values.size == 1 else 2
    numbers = values.tolist()
    fonts = [figure_font(size) for size, *_ in _SIZES if size <= face.size]
    for style in styles(values, digits, face.factor.signal):
        texts = [style(value) for value in numbers]
        for font in fonts:
            if font.widest(texts) <= room:
                return font, texts
    return None


def paint_tiles(
    painter: QPainter, layout: HopLayout, faces: list[TileFace | None], theme: Theme
) -> None:
    """Paint the whole product."""
    for slot, face in zip(layout.slots, faces, strict=True):
        _paint_symbol(painter, slot, layout.em, theme)
        if face is not None:
            _paint_face(painter, face, theme)
        elif slot.piece.factor is not None:
            _paint_operator(painter, slot, theme)


def _paint_symbol(painter: QPainter, slot: Slot, em: float, theme: Theme) -> None:
    """The symbol above the tile; a sign is also repeated between the tiles."""
    tex = slot.piece.tex
    x = slot.middle - typeset(tex).width * em / 2
    paint_formula(painter, tex, x, slot.baseline, em, theme.text)
    if slot.piece.factor is None:
        paint_formula(painter, tex, x, slot.level + 0.25 * em, em, theme.muted)


def _paint_face(painter: QPainter, face: TileFace, theme: Theme) -> None:
    if face.slot.slanted:
        _paint_diagonal(painter, face, theme)
    else:
        _paint_cells(painter, face)
        _paint_grid(painter, face, theme)
    _paint_unknown(painter, face, theme)
    if face.figures is not None:
        face.figures.paint(painter)
    _paint_brackets(painter, face.slot.tile, theme)
    _paint_caption(painter, face, theme)


def _paint_cells(painter: QPainter, face: TileFace) -> None:
    image = face.image
    if keeps_marks(painter):
        rows, columns = face.grid
        image = image.scaled(columns * _BLOWN_UP, rows * _BLOWN_UP)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    painter.drawImage(QRectF(*face.slot.tile), image)


def _paint_diagonal(painter: QPainter, face: TileFace, theme: Theme) -> None:
    """The entries, each in its row; what is beside them is left empty."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    boxes = [QRectF(*face.cell(at, at)).toRect() for at in range(face.grid[0])]
    for at, box in enumerate(boxes):
        painter.fillRect(box, QColor.fromRgb(int(face.pixels[at, at])))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(theme.border), 1.0))
    if boxes[0].height() >= 4:
        painter.drawRects(boxes)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def _paint_unknown(painter: QPainter, face: TileFace, theme: Theme) -> None:
    """A dot for what has not been reached, as everywhere."""
    if not len(face.unknown):
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.muted))
    for row, column in face.unknown.tolist():
        box = face.cell(row, column)
        radius = min(1.5, box.height / 4)
        painter.drawEllipse(
            QPointF(box.left + box.width / 2, box.top + box.height / 2), radius, radius
        )


def _paint_grid(painter: QPainter, face: TileFace, theme: Theme) -> None:
    """Hairlines between cells that are large, and around the tile."""
    tile, (rows, columns) = face.slot.tile, face.grid
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(theme.grid), 1.0))
    cell = face.cell(0, 0)
    if min(cell.width, cell.height) >= 7:
        lines = [
            QLineF(tile.left, tile.top + at * cell.height, tile.right, tile.top + at * cell.height)
            for at in range(1, rows)
        ]
        lines += [
            QLineF(tile.left + at * cell.width, tile.top, tile.left + at * cell.width, tile.bottom)
            for at in range(1, columns)
        ]
        painter.drawLines(lines)
    painter.setPen(QPen(QColor(theme.border), 1.0))
    painter.drawRect(QRect(int(tile.left), int(tile.top), int(tile.width), int(tile.height)))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def _paint_brackets(painter: QPainter, tile: Box, theme: Theme) -> None:
    painter.setPen(QPen(QColor(theme.muted), 1.2))
    foot = 3.0
    for x, inward in ((tile.left - BRACKET + 1, foot), (tile.right + BRACKET - 1, -foot)):
        top = tile.top - 1.5
        bottom = tile.bottom + 2.0
        end = x + inward
        places = ((end, top), (x, top), (x, bottom), (end, bottom))
        painter.drawPolyline([QPointF(*place) for place in places])


def _paint_caption(painter: QPainter, face: TileFace, theme: Theme) -> None:
    """The size, and what the shade means."""
    slot = face.slot
    size = face.factor.note.rstrip(".") or shape_text(face.factor, slot.compact)
    y = slot.caption + CAPTION / 2
    if slot.caption_rows == 1:
        _paint_first(painter, slot, [f"{size} · {range_text(face.limit)}", size], y, theme.muted)
        return
    _paint_first(painter, slot, [size], y, theme.text)
    meanings = range_texts(face.limit, face.cells.block)
    _paint_first(painter, slot, meanings, y + CAPTION, theme.muted)


def _paint_first(painter: QPainter, slot: Slot, texts: list[str], y: float, color: str) -> None:
    """The first of some texts that there is room for."""
    for text in texts:
        if text_width(text, 10) <= slot.width + _OVERHANG:
            Text(text, slot.middle, y, color, 10, anchor=(0.5, 0.5)).paint(painter)
            return


def _paint_operator(painter: QPainter, slot: Slot, theme: Theme) -> None:
    """A box with words where there is no matrix."""
    factor = slot.piece.factor
    assert factor is not None
    painter.setPen(QPen(QColor(theme.border), 1.0))
    painter.setBrush(QColor(theme.raised))
    painter.drawRoundedRect(QRectF(*slot.tile), 6, 6)
    painter.setPen(QColor(theme.muted))
    painter.setFont(ui_font(10, tabular=False))
    flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
    room = QRectF(*slot.tile.grown(-4))
    fits = (
        text
        for text in (factor.note, _NO_MATRIX)
        if text and room.contains(painter.boundingRect(room, flags, text))
    )
    painter.drawText(room, flags, next(fits, _NO_MATRIX))
