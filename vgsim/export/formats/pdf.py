"""PDF: shapes and letters, sharp at any size, for LaTeX and print.

The provenance is an element of the document's XMP, which Qt leaves uncompressed, so that any
program finds it.
"""

from __future__ import annotations

from collections.abc import Iterator

from vgsim.core.atomic import written
from vgsim.export.format import Drawable, FileKind, Format, Output, register
from vgsim.export.progress import Canceled
from vgsim.export.provenance.markup import packet
from vgsim.export.provenance.pdf import find_in_pdf


def compose(drawable: Drawable) -> bytes:
    """The page: the whole document, for Qt takes its metadata before anything is painted."""
    from vgsim.export.drawing.vector import pdf_bytes

    with drawable.staged() as (widget, page):
        return pdf_bytes(widget, page, packet(drawable.provenance, page.title))


def write(pages: Iterator[bytes], output: Output) -> None:
    """The document as it is."""
    document = next(pages)
    with written(output.path) as scratch:
        scratch.write_bytes(document)
        if output.stop():
            raise Canceled


def starts(head: bytes) -> bool:
    """Whether a file that starts with ``head`` is a PDF."""
    return head.startswith(b"%PDF-")


register(
    Format(
        "pdf", ".pdf", "PDF", "Shapes: sharp at any size, for LaTeX and print", FileKind.VECTOR,
        compose, write, starts, find_in_pdf,
    )
)  # fmt: skip
