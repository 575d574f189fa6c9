"""Qt's pens, brushes, colors and outlines as SVG attributes. Coordinates are page pixels."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise

from PySide6.QtCore import QBuffer, QIODevice, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QGradient,
    QImage,
    QLinearGradient,
    QPainterPath,
    QPen,
    QRadialGradient,
    QTransform,
)

Attributes = tuple[tuple[str, str], ...]
"""Names and values, in the order in which they are written."""

_CAPS = {Qt.PenCapStyle.SquareCap: "square", Qt.PenCapStyle.RoundCap: "round"}
_JOINS = {Qt.PenJoinStyle.BevelJoin: "bevel", Qt.PenJoinStyle.RoundJoin: "round"}
_RULES = {Qt.FillRule.OddEvenFill: "evenodd"}
_MOVE = QPainterPath.ElementType.MoveToElement
_LINE = QPainterPath.ElementType.LineToElement
_CURVE = QPainterPath.ElementType.CurveToElement


def number(value: float, digits: int = 2) -> str:
    """``value`` as short as it can be written; a hundredth of a pixel is fine enough for print."""
    text = f"{value:.{digits}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def tag(name: str, attributes: Iterable[tuple[str, str]]) -> str:
    """An empty element."""
    return f"<{name}" + "".join(f' {key}="{value}"' for key, value in attributes) + "/>"


def fill_color(color: QColor, opacity: float = 1.0) -> Attributes:
    """A fill; no part of it when ``color`` cannot be seen."""
    return _color("fill", color, opacity)


def _color(name: str, color: QColor, opacity: float) -> Attributes:
    alpha = color.alphaF() * opacity
    if alpha <= 0:
        return ((name, "none"),)
    shown = ((name, color.name()),)
    return shown if alpha >= 0.999 else (*shown, (f"{name}-opacity", number(alpha, 3)))


def stroke(pen: QPen, width: float, opacity: float = 1.0) -> Attributes:
    """A line of ``width`` page pixels in the color, dashes, caps and joins of ``pen``."""
    found = [*_color("stroke", pen.color(), opacity), ("stroke-width", number(width, 3))]
    if pen.capStyle() in _CAPS:
        found.append(("stroke-linecap", _CAPS[pen.capStyle()]))
    if pen.joinStyle() in _JOINS:
        found.append(("stroke-linejoin", _JOINS[pen.joinStyle()]))
    if pen.style() != Qt.PenStyle.SolidLine:
        dashes = " ".join(number(length * width) for length in pen.dashPattern())
        found.append(("stroke-dasharray", dashes))
        if pen.dashOffset():
            found.append(("stroke-dashoffset", number(pen.dashOffset() * width)))
    return tuple(found)


def rule(path: QPainterPath) -> Attributes:
    """How overlaps of ``path`` are filled, unless it is SVG's own way."""
    return tuple(("fill-rule", name) for kind, name in _RULES.items() if path.fillRule() == kind)


def outline(path: QPainterPath, digits: int = 2) -> str:
    """The ``d`` of a path element."""
    elements = [path.elementAt(at) for at in range(path.elementCount())]
    kinds = [element.type for element in elements]
    points = [(element.x, element.y) for element in elements]
    starts = [at for at, kind in enumerate(kinds) if kind == _MOVE]
    return "".join(
        _subpath(kinds[start:end], points[start:end], digits)
        for start, end in pairwise([*starts, len(kinds)])
    )


def _subpath(
    kinds: list[QPainterPath.ElementType], points: list[tuple[float, float]], digits: int
) -> str:
    """From one move to the next; Qt closes a subpath by coming back to where it began."""
    letters = {_MOVE: "M", _LINE: "L", _CURVE: "C"}
    text = "".join(
        f"{letters.get(kind, ' ')}{number(x, digits)} {number(y, digits)}"
        for kind, (x, y) in zip(kinds, points, strict=True)
    )
    return text + "z" if len(points) > 1 and points[0] == points[-1] else text


def box(place: QRectF) -> Attributes:
    """The sides of a rectangle."""
    sides = (place.x(), place.y(), place.width(), place.height())
    return tuple(zip(("x", "y", "width", "height"), map(number, sides), strict=True))


def matrix(transform: QTransform) -> str:
    """A transform, as short as it can be written."""
    shift = f"{number(transform.dx())} {number(transform.dy())}"
    turned = transform.m12() or transform.m21()
    if not turned and transform.m11() == transform.m22() == 1:
        return f"translate({shift})"
    if not turned and transform.m11() == transform.m22():
        return f"translate({shift})scale({number(transform.m11(), 6)})"
    turns = (transform.m11(), transform.m12(), transform.m21(), transform.m22())
    return f"matrix({' '.join(number(turn, 6) for turn in turns)} {shift})"


def size_of(transform: QTransform) -> float | None:
    """What ``transform`` multiplies every length by; None when that depends on the direction."""
    across = math.hypot(transform.m11(), transform.m12())
    down = math.hypot(transform.m21(), transform.m22())
    slant = transform.m11() * transform.m21() + transform.m12() * transform.m22()
    even = abs(across - down) <= 0.01 * across and abs(slant) <= 0.01 * across * down
    return across if even else None


def gradient(brush: QBrush, transform: QTransform, name: str) -> str:
    """A gradient's element; translucent colors mix a little differently than in Qt."""
    made = brush.gradient()
    stops = "".join(
        tag("stop", (("offset", number(at, 4)), *_stop(color))) for at, color in made.stops()
    )
    whole = made.coordinateMode() != made.CoordinateMode.LogicalMode
    placed = "" if whole else f' gradientTransform="{matrix(brush.transform() * transform)}"'
    units = "objectBoundingBox" if whole else "userSpaceOnUse"
    kind, places = _axis(made)
    ends = "".join(f' {key}="{number(value, 4)}"' for key, value in places.items())
    return f'<{kind} id="{name}" gradientUnits="{units}"{placed}{ends}>{stops}</{kind}>'


def _axis(made: QGradient) -> tuple[str, dict[str, float]]:
    """(element, coordinates); a conical gradient, which SVG has not, becomes a radial one."""
    if isinstance(made, QLinearGradient):
        start, stop = made.start(), made.finalStop()
        ends = {"x1": start.x(), "y1": start.y(), "x2": stop.x(), "y2": stop.y()}
        return "linearGradient", ends
    if isinstance(made, QRadialGradient):
        center, focus = made.center(), made.focalPoint()
        circle = {"cx": center.x(), "cy": center.y(), "r": made.radius()}
        return "radialGradient", circle | {"fx": focus.x(), "fy": focus.y()}
    return "radialGradient", {}


def _stop(color: QColor) -> Attributes:
    shown = (("stop-color", color.name()),)
    alpha = color.alphaF()
    return shown if alpha >= 0.999 else (*shown, ("stop-opacity", number(alpha, 3)))


def data_uri(image: QImage) -> str:
    """``image`` as a PNG in a URI."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    # PySide names the format as bytes in its stubs and takes a string
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return "data:image/png;base64," + bytes(buffer.data().toBase64().data()).decode()
