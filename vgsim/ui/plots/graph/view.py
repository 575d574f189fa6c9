"""The view box that every plot has: it comes back to the plot's own range, not to that of the data.

pyqtgraph's automatic range follows the bounds of the items. Here it is the range that the plot
gives, fixed decades for example: as long as *automatic* is on the view shows that range, a wheel or
a drag turns it off as ever, and *View All* and the button *A* turn it on again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyqtgraph
from pyqtgraph import GraphicsView, PlotItem, ViewBox
from pyqtgraph.graphicsItems.ViewBox.ViewBoxMenu import ViewBoxMenu
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QWidget

from vgsim.ui.plots.graph.axes import TickAxis
from vgsim.ui.plots.model.geometry import Area, Box
from vgsim.ui.plots.model.series import Range

__all__ = ["HomeViewBox", "Panel", "PlotItem", "PlotView"]

pyqtgraph.setConfigOptions(antialias=True, imageAxisOrder="row-major")

CLOSEST = 1e-4
"""The share of its home range that a view can be zoomed into."""
WITHOUT_MEANING = (
    "autoPercentSpin", "visibleOnlyCheck", "autoPanCheck", "invertCheck", "label", "linkCombo",
)  # fmt: skip
"""Choices of pyqtgraph's menu about its own automatic range, mirrored axes and other plots."""


Stroke = Callable[[tuple[float, float], tuple[float, float]], None]
"""Is told of a stroke of the mouse: (x, y) of its start and of its end, in data units."""


class HomeViewBox(ViewBox):
    """A view of ``home``, the (x, y) ranges that the plot gives, until the user looks elsewhere."""

    def __init__(self) -> None:
        super().__init__(enableMenu=False)
        self.state["enableMenu"] = True  # it is made when it is first asked for, which takes 8 ms
        self._own_menu: Any = None
        self.home: tuple[Range, Range] = ((0.0, 1.0), (0.0, 1.0))
        self._shared = 0
        self.together: list[HomeViewBox] = [self]
        """The view boxes of one plot: *View All* is for all of them."""
        self.stroke: Stroke | None = None
        """What drawing with the left button is told to, rather than moving the view."""

    @property
    def zoomed(self) -> bool:
        """Whether the user looks at a range of their own."""
        return not all(self.autoRangeEnabled())

    def seen(self, axis: int, home: Range) -> Range:
        """The range of an axis (0 is x) once its home is ``home``."""
        if self.autoRangeEnabled()[axis]:
            return home
        low, high = self.viewRange()[axis]
        return low, high

    def set_home(self, x: Range, y: Range) -> None:
        """Come back to these ranges from now on; at once where the user looks at no other.

        One can move away from them by their own length, and zoom out as far.
        """
        if (x, y) != self.home:
            self.home = x, y
            (left, right), (low, high) = x, y
            wide = right - left
            tall = high - low
            self.setLimits(
                xMin=left - wide, xMax=right + wide, yMin=low - tall, yMax=high + tall,
                minXRange=CLOSEST * wide, minYRange=CLOSEST * tall,
            )  # fmt: skip
        self.updateAutoRange()

    def updateAutoRange(self) -> None:
        """Show the home range of every axis that is automatic."""
        self._autoRangeNeedsUpdate = False
        wanted = {}
        seen = self.state["viewRange"]
        for axis, name in enumerate(("xRange", "yRange")):
            if self.state["autoRange"][axis] and seen[axis] != list(self.home[axis]):
                wanted[name] = self.home[axis]
        if wanted:
            self.setRange(**wanted, padding=0, disableAutoRange=False)

    def enableAutoRange(self, *args: Any, **kwargs: Any) -> None:
        """Turn the automatic range on or off, with effect at once."""
        super().enableAutoRange(*args, **kwargs)
        if self._autoRangeNeedsUpdate:
            self.updateAutoRange()

    def autoRange(self, padding: float | None = None, items: Any = None, item: Any = None) -> None:
        """View All: the home ranges, which do not depend on the items."""
        for box in self.together:
            box.enableAutoRange()

    def share(self, axis: int) -> None:
        """Show the range of an axis in all view boxes ``together`` once the user has chosen one.

        pyqtgraph's own links would turn the automatic range off, and shift the ranges of boxes
        that lie beside each other.
        """
        self._shared = axis
        if axis:
            signal = self.sigYRangeChanged
        else:
            signal = self.sigXRangeChanged
        signal.connect(self._hand_on)

    def _hand_on(self, *_: object) -> None:
        axis = self._shared
        if self.autoRangeEnabled()[axis]:
            return
        span = self.viewRange()[axis]
        for box in self.together:
            if box.viewRange()[axis] != span:
                box.setRange(**{"yRange" if axis else "xRange": span}, padding=0)

    def mouseDragEvent(self, ev: Any, axis: int | None = None) -> None:
        """Draw where that is asked for; else move or zoom the view, as ever."""
        if self.stroke is None or ev.button() is not Qt.MouseButton.LeftButton:
            super().mouseDragEvent(ev, axis)
            return
        ev.accept()
        before = ev.buttonDownPos() if ev.isStart() else ev.lastPos()
        self.stroke(self._data_at(before), self._data_at(ev.pos()))

    def mouseClickEvent(self, ev: Any) -> None:
        """A click sets one point where drawing is asked for."""
        if self.stroke is None or ev.button() is not Qt.MouseButton.LeftButton:
            super().mouseClickEvent(ev)
            return
        ev.accept()
        here = self._data_at(ev.pos())
        self.stroke(here, here)

    def _data_at(self, pixel: Any) -> tuple[float, float]:
        point = self.mapToView(pixel)
        return point.x(), point.y()

    def getMenu(self, ev: Any) -> Any:
        """pyqtgraph's own menu, without what has no meaning here."""
        if self._own_menu is None:
            self._own_menu = ViewBoxMenu(self)
            for choices in self._own_menu.ctrl:
                for name in WITHOUT_MEANING:
                    getattr(choices, name).hide()
        return self._own_menu


