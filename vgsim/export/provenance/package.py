"""Packages of parts in a ZIP: PPTX with a custom XML part (ISO/IEC 29500:2016), NPZ."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import IO

from vgsim.core import untrusted
from vgsim.export.provenance.blocks import MOST_READ, Damaged
from vgsim.export.provenance.markup import find_element

MOST_PARTS = 100


def find_in_pptx(file: IO[bytes]) -> str | None:
    """The provenance of a PPTX: an element of one of its custom XML parts (ISO/IEC 29500:2016)."""
    with bounded_package(file) as package:
        parts = filter(_may_hold_text, package.infolist())
        found = (_element_in(package, part) for part in islice(parts, MOST_PARTS))
        return next((text for text in found if text is not None), None)


@contextmanager
def bounded_package(file: IO[bytes]) -> Iterator[zipfile.ZipFile]:
    """The ZIP in ``file``; Damaged for whatever goes wrong with it in the block."""
    try:
        with untrusted.archive(file) as package:
            yield package
    except untrusted.BadArchive as error:
        raise Damaged(str(error)) from None


def _may_hold_text(part: zipfile.ZipInfo) -> bool:
    """Whether it is a custom XML part."""
    return part.filename.startswith("customXml/") and part.filename.endswith(".xml")


def _element_in(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> str | None:
    """The text of the element in a part; a part that is too long counts as having none."""
    if part.file_size > MOST_READ:
        return None
    return find_element(untrusted.member(package, part, MOST_READ))
