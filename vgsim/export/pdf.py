"""What QPdfWriter needs help with: the passport, as the document's XMP, and the exact page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vgsim.export.provenance.markup import packet
from vgsim.export.provenance.record import Provenance

if TYPE_CHECKING:
    from PySide6.QtGui import QPdfWriter

_BOX = re.compile(rb"/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]")


def add_passport(writer: QPdfWriter, passport: Provenance, title: str = "") -> None:
    """Have ``writer`` put title and passport into the document; call it before painting.

    Qt leaves XMP uncompressed, so that any program finds it.
    """
    writer.setTitle(title)
    writer.setCreator("vgsim")
    writer.setDocumentXmpMetadata(packet(passport, title).encode())


def with_page(pdf: bytes, points: tuple[float, float]) -> bytes:
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
