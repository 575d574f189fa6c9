"""The one place that touches pyqtgraph: a still view with curves and images in it.

A bare ViewBox, not a PlotItem: that one costs 6 ms and a hidden menu each, and its translucent
grid 33 ms a frame. Axes and labels are painted by :mod:`vgsim.ui.plots.layer` instead.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QWidget

from vgsim.ui.plots.model.geometry import Area

Array = NDArray[np.float64]


@cache
def _pyqtgraph() -> Any:
    """The library, imported when the first plot is made: it takes longer than all else at start."""
    import pyqtgraph

    pyqtgraph.setConfigOptions(antialias=True, imageAxisOrder="row-major")
    return pyqtgraph


class Curve:
    """One line, made once and then given data. Its pen is cosmetic: ``width`` is in device pixels.

    Segments are drawn one by one with round caps, ten times faster than a wide polyline.
    """

    def __init__(self) -> None:
        self.item = _pyqtgraph().PlotCurveItem(skipFiniteCheck=True)
        self.item.setSegmentedLineMode("on")

    def set_pen(self, color: str, width: float) -> None:
        """Give the line another color and width."""
        pen = QPen(color)
        pen.setWidthF(width)
        pen.setCosmetic(True)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        self.item.setPen(pen)

    def set_data(self, x: Array, y: Array) -> None:
        """Show these points; nan breaks the line."""
        whole = bool(np.isfinite(y).all())
        connect = "all" if whole else "finite"
        self.item.setData(x, y, connect=connect, skipFiniteCheck=whole)


class Picture:
    """One picture, drawn without interpolation."""

    def __init__(self) -> None:
        self.item = _pyqtgraph().ImageItem(autoLevels=False)

    def set_rgb(self, rgb: NDArray[np.uint8], place: QRectF) -> None:
        """Show (rows, columns, 3) pixels over ``place``, in data units, the first row lowest."""
        self.item.setImage(rgb, autoLevels=False)
        self.item.setRect(place)


class Canvas:
    """The view that fills a plot: its data rectangle, and layers in pixels below and above it."""

    def __init__(self, parent: QWidget) -> None:
        self.view = _pyqtgraph().GraphicsView(parent)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # else a PDF has JPEG, whose colors are not those of the scale
        self.view.setRenderHint(QPainter.RenderHint.LosslessImageRendering)
        self.view.setInteractive(False)
        self.view.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._box = _pyqtgraph().ViewBox(enableMenu=False, enableMouse=False)
        self._box.disableAutoRange()
        self.view.scene().addItem(self._box)

    def add(self, item: Curve | Picture) -> None:
        """Put a curve or picture in the data rectangle."""
        self._box.addItem(item.item, ignoreBounds=True)

    def add_layer(self, layer: QGraphicsItem, z: float) -> None:
        """Put ``layer`` below (``z`` under -100) or above the data; its units are pixels."""
        layer.setZValue(z)
        self.view.scene().addItem(layer)

    def show_data(self, visible: bool) -> None:
        """Show or hide everything in the data rectangle."""
        self._box.setVisible(visible)

    def resize(self, width: int, height: int) -> None:
        """Fill a widget of that size."""
        self.view.setGeometry(0, 0, width, height)

    def fit(self, area: Area) -> None:
        """Move the data rectangle to ``area`` and let it span the ranges there."""
        place = QRectF(*area.box)
        if self._box.geometry() != place:
            self._box.setGeometry(place)
        if self._box.viewRange() != [list(area.x), list(area.y)]:
            self._box.setRange(xRange=area.x, yRange=area.y, padding=0)

    def set_background(self, color: str) -> None:
        """Paint behind everything, or with an empty ``color`` nothing."""
        self.view.setBackground(color or None)
