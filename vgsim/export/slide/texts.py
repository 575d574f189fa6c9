"""Every text that a widget paints, with its size and place: measured, not guessed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRectF
from PySide6.QtGui import (
    QFontInfo,
    QFontMetricsF,
    QPaintDevice,
    QPaintEngine,
    QPaintEngineState,
    QPainter,
    QRegion,
    QTextItem,
    QTransform,
)
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

_ONE = 0x10000
"""A device pixel ratio of 1, as Qt counts it."""


@dataclass(frozen=True, slots=True)
class Painted:
    """One run of text: its font's size and its box, in pixels of the widget that painted it."""

    text: str
    size: float
    box: QRectF


class _Recorder(QPaintEngine):
    """Takes down texts and paints nothing."""

    def __init__(self) -> None:
        super().__init__(QPaintEngine.PaintEngineFeature.AllFeatures)
        self.texts: list[Painted] = []
        self._transform = QTransform()

    def begin(self, device: QPaintDevice) -> bool:
        return True

    def end(self) -> bool:
        return True

    def type(self) -> QPaintEngine.Type:
        return QPaintEngine.Type.User

    def updateState(self, state: QPaintEngineState) -> None:
        if state.state() & QPaintEngine.DirtyFlag.DirtyTransform:
            self._transform = QTransform(state.transform())  # a copy: Qt's own is soon another

    def drawTextItem(  # type: ignore[override]  # Qt only ever hands over a QPointF
        self, at: QPointF, item: QTextItem
    ) -> None:
        metrics = QFontMetricsF(item.font())
        # the height of letters, not of the line: nothing of the rest is to be seen
        ink = metrics.capHeight()
        box = QRectF(at.x(), at.y() - ink, item.width(), ink)
        pixels = QFontInfo(item.font()).pixelSize() * abs(self._transform.m22())
        self.texts.append(Painted(item.text(), pixels, self._transform.mapRect(box)))

    def drawPixmap(self, *_: object) -> None:
        pass

    def drawImage(self, *_: object) -> None:
        pass

    def drawPath(self, *_: object) -> None:
        pass

    def drawPolygon(self, *_: object) -> None:
        pass


class _Paper(QPaintDevice):
    """A surface of a widget's size that takes down texts."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self.recorder = _Recorder()
        self._widget = widget

    def paintEngine(self) -> QPaintEngine:
        return self.recorder

    def metric(self, which: QPaintDevice.PaintDeviceMetric) -> int:
        metric = QPaintDevice.PaintDeviceMetric
        sizes = {metric.PdmWidth: self._widget.width(), metric.PdmHeight: self._widget.height()}
        sizes |= dict.fromkeys(
            (metric.PdmDpiX, metric.PdmDpiY, metric.PdmPhysicalDpiX, metric.PdmPhysicalDpiY), 96
        )
        sizes[metric.PdmDevicePixelRatioScaled] = _ONE
        return sizes.get(which, 1)


def texts_of(widget: QWidget) -> list[Painted]:
    """What ``widget`` itself paints, without its children."""
    paper = _Paper(widget)
    painter = QPainter()
    painter.begin(paper)
    try:
        QWidget.render(widget, painter, QPoint(), QRegion(), QWidget.RenderFlag(0))
    finally:
        painter.end()
    return [text for text in paper.recorder.texts if text.text.strip()]


def painters(root: QWidget) -> Iterator[QWidget]:
    """``root`` and all that can be seen in it; a scroll area paints by its viewport."""
    for widget in (root, *root.findChildren(QWidget)):
        if widget.isVisibleTo(root) and not isinstance(widget, QAbstractScrollArea):
            yield widget


def all_texts(root: QWidget) -> list[Painted]:
    """Every text in ``root``."""
    return [text for widget in painters(root) for text in texts_of(widget)]


def cut_texts(root: QWidget) -> list[str]:
    """Texts that reach out of what is to be seen of their widget, or end in "…"."""
    found = []
    for widget in painters(root):
        seen = _seen(widget, root)
        for text in texts_of(widget):
            whole = seen.adjusted(-1.0, -1.0, 1.0, 1.0).contains(text.box)
            if not whole or text.text.rstrip().endswith("…"):
                found.append(text.text)
    return found


def _seen(widget: QWidget, root: QWidget) -> QRectF:
    """What no parent cuts off, in the widget's own pixels."""
    seen = QRectF(widget.rect())
    if widget is not root:
        parent = widget.parentWidget()
    else:
        parent = None
    while parent is not None:
        corner = widget.mapFrom(parent, QPoint(0, 0))
        seen &= QRectF(parent.rect()).translated(QPointF(corner))
        if parent is not root:
            parent = parent.parentWidget()
        else:
            parent = None
    return seen
