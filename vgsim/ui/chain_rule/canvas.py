"""The painted part of the panel: the product, what it adds up to, and the values one points at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from vgsim.measure.chain_rule.result import Hop, WeightStep
from vgsim.measure.frame import Frame
from vgsim.nn.moments import Phase
from vgsim.text.glossary import meant_by_tex
from vgsim.text.marked import marked
from vgsim.text.pointed import Pointed
from vgsim.text.scale import Scale
from vgsim.ui.chain_rule.model.cells import ABSENT
from vgsim.ui.chain_rule.model.layout import HopPanelLayout, hop_panel_layout
from vgsim.ui.chain_rule.model.picture import HopLayout, Slot, lay_out_hop, padded
from vgsim.ui.chain_rule.model.pieces import Piece, is_gated, pieces
from vgsim.ui.chain_rule.model.words import (
    AHEAD,
    HOP_RULE,
    NO_HOP,
    SUM_RULE,
    edge_at,
    known_of_hop,
    path_labels,
    spoken,
    update_hop,
)
from vgsim.ui.chain_rule.side import (
    Free,
    SidePainter,
    Spot,
    elided,
    face_of,
    paint_foot,
    paint_side,
    paint_value,
    spot_at,
    value_text,
)
from vgsim.ui.chain_rule.tiles import TileFace, make_face, paint_tiles
from vgsim.ui.plots.layer import Sentence, text_width
from vgsim.ui.plots.model.geometry import Box
from vgsim.ui.style.theme import Theme
from vgsim.ui.widgets.spots import SymbolSource, SymbolSpot, formula_spots
from vgsim.ui.widgets.typeset import typeset


def first_spot(faces: Sequence[TileFace]) -> Spot | None:
    """Where the cursor begins: in the first factor right of "="."""
    if faces:
        return _spot(faces[min(1, len(faces) - 1)], 0, 0)
    return None


def moved(faces: Sequence[TileFace], spot: Spot, down: int, across: int) -> Spot:
    """The spot one cell further; beyond the edge of a tile it is in the next one."""
    face = face_of(faces, spot)
    if face is None:
        return first_spot(faces) or spot
    row, column = face.where(spot.at) or (0, 0)
    rows, columns = face.grid
    if columns > 1 and face.cells.at[0, columns - 1] == ABSENT:
        return _along(faces, face, row + down + across, across)
    row = min(max(row + down, 0), rows - 1)
    column = column + across
    if 0 <= column < columns:
        return _spot(face, row, column)
    return _beside(faces, face, row, across)


def _along(faces: Sequence[TileFace], face: TileFace, at: int, across: int) -> Spot:
    """Along a diagonal, which has no cells beside it."""
    last = face.grid[0] - 1
    if 0 <= at <= last or not across:
        at = min(max(at, 0), last)
        return _spot(face, at, at)
    return _beside(faces, face, min(max(at, 0), last), across)


def _beside(faces: Sequence[TileFace], face: TileFace, row: int, across: int) -> Spot:
    """The nearest cell of the tile beside ``face``, or of itself at the end of the product."""
    here = list(faces).index(face)
    at = min(max(here + across, 0), len(faces) - 1)
    rows, columns = faces[at].grid
    first = (across > 0) == (at != here)
    row = min(row, rows - 1)
    column = 0 if first else columns - 1
    if faces[at].cells.at[row, column] == ABSENT:
        row = column = 0 if first else rows - 1
    return _spot(faces[at], row, column)


def _spot(face: TileFace, row: int, column: int) -> Spot:
    return Spot(face.slot.piece.key, int(face.cells.at[row, column]))


_ARROWS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
_RULE_EM, _LEAST_RULE_EM, _LARGE = 22.0, 14.0, 15.0
_RULE_GAP, _LINE = 10.0, 20.0
"""Between the rule that will stand here and the words under it, and height of one line of them."""
_NOTHING = Piece("")
_KEPT = 32
"""Layouts that are kept: a pass has a few, which come again with every pass."""
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_BY_KEYBOARD = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)


class HopCanvas(QWidget, SymbolSource):
    """Paints a hop, and the values of the elements that are pointed at or pinned."""

    pinned = Signal(object)
    """The :class:`vgsim.measure.request.Focus` of a weight that was pinned."""

    def __init__(self, theme: Theme, scale: Scale, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._scale = theme, scale
        self.still = False
        self._frame: Frame | None = None
        self._hop: Hop | None = None
        self._layout = HopLayout((), 12.0)
        self._layouts: dict[object, HopLayout] = {}
        self._faces: list[TileFace | None] = []
        self._hover: Spot | None = None
        self._cursor: Spot | None = None
        self._pin: Spot | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, not theme.see_through)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Chain rule")
        self._describe()

    @property
    def hop(self) -> Hop | None:
        """What is shown; the update of one weight as a hop where that is what happens."""
        return self._hop

    @property
    def pin(self) -> Spot | None:
        """The element whose value stays."""
        return self._pin

    @property
    def faces(self) -> list[TileFace]:
        """The tiles, from left to right."""
        return [face for face in self._faces if face is not None]

    def words(self) -> list[str]:
        """What the value boxes say, that of the pinned element first."""
        return [value_text(face, spot) for face, spot in self._boxed()]

    def sizeHint(self) -> QSize:
        """Room for an 8 × 8 matrix with its figures."""
        return QSize(900, 240)

    def minimumSizeHint(self) -> QSize:
        """The least at which shades can be told apart."""
        return QSize(420, 140)

    def set_theme(self, theme: Theme) -> None:
        """Paint in other colors."""
        self._theme = theme
        self._refresh()

    def set_frame(self, frame: Frame | None) -> None:
        """Show the hop of ``frame``, or a sentence."""
        self._frame = frame
        self._hop = _hop_of(frame) if frame is not None else None
        self._refresh()
        self._describe()

    is_formula = True

    def symbol_spots(self) -> list[SymbolSpot]:
        """The symbols above the tiles, every tile as a whole, the product so far, the update."""
        hop = self._hop
        if hop is None or self._frame is None:
            return []
        spots = []
        for slot in self._layout.slots:
            spots += _slot_spots(slot, self._layout.em)
        layout = self._layout_of_panel()
        spots.append(SymbolSpot(Pointed("product"), QRectF(*layout.side)))
        if layout.foot.height:
            spots.append(SymbolSpot(Pointed("update"), QRectF(*layout.foot)))
        return spots

    def symbol_in_focus(self) -> Pointed | None:
        """What the tile with the cursor is."""
        face = face_of(self.faces, self._cursor or self._pin)
        if face is None:
            return None
        return meant_by_tex(face.slot.piece.tex)

    def _refresh(self) -> None:
        """Lay out where shapes or sizes are new, then look at the values."""
        self._faces = []
        if self._hop is not None:
            self._lay_out(self._hop)
            slots = self._layout.slots
            self._faces = [make_face(slot, self._theme, self._scale) for slot in slots]
        self.update()

    def _lay_out(self, hop: Hop) -> None:
        parts = pieces(hop)
        digits = len(str(max(len(hop.so_far), hop.stage)))
        shapes = tuple(
            (padded(part.tex, digits), part.factor and (part.factor.kind, part.factor.values.shape))
            for part in parts
        )
        form = shapes, is_gated(hop), (self.width(), self.height())
        if form not in self._layouts:
            if len(self._layouts) >= _KEPT:
                self._layouts.clear()
            found = lay_out_hop(hop, self._layout_of_panel().product, _measure, digits)
            empty = tuple(replace(slot, piece=_NOTHING) for slot in found.slots)
            self._layouts[form] = replace(found, slots=empty)  # no matrices are kept
        layout = self._layouts[form]
        pairs = zip(layout.slots, parts, strict=True)
        slots = tuple(replace(slot, piece=part) for slot, part in pairs)
        self._layout = replace(layout, slots=slots)

    def _layout_of_panel(self) -> HopPanelLayout:
        return hop_panel_layout(self.width(), self.height())

    def _boxed(self) -> list[tuple[TileFace, Spot]]:
        """Tiles and elements whose values are written out: the pinned one first."""
        spots = dict.fromkeys((self._pin, self._hover or self._cursor))
        found = [(face_of(self.faces, spot), spot) for spot in spots]
        return [(face, spot) for face, spot in found if face is not None and spot is not None]

    def _toggle(self, spot: Spot | None) -> None:
        """Pin an element, or let it go when it is the pinned one."""
        if spot is None:
            return
        self._pin = None if spot == self._pin else spot
        face = face_of(self.faces, self._pin)
        if face is not None and self._hop is not None and self._frame is not None:
            focus = edge_at(self._hop, self._frame, face.slot.piece, spot.at)
            if focus is not None:
                self.pinned.emit(focus)
        self._show_values()

    def _show_values(self) -> None:
        self._describe()
        self.update()

    def _describe(self) -> None:
        """Say in words what is seen."""
        hop, frame = self._hop, self._frame
        if hop is None or frame is None:
            known = known_of_hop(frame) if frame is not None else ()
            said = ". ".join(known) or NO_HOP.said(self.still)
        else:
            said = spoken(hop, frame)
        text = ". ".join([said, *self.words()])
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay everything out anew."""
        self._refresh()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show the value under the mouse."""
        self._point_at(spot_at(self.faces, event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Forget the mouse."""
        self._point_at(None)

    def _point_at(self, spot: Spot | None) -> None:
        if spot != self._hover:
            self._hover = spot
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pin what is under the mouse, or let it go."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._toggle(spot_at(self.faces, event.position()))

    def event(self, event: QEvent) -> bool:
        """Keep the keys of the cell cursor from the shortcuts of the window, which step."""
        override = event.type() is QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and self._takes(event.key()):
            event.accept()
            return True
        return super().event(event)

    def _takes(self, key: int) -> bool:
        if key == Qt.Key.Key_Escape:
            return self._pin is not None
        return self._cursor is not None and (key in _ARROWS or key in _ENTER)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the cell cursor, Enter pins, Escape lets go."""
        if not self._takes(event.key()):
            super().keyPressEvent(event)
        elif event.key() == Qt.Key.Key_Escape:
            self._toggle(self._pin)
        elif event.key() in _ENTER:
            self._toggle(self._cursor)
        elif self._cursor is not None:
            self._cursor = moved(self.faces, self._cursor, *_ARROWS[Qt.Key(event.key())])
            self._hover = None
            self._show_values()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The cursor begins at the pinned element, or in the first factor."""
        if event.reason() in _BY_KEYBOARD:
            if face_of(self.faces, self._pin):
                pinned = self._pin
            else:
                pinned = None
            self._cursor = pinned or first_spot(self.faces)
            self._hover = None
        self._show_values()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """No cursor without the keyboard."""
        self._cursor = None
        self._show_values()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint everything."""
        painter = QPainter(self)
        try:
            if not self._theme.see_through:
                # one pixel beyond, and sharp: at a fractional scale the last pixels are half
                # covered, and behind an opaque widget there is nothing but black
                painter.fillRect(self.rect().adjusted(-1, -1, 1, 1), QColor(self._theme.surface))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)
            if self._hop is None or self._frame is None:
                self._paint_start(painter)
            else:
                self._paint_hop(painter, self._hop, self._frame)
        finally:
            painter.end()

    def _paint_start(self, painter: QPainter) -> None:
        """What will stand here, as long as there is nothing to multiply.

        The rule is as large as fits above the words; where it would be too small they stand alone.
        """
        look = SidePainter(painter, self._theme, self._scale)
        known = known_of_hop(self._frame) if self._frame is not None else ()
        lines = known or (AHEAD, NO_HOP.what if self.still else NO_HOP.hint)
        rule = SUM_RULE if known else HOP_RULE
        shape = typeset(rule)
        tall = shape.ascent + shape.descent
        words = _RULE_GAP + _LINE * len(lines)
        em = min(_RULE_EM, (self.height() - 8 - words) / tall, (self.width() - 24) / shape.width)
        if self._frame is None or em < _LEAST_RULE_EM:
            room = Box(12, 0, self.width() - 24, self.height())
            said = "\n".join(known) or NO_HOP.said(self.still)
            Sentence(said, room, self._theme.muted).paint(painter)
            return
        top = (self.height() - words - tall * em) / 2
        look.formula(rule, (self.width() - shape.width * em) / 2, top + tall * em / 2, em)
        for row, text in enumerate(lines):
            y = top + tall * em + _RULE_GAP + _LINE * (row + 0.5)
            color = self._theme.text if row == 1 and known else self._theme.muted
            x = max((self.width() - text_width(text, 12)) / 2, 8.0)
            elided(look, text, x, y, self.width() - 8.0, color)

    def _paint_hop(self, painter: QPainter, hop: Hop, frame: Frame) -> None:
        look = SidePainter(painter, self._theme, self._scale, self.still)
        layout = self._layout_of_panel()
        paint_tiles(painter, self._layout, self._faces, self._theme)
        size = 13 if self._layout.em >= _LARGE else 11
        for box, text in zip(self._layout.labels, path_labels(hop), strict=False):
            look.write(text, box.left, box.top + box.height / 2 - 2, size=size, weight=600)
        paint_side(look, hop, layout.side)
        if layout.foot.height:
            step = frame.measurement(WeightStep)
            optimizer = frame.subject.optimizer
            paint_foot(look, step, optimizer, hop.note, layout.foot)
        free = Free(Box(2, 2, self.width() - 4, self.height() - 4))
        for face, spot in self._boxed():
            paint_value(painter, self._theme, face, spot, spot == self._pin, free)
        if self._cursor is not None:
            painter.setPen(QPen(QColor(self._theme.accent), 1.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)


def _hop_of(frame: Frame) -> Hop | None:
    """The hop of a frame; the update has none, but a weight that it changes."""
    step = frame.measurement(WeightStep)
    if frame.moment.phase is Phase.UPDATE and step is not None:
        return update_hop(step, frame)
    return frame.measurement(Hop)


def _slot_spots(slot: Slot, em: float) -> list[SymbolSpot]:
    """The symbols of a piece of the product, and its tile."""
    tex = marked(slot.piece.tex)
    left = slot.middle - typeset(slot.piece.tex).width * em / 2
    spots = formula_spots(tex, left, slot.baseline, em)
    whole = meant_by_tex(slot.piece.tex)
    if slot.piece.factor is not None and whole is not None:
        spots.append(SymbolSpot(whole, QRectF(*slot.tile.grown(2)), numbers=True))
    return spots


def _measure(tex: str) -> tuple[float, float, float]:
    formula = typeset(tex)
    return formula.width, formula.ascent, formula.descent
