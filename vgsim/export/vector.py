"""A laid out widget as vectors: SVG that any program draws alike, and PDF."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import (
    QBuffer,
    QEvent,
    QIODevice,
    QMarginsF,
    QPoint,
    QPointF,
    QRectF,
    QSize,
    QSizeF,
    Qt,
)
from PySide6.QtGui import (
    QColor,
    QPageLayout,
    QPageSize,
    QPaintDevice,
    QPainter,
    QPdfWriter,
    QRegion,
)
from PySide6.QtWidgets import QApplication, QWidget

from vgsim.atomic import written
from vgsim.export.passport import Passport
from vgsim.export.pdf import add_passport, with_page
from vgsim.export.svg import with_passport
from vgsim.export.svg_engine import SvgDevice

POINTS = 72
"""Of an inch."""


def save_svg(
    widget: QWidget,
    size: QSize,
    path: Path,
    passport: Passport | None = None,
    *,
    inches: tuple[float, float],
    title: str = "",
    background: str | None = None,
    ratio: float = 1.0,
) -> None:
    """Write ``widget`` as an SVG that appears whole or not at all; OSError when it cannot be.

    For the rest see :func:`svg_text`.
    """
    text = svg_text(
        widget, size, passport, inches=inches, title=title, background=background, ratio=ratio
    )
    with written(path) as scratch:
        scratch.write_text(text, encoding="utf-8", newline="\n")


def svg_text(
    widget: QWidget,
    size: QSize,
    passport: Passport | None = None,
    *,
    inches: tuple[float, float],
    title: str = "",
    background: str | None = None,
    ratio: float = 1.0,
) -> str:
    """``widget``, laid out at ``size`` logical pixels, as an SVG ``inches`` wide and high.

    ``background`` is a color, None for nothing behind the widget. ``ratio`` is how many device
    pixels a logical one had when the widget chose its cosmetic pens.
    """
    device = SvgDevice(size, ratio)
    with _ready(widget, size), _painter(device) as painter:
        _paint(widget, painter, background)
    text = device.text(inches, title, background)
    return with_passport(text, passport) if passport else text


def save_pdf(
    widget: QWidget,
    size: QSize,
    path: Path,
    passport: Passport | None = None,
    *,
    inches: tuple[float, float],
    title: str = "",
    background: str | None = None,
    ratio: float = 1.0,
) -> None:
    """Write ``widget`` as a page of exactly ``inches``, whole or not at all; OSError if it cannot.

    Letters stay letters, in fonts that are embedded. For the rest see :func:`svg_text`.
    """
    data = _pdf(widget, size, passport, inches, title, background, ratio)
    with written(path) as scratch:
        scratch.write_bytes(data)


def _pdf(
    widget: QWidget,
    size: QSize,
    passport: Passport | None,
    inches: tuple[float, float],
    title: str,
    background: str | None,
    ratio: float,
) -> bytes:
    """In memory, for Qt would not tell of a full disk."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = _writer(buffer, size, inches, ratio)
    if passport is None:
        writer.setTitle(title)
    else:
        add_passport(writer, passport, title)
    with _ready(widget, size), _painter(writer) as painter:
        unit = [writer.resolution() * side for side in inches]
        painter.scale(unit[0] / size.width(), unit[1] / size.height())
        if background:
            painter.fillRect(QRectF(QPointF(), QSizeF(size)), QColor(background))
        _paint(widget, painter, background)
    return with_page(bytes(buffer.data().data()), (inches[0] * POINTS, inches[1] * POINTS))


def _writer(
    device: QIODevice, size: QSize, inches: tuple[float, float], ratio: float
) -> QPdfWriter:
    """A writer of one page, no less than ``inches``, a unit of which is a cosmetic pixel."""
    writer = QPdfWriter(device)
    points = QSizeF(*(math.ceil(round(side * POINTS, 6)) for side in inches))
    exact = QPageSize.SizeMatchPolicy.ExactMatch  # not the paper that is nearly as large
    page = QPageSize(points, QPageSize.Unit.Point, "", exact)
    upright = QPageLayout.Orientation.Portrait
    writer.setPageLayout(QPageLayout(page, upright, QMarginsF()))
    writer.setResolution(round(ratio * size.width() / inches[0]))
    return writer


@contextmanager
def _ready(widget: QWidget, size: QSize) -> Iterator[None]:
    """``widget`` laid out at ``size``, without a window on the screen."""
    shown = widget.isVisible()
    if not shown:
        widget.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        widget.show()
    widget.resize(size)
    QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)  # nothing else: no signals
    try:
        yield
    finally:
        if not shown:
            widget.hide()


@contextmanager
def _painter(device: QPaintDevice) -> Iterator[QPainter]:
    """A painter that has ended when the block ends: one that lives on crashes."""
    painter = QPainter()
    if not painter.begin(device):
        raise OSError(None, "the picture could not be written")
    try:
        yield painter
    finally:
        painter.end()


def _paint(widget: QWidget, painter: QPainter, background: str | None) -> None:
    flags = QWidget.RenderFlag.DrawChildren
    if background:
        flags |= QWidget.RenderFlag.DrawWindowBackground
    # a view in the tree has a render() of its own; QWidget's is meant
    QWidget.render(widget, painter, QPoint(), QRegion(), flags)
