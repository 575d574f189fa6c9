"""MP4: the comment of the file (ISO/IEC 14496-12:2022, and the names that iTunes gave)."""

from __future__ import annotations

import os
import struct
from typing import IO

from vgsim.export.provenance.blocks import MOST_BLOCKS, Damaged, exactly


def find_in_mp4(file: IO[bytes]) -> str | None:
    """The provenance of an MP4: its comment, moov/udta/meta/ilst/©cmt/data."""
    end = file.seek(0, os.SEEK_END)
    start = 0
    for name in (b"moov", b"udta", b"meta", b"ilst", b"\xa9cmt", b"data"):
        found = _box(file, name, start, end)
        if found is None:
            return None
        start, end = found
        start += 4 if name == b"meta" else 8 if name == b"data" else 0  # version; type and locale
    file.seek(start)
    text = exactly(file, max(end - start, 0)).decode("utf-8", "replace")
    if text.startswith("{"):
        return text
    return None


def _box(file: IO[bytes], name: bytes, start: int, end: int) -> tuple[int, int] | None:
    """(start, end) of what the box ``name`` holds (ISO/IEC 14496-12:2022), among those there."""
    for _ in range(MOST_BLOCKS):
        if start + 8 > end:
            return None
        file.seek(start)
        size, kind = struct.unpack(">I4s", exactly(file, 8))
        head = 8
        if size == 1:
            size = struct.unpack(">Q", exactly(file, 8))[0]
            head = 16
        size = size or end - start
        if size < head or start + size > end:
            raise Damaged("a box larger than the file")
        if kind == name:
            return start + head, start + size
        start += size
    raise Damaged("more boxes than an MP4 has")
