"""What an SVG is put together from: definitions, and marks in the order they are painted."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import groupby, pairwise
from xml.sax.saxutils import escape, quoteattr

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
    if alpha >= 0.999:
        return shown
    return (*shown, (f"{name}-opacity", number(alpha, 3)))


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
    if len(points) > 1 and points[0] == points[-1]:
        return text + "z"
    return text


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
    if whole:
        placed = ""
    else:
        placed = f' gradientTransform="{matrix(brush.transform() * transform)}"'
    units = "objectBoundingBox" if whole else "userSpaceOnUse"
    kind, places = _axis(made)
    ends = "".join(f' {key}="{number(value, 4)}"' for key, value in places.items())
    return f'<{kind} id="{name}" gradientUnits="{units}"{placed}{ends}>{stops}</{kind}>'


def _axis(made: QGradient) -> tuple[str, dict[str, float]]:
    """(element, coordinates); a conical gradient, which SVG lacks, becomes a radial one."""
    if isinstance(made, QLinearGradient):
        start = made.start()
        stop = made.finalStop()
        ends = {"x1": start.x(), "y1": start.y(), "x2": stop.x(), "y2": stop.y()}
        return "linearGradient", ends
    if isinstance(made, QRadialGradient):
        center = made.center()
        focus = made.focalPoint()
        circle = {"cx": center.x(), "cy": center.y(), "r": made.radius()}
        return "radialGradient", circle | {"fx": focus.x(), "fy": focus.y()}
    return "radialGradient", {}


def _stop(color: QColor) -> Attributes:
    shown = (("stop-color", color.name()),)
    alpha = color.alphaF()
    if alpha >= 0.999:
        return shown
    return (*shown, ("stop-opacity", number(alpha, 3)))


def data_uri(image: QImage) -> str:
    """``image`` as a PNG in a URI."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    # PySide names the format as bytes in its stubs and takes a string
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return "data:image/png;base64," + bytes(buffer.data().toBase64().data()).decode()


TOLD = 20_000
"""Most characters of a picture's words that its description holds."""


class SvgPage:
    """Marks of one picture, ``width`` x ``height`` page pixels."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self._definitions: dict[str, tuple[str, str]] = {}
        self._marks: list[tuple[str, Attributes, str]] = []
        self._words: dict[str, None] = {}

    def define(self, kind: str, key: str, text: str) -> str:
        """Name of the definition ``key``; ``text`` has a ``{}`` where its name goes."""
        if key not in self._definitions:
            name = f"{kind}{len(self._definitions)}"
            self._definitions[key] = name, text.replace("{}", name, 1)
        return self._definitions[key][0]

    def clip(self, shape: QRectF | QPainterPath) -> str:
        """Name of the clip with that shape."""
        if isinstance(shape, QRectF):
            inside = tag("rect", box(shape))
        else:
            crossing = tuple(("clip-rule", value) for _, value in rule(shape))
            inside = tag("path", (("d", outline(shape)), *crossing))
        return self.define("c", inside, f'<clipPath id="{{}}">{inside}</clipPath>')

    def add(self, mark: str, style: Attributes, clip: str = "") -> None:
        """Paint ``mark`` over what is there."""
        self._marks.append((clip, style, mark))

    def say(self, words: str) -> None:
        """Have ``words`` in the description, where they can be searched."""
        self._words[words.strip()] = None

    def text(self, inches: tuple[float, float], title: str, background: str | None) -> str:
        """The whole document."""
        name = _printable(title)
        told = _printable(" ".join(filter(None, self._words)))[:TOLD]
        unit, width, height = _size(inches)
        size = f'width="{width}{unit}" height="{height}{unit}"'
        view = " ".join(number(side, 5) for side in (0, 0, *self._shown(inches)))
        label = f" aria-label={quoteattr(name)}" if name else ""
        ground = _ground(background) if background else ""
        definitions = "\n".join(text for _, text in self._definitions.values())
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
            f'{size} viewBox="{view}" role="img"{label}>\n'
            f"<title>{escape(name)}</title>\n<desc>{escape(told)}</desc>\n"
            f"<defs>\n{definitions}\n</defs>\n{ground}\n{self._body()}\n</svg>\n"
        )

    def _shown(self, inches: tuple[float, float]) -> tuple[float, float]:
        """The page in the very shape of ``inches``: less than a pixel of the whole ones is cut."""
        wide = inches[0] / inches[1]
        return min(self.width, self.height * wide), min(self.height, self.width / wide)

    def _body(self) -> str:
        """Marks, those in a row that share clip and style in one group."""
        parts: list[str] = []
        for clip, clipped in groupby(self._marks, key=lambda mark: mark[0]):
            groups = [
                _group(style, [mark for *_, mark in marks])
                for style, marks in groupby(clipped, key=lambda mark: mark[1])
            ]
            inside = "\n".join(groups)
            parts.append(f'<g clip-path="url(#{clip})">\n{inside}\n</g>' if clip else inside)
        return "\n".join(parts)


def _group(style: Attributes, marks: list[str]) -> str:
    shown = "".join(f' {name}="{value}"' for name, value in style)
    if not shown:
        return "\n".join(marks)
    return f"<g{shown}>{''.join(marks)}</g>"


def _size(inches: tuple[float, float]) -> tuple[str, str, str]:
    """Unit, width and height, in a unit that says both exactly if there is one.

    A program that scales a picture of 13.33333 × 7.5 inches to 1920 pixels makes 1081 rows of it.
    """
    for unit, in_an_inch in (("in", 1.0), ("cm", 2.54), ("pt", 72.0)):
        sides = [side * in_an_inch for side in inches]
        if all(abs(side - round(side, 4)) < 1e-9 for side in sides):
            return unit, number(sides[0], 4), number(sides[1], 4)
    return "in", _length(inches[0]), _length(inches[1])


def _length(inches: float) -> str:
    """Never more than ``inches``, for programs round pixels up: 160.0001 would become 161."""
    return number(math.floor(inches * 1e5 + 1e-6) / 1e5, 5)


def _ground(color: str) -> str:
    """The whole page in one color."""
    return tag("rect", (("width", "100%"), ("height", "100%"), *fill_color(QColor(color))))


def _printable(text: str) -> str:
    """``text`` without the characters that XML cannot hold."""
    return "".join(letter for letter in text if letter.isprintable())
