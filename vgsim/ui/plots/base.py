"""What a plot is, and the registry of them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QHelpEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from vgsim.core.registry import Registry
from vgsim.measure.frame import Frame
from vgsim.text.empty import EmptyState
from vgsim.text.glossary import meant
from vgsim.text.lacking import lacking
from vgsim.text.scale import Scale
from vgsim.ui.plots import graph
from vgsim.ui.plots.axes import BOTTOM, TOP, UNTITLED
from vgsim.ui.plots.layer import MarkLayer, Sentence, Text, text_width
from vgsim.ui.plots.model.geometry import Area, Array, Box
from vgsim.ui.plots.model.series import Range
from vgsim.ui.plots.model.table import Columns
from vgsim.ui.style.theme import Theme
from vgsim.ui.widgets.spots import SymbolSource, SymbolSpot, line_spots
from vgsim.ui.widgets.text import LiveTip, plain_tip

if TYPE_CHECKING:
    from vgsim.ui.plots.graph import Curve, HomeViewBox, Image, Panel, TickAxis

LEAST = QSize(140, 90)
"""Under this there is no room between the labels, and nothing is drawn anew."""


class Place(Enum):
    """Where a plot is when the window is opened for the first time."""

    LEFT = "below the diagram, at the left"
    RIGHT = "below the diagram, at the right"
    SIDE = "beside the diagram"
    CLOSED = "in the menu alone"


class Plot(QWidget, SymbolSource):
    """One view of a frame: a ``plot_item`` of pyqtgraph whose items are made once.

    Wheel, drag, context menu and the button *A* are pyqtgraph's. While the user looks at a range
    of their own (``view_box.zoomed``) new frames leave it alone; *View All* comes back to the range
    that the plot gives to :meth:`lay_out`. What pyqtgraph has no item for, labels that keep clear
    of each other above all, are marks in layers: on the ``ground`` below the grid, ``under`` and
    ``over`` the items, which end at the data rectangle of a zoomed view, and ``around`` it.

    ``pen_scale`` is how many device pixels a logical one has: it widens the cosmetic pens and
    sets how finely a history is drawn. ``still`` is for pictures, where nothing can be pressed.
    ``title`` and ``subtitle`` are for whoever frames the
    plot; ``subtitle_changed`` tells when the second depends on the frame.

    A plot defines :meth:`make_axes`, :meth:`set_up`, :meth:`use_theme`, :meth:`missing`,
    :meth:`draw` and, for whoever wants the numbers themselves, :meth:`data`.
    """

    title: ClassVar[str] = ""
    quantity: str = ""
    """What the axis of its values shows; empty where the subtitle says so."""
    question: ClassVar[str] = ""
    """The question that it answers, shown where plots are chosen."""
    place: ClassVar[Place] = Place.CLOSED
    narrow_place: ClassVar[Place] = Place.CLOSED
    """The same in a narrow window, whose side has no room for plots."""
    rank: ClassVar[int] = 0
    """Among the plots of one place those of a lower rank come first."""
    by_column: ClassVar[bool] = False
    """Whether it is by stage, and so follows the columns of the diagram where groups are folded."""
    wants: ClassVar[tuple[type, ...]] = ()
    """Measurements that the plot draws; they are made only while it is shown."""
    needs: ClassVar[tuple[str, ...] | None] = None
    """Arrays of a frame and classes of measurements without which there is nothing to draw; None
    for all that it wants."""
    subtitle: str = ""
    subtitle_changed = Signal(str)
    note: str = ""
    """Of what update or pass it is, where that need not be the pass of the frame."""
    note_changed = Signal(str, bool)
    """The note, and whether it is of another pass than the frame."""

    def __init__(
        self, theme: Theme, scale: Scale, pen_scale: float = 1.0, *, still: bool = False
    ) -> None:
        super().__init__()
        self.theme = theme
        self.scale = scale
        self.pen_scale = pen_scale
        self.frame: Frame | None = None
        self.numbers: tuple[int, ...] = ()
        self.bands: tuple[tuple[int, int], ...] = ()
        self.still = still
        self.area = Area(Box(0, 0, 1, 1), (0, 1), (0, 1))
        self._laying_out = False
        self._margins = (0.0, 0.0, 0.0, 0.0)
        self._make_plot_item()
        self._tip = LiveTip(self, self._tip_at)
        self.setAccessibleName(self.title)
        self.setWhatsThis(self.question)
        self.set_up()
        self.set_theme(theme)

    def _make_plot_item(self) -> None:
        self.view = graph.PlotView(self, still=self.still)
        self.view_box: HomeViewBox = graph.HomeViewBox()
        self.left, self.bottom = self.make_axes()
        self.left.clear_of = self.bottom
        axes = {"left": self.left, "bottom": self.bottom}
        self.plot_item = graph.PlotItem(viewBox=self.view_box, axisItems=axes, enableMenu=False)
        self.view.setCentralItem(self.plot_item)
        self.bottom.setHeight(BOTTOM)
        self.axes: list[TickAxis] = [self.left, self.bottom]
        for axis in self.axes:
            axis.send_below()
        self.ground = MarkLayer(self.plot_item, -3000)
        self.ground.setFlag(MarkLayer.GraphicsItemFlag.ItemNegativeZStacksBehindParent)
        self.under = MarkLayer(self.plot_item, -1000)
        self.over = MarkLayer(self.plot_item, 1000)
        self.around = MarkLayer(None, 1000)
        self.view.scene().addItem(self.around)
        self.watch(self.view_box)
        self.plot_item.autoBtn.clicked.connect(self.view_all)

    def view_all(self, *_: object) -> None:
        """Come back to the plot's own ranges."""
        self.view_box.autoRange()

    def watch(self, view_box: HomeViewBox) -> None:
        """Draw anew whenever the range of ``view_box`` changes."""
        view_box.sigRangeChanged.connect(self._follow)

    def _follow(self, *_: object) -> None:
        if not self._laying_out:
            self.refresh()

    def make_axes(self) -> tuple[TickAxis, TickAxis]:
        """The axis at the left and the one below, of the kinds in :mod:`vgsim.ui.plots.graph`."""
        raise NotImplementedError

    def add_curve(self) -> Curve:
        """A new curve above those that are there."""
        curve = graph.Curve()
        self.plot_item.addItem(curve, ignoreBounds=True)
        return curve

    def add_image(self) -> Image:
        """A new image."""
        image = graph.Image()
        self.plot_item.addItem(image, ignoreBounds=True)
        return image

    def first_panel(self) -> Panel:
        """The data rectangle of ``plot_item``, for a plot with several that lays them all out."""
        return graph.Panel.first(self.plot_item)

    def add_panel(self, left: TickAxis, bottom: TickAxis) -> Panel:
        """One more data rectangle; the caller lays it out."""
        panel = graph.Panel.within(self.plot_item, left, bottom)
        self.axes += [left, bottom]
        left.set_theme(self.theme)
        bottom.set_theme(self.theme)
        self.watch(panel.view_box)
        panel.view_box.together = self.view_box.together
        panel.view_box.together.append(panel.view_box)
        return panel

    def set_frame(self, frame: Frame | None) -> None:
        """Show ``frame``, or the empty state."""
        self.frame = frame
        self.refresh()
        self._tip.refresh()

    def set_columns(self, numbers: Sequence[int], bands: Sequence[tuple[int, int]]) -> None:
        """Say which stages the stages of the next frame stand for, and which of them are groups.

        ``bands`` are the first and the last stage of the frame in each group.
        """
        self.numbers = tuple(numbers)
        self.bands = tuple(bands)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in other colors."""
        self.theme = theme
        self.view.setBackground(None if theme.see_through else theme.surface)
        for axis in self.axes:
            axis.set_theme(theme)
        self.use_theme()
        self.refresh()

    def set_panel_actions(self, actions: Sequence[QAction]) -> None:
        """What the panel around the plot offers, at the end of pyqtgraph's menu."""
        self.view.scene().contextMenu[:] = actions

    def refresh(self) -> None:
        """Give every item the data of the present frame, size and theme."""
        if self.width() < LEAST.width() or self.height() < LEAST.height():
            return
        frame = self.frame
        missing = self.nothing(frame)
        self._laying_out = True
        try:
            self.plot_item.setVisible(not missing)
            if missing or frame is None:
                self.draw_empty(missing.said(self.still))
            else:
                self.draw(frame)
        finally:
            self._laying_out = False
        said = missing.said(self.still) or self.subtitle
        if self.accessibleDescription() != said:
            self.setAccessibleDescription(said)

    def set_up(self) -> None:
        """Make the items, once."""

    def use_theme(self) -> None:
        """Give the items the pens of ``self.theme``."""

    def nothing(self, frame: Frame | None) -> EmptyState:
        """Why there is nothing to show, now or never; false when there is something."""
        needs = self.needs
        if needs is None:
            needs = tuple(kind.__name__ for kind in self.wants)
        return lacking(frame, needs) or self.missing(frame)

    def missing(self, frame: Frame | None) -> EmptyState:
        """Why there is nothing to show; false when there is something."""
        raise NotImplementedError

    def draw(self, frame: Frame) -> None:
        """Give the items the data of ``frame``, which is not missing anything."""
        raise NotImplementedError

    @classmethod
    def data(cls, frame: Frame) -> Columns:
        """Every number that the plot draws of ``frame``; no columns when there are none."""
        raise NotImplementedError

    def readout(self, x: float, y: float) -> str:
        """The numbers at a place in the data, for a tooltip; empty where there are none."""
        return ""

    def words_at(self, where: QPoint) -> str:
        """The numbers under a place in the widget; empty outside the data."""
        inside = Box(where.x(), where.y(), 0, 0).meets(self.area.box)
        if self.nothing(self.frame) or not inside:
            return ""
        return self.readout(*self.area.value(where.x(), where.y()))

    def symbol_spots(self) -> list[SymbolSpot]:
        """What axes and labels mention; behind them the data, which are what the plot is about."""
        if self.nothing(self.frame):
            return []
        spots = []
        about = meant(self.quantity) or meant(self.subtitle) or meant(self.title)
        if about is not None:
            spots.append(SymbolSpot(about, QRectF(*self.area.box), numbers=True, framed=False))
        layers = (self.ground, self.under, self.over, self.around)
        texts = [mark for layer in layers for mark in layer.marks if isinstance(mark, Text)]
        for text in (*self.axis_texts(), *texts):
            box = text.box
            width_of = partial(text_width, size=text.size, weight=text.weight)
            spots += line_spots(text.text, box.left, box.top, box.height, width_of)
        return spots

    def _tip_at(self, where: QPoint) -> str:
        return plain_tip(self.words_at(where))

    def draw_empty(self, why: str) -> None:
        """Show a sentence instead of an empty box."""
        self.set_subtitle(type(self).subtitle)  # the frame's own words would be stale
        self.set_note("")
        room = Box(12, 0, self.width() - 24, self.height())
        self.clear_marks()
        self.around.set_marks([Sentence(why, room, self.theme.muted)])

    def data_box(self, y: Range, right: float) -> Box:
        """Room for the data between the labels of the y axis and ``right`` pixels at the right.

        ``y`` is the home range of that axis.
        """
        top = TOP if self.left.labelText else UNTITLED
        height = self.height() - top - BOTTOM
        left = self.left.room(*self.view_box.seen(1, y), height)
        return Box(left, top, self.width() - left - right, height)

    def lay_out(self, box: Box, x: Range, y: Range) -> None:
        """Put the data rectangle into ``box`` and let it span ``x`` and ``y``.

        Where the user looks at a range of their own, that one stays.
        """
        self.clear_marks()
        self.left.fit_width(box.left)
        margins = 0, box.top, self.width() - box.right, self.height() - box.bottom - BOTTOM
        if margins != self._margins:
            self._margins = margins
            self.plot_item.layout.setContentsMargins(*margins)
        self.plot_item.layout.activate()
        self.plot_item.autoBtn.setPos(box.left + 2, box.bottom - 16)  # clear of the labels
        self.view_box.set_home(x, y)
        self.area = Area(box, self.view_box.seen(0, x), self.view_box.seen(1, y))
        self.renew_axes()
        for layer in (self.ground, self.under, self.over):
            layer.clip = box if self.view_box.zoomed else None

    def renew_axes(self) -> None:
        """Let the axes ask for their ticks again: what those depend on may be other."""
        for axis in self.axes:
            axis.renew_if_other()
        if self.bottom.picture is None:
            self.left.renew()  # its labels keep clear of those below

    def clear_marks(self) -> None:
        """Take every mark away."""
        for layer in (self.ground, self.under, self.over, self.around):
            layer.set_marks([])

    def pixels(self, x: Array, y: Array) -> tuple[Array, Array]:
        """Where points of the data stand in the widget: (across, down).

        ``down`` is nan where a zoomed view leaves a point out, so that no label speaks of it.
        """
        across = self.area.across(x)
        down = self.area.down(y)
        if self.view_box.zoomed:
            down = np.where(self.area.box.covers(across, down), down, np.nan)
        return across, down

    def axis_texts(self) -> list[Text]:
        """Titles and labels of the axes, in pixels."""
        if not self.plot_item.isVisible():
            return []
        return [text for axis in self.axes if axis.isVisible() for text in axis.texts()]

    def set_subtitle(self, text: str) -> None:
        """Change the subtitle, and emit it."""
        if text != self.subtitle:
            self.subtitle = text
            self.subtitle_changed.emit(text)

    def set_note(self, text: str, differs: bool = False) -> None:
        """Say in the heading, where nothing cuts it, what need not be of the frame's pass."""
        self.note = text
        self.note_changed.emit(text, differs)

    @property
    def described(self) -> str:
        """Note and subtitle, for a heading that has no place of its own for the first."""
        return " · ".join(filter(None, (self.note, self.subtitle)))

    def sizeHint(self) -> QSize:
        """A comfortable size."""
        return QSize(360, 260)

    def minimumSizeHint(self) -> QSize:
        """The least at which everything is still readable."""
        return QSize(200, 130)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay everything out anew."""
        self._laying_out = True
        self.view.setGeometry(0, 0, self.width(), self.height())
        for layer in (self.ground, self.under, self.over, self.around):
            layer.set_size(self.width(), self.height())
        self._laying_out = False
        self.refresh()

    def event(self, event: QEvent) -> bool:
        """Answer a resting mouse with the numbers under it."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            self._tip.show(event)
            return True
        return super().event(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Leave the mouse to pyqtgraph's menu where there is one, and all else to the panel."""
        by_mouse = event.reason() is QContextMenuEvent.Reason.Mouse
        event.setAccepted(by_mouse and self._has_menu_at(event.pos()))

    def _has_menu_at(self, where: QPoint) -> bool:
        """Whether pyqtgraph answers a right click there."""
        point = QPointF(where)
        parts: list[Any] = [*self.view_box.together, *self.axes]
        for part in parts:
            if part.isVisible() and part.shape().contains(part.mapFromScene(point)):
                return True
        return False


PLOTS: Registry[type[Plot]] = Registry("plot")


def placed(place: Place, *, narrow: bool = False) -> tuple[str, ...]:
    """Names of the plots that are there at first, in a narrow window or in a wide one."""
    there = []
    for entry in PLOTS:
        if narrow:
            own = entry.value.narrow_place
        else:
            own = entry.value.place
        if own is place:
            there.append((entry.value.rank, entry.name))
    return tuple(name for _, name in sorted(there))


def first_plot() -> str:
    """The one that stands beside the diagram unless another is asked for."""
    return placed(Place.LEFT)[0]
