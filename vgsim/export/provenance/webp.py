"""WebP: an element of its XMP chunk (RFC 9649, 2024)."""

from __future__ import annotations

import struct
from typing import IO

from vgsim.export.provenance.blocks import MOST_BLOCKS, Damaged, exactly
from vgsim.export.provenance.markup import find_element


def find_in_webp(file: IO[bytes]) -> str | None:
    """The provenance of a WebP: an element of its XMP chunk (RFC 9649, 2024)."""
    file.seek(4)
    end = 8 + struct.unpack("<I", exactly(file, 4))[0]
    at = 12
    for _ in range(MOST_BLOCKS):
        if at >= end:
            return None
        file.seek(at)
        kind, length = struct.unpack("<4sI", exactly(file, 8))
        if kind == b"XMP ":
            return find_element(exactly(file, length))
        at += 8 + length + length % 2
    raise Damaged("more blocks than a picture has")
