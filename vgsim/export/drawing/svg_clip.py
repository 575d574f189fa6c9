"""Where may be painted: the painter's clip and the widget's, in page pixels."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainterPath, QRegion, QTransform

Shape = QRectF | QPainterPath


def cut(one: Shape, other: Shape) -> Shape:
    """What both shapes cover."""
    if isinstance(one, QRectF) and isinstance(other, QRectF):
        return one.intersected(other)
    return as_path(one).intersected(as_path(other))


def as_path(shape: Shape) -> QPainterPath:
    """``shape`` as a path."""
    if isinstance(shape, QPainterPath):
        return shape
    path = QPainterPath()
    path.addRect(shape)
    return path


def of_region(region: QRegion, transform: QTransform) -> Shape:
    """A region that ``transform`` brings to the page."""
    if region.rectCount() <= 1 and not transform.isRotating():
        return transform.mapRect(QRectF(region.boundingRect()))
    path = QPainterPath()
    path.addRegion(region)
    return transform.map(path)


def of_path(path: QPainterPath, transform: QTransform) -> Shape:
    """A path that ``transform`` brings to the page; a rectangle where it is one."""
    placed = transform.map(path)
    bounds = placed.boundingRect()
    return bounds if placed.elementCount() == 5 and placed.contains(bounds) else placed


class Clip:
    """The clip of a painter, which it tells piece by piece."""

    def __init__(self, page: QRectF) -> None:
        self._page = page
        self._own: Shape | None = None
        self._enabled = False
        self._region = QRegion()
        self._widget: Shape = page
        self._all: Shape | None = page

    def enable(self, enabled: bool) -> None:
        """Whether the painter's own clip counts."""
        self._enabled, self._all = enabled, None

    def take(self, shape: Shape, operation: Qt.ClipOperation) -> None:
        """The painter's own clip becomes another one."""
        if operation == Qt.ClipOperation.NoClip:
            self._own = None
        elif operation == Qt.ClipOperation.IntersectClip and self._own is not None:
            self._own = cut(self._own, shape)
        else:
            self._own = shape
        self._enabled, self._all = operation != Qt.ClipOperation.NoClip, None

    def within(self, region: QRegion, transform: QTransform) -> None:
        """The widget that is painted reaches no further than ``region``; empty for no bound."""
        if region == self._region:
            return
        self._region = QRegion(region)
        free = region.isEmpty()
        self._widget = self._page if free else cut(self._page, of_region(region, transform))
        self._all = None

    def shape(self) -> Shape:
        """All that may be painted on."""
        if self._all is None:
            own = self._own if self._enabled else None
            self._all = self._widget if own is None else cut(self._widget, own)
        return self._all

    def needed(self, bounds: QRectF) -> Shape | bool:
        """The clip for a mark within ``bounds``: False if it is unseen, True if it is whole."""
        shape = self.shape()
        inner = shape if isinstance(shape, QRectF) else shape.boundingRect()
        if not inner.intersects(bounds):
            return False
        return True if shape.contains(bounds) else shape
