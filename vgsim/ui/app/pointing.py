"""One pointed state of the window: what the mouse or the keyboard is at, and what a lesson holds.

Every widget that shows symbols lists them (:class:`~vgsim.ui.widgets.spots.SymbolSource`). What is
pointed at in one of them is framed in all others at once; where the mouse rests a card says what it
is. Nothing is watched but the hovering over a window: Qt tells it once for each move of the mouse,
however many widgets there are.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHoverEvent
from PySide6.QtWidgets import QApplication, QDockWidget, QLabel, QToolTip, QWidget
from shiboken6 import isValid

from vgsim.text.glossary import glossary, glossary_entry
from vgsim.text.lit import lit_now, settled
from vgsim.text.pointed import Pointed, parse_point
from vgsim.ui.app.session import Session
from vgsim.ui.app.state import State
from vgsim.ui.widgets.frames import PointedFrames
from vgsim.ui.widgets.popover import SymbolPopover
from vgsim.ui.widgets.spots import (
    SymbolSource,
    SymbolSpot,
    label_spots,
    lit_boxes,
    spot_under,
)
from vgsim.ui.window.main_window import MainWindow

LOOK_MS = 25
"""While the mouse moves it is looked at what is under it this often."""
REST_MS = 450
"""A mouse that rests for so long asks what is there; over numbers, whose tool tip comes first, …"""
REST_OVER_NUMBERS_MS = 1100
LEAVE_MS = 220
"""The card stays for this long: the mouse may be on its way to it."""
FOLLOW_MS, FOLLOW_TRAINING_MS = 200, 1000
"""Frames around what moves with the network are brought up to date this often; in training, which
moves little of it, seldom."""


class Pointing(QObject):
    """What is pointed at in one window; ``changed`` tells the tuple of :class:`Pointed`.

    ``asked`` tells the name of an entry that is to be opened in the guide to every symbol.
    """

    changed = Signal(object)
    asked = Signal(str)

    def __init__(self, window: MainWindow, session: Session) -> None:
        super().__init__(window)
        self._window: QWidget = window
        self._session = session
        self._held: tuple[Pointed, ...] = ()
        self._at: Pointed | None = None
        self._mouse = QPoint()
        self._under: QObject | None = None
        self._spot: SymbolSpot | None = None
        self._source: QWidget | None = None
        self._by_keys = False
        self._back_to: QWidget | None = None
        self._popover: SymbolPopover | None = None
        self._look = self._timer(LOOK_MS, self._look_under)
        self._rest = self._timer(REST_MS, self._show_popover)
        self._leave = self._timer(LEAVE_MS, self._leave_now)
        self._follow = self._timer(FOLLOW_MS, self._light)
        self.watch(window)
        self._center = window.workspace.network  # every change of the layout resizes it
        self._center.installEventFilter(self)
        self._panels = {dock: PointedFrames(dock) for dock in window.findChildren(QDockWidget)}
        for dock in self._panels:
            dock.topLevelChanged.connect(partial(self._watch_floating, dock))
        session.changed.connect(self._follow_frame)

    def _timer(self, milliseconds: int, does: object) -> QTimer:
        timer = QTimer(self, singleShot=True, interval=milliseconds)
        timer.timeout.connect(does)
        return timer

    def watch(self, window: QWidget) -> None:
        """Hear of the mouse over ``window``, which may be a panel that floats."""
        window.setAttribute(Qt.WidgetAttribute.WA_Hover)
        window.installEventFilter(self)

    def _watch_floating(self, dock: QDockWidget, floats: bool) -> None:
        """A panel that floats is a window of its own, which the other hears nothing from."""
        if floats:
            self.watch(dock)
        else:
            dock.removeEventFilter(self)

    @property
    def points(self) -> tuple[Pointed, ...]:
        """All that is pointed at: by hand, or else what a lesson holds."""
        if self._at is not None:
            return (*self._held, self._at)
        return self._held

    @property
    def popover(self) -> SymbolPopover | None:
        """The card, while it is open."""
        if self._popover is not None and self._popover.isVisible():
            return self._popover
        return None

    def hold(self, points: Iterable[str]) -> None:
        """Point at these ("stage:3", "hop:4", "symbol:product") until the next call.

        SpecError for what is no point.
        """
        self._held = tuple(parse_point(point) for point in points)
        self._light()

    def point(self, at: Pointed | None) -> None:
        """Point at this, for a widget that knows by itself; None, or an empty one, at nothing."""
        at = None if at is None or at == Pointed() else settled(at, self._session.frame)
        if at != self._at:
            self._at = at
            self._light()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The mouse moves over the window, or has left it; or what is framed has moved."""
        kind = event.type()
        if kind is QEvent.Type.Resize and self.points:
            self._follow.start(FOLLOW_MS)
        if watched is self._center:
            return False
        if kind is QEvent.Type.HoverMove and isinstance(event, QHoverEvent):
            self._mouse = event.globalPosition().toPoint()
            self._under = watched
            if not self._look.isActive():
                self._look.start()
        elif kind is QEvent.Type.HoverLeave:
            self._look.stop()
            self._begin_to_leave()
        elif kind in (QEvent.Type.WindowDeactivate, QEvent.Type.Hide):
            self.leave()
        return False

    @Slot()
    def _look_under(self) -> None:
        """What is under the mouse now."""
        where = self._mouse
        window = self._under
        if not isinstance(window, QWidget) or not isValid(window):
            return
        if QApplication.mouseButtons() != Qt.MouseButton.NoButton:
            self.leave()  # something is dragged
            return
        under = window.childAt(window.mapFromGlobal(where))
        if under is None:
            self._begin_to_leave()
            return
        if self._is_of_popover(under):
            self._leave.stop()
            return
        source, spot = found_at(under, where)
        if spot is None or source is None:
            self._begin_to_leave()
            return
        if source is self._source and self._spot == spot and not self._by_keys:
            self._leave.stop()
            return
        self._take(source, spot)

    def _take(self, source: QWidget, spot: SymbolSpot) -> None:
        """Point at what was found, and ask what it is when the mouse rests there."""
        self.leave()
        self._source = source
        self._spot = spot
        self.point(spot.pointed)
        self._rest.setInterval(REST_OVER_NUMBERS_MS if spot.numbers else REST_MS)
        self._rest.start()

    def _is_of_popover(self, widget: QWidget) -> bool:
        popover = self._popover
        return popover is not None and (widget is popover or popover.isAncestorOf(widget))

    def _begin_to_leave(self) -> None:
        self._rest.stop()
        if not self._by_keys and not self._leave.isActive() and self._spot is not None:
            self._leave.start()

    @Slot()
    def _leave_now(self) -> None:
        if not self._by_keys:
            self.leave()

    @Slot()
    def leave(self) -> None:
        """Point at nothing, and close the card; the keyboard goes back to where it was."""
        for timer in (self._rest, self._leave):
            timer.stop()
        self._spot = None
        self._source = None
        self._by_keys = False
        back = self._back_to
        self._back_to = None
        if back is not None and isValid(back):  # before the card goes, which would hand it on
            back.setFocus(Qt.FocusReason.OtherFocusReason)
        if self._popover is not None and isValid(self._popover):
            self._popover.hide()
        self.point(None)

    @Slot()
    def explain(self) -> None:
        """Say what the keyboard is at; again, what comes next. Tab goes on, Escape closes."""
        if self._by_keys:
            self.walk(1)
            return
        self.leave()
        focused = QApplication.focusWidget()
        source = source_of(focused) or self._first_source()
        if source is None:
            return
        spots = spots_of(source)
        if not spots:
            return
        self._by_keys = True
        self._back_to = focused
        self._source = source
        at = source.symbol_in_focus() if isinstance(source, SymbolSource) else None
        there = [spot for spot in spots if at is not None and at.lights(spot.pointed)]
        own = [spot for spot in there if at is not None and spot.pointed.symbol == at.symbol]
        self._show_by_keys([*own, *there, *spots][0])

    @Slot(int)
    def walk(self, by: int) -> None:
        """Go to the next symbol of the same widget, or to the one before."""
        if self._source is None or not isValid(self._source) or self._spot is None:
            self.leave()
            return
        spots = spots_of(self._source)
        if not spots:
            self.leave()
            return
        at = spots.index(self._spot) if self._spot in spots else -1
        self._show_by_keys(spots[(at + by) % len(spots)])

    def _show_by_keys(self, spot: SymbolSpot) -> None:
        self._spot = spot
        self.point(spot.pointed)
        self._show_popover()
        if self._popover is not None:
            self._popover.setFocus(Qt.FocusReason.OtherFocusReason)

    def _first_source(self) -> QWidget | None:
        """Where F2 begins when nothing that shows symbols has the keyboard: a formula, if any."""
        for source in self._sources():
            if isinstance(source, SymbolSource) and source.first:
                return source
        return None

    @Slot()
    def _show_popover(self) -> None:
        """The card beside what is pointed at."""
        source = self._source
        spot = self._spot
        if source is None or spot is None or not isValid(source):
            return
        if spot.pointed.symbol not in glossary():
            return
        at = settled(spot.pointed, self._session.frame)
        popover = self._popover_in(source.window())
        popover.show_entry(glossary_entry(at.symbol), lit_now(at, self._session.frame))
        corner = source.mapTo(source.window(), QPoint(0, 0))
        anchor = spot.box.translated(QPointF(corner)).toAlignedRect()
        popover.ensurePolished()
        popover.place(anchor, _tool_tip(source.window()))
        popover.show()
        popover.raise_()

    def _popover_in(self, window: QWidget) -> SymbolPopover:
        """The card of that window; made when it is first needed."""
        popover = self._popover
        if popover is None or not isValid(popover) or popover.parentWidget() is not window:
            if popover is not None and isValid(popover):
                popover.deleteLater()
            popover = self._popover = SymbolPopover(window)
            popover.asked.connect(self._ask)
            popover.closed.connect(self.leave)
            popover.walked.connect(self.walk)
        return popover

    @Slot(str)
    def _ask(self, name: str) -> None:
        self.leave()
        self.asked.emit(name)

    @Slot()
    def _light(self) -> None:
        """Frame what is pointed at wherever it is shown."""
        self._follow.stop()
        points = self.points
        for source in self._sources():
            self._light_in(source, points)
        for dock, frames in self._panels.items():
            lit = any(point.panel == dock.objectName() for point in points if point.panel)
            frames.show_boxes([QRectF(dock.rect())] if lit else [])
        self.changed.emit(points)

    def _light_in(self, source: QWidget, points: tuple[Pointed, ...]) -> None:
        boxes: list[QRectF] = []
        if not isinstance(source, SymbolSource):
            return
        if points and source.lights:
            spots = source.symbol_spots()
            if source is self._source and self._spot is not None:
                # the widget marks by itself what the mouse is over in it
                spots = [spot for spot in spots if not (spot.numbers and spot == self._spot)]
            boxes = lit_boxes(spots, points, source.is_formula)
        source.frame_boxes(boxes)

    def _sources(self) -> list[QWidget]:
        """The widgets in sight that show symbols."""
        found = self._window.findChildren(QWidget)
        return [widget for widget in found if isinstance(widget, SymbolSource) and _seen(widget)]

    @Slot(object, object)
    def _follow_frame(self, before: State, now: State) -> None:
        """What is framed has moved, and what is known of it is another."""
        if now.frame is before.frame or not self.points:
            return
        if not self._follow.isActive():
            self._follow.start(FOLLOW_TRAINING_MS if now.run.training else FOLLOW_MS)
        popover = self.popover
        if popover is not None and self._spot is not None:
            popover.show_rows(lit_now(settled(self._spot.pointed, now.frame), now.frame))


