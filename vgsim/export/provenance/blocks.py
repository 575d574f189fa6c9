"""Reading the blocks that files are made of. Sizes in a file are claims: what is read is bounded.

The other modules of this package each know one container. A ``find_...`` function takes an open
file and gives the text of the provenance in it, None when it has none; a damaged file raises
``Damaged``. Blocks that do not matter are skipped over without being read.
"""

from __future__ import annotations

import zlib
from typing import IO

from vgsim.export.provenance.record import LIMIT

MOST_READ = 2 * LIMIT
"""Most bytes of one block that are read: the longest provenance with what escapes add to it."""
MOST_DOCUMENT = 64 * LIMIT
"""Largest SVG or PDF that is searched, in bytes; their metadata may be anywhere."""
MOST_BLOCKS = 200_000
"""Most blocks of a file that are looked at."""


class Damaged(ValueError):
    """A file does not hold what its own numbers say."""


def exactly(file: IO[bytes], count: int) -> bytes:
    """The next ``count`` bytes; Damaged when there are fewer, or more than are ever needed."""
    if count > MOST_READ:
        raise Damaged(f"a block of {count} bytes")
    data = file.read(count)
    if len(data) != count:
        raise Damaged("the file ends early")
    return data


def inflated(data: bytes, limit: int = MOST_READ) -> bytes:
    """``data`` decompressed; Damaged when it is not zlib data or grows beyond ``limit`` bytes."""
    machine = zlib.decompressobj()
    try:
        plain = machine.decompress(data, limit)
    except zlib.error as error:
        raise Damaged(str(error)) from None
    if machine.unconsumed_tail or not machine.eof:
        raise Damaged(f"more than {limit} bytes, or cut short")
    return plain


def whole(file: IO[bytes]) -> bytes:
    """All of the file; Damaged when it is larger than a document is searched for."""
    file.seek(0)
    data = file.read(MOST_DOCUMENT + 1)
    if len(data) > MOST_DOCUMENT:
        raise Damaged(f"more than {MOST_DOCUMENT} bytes")
    return data
