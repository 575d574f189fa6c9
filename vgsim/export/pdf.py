"""The passport in a PDF that QPdfWriter writes: the document's XMP metadata."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vgsim.export.markup import packet
from vgsim.export.passport import Passport

if TYPE_CHECKING:
    from PySide6.QtGui import QPdfWriter


def add_passport(writer: QPdfWriter, passport: Passport, title: str = "") -> None:
    """Have ``writer`` put title and passport into the document; call it before painting.

    Qt leaves XMP uncompressed, so that any program, and :mod:`vgsim.export.reading`, finds it.
    """
    writer.setTitle(title)
    writer.setCreator("vgsim")
    writer.setDocumentXmpMetadata(packet(passport, title).encode())
