"""A widget as a picture of an exact size in pixels, rendered at that size."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QRegion
from PySide6.QtWidgets import QApplication, QWidget


def rendered(widget: QWidget, size: QSize, ratio: float, *, transparent: bool = False) -> QImage:
    """``widget`` laid out at ``size`` / ``ratio`` and painted at ``size`` pixels, sharp.

    ``transparent`` paints nothing behind it.
    """
    widget.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    widget.resize(round(size.width() / ratio), round(size.height() / ratio))
    widget.show()  # lays out and polishes every child, without a window on the screen
    QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)  # nothing else: no signals
    formats = QImage.Format
    if transparent:
        kind = formats.Format_ARGB32_Premultiplied
    else:
        kind = formats.Format_RGB32
    image = QImage(size, kind)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent if transparent else widget.palette().window().color())
    painter = QPainter(image)
    try:
        # a view in the tree has a render() of its own; QWidget's is meant
        QWidget.render(
            widget, painter, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren
            | QWidget.RenderFlag.DrawWindowBackground,
        )  # fmt: skip
    finally:
        painter.end()
        widget.hide()
    image.setDevicePixelRatio(1.0)
    return image
