"""PNG and APNG: a text chunk under the keyword vgsim (ISO/IEC 15948:2004)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import IO

from vgsim.export.provenance.blocks import MOST_BLOCKS, Damaged, exactly, inflated

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
PNG_KEYWORD = b"vgsim"


def chunk(kind: bytes, data: bytes) -> bytes:
    """One PNG chunk: length, kind, data, CRC (ISO/IEC 15948:2004)."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def international_text(text: str) -> bytes:
    """The iTXt chunk, UTF-8 and not compressed, that holds ``text`` as vgsim's."""
    return chunk(b"iTXt", PNG_KEYWORD + b"\0\0\0\0\0" + text.encode())


def png_chunks(file: IO[bytes]) -> Iterator[tuple[bytes, int, int]]:
    """(kind, offset of the data, length) of every chunk of a PNG up to its end."""
    at = len(PNG_SIGNATURE)
    for _ in range(MOST_BLOCKS):
        file.seek(at)
        length, kind = struct.unpack(">I4s", exactly(file, 8))
        yield kind, at + 8, length
        if kind == b"IEND":
            return
        at += 12 + length
    raise Damaged("more chunks than a picture has")


def find_in_png(file: IO[bytes]) -> str | None:
    """The provenance of a PNG or APNG: text under the keyword vgsim, in any of the text chunks."""
    for kind, start, length in png_chunks(file):
        if kind not in (b"iTXt", b"tEXt", b"zTXt"):
            continue
        file.seek(start)
        if file.read(len(PNG_KEYWORD) + 1) != PNG_KEYWORD + b"\0":
            continue
        file.seek(start)
        data = exactly(file, length)
        if struct.pack(">I", zlib.crc32(kind + data)) != exactly(file, 4):
            raise Damaged("a checksum is wrong")
        return _png_text(kind, data[len(PNG_KEYWORD) + 1 :])
    return None


def _png_text(kind: bytes, data: bytes) -> str:
    """What a text chunk says, from after its keyword on."""
    if kind == b"tEXt":
        return data.decode("latin-1")
    if kind == b"zTXt":
        return inflated(data[1:]).decode("latin-1")
    compressed = data[:1] == b"\1"
    parts = data[2:].split(b"\0", 2)  # language, translated keyword, text
    if len(parts) != 3:
        raise Damaged("a text without its parts")
    return (inflated(parts[2]) if compressed else parts[2]).decode("utf-8", "replace")
