"""What a hop adds up to: the product so far, the ways through a gated cell, the picked weight."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen

from vgsim.core.numbers import decade, plain
from vgsim.measure.chain_rule.result import Hop, WeightStep
from vgsim.text.scale import SHADES, Scale
from vgsim.ui.chain_rule.model.cells import bound, exactly, index_text, shades
from vgsim.ui.chain_rule.model.picture import Slot
from vgsim.ui.chain_rule.model.words import (
    BARS,
    LOSS_BARS,
    NO_BARS,
    NO_WEIGHT,
    carry_text,
    product_tex,
    so_far,
    this_hop,
    times,
    weight_rule,
    weight_text,
    whose_text,
)
from vgsim.ui.chain_rule.tiles import TileFace, packed
from vgsim.ui.plots.layer import Lines, Sentence, Text, line_height, text_width
from vgsim.ui.plots.model.geometry import Area, Box
from vgsim.ui.style.application import ui_font
from vgsim.ui.style.theme import Theme, mix
from vgsim.ui.widgets.typeset import paint_formula, typeset

_EM = 12.0
_LEAST = 24.0
_PAD = 8.0


@dataclass(frozen=True, slots=True)
class Spot:
    """One element: which part of the product, and its flat index there."""

    key: str
    at: int


def face_of(faces: Sequence[TileFace], spot: Spot | None) -> TileFace | None:
    """The tile that has the element; None where no tile has it now."""
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
    if rows * columns == 1:
        return text
    return f"{text} (largest of {rows} × {columns})"


def paint_value(
    painter: QPainter, theme: Theme, face: TileFace, spot: Spot, pinned: bool, free: Free
) -> None:
    """Frame the cell and write its value where there is room; a pinned one has the accent color."""
    where = face.where(spot.at)
    assert where is not None  # as face_of says
    cell = face.cell(*where)
    painter.setPen(QPen(QColor(theme.accent if pinned else theme.text), 2.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(QRectF(*cell.grown(1)))
    text = value_text(face, spot)
    tex = face.slot.piece.tex
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


Floats = NDArray[np.float64]

_BEGINS = "the product begins at the loss", "it begins at the loss"
_LINE = 17.0
_GATE_LINE = 15.0
_PRODUCT = 36.0
_LEAST_BARS = 26.0
_MOST_BARS = 320.0
_AXIS = 30.0
_TITLE = 18.0
_NAMES = 17.0
_TITLED = 72.0
_NAME_EM = 12.0
_RULED = 490.0
_RAMP = 44.0
_SENTENCE = 430.0
_LEAST_NOTE = 90.0


@dataclass(frozen=True, slots=True)
class SidePainter:
    """What everything here is painted with."""

    painter: QPainter
    theme: Theme
    scale: Scale
    still: bool = False
    """Lines that do not fit whole are left out: there is no way to enlarge them."""

    def write(
        self, text: str, x: float, y: float, color: str = "", size: int = 12, *,
        weight: int = 400, right: bool = False,
    ) -> None:  # fmt: skip
        """A text whose middle is on the height ``y``."""
        mark = Text(text, x, y, color or self.theme.text, size, weight, (float(right), 0.5))
        mark.paint(self.painter)

    def formula(self, tex: str, x: float, y: float, em: float, color: str = "") -> float:
        """A formula whose middle is on the height ``y``; returns its right end."""
        found = typeset(tex)
        baseline = y + (found.ascent - found.descent) * em / 2
        paint_formula(self.painter, tex, x, baseline, em, color or self.theme.text)
        return x + found.width * em

    def strip(self, values: Floats, box: Box, limit: float | None) -> None:
        """A row of cells."""
        index = shades(np.asarray(values, np.float64).reshape(1, -1), limit, self.scale)
        pixels = np.ascontiguousarray(packed(self.theme, limit is None)[index])
        wide = pixels.shape[1]
        image = QImage(pixels.data, wide, 1, 4 * wide, QImage.Format.Format_RGB32)
        self.painter.drawImage(QRectF(*box), image.scaled(wide * 8, 8))
        self.outline(box)

    def outline(self, box: Box) -> None:
        """A hairline around a box."""
        self.painter.setPen(QColor(self.theme.border))
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.drawRect(QRectF(*box))


def paint_side(look: SidePainter, hop: Hop, room: Box) -> None:
    """Product so far, its way as bars, carry factors, gates: from the top, as far as they go."""
    _paint_product(look, hop, room)
    carry = carry_text(hop)
    gates = hop.gates
    below = (_LINE if carry else 0.0) + _GATE_LINE * len(gates)
    free = room.height - _PRODUCT - below - 4
    y = room.top + _PRODUCT
    if free >= _LEAST_BARS:
        bars = Box(room.left, y, room.width, min(free, _MOST_BARS))
        _paint_bars(look, hop, bars)
        y = bars.bottom + 4
    start = max([14.0, *(typeset(name).width * 13 for name, _ in gates)]) + 6
    for number, (name, values) in enumerate(gates):
        line = y + _GATE_LINE * (number + 0.5)
        if line + _GATE_LINE / 2 <= room.bottom + 1:
            _paint_gate(look, name, values, room, line, start)
    y += _GATE_LINE * len(gates)
    if carry and y + _LINE <= room.bottom + 1:
        look.write(carry, room.left, y + _LINE / 2, size=12, weight=500)


def _paint_product(look: SidePainter, hop: Hop, room: Box) -> None:
    """The ratio, and its number; in words what is missing."""
    middle = room.top + _PRODUCT / 2 - 2
    value = so_far(hop)
    if math.isnan(value):
        return
    x = look.formula(product_tex(hop), room.left, middle, 13.0)
    x = look.formula("=", x + 6, middle, 13.0) + 6
    whose = whose_text(hop)
    _paint_factor(look, times(value), whose, x, middle, 600)
    x += max(text_width(times(value), 15, 600), text_width(whose, 10)) + 14
    if not math.isnan(this_hop(hop)) and x + text_width("this hop", 10) <= room.right:
        _paint_factor(look, times(this_hop(hop)), "this hop", x, middle, 400)


def _paint_factor(
    look: SidePainter, text: str, name: str, x: float, middle: float, weight: int
) -> None:
    """A factor, and below it what it is."""
    look.write(text, x, middle - 5, size=15 if weight > 400 else 13, weight=weight)
    look.write(name, x, middle + 11, look.theme.muted, 10)


def _paint_bars(look: SidePainter, hop: Hop, box: Box) -> None:
    """A bar a stage, from ×1 to the product there, on the fixed decades."""
    if np.isnan(hop.so_far).all():
        Sentence(NO_BARS if hop.stage else LOSS_BARS, box, look.theme.muted).paint(look.painter)
        return
    low = look.scale.low
    high = look.scale.high
    titled = box.height >= _TITLED
    if titled:
        elided(look, BARS, box.left, box.top + 6, box.right, look.theme.muted, size=10)
    top, foot = (max(_TITLE, 6 + line_height(10)), _NAMES) if titled else (5.0, 5.0)
    data = Box(box.left + _AXIS, box.top + top, box.width - _AXIS, box.height - top - foot)
    area = Area(data, (0.5, max(len(hop.so_far), 1) + 0.5), (low, high))
    beyond = bool((np.nan_to_num(hop.so_far, nan=0.0) > 10.0**high).any())
    _paint_decades(look, area, (low, high), beyond)
    place = np.clip(look.scale.fraction(hop.so_far) * (high - low) + low, low, high)
    every = -(-len(place) // max(int(data.width), 1))  # no more bars than pixels
    passed = QColor(mix(look.theme.surface, look.theme.muted, 0.55))
    for stage in range(every, len(place) + 1, every):
        _paint_bar(look.painter, area, stage, float(place[stage - 1]), passed)
    if 1 <= hop.stage <= len(place):
        at = float(place[hop.stage - 1])
        _paint_bar(look.painter, area, hop.stage, at, QColor(look.theme.accent))
    if titled:
        _paint_names(look, hop, area, data.bottom + _NAMES / 2 + 1)


def _paint_decades(look: SidePainter, area: Area, ends: tuple[float, float], beyond: bool) -> None:
    """×1, and as many decades below it as have room; the top one when bars go ``beyond`` it."""
    low, high = ends
    a_decade = area.box.height / (high - low)
    every = next((step for step in (1, 2, 4) if step * a_decade >= 14), 8)
    if a_decade >= (10 if beyond else 14):
        top = [int(high)]
    else:
        top = []
    for exponent in (*range(0, int(low) - 1, -every), *top):
        y = float(area.down(exponent))
        if exponent == 0:
            color = look.theme.border
        else:
            color = look.theme.grid
        line = Lines([(area.box.left, round(y) + 0.5, area.box.right, round(y) + 0.5)], color)
        line.paint(look.painter)
        label = decade(exponent) if exponent else "×1"
        label = f"≥{label}" if beyond and exponent == high else label
        look.write(label, area.box.left - 5, y, look.theme.muted, 10, right=True)


def _paint_names(look: SidePainter, hop: Hop, area: Area, y: float) -> None:
    """The first stage, the present one and the last, as far as they keep apart."""
    ends: list[tuple[float, float]] = []
    for stage in dict.fromkeys((hop.stage, len(hop.so_far), 1)):
        name = rf"h_{{{stage}}}"
        wide = typeset(name).width * _NAME_EM
        middle = min(max(float(area.across(stage)), area.box.left), area.box.right - wide / 2)
        left = middle - wide / 2
        if stage < 1 or any(left < end + 5 and start < left + wide + 5 for start, end in ends):
            continue
        if stage == hop.stage:
            color = look.theme.accent
        else:
            color = look.theme.muted
        look.formula(name, left, y, _NAME_EM, color)
        ends.append((left, left + wide))


def _paint_bar(painter: QPainter, area: Area, stage: int, at: float, color: QColor) -> None:
    """One bar; a dot where nothing has come yet."""
    step = area.box.width / (area.x[1] - area.x[0])
    middle = float(area.across(stage))
    one = float(area.down(0))
    if math.isnan(at):
        painter.fillRect(QRectF(middle - 0.75, one - 0.75, 1.5, 1.5), color)
        return
    wide = max(min(step - 2, 14.0), min(step, 1.0))
    end = float(area.down(at))
    bar = QRectF(middle - wide / 2, min(end, one), wide, max(abs(end - one), 1.5))
    painter.fillRect(bar, color)


def _paint_gate(
    look: SidePainter, name: str, values: Floats, room: Box, y: float, start: float
) -> None:
    """The units of one gate as a strip, its mean at the right."""
    look.formula(name, room.left, y, 13.0)
    left = round(room.left + start)
    right = round(room.right - 48)
    mean = float(np.mean(values)) if values.size else math.nan
    if values.size and right - left > 8:
        look.strip(values, Box(left, round(y - 5), right - left, 10), bound(values, 1.0))
    look.write(plain(mean, 2), room.right, y, look.theme.muted, 11, right=True)


def paint_foot(
    look: SidePainter, step: WeightStep | None, optimizer: str, note: str, room: Box
) -> None:
    """The update of the picked weight at the left, what the shades mean at the right."""
    middle = room.top + room.height / 2
    rule = weight_rule(step, optimizer)
    least = room.left + max(room.width * 0.62, _SENTENCE)
    right = _paint_legend(look, room.right, middle, least) - 16
    text = weight_text(step, rule) if step is not None else ""
    x = room.left
    if room.width >= _RULED or step is None:  # numbers come before the rule
        x = look.formula(rule, room.left, middle, 14.0) + 14
    if step is None:
        nothing = "" if look.still else NO_WEIGHT
        elided(look, note or nothing, x, middle, right, look.theme.muted)
        return
    start = x + typeset(f"{step.name}:").width * 14.0 + 6
    if look.still and start + text_width(text, 12, 500) > right:
        return
    x = look.formula(f"{step.name}:", x, middle, 14.0) + 6
    elided(look, text, x, middle, right, look.theme.text, 500)
    x += text_width(text, 12, 500) + 20
    if note and right - x > _LEAST_NOTE:
        elided(look, note, x, middle, right, look.theme.muted)


def elided(
    look: SidePainter, text: str, x: float, y: float, right: float, color: str, weight: int = 400,
    size: int = 12,
) -> None:  # fmt: skip
    """A text that ends in "…" where it would go beyond ``right``."""
    if text_width(text, size, weight) > right - x:
        if look.still:
            return
        metrics = QFontMetricsF(ui_font(size, weight))
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(right - x, 0))
    look.write(text, x, y, color, size, weight=weight)


def _paint_legend(look: SidePainter, right: float, y: float, least: float) -> float:
    """Both maps with their ends, as far as there is room; returns the left end."""
    low = decade(look.scale.low)
    high = decade(look.scale.high)
    for signal, before, after in ((False, "other  −", "+"), (True, f"gradient  {low}", high)):
        ends = [text_width(text, 10) for text in (before, after)]
        left = right - sum(ends) - _RAMP - 8
        if left < least:
            break
        look.write(before, left, y, look.theme.muted, 10)
        look.write(after, right, y, look.theme.muted, 10, right=True)
        box = Box(round(left + ends[0] + 4), round(y - 4), _RAMP, 8)
        _paint_ramp(look, signal, box)
        right = left - 16
    return right


def _paint_ramp(look: SidePainter, signal: bool, box: Box) -> None:
    columns = np.linspace(0, SHADES - 1, int(box.width)).round().astype(int)
    pixels = np.ascontiguousarray(packed(look.theme, signal)[columns].reshape(1, -1))
    image = QImage(pixels.data, len(columns), 1, 4 * len(columns), QImage.Format.Format_RGB32)
    look.painter.drawImage(QRectF(*box), image)
    look.outline(box)
