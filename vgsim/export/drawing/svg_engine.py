"""A paint device that writes SVG: whatever a widget paints on it becomes marks of a page.

QSvgGenerator would turn cosmetic pens into blobs under pyqtgraph's transforms, smooth heat maps and
name fonts that are not there where the picture is looked at. Here every shape is brought to page
pixels before it is written, and text becomes outlines.
"""

from __future__ import annotations

import math
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Concatenate, ParamSpec

from PySide6.QtCore import QLineF, QPoint, QPointF, QRect, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import (
    QBrush,
    QImage,
    QPaintDevice,
    QPaintEngine,
    QPaintEngineState,
    QPainter,
    QPainterPath,
    QPainterPathStroker,
    QPen,
    QPixmap,
    QPolygonF,
    QTextItem,
    QTransform,
)

from vgsim.export.drawing import svg_page as marks
from vgsim.export.drawing.svg_letters import Clip, Letters, of_path, of_region
from vgsim.export.drawing.svg_page import Attributes, SvgPage

SHARP = 2
"""Device pixels a page pixel: what can only be pixels, as an icon, comes that sharp."""
DPI = 96
"""Of a page pixel, as of a screen that is not scaled."""
FINE = 4
"""Pixels to a page pixel that each cell of a heat map is blown up to, its rim staying sharp even
in programs that smooth all they enlarge."""
MOST_PIXELS = 2_000_000
"""Of an image that is blown up: flat blocks take no room in a file, but do where it is shown."""
HATCH = 8
"""Page pixels after which Qt's hatches repeat themselves."""

Place = QRectF | QRect
Spot = QPointF | QPoint | QPainterPath.Element
Pixels = QPixmap | QImage

_Metric = QPaintDevice.PaintDeviceMetric
_Dirty = QPaintEngine.DirtyFlag
_NONE: Attributes = (("fill", "none"),)


P = ParamSpec("P")


def _held(
    take: Callable[Concatenate[SvgEngine, P], None],
) -> Callable[Concatenate[SvgEngine, P], None]:
    """Keep an error for later: one that leaves a method that Qt calls ends the process."""

    @wraps(take)
    def held(engine: SvgEngine, /, *given: P.args, **named: P.kwargs) -> None:
        try:
            take(engine, *given, **named)
        except Exception as error:
            # what Qt handed over is gone after this call: no frame may hold on to it
            traceback.clear_frames(error.__traceback__)
            engine.error = engine.error or error

    return held


class SvgDevice(QPaintDevice):
    """Paper of ``size`` page pixels; :attr:`page` holds what has been painted on it."""

    def __init__(self, size: QSize, ratio: float = 1.0) -> None:
        super().__init__()
        self.page = SvgPage(size.width(), size.height())
        self._engine = SvgEngine(self.page, ratio)
        wide = size.width()
        high = size.height()
        millimeters = 25.4 / DPI
        self._metrics = {
            _Metric.PdmWidth: wide * SHARP,
            _Metric.PdmHeight: high * SHARP,
            _Metric.PdmWidthMM: round(wide * millimeters),
            _Metric.PdmHeightMM: round(high * millimeters),
            _Metric.PdmNumColors: 2**31 - 1,
            _Metric.PdmDepth: 32,
            _Metric.PdmDpiX: DPI,
            _Metric.PdmDpiY: DPI,
            _Metric.PdmPhysicalDpiX: DPI,
            _Metric.PdmPhysicalDpiY: DPI,
            _Metric.PdmDevicePixelRatio: SHARP,
            _Metric.PdmDevicePixelRatioScaled: round(SHARP * QPaintDevice.devicePixelRatioFScale()),
        }

    def paintEngine(self) -> QPaintEngine:
        """Qt asks for what takes the marks."""
        return self._engine

    def text(self, inches: tuple[float, float], title: str, background: str | None) -> str:
        """The document, once the painter has ended; the first error there was."""
        if self._engine.error is not None:
            raise self._engine.error
        return self.page.text(inches, title, background)

    def metric(self, metric: QPaintDevice.PaintDeviceMetric) -> int:
        """Qt asks for one of the paper's measures; 0 of one that is not known."""
        return self._metrics.get(metric, 0)


