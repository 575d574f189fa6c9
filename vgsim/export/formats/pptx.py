"""Slides that PowerPoint, Keynote and Impress open: editable title and caption, a sharp picture.

python-pptx (MIT, 1.0.2 of 2024-08, 39 MB with the lxml and Pillow it needs) is a plain dependency:
slides are what vgsim exports for, and a first export that asks for an installation is none.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vgsim.core.atomic import written
from vgsim.export.format import Drawable, FileKind, Format, Output, register
from vgsim.export.progress import Canceled
from vgsim.export.provenance.markup import element
from vgsim.export.provenance.package import find_in_pptx
from vgsim.export.provenance.png import PNG_SIGNATURE
from vgsim.export.provenance.record import Provenance

INCH, POINT = 914_400, 12_700
"""In EMU, Office's unit of length."""
SIZES = {"16:9": (12_192_000, 6_858_000), "4:3": (9_144_000, 6_858_000)}
"""Width and height in EMU: 13.333 × 7.5 and 10 × 7.5 inches."""
MARGIN = INCH // 2
TITLE_HEIGHT = INCH * 13 // 20
BODY_TOP = MARGIN // 2 + TITLE_HEIGHT + MARGIN // 4
"""Where what is below the title begins."""
TITLE_POINTS = 30
CAPTION_POINTS = 18
LEAST_POINTS = 14
LINES = 3
"""Lines of caption before it is set smaller."""
MOST_LINES = 6
"""Lines of caption at LEAST_POINTS before it is cut; the notes then have it whole."""

_CUSTOM_XML = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/customXml"
_TITLE_ONLY = 5


@dataclass(frozen=True, slots=True)
class Slide:
    """What one slide shows; ``picture`` is the bytes of a PNG. ValueError when it is not one.

    ``colors`` are its ground and ink, None for those of the deck.
    """

    title: str
    picture: bytes
    alt_text: str
    caption: str = ""
    notes: str = ""
    colors: tuple[str, str] | None = None

    def __post_init__(self) -> None:
        """ValueError unless the picture is a PNG."""
        if not self.picture.startswith(PNG_SIGNATURE) or 0 in self.pixels():
            raise ValueError("the picture of a slide is a PNG")

    def pixels(self) -> tuple[int, int]:
        """Width and height of the picture."""
        return png_pixels(self.picture)


def png_pixels(png: bytes) -> tuple[int, int]:
    """Width and height from a PNG's header."""
    width, height = struct.unpack(">II", png[16:24].rjust(8, b"\0"))
    return width, height


def save_pptx(
    slides: Sequence[Slide],
    path: Path,
    provenance: Provenance | None = None,
    *,
    size: str = "16:9",
    colors: tuple[str, str] = ("#ffffff", "#1b1e25"),
) -> None:
    """Write a deck that appears whole or not at all; ``colors`` are ground and ink.

    ValueError for no slide or a size not in SIZES, OSError when it cannot be written.
    """
    if not slides or size not in SIZES:
        raise ValueError(f"a deck has at least one slide and a size of {', '.join(SIZES)}")
    deck = empty_deck(*SIZES[size])
    for slide in slides:
        _add(deck, slide, slide.colors or colors)
    deck.core_properties.title = printable(slides[0].title)[:255]
    deck.core_properties.author = "vgsim"
    if provenance:
        _attach(deck, provenance)
    with written(path) as scratch:
        deck.save(str(scratch))


def empty_deck(width: int, height: int) -> Any:
    """An empty deck whose master and layouts are made for its size, so that new slides fit."""
    from pptx import Presentation

    deck = Presentation()
    across = width / deck.slide_width
    down = height / deck.slide_height
    deck.slide_width = width
    deck.slide_height = height
    deck.part._element.sldSz.attrib.pop("type", None)  # the template says that it is 4:3
    for owner in (deck.slide_master, *deck.slide_layouts):
        for shape in owner.shapes:
            if shape._element.xfrm is not None:  # others take their place from the master
                place(
                    shape,
                    round(shape.left * across),
                    round(shape.top * down),
                    round(shape.width * across),
                    round(shape.height * down),
                )
    return deck


def place(shape: Any, left: int, top: int, width: int, height: int) -> None:
    """Put a shape there, in EMU."""
    shape.left = left
    shape.top = top
    shape.width = width
    shape.height = height


