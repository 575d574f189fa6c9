"""GIF: a comment that starts with ``vgsim:`` (CompuServe, GIF89a, 1990)."""

from __future__ import annotations

import os
from typing import IO

from vgsim.export.provenance.blocks import MOST_BLOCKS, MOST_READ, Damaged, exactly

GIF_COMMENT = b"vgsim:"


def find_in_gif(file: IO[bytes]) -> str | None:
    """The provenance of a GIF: a comment that starts with ``vgsim:`` (CompuServe, GIF89a, 1990).

    Comments after the first picture are not looked at: no program writes them there.
    """
    file.seek(0)
    header = exactly(file, 13)
    file.seek(_color_table(header[10]), os.SEEK_CUR)
    budget = MOST_BLOCKS
    while exactly(file, 1) == b"!":
        is_comment = exactly(file, 1) == b"\xfe"
        text, budget = _sub_blocks(file, budget)
        if is_comment and text.startswith(GIF_COMMENT):
            return text[len(GIF_COMMENT) :].decode("utf-8", "replace")
    return None


def _color_table(flags: int) -> int:
    """Bytes of the color table that follows a header with these ``flags``."""
    if flags & 0x80:
        return 3 << ((flags & 7) + 1)
    return 0


def _sub_blocks(file: IO[bytes], budget: int) -> tuple[bytes, int]:
    """The data of the sub-blocks up to the empty one, and how many more may be read after it.

    Damaged when there are more than ``budget``: a file can consist of nothing but empty ones.
    """
    data = bytearray()
    for left in range(budget - 1, -1, -1):
        size = exactly(file, 1)[0]
        if size == 0:
            return bytes(data), left
        data += exactly(file, size)
        if len(data) > MOST_READ:
            raise Damaged("a comment too long")
    raise Damaged("more blocks than a picture has")
