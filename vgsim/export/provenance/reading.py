"""From an exported file back to the experiment it shows. No Qt.

A file's kind is told by its first bytes, never by its name; what it says of itself is checked like
any spec, and no more of it is read than a passport can need.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import IO

from vgsim.core import untrusted
from vgsim.core.errors import SpecError
from vgsim.export.provenance.containers import (
    PNG_SIGNATURE,
    Damaged,
    find_in_gif,
    find_in_mp4,
    find_in_pdf,
    find_in_png,
    find_in_pptx,
    find_in_text,
    find_in_webp,
)
from vgsim.export.provenance.record import Provenance, loads, refuse_file
from vgsim.export.provenance.tables import (
    JSONL_START,
    MARK,
    find_in_csv,
    find_in_jsonl,
    find_in_npz,
    starts_csv,
)

MOST_FILE = 2**31
"""Bytes of the largest picture, film, deck or table that is looked through."""
Finder = Callable[[IO[bytes]], str | None]
ALLOWED = "a PNG, SVG, PDF, PPTX, GIF, WebP, APNG, MP4, CSV, NPZ or JSONL that vgsim exported"
SUFFIXES = (
    ".png", ".svg", ".pdf", ".pptx", ".gif", ".webp", ".apng", ".mp4", ".csv", ".npz", ".jsonl",
)  # fmt: skip
"""What the names of such files end in."""


def _find_in_package(file: IO[bytes]) -> str | None:
    """The passport of a ZIP: a deck, or the arrays of a table."""
    return find_in_pptx(file) or find_in_npz(file)


_STARTS: dict[bytes, Finder] = {
    PNG_SIGNATURE: find_in_png,
    b"GIF8": find_in_gif,
    b"%PDF-": find_in_pdf,
    b"PK\x03\x04": _find_in_package,
    JSONL_START: find_in_jsonl,
    MARK + JSONL_START: find_in_jsonl,
}


def read_passport(path: str | Path) -> Provenance:
    """The passport of an exported file.

    SpecError, one sentence with the file's name, when it is of no known kind, holds no passport,
    is damaged, or its passport is not allowed; OSError when it cannot be read.
    """
    name = Path(path).name
    with untrusted.opened(path, MOST_FILE) as file:
        text = _text(file, name)
    if text is None:
        raise refuse_file(name, "holds no vgsim experiment; what vgsim exports does", ALLOWED)
    try:
        return loads(text)
    except SpecError as error:
        why = f"holds a vgsim experiment that cannot be opened ({error})"
        raise refuse_file(name, why, ALLOWED) from error


def is_export(path: str | Path) -> bool:
    """Whether the file's first bytes are those of a kind that can hold a passport; never raises."""
    try:
        with untrusted.opened(path, MOST_FILE) as file:
            return _finder(file.read(4096)) is not None
    except OSError:
        return False


def _text(file: IO[bytes], name: str) -> str | None:
    finder = _finder(file.read(4096))
    if finder is None:
        raise refuse_file(name, f"is of no kind that can be opened; {ALLOWED} can", ALLOWED)
    try:
        return finder(file)
    except Damaged as error:
        raise refuse_file(name, f"is damaged ({error})", ALLOWED) from None


def _finder(head: bytes) -> Finder | None:
    """What finds the passport in a file that starts with ``head``; None for an unknown kind."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return find_in_webp
    if head[4:8] == b"ftyp":
        return find_in_mp4
    if starts_csv(head):
        return find_in_csv
    for start, finder in _STARTS.items():
        if head.startswith(start):
            return finder
    return find_in_text if b"<svg" in head else None
