"""PDF: an element of its XMP, plain as Qt writes it, or compressed since by another program."""

from __future__ import annotations

import re
import zlib
from itertools import islice
from typing import IO

from vgsim.export.provenance.blocks import MOST_READ, whole
from vgsim.export.provenance.markup import find_element

MOST_STREAMS = 10_000
_STREAM = re.compile(rb"stream\r?\n")


def find_in_pdf(file: IO[bytes]) -> str | None:
    """The provenance of a PDF: an element of its XMP, plain or compressed."""
    data = whole(file)
    plain = find_element(data)
    if plain is not None:
        return plain
    for found in islice(_STREAM.finditer(data), MOST_STREAMS):
        at = found.end()
        if _is_xmp(data[at : at + 200]):
            return find_element(_unpacked(data[at : at + MOST_READ], MOST_READ))
    return None


def _is_xmp(data: bytes) -> bool:
    """Whether zlib ``data``, of which this is the start, unpacks to XMP."""
    return _unpacked(data, 24).lstrip(b"\xef\xbb\xbf").startswith((b"<?xpacket", b"<x:xmpmeta"))


def _unpacked(data: bytes, limit: int) -> bytes:
    """Up to ``limit`` bytes of what zlib ``data`` starts with; nothing when it is not zlib data."""
    try:
        return zlib.decompressobj().decompress(data, limit)
    except zlib.error:
        return b""