def _seen(widget: QWidget) -> bool:
    """Whether it is in sight: what is behind a tab is "visible", too, somewhere outside."""
    if not widget.isVisible():
        return False
    window = widget.window()
    place = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
    return place.intersects(window.rect())


def source_of(widget: QWidget | None) -> QWidget | None:
    """The widget around ``widget``, or itself, that shows symbols."""
    while widget is not None:
        if isinstance(widget, SymbolSource):
            return widget
        widget = widget.parentWidget()
    return None


def spots_of(source: QWidget) -> list[SymbolSpot]:
    """The symbols of a source, or of a label."""
    if isinstance(source, SymbolSource):
        return source.symbol_spots()
    if isinstance(source, QLabel):
        return label_spots(source)
    return []


def found_at(under: QWidget, where: QPoint) -> tuple[QWidget | None, SymbolSpot | None]:
    """What is at a place of the screen: the innermost widget that knows, and its spot."""
    widget: QWidget | None = under
    while widget is not None and not widget.isWindow():
        spot = spot_under(spots_of(widget), QPointF(widget.mapFromGlobal(where)))
        if spot is not None:
            return widget, spot
        if isinstance(widget, SymbolSource):
            return None, None
        widget = widget.parentWidget()
    return None, None


def _tool_tip(window: QWidget) -> QRect:
    """Where a tool tip stands now, in pixels of ``window``; nowhere if there is none."""
    if not QToolTip.isVisible():
        return QRect()
    for widget in QApplication.topLevelWidgets():
        if (
            widget.isVisible()
            and widget.windowFlags() & Qt.WindowType.ToolTip == Qt.WindowType.ToolTip
        ):
            return QRect(window.mapFromGlobal(widget.pos()), widget.size())
    return QRect()