def titled_slide(deck: Any, title: str, colors: tuple[str, str]) -> Any:
    """A new slide with a ground and a title on it; ``colors`` are ground and ink."""
    ground, ink = (rgb_color(code) for code in colors)
    slide = deck.slides.add_slide(deck.slide_layouts[_TITLE_ONLY])
    slide.background.fill.solid()
    slide.background.fill.fore_color.rgb = ground
    inner = deck.slide_width - 2 * MARGIN
    _write_title(slide, title, (MARGIN, MARGIN // 2, inner, TITLE_HEIGHT), ink)
    return slide


def _add(deck: Any, content: Slide, colors: tuple[str, str]) -> None:
    """One slide from top to bottom: title, picture as large as it fits, caption."""
    slide = titled_slide(deck, content.title, colors)
    ink = rgb_color(colors[1])
    inner = deck.slide_width - 2 * MARGIN
    bottom = deck.slide_height - MARGIN // 2
    points = _caption_points(content.caption, inner)
    caption = _shortened(content.caption, points, inner, MOST_LINES)
    if caption:
        high = _height(caption, points, inner)
        bottom -= high
        _caption(slide, caption, points, (MARGIN, bottom, inner, high), ink)
        bottom -= MARGIN // 4
    room = (MARGIN, BODY_TOP, inner, bottom - BODY_TOP)
    add_picture(slide, content.picture, content.alt_text, room)
    notes = "\n\n".join(
        part for part in (content.caption * (caption != content.caption), content.notes) if part
    )
    if notes:
        slide.notes_slide.notes_text_frame.text = printable(notes)


Box = tuple[int, int, int, int]
"""Left, top, width and height in EMU."""


def rgb_color(code: str) -> Any:
    """A color of a theme."""
    from pptx.dml.color import RGBColor

    return RGBColor.from_string(code.lstrip("#"))


def _write_title(slide: Any, text: str, box: Box, ink: Any) -> None:
    lines = TITLE_HEIGHT * 10 // (LEAST_POINTS * POINT * 13)
    points = next(
        points
        for points in range(TITLE_POINTS, LEAST_POINTS - 1, -1)
        if points == LEAST_POINTS or _height(text, points, box[2]) <= TITLE_HEIGHT
    )
    shape = slide.shapes.title
    place(shape, *box)
    _write(shape.text_frame, _shortened(text, points, box[2], lines), points, ink)


def _caption(slide: Any, text: str, points: int, box: Box, ink: Any) -> None:
    shape = slide.shapes.add_textbox(*box)
    shape.name = "Caption"
    _write(shape.text_frame, text, points, ink)


def _write(frame: Any, text: str, points: int, ink: Any) -> None:
    """Set ``text``, its lines as paragraphs, in a box that neither shrinks it nor has margins."""
    from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
    from pptx.util import Pt

    frame.text = printable(text)
    frame.word_wrap = True
    frame.auto_size = MSO_AUTO_SIZE.NONE
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    for paragraph in frame.paragraphs:
        paragraph.alignment = PP_ALIGN.LEFT
        for run in paragraph.runs:  # what a paragraph says of letters PowerPoint passes over
            run.font.size = Pt(points)
            run.font.color.rgb = ink


def _caption_points(text: str, width: int) -> int:
    """The largest size down to LEAST_POINTS at which the caption takes at most LINES lines."""
    for points in range(CAPTION_POINTS, LEAST_POINTS, -1):
        if _lines(text, points, width) <= LINES:
            return points
    return LEAST_POINTS


def _fit(points: int, width: int) -> int:
    """Letters in a line, at half an em each, which is more than most fonts need."""
    return max(width // (points * POINT // 2), 1)


def _lines(text: str, points: int, width: int) -> int:
    """Lines that ``text`` takes."""
    fit = _fit(points, width)
    return sum(-(-len(line) // fit) or 1 for line in text.splitlines())


def _height(text: str, points: int, width: int) -> int:
    """Height of ``text`` in EMU, 1.3 em a line."""
    return _lines(text, points, width) * points * POINT * 13 // 10


def _shortened(text: str, points: int, width: int, lines: int) -> str:
    """``text``, cut with an ellipsis where it would take more than so many ``lines``."""
    if _lines(text, points, width) <= lines:
        return text
    letters = _fit(points, width) * (lines - 1)
    return " ".join(text.split())[:letters].rstrip() + "…"


def add_picture(slide: Any, png: bytes, alt_text: str, box: Box) -> None:
    """A picture as large as it fits into ``box`` at its own aspect, centered."""
    left, top, width, height = box
    across, down = png_pixels(png)
    scale = min(width / across, height / down)
    wide = round(across * scale)
    high = round(down * scale)
    shape = slide.shapes.add_picture(
        io.BytesIO(png),
        left + (width - wide) // 2,
        top + (height - high) // 2,
        wide,
        high,
    )
    shape.name = "Picture"
    # python-pptx has no property for it
    shape._element.nvPicPr.cNvPr.set("descr", printable(alt_text))


_NOT_XML = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def printable(text: str) -> str:
    """``text`` without what XML cannot hold: control characters and lone surrogates."""
    return _NOT_XML.sub("", text)


def _attach(deck: Any, provenance: Provenance) -> None:
    """The provenance as a custom XML part, which Office keeps when it saves the deck."""
    from pptx.opc.package import Part
    from pptx.opc.packuri import PackURI

    text = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + element(provenance)
    part = Part(
        PackURI("/customXml/item1.xml"), "application/xml", deck.part.package, text.encode()
    )
    deck.part.relate_to(part, _CUSTOM_XML)


def compose(drawable: Drawable) -> Any:
    """A page: what a slide says, and its picture not yet packed."""
    return drawable.slide()


def write(pages: Iterator[Any], output: Output) -> None:
    """A slide for every page, on slides of the shape nearest to that of the picture."""
    slides: list[Slide] = []
    for page in pages:
        if output.stop():
            raise Canceled
        slides.append(page.packed())
        output.progress(len(slides))
    if output.stop():
        raise Canceled
    save_pptx(slides, output.path, output.provenance, size=slide_size(output.picture.layout))


def slide_size(layout: tuple[int, int]) -> str:
    """The slide whose aspect is nearest to that of a picture so wide and high."""
    width, height = layout
    return min(SIZES, key=lambda name: abs(SIZES[name][0] / SIZES[name][1] - width / height))


def starts(head: bytes) -> bool:
    """Whether a file that starts with ``head`` is a package of parts."""
    return head.startswith(b"PK\x03\x04")


register(
    Format(
        "pptx", ".pptx", "PowerPoint", "A slide with editable title and caption", FileKind.DOCUMENT,
        compose, write, starts, find_in_pptx, editable=True,
    )
)  # fmt: skip
register(
    Format(
        "deck", ".pptx", "PowerPoint deck", "A slide for every picture", FileKind.DOCUMENT,
        compose, write, starts, find_in_pptx, several=True, editable=True, shape=slide_size,
    )
)  # fmt: skip
