"""Pictures and drawings written as files, in the format that the name of the file says."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QPainter, QPdfWriter
from PySide6.QtWidgets import QWidget

from vgsim.core.atomic import written
from vgsim.diagnosis.verdict import Verdict
from vgsim.export import writing
from vgsim.export.drawing.vector import Page, pdf_bytes, svg_text
from vgsim.export.drawn_moment import DrawnMoment
from vgsim.export.format import FileKind, Format
from vgsim.export.formats import FORMATS
from vgsim.export.formats.svg import save_svg as save_svg_text
from vgsim.export.picture import PictureRequest
from vgsim.export.provenance.markup import packet
from vgsim.export.provenance.record import Provenance
from vgsim.export.request import ExportRequest, formats_of
from vgsim.export.shots import PictureSequence
from vgsim.measure.frame import Frame
from vgsim.ui.style.theme import Theme

SINGLE = [
    entry.value.suffix
    for entry in FORMATS
    if not entry.value.several and entry.value.kind is not FileKind.TABLE
]
"""Suffixes of single pictures."""
SEVERAL = [entry.value.suffix for entry in FORMATS if entry.value.several]
"""Suffixes of several pictures."""


def format_for(path: Path, several: bool = False) -> Format:
    """The format that the name of ``path`` says."""
    return next(form for form in formats_of(path.name) if form.several is several)


def save(
    frame: Frame,
    picture: PictureRequest,
    path: Path,
    current: Theme,
    verdict: Verdict | None = None,
    *,
    overwrite: bool,
) -> None:
    """Write one picture."""
    scene = DrawnMoment(frame, picture, current, verdict)
    writing.save(scene, format_for(path), path, overwrite=overwrite)


def request_for(
    path: Path, picture: PictureRequest, sequence: PictureSequence, seconds: float = 0.05
) -> ExportRequest:
    """What makes an animation or a deck of ``path``."""
    return ExportRequest(picture, format_for(path, several=True), sequence, seconds)


def save_svg(widget: QWidget, page: Page, path: Path, carried: Provenance | None = None) -> None:
    """Write a widget as an SVG."""
    save_svg_text(svg_text(widget, page), path, carried)


def save_pdf(widget: QWidget, page: Page, path: Path, carried: Provenance | None = None) -> None:
    """Write a widget as a PDF."""
    with written(path) as scratch:
        scratch.write_bytes(pdf_bytes(widget, page, packet(carried, page.title) if carried else ""))


def plain_pdf(path: Path, carried: Provenance | None, title: str = "", text: str = "") -> None:
    """A page with a line of text, written by Qt alone."""
    writer = QPdfWriter(str(path))
    if carried:
        writer.setTitle(title)
        writer.setDocumentXmpMetadata(packet(carried, title).encode())
    painter = QPainter(writer)
    painter.drawText(100, 100, text)
    painter.end()