class SvgEngine(QPaintEngine):
    """Takes what a painter paints and puts it on a page."""

    def __init__(self, page: SvgPage, ratio: float = 1.0) -> None:
        super().__init__(QPaintEngine.PaintEngineFeature.AllFeatures)
        self._page, self._ratio = page, ratio
        self.error: Exception | None = None
        self._letters = Letters(page)
        self._clip = Clip(QRectF(0, 0, page.width, page.height))
        self._to_page = QTransform.fromScale(1 / SHARP, 1 / SHARP)
        self._transform = QTransform(self._to_page)
        self._pen, self._brush, self._opacity = QPen(), QBrush(), 1.0
        self._hints = QPainter.RenderHint(0)

    def type(self) -> QPaintEngine.Type:
        """No kind that Qt knows, so that nothing is taken for granted."""
        return QPaintEngine.Type.User

    def begin(self, device: QPaintDevice) -> bool:
        """A painter starts."""
        self.setActive(True)
        return True

    def end(self) -> bool:
        """The painter is done."""
        self.setActive(False)
        return True

    @_held
    def updateState(self, state: QPaintEngineState) -> None:
        """Copy what has changed: ``state`` lives no longer than this call."""
        dirty = state.state()
        if dirty & _Dirty.DirtyTransform:
            self._transform = state.transform() * self._to_page
        if dirty & _Dirty.DirtyPen:
            self._pen = QPen(state.pen())
        if dirty & _Dirty.DirtyBrush:
            self._brush = QBrush(state.brush())
        if dirty & _Dirty.DirtyOpacity:
            self._opacity = state.opacity()
        if dirty & _Dirty.DirtyHints:
            self._hints = state.renderHints()
        self._update_clip(state, dirty)

    def _update_clip(self, state: QPaintEngineState, dirty: QPaintEngine.DirtyFlag) -> None:
        if dirty & _Dirty.DirtyClipEnabled:
            self._clip.enable(state.isClipEnabled())
        if dirty & _Dirty.DirtyClipPath:
            self._clip.take(of_path(state.clipPath(), self._transform), state.clipOperation())
        elif dirty & _Dirty.DirtyClipRegion:
            shape = of_region(state.clipRegion(), self._transform)
            self._clip.take(shape, state.clipOperation())

    # --- what a painter paints ------------------------------------------------------------------

    @_held
    def drawPath(self, path: QPainterPath) -> None:
        """Fill and stroke an outline."""
        self._fill(path)
        self._stroke(path)

    @_held
    def drawRects(self, rects: Iterable[QRectF]) -> None:
        """Fill and stroke each of them."""
        for rect in map(QRectF, rects):
            path = QPainterPath()
            path.addRect(rect)
            straight = not self._transform.isRotating() and rect.isValid()
            self._fill(path, self._transform.mapRect(rect) if straight else None)
            self._stroke(path)

    @_held
    def drawEllipse(self, rect: Place) -> None:
        """Fill and stroke an ellipse."""
        path = QPainterPath()
        path.addEllipse(QRectF(rect))
        self.drawPath(path)

    @_held
    def drawPolygon(self, points: Iterable[QPointF], mode: QPaintEngine.PolygonDrawMode) -> None:
        """Lines from point to point; filled unless it is a polyline."""
        path = QPainterPath()
        path.addPolygon(QPolygonF([QPointF(point) for point in points]))
        if mode == QPaintEngine.PolygonDrawMode.PolylineMode:
            self._stroke(path)
            return
        path.closeSubpath()
        winding = mode == QPaintEngine.PolygonDrawMode.WindingMode
        path.setFillRule(Qt.FillRule.WindingFill if winding else Qt.FillRule.OddEvenFill)
        self.drawPath(path)

    @_held
    def drawLines(self, lines: Iterable[QLineF]) -> None:
        """Lines, those that meet end to end in one stroke."""
        path, end = QPainterPath(), None
        for line in map(QLineF, lines):  # Qt tells lines of whole numbers too
            if end is None or line.p1() != end:
                path.moveTo(line.p1())
            end = line.p2()
            path.lineTo(end)
        self._stroke(path)

    @_held
    def drawPoints(self, points: Iterable[QPointF]) -> None:
        """Dots as wide as the pen."""
        path = QPainterPath()
        for point in map(QPointF, points):
            path.moveTo(point)
            path.lineTo(point + QPointF(0.001, 0))
        self._stroke(path)

    @_held
    def drawTextItem(self, spot: Spot, item: QTextItem) -> None:
        """A run of text in one font and color, as outlines."""
        place = _point(spot)
        words = item.text()
        font = item.font()
        bounds = QRectF(place.x(), place.y() - item.ascent(), item.width(),
                        item.ascent() + item.descent())  # fmt: skip
        origin = QTransform.fromTranslate(place.x(), place.y()) * self._transform
        mark = self._letters.mark(words, font, origin)
        if mark and self._put(mark, self._ink(), self._transform.mapRect(bounds)):
            self._page.say(words)

    @_held
    def drawImage(
        self,
        place: Place,
        image: QImage,
        part: Place,
        flags: Qt.ImageConversionFlag = Qt.ImageConversionFlag.AutoColor,
    ) -> None:
        """Pixels, each as sharp as it is on the screen."""
        smooth = bool(self._hints & QPainter.RenderHint.SmoothPixmapTransform)
        self._embed(QRectF(place), image.copy(QRectF(part).toAlignedRect()), smooth)

    @_held
    def drawPixmap(self, place: Place, pixmap: Pixels, part: Place) -> None:
        """Pixels of an icon, say."""
        if isinstance(pixmap, QPixmap):
            image = pixmap.toImage()
        else:
            image = pixmap
        self._embed(QRectF(place), image.copy(QRectF(part).toAlignedRect()), True)

    @_held
    def drawTiledPixmap(self, place: Place, pixmap: Pixels, start: Spot) -> None:
        """Pixels again and again."""
        area = QRectF(place)
        with _tile(area.size()) as (image, painter):
            painter.drawTiledPixmap(QRectF(QPointF(), area.size()), QPixmap(pixmap), _point(start))
        self._embed(area, image, True)

    # --- marks on the page ----------------------------------------------------------------------

    def _put(self, mark: str, style: Attributes, bounds: QRectF) -> bool:
        """Put ``mark`` on the page if any of it can be seen."""
        self._clip.within(self.systemClip(), self._to_page)
        clip = self._clip.needed(bounds.adjusted(-0.01, -0.01, 0.01, 0.01))
        if clip is False:
            return False
        self._page.add(mark, style, "" if clip is True else self._page.clip(clip))
        return True

    def _fill(self, path: QPainterPath, box: QRectF | None = None) -> None:
        """The brush within ``path``, of which ``box`` is the whole on the page if it is one."""
        style = self._brush_style()
        if style == _NONE:
            return
        if box is not None:
            box = box if self._is_smooth() else _snapped(box)
            self._put(marks.tag("rect", marks.box(box)), style, box)
            return
        placed = self._transform.map(path)
        shape = (("d", marks.outline(placed)), *marks.rule(placed))
        self._put(marks.tag("path", shape), style, placed.boundingRect())

    def _stroke(self, path: QPainterPath) -> None:
        """The pen along ``path``."""
        if self._pen.style() == Qt.PenStyle.NoPen or path.isEmpty():
            return
        width = max(self._pen.widthF(), 0.0)
        size = marks.size_of(self._transform)
        if self._pen.isCosmetic() or not width:
            width = (width or 1.0) / self._ratio
        elif size is None:  # a stroke of uneven width is a shape of its own
            self._fill_stroke(path)
            return
        else:
            width *= size
        placed = self._transform.map(path)
        if not self._is_smooth() and width < 1.5:
            placed.translate(0.5, 0.5)  # such a line fills the pixels right of and below it
        reach = width * max(self._pen.miterLimit(), 1.0)
        bounds = placed.boundingRect().adjusted(-reach, -reach, reach, reach)
        style = (*_NONE, *marks.stroke(self._pen, width, self._opacity))
        self._put(marks.tag("path", (("d", marks.outline(placed)),)), style, bounds)

    def _is_smooth(self) -> bool:
        return bool(self._hints & QPainter.RenderHint.Antialiasing)

    def _fill_stroke(self, path: QPainterPath) -> None:
        outline = self._transform.map(QPainterPathStroker(self._pen).createStroke(path))
        outline.setFillRule(Qt.FillRule.WindingFill)
        mark = marks.tag("path", (("d", marks.outline(outline)),))
        self._put(mark, self._ink(), outline.boundingRect())

    def _ink(self) -> Attributes:
        """A fill in the color of the pen."""
        return marks.fill_color(self._pen.color(), self._opacity)

    def _brush_style(self) -> Attributes:
        style = self._brush.style()
        if style == Qt.BrushStyle.NoBrush:
            return _NONE
        if style in _GRADIENTS:
            text = marks.gradient(self._brush, self._transform, "{}")
            return self._paint(self._page.define("p", text, text))
        if style == Qt.BrushStyle.SolidPattern:
            return marks.fill_color(self._brush.color(), self._opacity)
        text = _pattern(self._brush)
        return self._paint(self._page.define("p", text, text))

    def _paint(self, name: str) -> Attributes:
        shown = (("fill", f"url(#{name})"),)
        if self._opacity >= 1:
            return shown
        return (*shown, ("fill-opacity", str(self._opacity)))

    def _embed(self, place: QRectF, image: QImage, smooth: bool) -> None:
        if image.isNull():
            return
        shown = self._transform.mapRect(place)
        source = image if smooth else _blown_up(image, shown.size())
        found = [*marks.box(place), ("transform", marks.matrix(self._transform))]
        found += [("preserveAspectRatio", "none"), ("xlink:href", marks.data_uri(source))]
        if not smooth:
            found.append(("style", "image-rendering:pixelated"))
        if self._opacity < 1:
            found.append(("opacity", marks.number(self._opacity, 3)))
        self._put(marks.tag("image", found), (), shown)


