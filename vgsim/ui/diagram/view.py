"""The diagram widget: one scene the size of the view, laid out anew when that changes."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsScene,
    QGraphicsView,
    QScrollBar,
    QToolTip,
    QWidget,
)

from vgsim.measure.frame import Frame
from vgsim.measure.request import Focus
from vgsim.text.inspection import HINT, TAB_HINT, as_html, focus_title, tip
from vgsim.text.moments import shown_inputs
from vgsim.text.pointed import Pointed
from vgsim.text.scale import Scale
from vgsim.ui.diagram.bands import ArcPart, BandPart, HeadPart, PartNames, head_box
from vgsim.ui.diagram.edges import EdgePart
from vgsim.ui.diagram.items import (
    BarPart,
    FramePart,
    InputPart,
    LabelPart,
    Scene,
)
from vgsim.ui.diagram.marks import DiagramMark, HintPart, RingPart
from vgsim.ui.diagram.model.changes import changed_span
from vgsim.ui.diagram.model.folding import Band, FoldColumn, column_at
from vgsim.ui.diagram.model.folds import Folds
from vgsim.ui.diagram.model.geometry import lay_out, room_for
from vgsim.ui.diagram.model.picking import Move, Shape, neighbor, pick, strongest_input
from vgsim.ui.diagram.model.picture import Picture, column_widths, picture
from vgsim.ui.diagram.model.plan import COLUMN, ColumnPlan
from vgsim.ui.diagram.model.symbols import diagram_spots, of_stages
from vgsim.ui.diagram.model.words import band_words, column_words
from vgsim.ui.diagram.nodes import NodePart
from vgsim.ui.diagram.paint import DiagramPalette, rectangle
from vgsim.ui.pacing import FULL, STILL_MS, Due
from vgsim.ui.style.theme import Theme
from vgsim.ui.widgets.spots import SymbolSource, SymbolSpot
from vgsim.ui.widgets.text import LiveTip

BAR_HIGH = 9
"""Height of the scroll bar."""
MOVES = {
    Qt.Key.Key_Left: Move.LEFT,
    Qt.Key.Key_Right: Move.RIGHT,
    Qt.Key.Key_Up: Move.UP,
    Qt.Key.Key_Down: Move.DOWN,
    Qt.Key.Key_Return: Move.DEEPER,
    Qt.Key.Key_Enter: Move.DEEPER,
    Qt.Key.Key_Escape: Move.BACK,
    Qt.Key.Key_Backspace: Move.BACK,
}
"""What the keys do while one inspects with them."""
_PAD = Qt.KeyboardModifier.KeypadModifier
_BEGIN = (Qt.Key.Key_I, Qt.Key.Key_Return, Qt.Key.Key_Enter)
_BY_KEYBOARD = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
_PASSING = (
    Qt.FocusReason.ActiveWindowFocusReason,
    Qt.FocusReason.PopupFocusReason,
    Qt.FocusReason.MenuBarFocusReason,
)
"""Why the keyboard may be elsewhere for a moment, and comes back."""


class DiagramView(QGraphicsView, SymbolSource):
    """The network of one frame, every node shaded by the RMS of its ∂J/∂h.

    ``picked`` tells the :class:`Focus` that the user has picked, by mouse or by key, and None
    when they picked empty space. It is marked at once; :meth:`set_focus` marks without emitting.
    """

    picked = Signal(object)
    opened = Signal()
    """What is picked was asked for by a double click, or inspecting by keyboard began."""
    folded = Signal()
    """Groups were folded or opened, by the user or as the room has changed."""

    def __init__(self, theme: Theme, scale: Scale, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.MinimalViewportUpdate)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setRenderHint(QPainter.RenderHint.LosslessImageRendering)  # else a PDF has JPEG
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("Network diagram")
        self.setMinimumSize(420, 186)
        self._frame: Frame | None = None
        self._state = Scene(DiagramPalette(theme), scale, lay_out(600, 400, 1, [1]))
        self._edges = EdgePart(self._state)
        self._parts = (
            BandPart(self._state),
            self._edges,
            InputPart(self._state),
            NodePart(self._state),
            HeadPart(self._state),
            PartNames(self._state),
            ArcPart(self._state),
            LabelPart(self._state),
            FramePart(self._state),
            BarPart(self._state),
        )
        self._hover = DiagramMark(self._state, "muted", 1.4, halo=False)
        self._pick = DiagramMark(self._state, "accent", 2.4, halo=True)
        self._hint, self._ring = HintPart(self._state), RingPart(self._state)
        self._focus: Focus | None = None
        self._folds = Folds()
        self._bar = QScrollBar(Qt.Orientation.Horizontal, self)
        self._bar.setAccessibleName("Columns of the network that are shown")
        self._bar.valueChanged.connect(self._scroll_to)
        self._bar.hide()
        self._inspecting = False
        self._pickable = True
        self._with_bar = True
        self._under: Focus | None = None
        self._tip = LiveTip(self.viewport(), self._tip_at)
        self._scene = QGraphicsScene(self)
        self._scene.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        for part in (*self._parts, self._hover, self._pick, self._hint, self._ring):
            self._scene.addItem(part)
        self.setScene(self._scene)
        self._still = QTimer(self, singleShot=True, interval=STILL_MS)
        self._still.timeout.connect(self._stand_still)
        self.set_theme(theme)

    @property
    def draws_edges(self) -> bool:
        """Whether the network is small enough for its edges to be drawn."""
        return self._state.picture is not None and bool(self._state.picture.gaps)

    @property
    def focus(self) -> Focus | None:
        """What is picked."""
        return self._focus

    @property
    def inspecting(self) -> bool:
        """Whether the arrow keys move the pick."""
        return self._inspecting

    def sizeHint(self) -> QSize:
        """Room for six stages of eight units."""
        return QSize(900, 380)

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._state.palette = DiagramPalette(theme)
        self.setBackgroundBrush(self._state.palette.ground)
        for part in self._parts:
            part.resized()
        self.viewport().update()

    def show_bar(self, shown: bool) -> None:
        """Draw the color bar, or leave it to what stands beside this diagram."""
        if shown is not self._with_bar:
            self._with_bar = shown
            self._relayout()
            self.viewport().update()

    def only_read(self) -> None:
        """Show and tell, but let nothing be picked: what is looked into is of another network."""
        self._pickable = False
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def set_frame(self, frame: Frame | None, due: Due = FULL) -> None:
        """Show ``frame``, as much of it as is due."""
        before = self._frame
        self._frame = frame
        shown = self._state.picture
        alike = frame is not None and before is not None and _shape(before) == _shape(frame)
        if frame is not None and not alike:
            self._folds.show(frame.subject, frame.stages)
            self._relayout()
        else:
            self._renew_picture()
        if frame is not None and alike:
            self._follow(frame)
        elif frame is not None and self.focus and not self._stages.holds(self.focus):
            self._choose(None)
        self._edges.due = due
        if not due.in_full:
            self._still.start()
        self._update_changes(shown if alike else None)
        self._tip.refresh()

    def _update_changes(self, before: Picture | None) -> None:
        """Have painted what is not as in ``before``, which is on the screen; without it, all."""
        after = self._state.picture
        geometry = self._state.geometry
        if before is None or after is None:
            self.viewport().update()
            return
        span = changed_span(geometry, before, after)
        if span is not None:
            left = math.floor(span[0])
            right = math.ceil(span[1])
            self.viewport().update(left, 0, right - left, self.viewport().height())

    def _renew_picture(self) -> None:
        """The shades and numbers of the columns that are shown."""
        if self._frame is None or self._state.plan is None:
            self._state.picture = None
        else:
            columns = self._state.plan.columns
            self._state.picture = picture(self._frame, self._state.scale, columns)

    @property
    def columns(self) -> tuple[FoldColumn, ...]:
        """All columns, also those out of sight; none before there is a frame."""
        return self._state.plan.whole if self._state.plan is not None else ()

    @property
    def folds(self) -> Folds:
        """Which groups are open."""
        return self._folds

    def open_groups(self, opened: frozenset[str] | None) -> None:
        """Open these groups and fold all others; None opens as many as have room."""
        if self._frame is None or opened == self._folds.opened:
            return
        self._folds.opened = opened
        self._refold()

    def fold_all(self) -> None:
        """Every outermost group is one column."""
        self.open_groups(frozenset())

    def open_all(self) -> None:
        """Every stage is a column."""
        self.open_groups(self._folds.groups)

    def toggle_group(self, group: str) -> None:
        """Fold a group that is open, open one that is folded."""
        self.open_groups(self._folds.toggled(group, self._room))

    def fold_here(self) -> None:
        """Fold the group around what is picked, or around the moment's stage."""
        self.open_groups(self._folds.folded_at(self._here, self._room))

    def open_here(self) -> None:
        """Open the group that is picked, or that of the moment's stage."""
        self.open_groups(self._folds.opened_at(self._here, self._room))

    @property
    def _here(self) -> int:
        if self.focus is not None:
            return self.focus.stage
        if self._frame is None:
            return 0
        return self._frame.moment.stage or self._frame.stages

    @property
    def _room(self) -> int:
        """How many columns have room."""
        return room_for(self.viewport().width(), self._with_bar, COLUMN)

    def _refold(self) -> None:
        """Lay out the columns that there are now, with what is picked in sight."""
        self._relayout()
        if self.focus is not None:
            self._show_stage(self.focus.stage)
        self.viewport().update()
        self._tip.refresh()

    def _follow(self, frame: Frame) -> None:
        """Keep the stage of the moment in sight where not all columns have room."""
        plan = self._state.plan
        if plan is not None and (plan.before or plan.after) and frame.moment.stage:
            self._show_stage(frame.moment.stage)

    def _show_stage(self, stage: int) -> None:
        """Scroll as little as brings ``stage`` into sight."""
        plan = self._state.plan
        if plan is None:
            return
        at = column_at(plan.whole, stage) - 1
        if at < 0:
            return
        if at < plan.start:
            self._scroll_to(at)
        elif at >= plan.start + len(plan.columns):
            self._scroll_to(at - len(plan.columns) + 1)

    @Slot(int)
    def _scroll_to(self, start: int) -> None:
        plan = self._state.plan
        if plan is not None and start != plan.start:
            self._folds.start = start
            self._relayout()
            self.viewport().update()

    def _place_bar(self, plan: ColumnPlan) -> None:
        """The scroll bar below the columns, where they are more than have room."""
        count = len(plan.columns)
        self._bar.setVisible(len(plan.whole) > count)
        self._bar.blockSignals(True)
        self._bar.setRange(0, len(plan.whole) - count)
        self._bar.setPageStep(count)
        self._bar.setValue(plan.start)
        self._bar.blockSignals(False)
        wide = max(self.viewport().width() - 160, 60)
        self._bar.setGeometry(16, self.viewport().height() - BAR_HIGH, wide, BAR_HIGH)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll by columns where they are more than have room."""
        if not self._bar.isVisibleTo(self):
            event.ignore()
            return
        turned = event.angleDelta().y() + event.angleDelta().x()
        if turned:
            self._bar.setValue(self._bar.value() - (1 if turned > 0 else -1))
        event.accept()

    def _head_at(self, x: float, y: float) -> Band | None:
        """The innermost group whose name is at a place."""
        plan = self._state.plan
        if plan is None:
            return None
        for band in reversed(plan.bands):
            if head_box(self._state.geometry, plan, band).contains(x, y):
                return band
        return None

    def set_focus(self, focus: Focus | None) -> None:
        """Mark what is looked into, or nothing."""
        if focus != self.focus:
            self._focus = focus
            self._show_stage(focus.stage if focus else 0)
            self._pick.place(self._on_screen(focus), self._shape)
            self._show_hover()
            self.setAccessibleDescription(self._title(focus))

    def symbol_spots(self) -> list[SymbolSpot]:
        """Names, nodes, edges, the rows below, J and the color bar."""
        shown = self._state.picture
        if shown is None:
            return []
        found = diagram_spots(self._state.geometry, shown)
        if self._state.plan is not None:
            found = of_stages(found, self._state.plan)
        return [SymbolSpot(spot.pointed, rectangle(spot.box), spot.numbers) for spot in found]

    def symbol_in_focus(self) -> Pointed | None:
        """The stage of what is picked."""
        if self.focus is None:
            return None
        return Pointed("gradient", stage=self.focus.stage)

    def begin_inspecting(self) -> None:
        """Take the keyboard: arrows move the pick until Escape; nothing without a frame."""
        if self._frame is None:
            return
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show_keys(inspecting=True)
        self.opened.emit()
        if self.focus is None:
            self._choose(Focus(max(self._frame.moment.stage, 1)))

    def end_inspecting(self) -> None:
        """Give the arrow keys back; what is picked stays so."""
        self._show_keys(inspecting=False)

    def hover_at(self, x: float, y: float) -> None:
        """Mark what is under the mouse, faintly, with a cursor that says it can be picked."""
        if not self._pickable:
            return
        head = self._head_at(x, y)
        found = self._pick_at(x, y) if head is None else None
        self._show_cursor(found is not None or head is not None)
        if found == self._under:
            return
        self._under = found
        self._show_hover()
        if QToolTip.isVisible():
            QToolTip.hideText()

    def _show_cursor(self, pointing: bool) -> None:
        if not pointing:
            self.viewport().unsetCursor()
        else:
            self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)

    def _show_hover(self) -> None:
        """Mark what is under the mouse, unless it is marked as picked."""
        under = None if self._under == self.focus else self._under
        self._hover.place(self._on_screen(under), self._shape)

    def _choose(self, focus: Focus | None) -> None:
        """Mark ``focus`` and emit it."""
        self.set_focus(focus)
        self.picked.emit(focus)

    @property
    def _shape(self) -> Shape:
        """What there is to pick among the columns that are shown."""
        if self._frame is None or self._state.plan is None:
            return Shape(1, ())
        widths = column_widths(self._frame.widths, self._state.plan.columns)
        return Shape(self._frame.input_width, widths)

    @property
    def _stages(self) -> Shape:
        """All stages with their units."""
        if self._frame is None:
            return Shape(1, ())
        return Shape(self._frame.input_width, self._frame.widths)

    def _on_screen(self, focus: Focus | None) -> Focus | None:
        """The column, or what is of it, that shows ``focus``; None where none does."""
        plan = self._state.plan
        if focus is None or plan is None or not 1 <= focus.stage <= len(self._stages.widths):
            return None
        column = plan.column_of(focus.stage)
        if not column:
            return None
        if plan.columns[column - 1].stages > 1:
            return Focus(column)
        source = focus.source if column > 1 or plan.start == 0 else None
        return Focus(column, focus.unit, source)

    def _of_stage(self, found: Focus | None) -> Focus | None:
        """What is picked of a column, of its stage: of a group the last one."""
        plan = self._state.plan
        if found is None or plan is None:
            return None
        stage = plan.stage_of(found.stage)
        if plan.columns[found.stage - 1].stages > 1:
            return Focus(stage)
        return Focus(stage, found.unit, found.source)

    def _pick_at(self, x: float, y: float) -> Focus | None:
        frame = self._frame
        shown = self._state.picture
        if frame is None or shown is None:
            return None
        found = self._of_stage(pick(self._state.geometry, shown, x, y))
        if found is None or found.stage > 1 or found.unit is None or found.source is None:
            return found
        rows = shown_inputs(frame)
        source = strongest_input(frame.weights[0], rows, found.source, found.unit)
        return Focus(1, found.unit, source)

    def _title(self, focus: Focus | None) -> str:
        if focus is None or self._frame is None:
            return ""
        return focus_title(focus, self._frame.stages, self._frame.subject)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pick what is under the mouse."""
        if event.button() is not Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
        elif self._frame is not None and self._pickable:
            place = event.position()
            band = self._head_at(place.x(), place.y())
            if band is not None:
                self.toggle_group(band.group)
            else:
                self._choose(self._pick_at(place.x(), place.y()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The first click has picked what is under the mouse: show all there is to it."""
        if event.button() is not Qt.MouseButton.LeftButton or self.focus is None:
            return
        found = self._on_screen(self._pick_at(event.position().x(), event.position().y()))
        plan = self._state.plan
        if plan is not None and found is not None and plan.columns[found.stage - 1].group:
            self.toggle_group(plan.columns[found.stage - 1].group)
        else:
            self.opened.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Nothing more: the press has picked already."""
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the mouse."""
        self.hover_at(event.position().x(), event.position().y())

    def viewportEvent(self, event: QEvent) -> bool:
        """Answer a resting mouse with the numbers under it; forget a mouse that has left."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._tip.show(event)
            return True
        if event.type() is QEvent.Type.Leave:
            self.hover_at(-1, -1)
        return super().viewportEvent(event)

    def _tip_at(self, place: QPoint) -> str:
        plan = self._state.plan
        band = self._head_at(place.x(), place.y())
        if self._frame is None or plan is None:
            return ""
        if band is not None:
            return as_html(*band_words(self._frame, band))
        found = self._pick_at(place.x(), place.y())
        if found is None:
            return ""
        column = plan.columns[plan.column_of(found.stage) - 1]
        if column.group:
            return as_html(*column_words(self._frame, column))
        return as_html(*tip(self._frame, found, self._state.scale))

    def event(self, event: QEvent) -> bool:
        """Keep the keys of the mode, and no others, from being shortcuts of the window."""
        claimed = event.type() is QEvent.Type.ShortcutOverride and self._inspecting
        if claimed and isinstance(event, QKeyEvent) and _move(event) is not None:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the pick, begin to, or leave; every other key is the window's."""
        move = _move(event)
        if self._inspecting and move is not None:
            self._go(move)
        elif not self._inspecting and event.key() in _BEGIN and not event.modifiers() & ~_PAD:
            self.begin_inspecting()
        elif event.key() == Qt.Key.Key_Escape and self.focus is not None:
            self._choose(None)
        else:
            event.ignore()

    def _go(self, move: Move) -> None:
        plan = self._state.plan
        if plan is None:
            return
        here = self._stages.nearest(self.focus or Focus(1))
        if move is Move.BACK and here.unit is None:
            self.end_inspecting()
            return
        at = column_at(plan.whole, here.stage) - 1
        column = plan.whole[at]
        if move in (Move.LEFT, Move.RIGHT):
            at = max(0, min(at + (1 if move is Move.RIGHT else -1), len(plan.whole) - 1))
            to = Focus(plan.whole[at].last, here.unit, here.source)
            if plan.whole[at].stages > 1:
                to = Focus(to.stage)
            to = self._stages.nearest(to)
        elif column.stages > 1 and move is Move.DEEPER:
            self.toggle_group(column.group)
            return
        elif column.stages > 1:
            return
        else:
            to = neighbor(here, move, self._stages)
        if to != self.focus:
            self._choose(to)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Draw a focus ring when the focus came by Tab."""
        super().focusInEvent(event)
        if event.reason() in _BY_KEYBOARD:
            self._show_keys(inspecting=False, by_tab=True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Leave the mode, unless the keyboard is elsewhere only for a moment."""
        super().focusOutEvent(event)
        if event.reason() not in _PASSING:
            self._show_keys(inspecting=False)

    def _show_keys(self, inspecting: bool, by_tab: bool = False) -> None:
        self._inspecting = inspecting
        self._hint.say(*(HINT if inspecting else TAB_HINT if by_tab else ()))
        self._ring.setVisible(inspecting or by_tab)

    @Slot()
    def _stand_still(self) -> None:
        self._edges.settle()
        self.viewport().update()

    def hideEvent(self, event: QHideEvent) -> None:
        """Smooth nothing while the diagram is hidden."""
        self._still.stop()
        super().hideEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the diagram out for the new size."""
        super().resizeEvent(event)
        self._relayout()

    def _relayout(self) -> None:
        if self._frame is None:
            return
        size = self.viewport().size()
        for part in (*self._parts, self._ring):
            part.resized()
        frame = self._frame
        before = self._state.plan
        self._state.plan = shown = self._folds.plan(self._room, size.height())
        has_inputs = frame.sample.size and not (shown.before or shown.names)
        self._place_bar(shown)
        self._state.geometry = lay_out(
            size.width(),
            size.height() - (BAR_HIGH if self._bar.isVisibleTo(self) else 0),
            shown_inputs(frame) if has_inputs else 0,
            column_widths(frame.widths, shown.columns),
            self._with_bar,
            shown.aside,
        )
        self._scene.setSceneRect(0, 0, size.width(), size.height())
        self._renew_picture()  # of the columns that there are now
        self._under = None
        self._show_hover()
        self._pick.place(self._on_screen(self._focus), self._shape)
        self._hint.say(*self._hint.lines)
        if before is not None and before.whole != shown.whole:
            self.folded.emit()


def _shape(frame: Frame) -> tuple[object, ...]:
    """What the layout depends on."""
    subject = frame.subject
    return frame.widths, frame.input_width, frame.image_shape, subject.named, subject.arcs


def _move(event: QKeyEvent) -> Move | None:
    """What a key without Ctrl, Alt or Shift does in the mode."""
    if event.modifiers() & ~_PAD:
        return None
    return MOVES.get(Qt.Key(event.key()))
