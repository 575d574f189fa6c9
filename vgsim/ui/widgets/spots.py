"""Where a widget shows what: one question that every widget answers for symbols and numbers.

A :class:`SymbolSource` lists its :class:`SymbolSpot` in its own pixels. Pointing at one and
lighting those that belong to what is pointed at elsewhere are then the same everywhere.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QTextDocument, QTextLayout, QTextLine
from PySide6.QtWidgets import QLabel, QWidget

from vgsim.text.glossary import mentions
from vgsim.text.marked import of_mark
from vgsim.text.pointed import Pointed
from vgsim.ui.widgets.frames import PointedFrames
from vgsim.ui.widgets.typeset import typeset

ROOM = 2.0
"""Pixels around a symbol in which it still takes the mouse."""
_TAGS = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class SymbolSpot:
    """A place of a widget and what it shows.

    ``numbers`` says that a tool tip with numbers answers there, too. What is not ``framed`` says
    what it is, and is not lit by what is pointed at elsewhere: the data of a whole plot.
    """

    pointed: Pointed
    box: QRectF
    numbers: bool = False
    framed: bool = True


class SymbolSource:
    """A widget that can tell what it shows where, and frames what is pointed at elsewhere."""

    lights: ClassVar[bool] = True
    """Whether what is pointed at elsewhere is framed here."""
    is_formula: ClassVar[bool] = False
    """Whether this is a formula: where the very symbol is in it, no other of its stage is lit."""
    first: ClassVar[bool] = False
    """Whether the way through the symbols by keyboard begins here, if it is nowhere else."""

    def symbol_spots(self) -> list[SymbolSpot]:
        """What is shown now, in pixels of the widget, in reading order."""
        raise NotImplementedError

    pointed_frames: PointedFrames | None = None
    """What frames over the widget; made when something is framed for the first time."""

    def frame_boxes(self, boxes: Sequence[QRectF]) -> None:
        """Frame these places, and no others."""
        if self.pointed_frames is None and boxes:
            assert isinstance(self, QWidget)  # it is mixed into one
            self.pointed_frames = PointedFrames(self)
        if self.pointed_frames is not None:
            self.pointed_frames.show_boxes(boxes)

    def symbol_in_focus(self) -> Pointed | None:
        """What the keyboard is at, within the widget; None where it has no such place."""
        return None


def spot_under(spots: Iterable[SymbolSpot], where: QPointF) -> SymbolSpot | None:
    """The smallest spot at a place; None where there is none."""
    found: SymbolSpot | None = None
    for spot in spots:
        if spot.box.contains(where) and (found is None or _area(spot) < _area(found)):
            found = spot
    return found


def _area(spot: SymbolSpot) -> float:
    return spot.box.width() * spot.box.height()


def lit_boxes(
    spots: Sequence[SymbolSpot], points: Sequence[Pointed], formula: bool = False
) -> list[QRectF]:
    """Where what is pointed at is shown; in a ``formula`` the very symbol, where it is there."""
    boxes = []
    for point in points:
        lit = [spot for spot in spots if spot.framed and point.lights(spot.pointed)]
        own = [spot for spot in lit if spot.pointed.symbol == point.symbol]
        boxes += [spot.box for spot in (own if formula and own else lit)]
    return boxes


def line_spots(
    text: str, left: float, top: float, height: float, width_of: Callable[[str], float]
) -> list[SymbolSpot]:
    """What a line of text mentions that begins at ``left``; ``width_of`` measures a part of it."""
    spots = []
    for mention in mentions(text):
        start = left + width_of(text[: mention.start])
        end = left + width_of(text[: mention.end])
        box = QRectF(start - ROOM, top, end - start + 2 * ROOM, height)
        spots.append(SymbolSpot(mention.pointed, box))
    return spots


def formula_spots(tex: str, left: float, baseline: float, em: float) -> list[SymbolSpot]:
    """What is marked in a formula that is painted at ``left``, ``em`` pixels an em."""
    spots = []
    for part in typeset(tex).parts:
        box = QRectF(
            left + part.left * em,
            baseline + part.top * em,
            (part.right - part.left) * em,
            (part.bottom - part.top) * em,
        )
        spots.append(SymbolSpot(of_mark(part.mark), box.adjusted(-ROOM, -ROOM, ROOM, ROOM)))
    return spots


def label_spots(label: QLabel) -> list[SymbolSpot]:
    """What a label of plain or rich text mentions, in its own pixels."""
    text = label.text()
    if not text or not label.isVisible():
        return []
    room = QRectF(label.contentsRect())
    rich = label.textFormat() is Qt.TextFormat.RichText
    if not mentions(html.unescape(_TAGS.sub("", text)) if rich else text):
        return []
    document = QTextDocument()
    document.setDocumentMargin(0)
    document.setDefaultFont(label.font())
    if rich:
        document.setHtml(text)
    else:
        document.setPlainText(text)
    if label.wordWrap():
        document.setTextWidth(room.width())
    origin = _origin(label, document, room)
    spots = []
    block = document.begin()
    while block.isValid():
        corner = origin + document.documentLayout().blockBoundingRect(block).topLeft()
        for mention in mentions(block.text()):
            box = _box_of(block.layout(), mention.start, mention.end).translated(corner)
            visible = box.adjusted(-ROOM, 0, ROOM, 0).intersected(room.adjusted(-ROOM, 0, ROOM, 0))
            if not visible.isEmpty():
                spots.append(SymbolSpot(mention.pointed, visible))
        block = block.next()
    return spots


def _origin(label: QLabel, document: QTextDocument, room: QRectF) -> QPointF:
    """Where the text begins, by the alignment of the label."""
    size = document.size()
    alignment = label.alignment()
    margin = label.margin()
    x = room.left() + margin
    if alignment & Qt.AlignmentFlag.AlignRight:
        x = max(room.right() - margin - document.idealWidth(), room.left())
    elif alignment & Qt.AlignmentFlag.AlignHCenter:
        x = max(room.center().x() - document.idealWidth() / 2, room.left())
    y = room.top() + margin
    if alignment & Qt.AlignmentFlag.AlignVCenter:
        y = room.center().y() - size.height() / 2
    elif alignment & Qt.AlignmentFlag.AlignBottom:
        y = room.bottom() - size.height()
    return QPointF(x, y)


def _box_of(layout: QTextLayout, start: int, end: int) -> QRectF:
    """The box of some letters of a paragraph, in its first line that has any of them."""
    line = layout.lineForTextPosition(start)
    if not line.isValid():
        return QRectF()
    end = min(end, line.textStart() + line.textLength())
    left = _across(line, start)
    return QRectF(left, line.y(), _across(line, end) - left, line.height())


def _across(line: QTextLine, letter: int) -> float:
    """Where a letter begins; PySide tells it together with the letter that it is."""
    told: object = line.cursorToX(letter)
    if isinstance(told, tuple):
        told = told[0]
    assert isinstance(told, float)
    return told


def moved(spots: Iterable[SymbolSpot], by: QPoint) -> list[SymbolSpot]:
    """The same spots in the pixels of a widget around."""
    offset = QPointF(by)
    return [replace(spot, box=spot.box.translated(offset)) for spot in spots]