_GRADIENTS = (
    Qt.BrushStyle.LinearGradientPattern,
    Qt.BrushStyle.RadialGradientPattern,
    Qt.BrushStyle.ConicalGradientPattern,
)


def _snapped(box: QRectF) -> QRectF:
    """``box`` on whole pixels, as it is filled where edges are not smooth, unless none is left."""
    left = round(box.left())
    right = round(box.right())
    top = round(box.top())
    bottom = round(box.bottom())
    there = right > left and bottom > top
    if there:
        return QRectF(left, top, right - left, bottom - top)
    return box


def _point(spot: Spot) -> QPointF:
    """One kind of point, of those that the base class takes."""
    if isinstance(spot, QPainterPath.Element):
        return QPointF(spot.x, spot.y)
    return QPointF(spot)


def _pattern(brush: QBrush) -> str:
    """A hatch or texture: a tile that Qt paints, as an element named ``{}``."""
    texture = brush.textureImage()
    area = QRectF(QPointF(), QSizeF(HATCH, HATCH) if texture.isNull() else QSizeF(texture.size()))
    image = QImage(area.size().toSize(), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.fillRect(area, brush)
    painter.end()
    large = _blown_up(image, area.size())
    inside = marks.tag("image", (*marks.box(area), ("xlink:href", marks.data_uri(large))))
    size = f'width="{marks.number(area.width())}" height="{marks.number(area.height())}"'
    return f'<pattern id="{{}}" patternUnits="userSpaceOnUse" {size}>{inside}</pattern>'


@contextmanager
def _tile(size: QSizeF) -> Iterator[tuple[QImage, QPainter]]:
    """An image of ``size`` page pixels with nothing on it, and a painter in page pixels."""
    image = QImage((size * SHARP).toSize(), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    try:
        painter.scale(SHARP, SHARP)
        yield image, painter
    finally:
        painter.end()


def _blown_up(image: QImage, shown: QSizeF) -> QImage:
    """Every pixel as a block; ``shown`` is the size of the whole in page pixels."""
    cells = image.width() * image.height()
    wide = max(1, math.ceil(FINE * shown.width() / image.width()))
    high = max(1, math.ceil(FINE * shown.height() / image.height()))
    while cells * wide * high > MOST_PIXELS and wide * high > 1:
        wide = max(1, wide // 2)
        high = max(1, high // 2)
    size = QSize(image.width() * wide, image.height() * high)
    ratio = Qt.AspectRatioMode.IgnoreAspectRatio
    fast = Qt.TransformationMode.FastTransformation
    return image.scaled(size, ratio, fast)
