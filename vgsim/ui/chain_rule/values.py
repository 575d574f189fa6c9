"""The value of one element to the last digit: a frame around its cell, a box beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from vgsim.ui.chain_rule.model.cells import exactly, index_text
from vgsim.ui.chain_rule.model.picture import Slot
from vgsim.ui.chain_rule.tiles import TileFace
from vgsim.ui.plots.layer import Text, text_width
from vgsim.ui.plots.model.geometry import Box
from vgsim.ui.style.theme import Theme
from vgsim.ui.widgets.typeset import paint_formula, typeset

_EM, _LEAST, _PAD = 12.0, 24.0, 8.0


@dataclass(frozen=True, slots=True)
class Spot:
    """One element: which part of the product, and its flat index there."""

    key: str
    at: int


def face_of(faces: Sequence[TileFace], spot: Spot | None) -> TileFace | None:
    """The tile that has the element; None where there is none such now."""
    for face in faces:
        if spot is not None and face.slot.piece.key == spot.key and face.where(spot.at):
            return face
    return None


def spot_at(faces: Sequence[TileFace], where: QPointF) -> Spot | None:
    """The element at a place; None between the tiles."""
    for face in faces:
        cell = face.find(where.x(), where.y())
        if cell is not None:
            return Spot(face.slot.piece.key, int(face.cells.at[cell]))
    return None


def value_text(face: TileFace, spot: Spot) -> str:
    """Index and value, "[2, 5] = −0.3018435102309542"; for how many the cell stands, if many."""
    value = float(face.factor.values.reshape(-1)[spot.at])
    text = f"{index_text(face.factor, spot.at)} = {exactly(value)}"
    rows, columns = face.cells.block
    return text if rows * columns == 1 else f"{text} (largest of {rows} × {columns})"


def paint_value(
    painter: QPainter, theme: Theme, face: TileFace, spot: Spot, pinned: bool, free: Free
) -> None:
    """Frame the cell and write its value where there is room; a pinned one wears the accent."""
    where = face.where(spot.at)
    assert where is not None  # as face_of says
    cell = face.cell(*where)
    painter.setPen(QPen(QColor(theme.accent if pinned else theme.text), 2.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(QRectF(*cell.grown(1)))
    text, tex = value_text(face, spot), face.slot.piece.tex
    name = typeset(tex)
    wide = name.width * _EM + text_width(text, 12, 500) + 2 * _PAD + 4
    high = max(_LEAST, (name.ascent + name.descent) * _EM + _PAD)
    box = free.place(face.slot, cell, (wide, high), pinned)
    painter.setPen(QPen(QColor(theme.accent if pinned else theme.border), 1.0))
    painter.setBrush(QColor(theme.accent_soft if pinned else theme.raised))
    painter.drawRoundedRect(QRectF(*box), 6, 6)
    middle = box.top + box.height / 2
    baseline = middle + (name.ascent - name.descent) * _EM / 2
    paint_formula(painter, tex, box.left + _PAD, baseline, _EM, theme.text)
    left = box.left + _PAD + name.width * _EM + 4
    Text(text, left, middle, theme.text, 12, 500).paint(painter)


class Free:
    """What is left of a widget for value boxes."""

    def __init__(self, bounds: Box) -> None:
        self._bounds = bounds
        self._taken: list[Box] = []

    def place(self, slot: Slot, cell: Box, size: tuple[float, float], stays: bool) -> Box:
        """A box by the cell; of one that stays, where it hides no numbers of its tile."""
        wide, high = size
        left = cell.left + cell.width / 2 - wide / 2
        tops = [cell.bottom + 6, cell.top - high - 6, cell.bottom + high + 10]
        if stays:
            tops = [slot.caption, slot.tile.top - high - 3, *tops]
        places = [Box(left, top, wide, high).within(self._bounds) for top in tops]
        best = next((box for box in places if self._is_free(box, cell)), places[0])
        self._taken.append(best)
        return best

    def _is_free(self, box: Box, cell: Box) -> bool:
        return not box.meets(cell.grown(2)) and not any(map(box.grown(2).meets, self._taken))
