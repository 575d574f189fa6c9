"""The blocks that picture files are made of: PNG chunks written, and every format's read. No Qt.

A ``find_...`` function takes an open file and gives the text of the passport in it, None when it
has none; a damaged file raises ``Damaged``. Sizes in a file are claims: what is read is bounded,
and blocks that do not matter are skipped over without being read.
"""

from __future__ import annotations

import os
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import IO

from vgsim.export.provenance.markup import find_element
from vgsim.export.provenance.record import LIMIT

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
PNG_KEYWORD = b"vgsim"
GIF_COMMENT = b"vgsim:"
MOST_READ = 2 * LIMIT
"""Most bytes of one block that are read: the longest passport with what escapes add to it."""
MOST_DOCUMENT = 64 * LIMIT
"""Largest SVG or PDF that is searched, in bytes; their metadata may be anywhere."""
MOST_BLOCKS, MOST_STREAMS, MOST_PARTS = 200_000, 10_000, 100


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
    """``data`` decompressed; Damaged when it is no zlib data or grows beyond ``limit`` bytes."""
    machine = zlib.decompressobj()
    try:
        plain = machine.decompress(data, limit)
    except zlib.error as error:
        raise Damaged(str(error)) from None
    if machine.unconsumed_tail or not machine.eof:
        raise Damaged(f"more than {limit} bytes, or cut short")
    return plain


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
    """The passport of a PNG or APNG: text under the keyword vgsim, in any of the text chunks."""
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
    """What a text chunk says, from behind its keyword on."""
    if kind == b"tEXt":
        return data.decode("latin-1")
    if kind == b"zTXt":
        return inflated(data[1:]).decode("latin-1")
    compressed = data[:1] == b"\1"
    parts = data[2:].split(b"\0", 2)  # language, translated keyword, text
    if len(parts) != 3:
        raise Damaged("a text without its parts")
    return (inflated(parts[2]) if compressed else parts[2]).decode("utf-8", "replace")


def find_in_gif(file: IO[bytes]) -> str | None:
    """The passport of a GIF: a comment that starts with ``vgsim:`` (CompuServe, GIF89a, 1990).

    Comments behind the first picture are not looked at, where nobody writes them.
    """
    file.seek(0)
    header = exactly(file, 13)
    file.seek(_color_table(header[10]), os.SEEK_CUR)
    while exactly(file, 1) == b"!":
        is_comment = exactly(file, 1) == b"\xfe"
        text = _sub_blocks(file)
        if is_comment and text.startswith(GIF_COMMENT):
            return text[len(GIF_COMMENT) :].decode("utf-8", "replace")
    return None


def _color_table(flags: int) -> int:
    """Bytes of the color table that follows a header with these ``flags``."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _sub_blocks(file: IO[bytes]) -> bytes:
    """The data of the sub-blocks up to the empty one."""
    data = bytearray()
    while size := exactly(file, 1)[0]:
        data += exactly(file, size)
        if len(data) > MOST_READ:
            raise Damaged("a comment too long")
    return bytes(data)


def find_in_webp(file: IO[bytes]) -> str | None:
    """The passport of a WebP: an element of its XMP chunk (RFC 9649, 2024)."""
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


def find_in_mp4(file: IO[bytes]) -> str | None:
    """The passport of an MP4: its comment, moov/udta/meta/ilst/©cmt/data."""
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
    return text if text.startswith("{") else None


def _box(file: IO[bytes], name: bytes, start: int, end: int) -> tuple[int, int] | None:
    """(start, end) of what the box ``name`` holds (ISO/IEC 14496-12:2022), among those there."""
    for _ in range(MOST_BLOCKS):
        if start + 8 > end:
            return None
        file.seek(start)
        size, kind = struct.unpack(">I4s", exactly(file, 8))
        head = 8
        if size == 1:
            size, head = struct.unpack(">Q", exactly(file, 8))[0], 16
        size = size or end - start
        if size < head or start + size > end:
            raise Damaged("a box larger than the file")
        if kind == name:
            return start + head, start + size
        start += size
    raise Damaged("more boxes than a film has")


def find_in_text(file: IO[bytes]) -> str | None:
    """The passport of an SVG: an element anywhere in it."""
    return find_element(_whole(file))


_STREAM = re.compile(rb"stream\r?\n")


def find_in_pdf(file: IO[bytes]) -> str | None:
    """The passport of a PDF: an element of its XMP, plain as Qt writes it, or compressed since."""
    data = _whole(file)
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
    """Up to ``limit`` bytes of what zlib ``data`` starts with; nothing when it is no zlib data."""
    try:
        return zlib.decompressobj().decompress(data, limit)
    except zlib.error:
        return b""


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


def _whole(file: IO[bytes]) -> bytes:
    """All of the file; Damaged when it is larger than a document is searched for."""
    file.seek(0)
    data = file.read(MOST_DOCUMENT + 1)
    if len(data) > MOST_DOCUMENT:
        raise Damaged(f"more than {MOST_DOCUMENT} bytes")
    return data
