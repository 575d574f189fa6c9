"""SVG: shapes, sharp at any size, for the web and Inkscape.

The provenance stands in a ``<metadata>`` element, which every viewer ignores.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from vgsim.core.atomic import written
from vgsim.export.format import Drawable, FileKind, Format, Output, register
from vgsim.export.progress import Canceled, Stop, never
from vgsim.export.provenance.markup import element, find_in_svg
from vgsim.export.provenance.record import Provenance

_ROOT = re.compile(r"""<svg\b(?:[^<>"']|"[^"]*"|'[^']*')*>""")
_BEFORE = b"\xef\xbb\xbf \t\r\n"


def compose(drawable: Drawable) -> str:
    """The page: the text of the SVG, which says nothing of its provenance yet."""
    from vgsim.export.drawing.vector import svg_text

    with drawable.staged() as (widget, page):
        return svg_text(widget, page)


def write(pages: Iterator[str], output: Output) -> None:
    """The one page, with its provenance."""
    save_svg(next(pages), output.path, output.provenance, output.stop)


def save_svg(
    text: str, path: Path, provenance: Provenance | None = None, stop: Stop = never
) -> None:
    """Write ``text`` as a file that appears whole or not at all; OSError when it cannot be."""
    if provenance:
        whole = with_provenance(text, provenance)
    else:
        whole = text
    with written(path) as scratch:
        scratch.write_text(whole, encoding="utf-8", newline="\n")
        if stop():
            raise Canceled


def with_provenance(svg: str, provenance: Provenance) -> str:
    """``svg`` with its provenance as the first thing in its root; ValueError without a root."""
    root = _ROOT.search(svg)
    if root is None or root[0].endswith("/>"):
        raise ValueError("no <svg> element that holds anything")
    head = svg[: root.end()]
    tail = svg[root.end() :]
    return f"{head}\n<metadata>{element(provenance)}</metadata>{tail}"


def starts(head: bytes) -> bool:
    """Whether a file that starts with ``head`` is XML with an SVG in it."""
    return head.lstrip(_BEFORE).startswith(b"<") and b"<svg" in head


register(
    Format(
        "svg", ".svg", "SVG", "Shapes: sharp at any size, for the web and Inkscape",
        FileKind.VECTOR, compose, write, starts, find_in_svg,
    )
)  # fmt: skip
