"""What an SVG is put together from: definitions, and marks in the order they are painted."""

from __future__ import annotations

import math
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainterPath

from vgsim.export.drawing.svg_marks import Attributes, box, fill_color, number, outline, rule, tag

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
