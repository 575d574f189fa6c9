"""A widget as a picture of an exact size in pixels, rendered at that size, and as a PNG file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QRegion
from PySide6.QtWidgets import QApplication, QWidget

from vgsim.atomic import written

COMPRESSION = 60
"""QImage's quality number that makes zlib quick; the smallest files take several times longer."""


def rendered(widget: QWidget, size: QSize, ratio: float) -> QImage:
    """``widget`` laid out at ``size`` / ``ratio`` and painted at ``size`` pixels, sharp."""
    widget.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    widget.resize(round(size.width() / ratio), round(size.height() / ratio))
    widget.show()  # lays out and polishes every child, without a window on the screen
    QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)  # nothing else: no signals
    image = QImage(size, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(widget.palette().window().color())
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


def save_png(image: QImage, path: Path) -> None:
    """Write ``image`` as a PNG that appears whole or not at all; OSError when it cannot be."""
    with written(path) as scratch:
        # PySide names the format as bytes in its stubs and takes a string
        if not image.save(str(scratch), "PNG", COMPRESSION):  # type: ignore[call-overload]
            raise OSError(None, "the picture could not be written", str(path))
