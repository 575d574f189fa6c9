"""Packages of parts in a ZIP: PPTX with a custom XML part (ISO/IEC 29500:2016), NPZ."""

from __future__ import annotations

import os
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import IO

from vgsim.export.provenance.blocks import MOST_READ, Damaged
from vgsim.export.provenance.markup import find_element

MOST_PARTS = 100


def find_in_pptx(file: IO[bytes]) -> str | None:
    """The passport of a PPTX: an element of one of its custom XML parts (ISO/IEC 29500:2016)."""
    with bounded_package(file) as package:
        parts = filter(_may_hold_text, package.infolist())
        found = (_element_in(package, part) for part in islice(parts, MOST_PARTS))
        return next((text for text in found if text is not None), None)


@contextmanager
def bounded_package(file: IO[bytes]) -> Iterator[zipfile.ZipFile]:
    """The ZIP in ``file``; Damaged for whatever goes wrong with it in the block."""
    _check_directory(file)
    try:
        with zipfile.ZipFile(file) as package:
            yield package
    except Exception as error:  # zipfile raises a dozen kinds for damage, some undocumented
        raise Damaged(str(error) or type(error).__name__) from None


def _check_directory(file: IO[bytes]) -> None:
    """Damaged when the list of what a ZIP holds, which is read whole, is too long for an export."""
    end = file.seek(0, os.SEEK_END)
    file.seek(max(end - 66_000, 0))  # the longest comment is 65,535 bytes
    tail = file.read()
    at = tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) < at + 22 or b"PK\6\7" in tail:  # the last is of giant ones
        raise Damaged("the file ends early")
    if struct.unpack_from("<I", tail, at + 12)[0] > MOST_READ:
        raise Damaged("more parts than vgsim writes")


def _may_hold_text(part: zipfile.ZipInfo) -> bool:
    """A custom XML part, and packed so that it can be unpacked bit by bit."""
    named = part.filename.startswith("customXml/") and part.filename.endswith(".xml")
    return named and part.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def _element_in(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> str | None:
    with package.open(part) as file:
        return find_element(file.read(MOST_READ))
