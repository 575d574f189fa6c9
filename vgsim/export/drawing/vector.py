"""A laid out widget as vectors: SVG that any program draws alike, and PDF."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

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

from vgsim.export.drawing.pdf_text import with_words
from vgsim.export.drawing.svg_engine import SvgDevice

POINTS = 72
"""Of an inch."""
_BOX = re.compile(rb"/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]")


@dataclass(frozen=True, slots=True)
class Page:
    """A picture of ``inches`` (width, height) on which a widget of ``size`` logical pixels lies.

    ``background`` is a color, None for nothing behind the widget. ``ratio`` is how many device
    pixels a logical one had when the widget chose its cosmetic pens.
    """

    size: QSize
    inches: tuple[float, float]
    title: str = ""
    background: str | None = None
    ratio: float = 1.0


def svg_text(widget: QWidget, page: Page) -> str:
    """``widget`` as an SVG, its letters as outlines."""
    device = SvgDevice(page.size, page.ratio)
    with _ready(widget, page.size), _painter(device) as painter:
        _paint(widget, painter, page.background)
    return device.text(page.inches, page.title, page.background)


def pdf_bytes(widget: QWidget, page: Page, xmp: str = "") -> bytes:
    """``widget`` as a PDF of one page, with ``xmp`` as its metadata.

    Letters stay letters, in fonts that are embedded; they can be searched and copied. It is made
    in memory, for Qt would not tell of a full disk.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = _writer(buffer, page)
    writer.setTitle(page.title)
    if xmp:
        writer.setCreator("vgsim")
        writer.setDocumentXmpMetadata(xmp.encode())
    with _ready(widget, page.size), _painter(writer) as painter:
        unit = [writer.resolution() * side for side in page.inches]
        painter.scale(unit[0] / page.size.width(), unit[1] / page.size.height())
        if page.background:
            painter.fillRect(QRectF(QPointF(), QSizeF(page.size)), QColor(page.background))
        _paint(widget, painter, page.background)
    width, height = page.inches
    words = with_words(bytes(buffer.data().data()))
    return _with_page(words, (width * POINTS, height * POINTS))


def pdf_of_sheets(
    sheets: Iterable[Callable[[QPainter], None]], points: tuple[int, int], unit: int, title: str
) -> bytes:
    """A PDF with a page for each of ``sheets``, which paint it; made in memory as above.

    Pages are ``points`` wide and high; the painter has ``unit`` units a point.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    width, height = points
    size = QSize(width * unit, height * unit)
    writer = _writer(buffer, Page(size, (width / POINTS, height / POINTS)))
    writer.setTitle(title)
    writer.setCreator("vgsim")
    with _painter(writer) as painter:
        for number, paint in enumerate(sheets):
            if number:
                writer.newPage()
            paint(painter)
    return with_words(bytes(buffer.data().data()))


def paint_into(box: QRectF, widget: QWidget, size: QSize, painter: QPainter) -> None:
    """Paint ``widget``, laid out at ``size``, as shapes into ``box``, whose aspect is the same."""
    with _ready(widget, size):
        painter.save()
        painter.translate(box.topLeft())
        painter.scale(box.width() / size.width(), box.height() / size.height())
        _paint(widget, painter, None)
        painter.restore()


def _writer(device: QIODevice, page: Page) -> QPdfWriter:
    """A writer of one page, no less than its inches, a unit of which is a cosmetic pixel."""
    writer = QPdfWriter(device)
    points = QSizeF(*(math.ceil(round(side * POINTS, 6)) for side in page.inches))
    exact = QPageSize.SizeMatchPolicy.ExactMatch  # not the paper that is nearly as large
    paper = QPageSize(points, QPageSize.Unit.Point, "", exact)
    upright = QPageLayout.Orientation.Portrait
    writer.setPageLayout(QPageLayout(paper, upright, QMarginsF()))
    writer.setResolution(round(page.ratio * page.size.width() / page.inches[0]))
    return writer


def _with_page(pdf: bytes, points: tuple[float, float]) -> bytes:
    """``pdf`` with its only page exactly ``points`` wide and high, from its upper left corner.

    Qt rounds a page to whole points; the box that says so is written over in as many bytes.
    ValueError when there is no such box.
    """
    found = _BOX.search(pdf)
    if found is None:
        raise ValueError("no page box as Qt writes it")
    width, height = points
    top = float(found[2])
    box = f"/MediaBox [0 {top - height:.4g} {width:.6g} {top:.6g}]".encode()
    return pdf[: found.start()] + box.ljust(len(found[0])) + pdf[found.end() :]


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