class Panel:
    """One more data rectangle in a plot, beside or below that of its plot item."""

    def __init__(self, view_box: HomeViewBox, left: TickAxis, bottom: TickAxis) -> None:
        self.view_box = view_box
        self.left = left
        self.bottom = bottom
        self.area = Area(Box(0, 0, 1, 1), (0, 1), (0, 1))

    @classmethod
    def within(cls, plot_item: PlotItem, left: TickAxis, bottom: TickAxis) -> Panel:
        """A new one."""
        view_box = HomeViewBox()
        view_box.setParentItem(plot_item)
        for axis in (left, bottom):
            axis.setParentItem(plot_item)
            axis.linkToView(view_box)
            axis.send_below()
        return cls(view_box, left, bottom)

    @classmethod
    def first(cls, plot_item: PlotItem) -> Panel:
        """The data rectangle that ``plot_item`` has from the start, out of its grid."""
        left = plot_item.getAxis("left")
        bottom = plot_item.getAxis("bottom")
        for item in (plot_item.vb, left, bottom):
            plot_item.layout.removeItem(item)
        return cls(plot_item.vb, left, bottom)

    def set_visible(self, visible: bool) -> None:
        """Show or hide it, with its axes."""
        for item in (self.view_box, self.left, self.bottom):
            item.setVisible(visible)

    def add(self, item: QGraphicsItem) -> None:
        """Put an item in."""
        self.view_box.addItem(item, ignoreBounds=True)

    def lay_out(
        self, box: Box, x: Range, y: Range, room: tuple[float, float], spill: float = 0.0
    ) -> None:
        """Put it into ``box`` with home ranges ``x`` and ``y``.

        ``room`` is what the axes take at the left and below, in pixels; the labels below may reach
        ``spill`` pixels beyond the box.
        """
        left, below = room
        self.view_box.setGeometry(QRectF(*box))
        self.left.setGeometry(QRectF(box.left - left, box.top, left, box.height))
        self.bottom.setGeometry(QRectF(box.left, box.bottom, box.width, below))
        self.bottom.bounds = box.grown(1 + spill)
        self.view_box.set_home(x, y)
        self.area = Area(box, self.view_box.seen(0, x), self.view_box.seen(1, y))


class PlotView(GraphicsView):
    """A scene as large as the widget, in its pixels. ``still`` is for pictures."""

    def __init__(self, parent: QWidget, *, still: bool) -> None:
        super().__init__(parent)
        # the arrow keys are the window's: they step
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # else a PDF has JPEG, whose colors are not those of the scale
        self.setRenderHint(QPainter.RenderHint.LosslessImageRendering)
        # pyqtgraph's own export writes broken SVG (pyqtgraph#3485); panels bring theirs
        self.scene().contextMenu.clear()
        if still:
            self.setInteractive(False)
            self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
