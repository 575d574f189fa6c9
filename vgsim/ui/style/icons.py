"""Icons drawn as paths on a 24 x 24 grid: no font has them all, and paths are crisp everywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from vgsim.ui.style.theme import Theme

_GRID = 24.0
_STROKE = 2.0
_RATIOS = (1, 2, 3)
_APP_SIZES = (16, 24, 32, 48, 64, 128, 256)

Shape = tuple[QPainterPath, QPainterPath]
"""What is stroked, what is filled."""


def _lines(*runs: Sequence[tuple[float, float]]) -> QPainterPath:
    path = QPainterPath()
    for run in runs:
        path.addPolygon(QPolygonF([QPointF(x, y) for x, y in run]))
    return path


def _boxes(*boxes: tuple[float, float, float, float], radius: float = 2.0) -> QPainterPath:
    path = QPainterPath()
    for x, y, width, height in boxes:
        path.addRoundedRect(QRectF(x, y, width, height), radius, radius)
    return path


def _dots(radius: float, *centers: tuple[float, float]) -> QPainterPath:
    path = QPainterPath()
    for x, y in centers:
        path.addEllipse(QPointF(x, y), radius, radius)
    return path


_RING = QRectF(3, 3, 18, 18)


def _reset() -> Shape:
    path = _lines([(1.5, 4), (1.5, 10), (7.5, 10)])
    path.arcMoveTo(_RING, 199.5)
    path.arcTo(_RING, 199.5, 295.5)
    path.lineTo(1.5, 10)
    return path, QPainterPath()


def _train() -> Shape:
    path = _lines([(22.5, 4), (22.5, 10), (16.5, 10)], [(1.5, 20), (1.5, 14), (7.5, 14)])
    path.arcMoveTo(_RING, 160.5)
    path.arcTo(_RING, 160.5, -115.5)
    path.lineTo(22.5, 10)
    path.arcMoveTo(_RING, 340.5)
    path.arcTo(_RING, 340.5, -115.5)
    path.lineTo(1.5, 14)
    return path, QPainterPath()


def _back() -> Shape:
    return _lines([(20, 12), (4, 12)], [(10.5, 5.5), (4, 12), (10.5, 18.5)]), QPainterPath()


def _step() -> Shape:
    return _lines([(4, 12), (20, 12)], [(13.5, 5.5), (20, 12), (13.5, 18.5)]), QPainterPath()


def _play() -> Shape:
    triangle = _lines([(7, 4.5), (19, 12), (7, 19.5), (7, 4.5)])
    return triangle, triangle


def _pause() -> Shape:
    return QPainterPath(), _boxes((5.5, 4, 4.5, 16), (14, 4, 4.5, 16), radius=1.5)


def _stop() -> Shape:
    return QPainterPath(), _boxes((5, 5, 14, 14))


def _export() -> Shape:
    tray = [(3.5, 14.5), (3.5, 20.5), (20.5, 20.5), (20.5, 14.5)]
    return _lines(tray, [(12, 15), (12, 3.5)], [(7, 8.5), (12, 3.5), (17, 8.5)]), QPainterPath()


def _copy() -> Shape:
    path = _boxes((8.5, 8.5, 12, 12))
    path.addPath(_lines([(5, 15.5), (3.5, 15.5), (3.5, 3.5), (15.5, 3.5), (15.5, 5)]))
    return path, QPainterPath()


def _theme() -> Shape:
    half = QPainterPath(QPointF(12, 12))
    half.arcTo(_RING, -90, 180)
    return _dots(9, (12, 12)), half


def _dice() -> Shape:
    spots = [(8.2, 8.2), (15.8, 8.2), (12.0, 12.0), (8.2, 15.8), (15.8, 15.8)]
    return _boxes((3, 3, 18, 18), radius=4), _dots(1.7, *spots)


def _folder() -> Shape:
    outline = [(3, 5), (9, 5), (11.5, 8), (21, 8), (21, 19.5), (3, 19.5), (3, 5)]
    return _lines(outline), QPainterPath()


def _more() -> Shape:
    return QPainterPath(), _dots(2, (5, 12), (12, 12), (19, 12))


def _chevron() -> Shape:
    return _lines([(6, 9.2), (12, 15.2), (18, 9.2)]), QPainterPath()


def _chevron_up() -> Shape:
    return _lines([(6, 14.8), (12, 8.8), (18, 14.8)]), QPainterPath()


def _chevron_right() -> Shape:
    return _lines([(9, 6), (15, 12), (9, 18)]), QPainterPath()


def _chevron_left() -> Shape:
    return _lines([(15, 6), (9, 12), (15, 18)]), QPainterPath()


def _check() -> Shape:
    return _lines([(5, 12.6), (10, 17.4), (19, 7)]), QPainterPath()


def _close() -> Shape:
    return _lines([(6, 6), (18, 18)], [(18, 6), (6, 18)]), QPainterPath()


def _enlarge() -> Shape:
    corners = [(14, 4), (20, 4), (20, 10)], [(10, 20), (4, 20), (4, 14)]
    return _lines(*corners, [(20, 4), (13.5, 10.5)], [(4, 20), (10.5, 13.5)]), QPainterPath()


def _shrink() -> Shape:
    corners = [(14, 4), (14, 10), (20, 10)], [(10, 20), (10, 14), (4, 14)]
    return _lines(*corners, [(14, 10), (20.5, 3.5)], [(10, 14), (3.5, 20.5)]), QPainterPath()


def _search() -> Shape:
    lens = _dots(6.5, (10.5, 10.5))
    lens.addPath(_lines([(15.5, 15.5), (20.5, 20.5)]))
    return lens, QPainterPath()


def _file() -> Shape:
    outline = [(14, 3), (5, 3), (5, 21), (19, 21), (19, 8), (14, 3), (14, 8), (19, 8)]
    return _lines(outline), QPainterPath()


def _network() -> Shape:
    ways = [(6, 6), (18, 12)], [(6, 18), (18, 12)]
    return _lines(*ways), _dots(3, (5, 6), (5, 18), (19, 12))


def _table() -> Shape:
    path = _boxes((3, 4, 18, 16))
    path.addPath(_lines([(3, 9.5), (21, 9.5)], [(3, 14.8), (21, 14.8)], [(10, 9.5), (10, 20)]))
    return path, QPainterPath()


def _picture() -> Shape:
    path = _boxes((3, 4, 18, 16))
    path.addPath(_lines([(6, 16), (10, 11), (13, 14), (18, 8)]))
    return path, QPainterPath()


def _gallery() -> Shape:
    path = _boxes((3.5, 3.5, 7, 7), (13.5, 3.5, 7, 7), (3.5, 13.5, 7, 7), (13.5, 13.5, 7, 7))
    return path, QPainterPath()


_SHAPES: dict[str, Callable[[], Shape]] = {
    "reset": _reset, "back": _back, "step": _step, "play": _play, "pause": _pause,
    "train": _train, "stop": _stop, "export": _export, "copy": _copy, "theme": _theme,
    "dice": _dice, "folder": _folder, "more": _more, "chevron": _chevron,
    "chevron-up": _chevron_up, "chevron-right": _chevron_right, "chevron-left": _chevron_left,
    "check": _check, "close": _close, "enlarge": _enlarge, "shrink": _shrink,
    "gallery": _gallery, "search": _search, "file": _file, "network": _network,
    "table": _table, "picture": _picture,
}  # fmt: skip


def icon_names() -> tuple[str, ...]:
    """Every name that :func:`icon` knows."""
    return tuple(_SHAPES)


def pixmap(name: str, color: str, size: int, ratio: int, stroke: float = _STROKE) -> QPixmap:
    """One icon, ``size`` logical pixels wide at ``ratio`` device pixels each; KeyError if none."""
    strokes, fills = _SHAPES[name]()
    result = _blank(size, ratio)
    painter = QPainter(result)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(size / _GRID, size / _GRID)
    painter.strokePath(strokes, _pen(color, stroke))
    painter.fillPath(fills, QColor(color))
    painter.end()
    return result


@cache
def icon(name: str, color: str, size: int = 18, gap: int = 0) -> QIcon:
    """The icon of that name in one color, crisp on screens of 1x to 3x; KeyError if none.

    ``gap`` adds empty pixels at its right (at its left when negative), to keep a text away.
    """
    faded = QColor(color)
    faded.setAlphaF(0.38)
    result = QIcon()
    for ratio in _RATIOS:
        result.addPixmap(_spaced(pixmap(name, color, size, ratio), gap))
        pale = pixmap(name, faded.name(QColor.NameFormat.HexArgb), size, ratio)
        result.addPixmap(_spaced(pale, gap), QIcon.Mode.Disabled)
    return result


def app_icon(theme: Theme) -> QIcon:
    """Four bars that grow from faint to strong: a gradient on its way back."""
    result = QIcon()
    for size in _APP_SIZES:
        result.addPixmap(_bars(theme, size))
    return result


def _bars(theme: Theme, size: int) -> QPixmap:
    shades = [QColor(*map(int, theme.heat[at])) for at in (90, 140, 180, 225)]
    result = _blank(size, 1)
    painter = QPainter(result)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(size / _GRID, size / _GRID)
    for number, shade in enumerate(shades):
        height = 7 + 5 * number
        painter.fillPath(_boxes((1 + 5.8 * number, 23 - height, 4.6, height), radius=1.5), shade)
    painter.end()
    return result


def _spaced(picture: QPixmap, gap: int) -> QPixmap:
    if not gap:
        return picture
    ratio = picture.devicePixelRatio()
    size = picture.deviceIndependentSize()
    result = _blank(round(size.height()), round(ratio), abs(gap))
    painter = QPainter(result)
    painter.drawPixmap(max(-gap, 0), 0, picture)
    painter.end()
    return result


def _blank(size: int, ratio: int, extra: int = 0) -> QPixmap:
    result = QPixmap((size + extra) * ratio, size * ratio)
    result.setDevicePixelRatio(ratio)
    result.fill(Qt.GlobalColor.transparent)
    return result


def _pen(color: str, width: float) -> QPen:
    pen = QPen(QColor(color), width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen
