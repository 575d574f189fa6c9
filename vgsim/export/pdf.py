"""What QPdfWriter needs help with: the passport, as the document's XMP, and the exact page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from vgsim.export.markup import packet
from vgsim.export.passport import Passport

if TYPE_CHECKING:
    from PySide6.QtGui import QPdfWriter

_BOX = re.compile(rb"/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]")


def add_passport(writer: QPdfWriter, passport: Passport, title: str = "") -> None:
    """Have ``writer`` put title and passport into the document; call it before painting.

    Qt leaves XMP uncompressed, so that any program, and :mod:`vgsim.export.reading`, finds it.
    """
    writer.setTitle(title)
    writer.setCreator("vgsim")
    writer.setDocumentXmpMetadata(packet(passport, title).encode())


def cut_page(path: Path, points: tuple[float, float]) -> None:
    """Make the only page exactly ``points`` wide and high, from its upper left corner.

    Qt rounds a page to whole points; the box that says so is written over in as many bytes.
    """
    data = path.read_bytes()
    found = _BOX.search(data)
    if found is None:
        raise ValueError("no page box as Qt writes it")
    width, height = points
    bottom = float(found[2]) - height
    box = f"/MediaBox [0 {bottom:.4g} {width:.6g} {float(found[2]):.6g}]".encode()
    padded = box.ljust(len(found[0]))
    path.write_bytes(data[: found.start()] + padded + data[found.end() :])
