"""The text of a table file: compression and encoding, found by what the bytes are."""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, BinaryIO, cast

from vgsim.core import untrusted
from vgsim.core.errors import first_told
from vgsim.nn.datasets._files import MAX_BYTES, DataSource, quote

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

ENCODINGS = ("auto", "utf-8", "utf-16", "latin-1")
NO_COMPRESSION = "none"
_MAGIC = (
    (b"\x1f\x8b", "gzip"), (b"BZh", "bzip2"), (b"\xfd7zXZ\0", "xz"), (b"]\0\0", "xz"),
    (b"PK\3\4", "zip"),
)  # fmt: skip
_OTHERS = (
    (b"\x28\xb5\x2f\xfd", "packed with zstd: unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "packed with 7-Zip: unpack it first"),
    (b"\x1f\x9d", "packed with compress: unpack it first"),
    (b"Rar!", "packed with RAR: unpack it first"),
    (b"PAR1", "a Parquet file: save it as CSV or NPZ first"),
    (b"ARROW1", "an Arrow file: save it as CSV or NPZ first"),
    (b"\xd0\xcf\x11\xe0", "an Excel workbook: save its sheet as CSV first"),
    (b"\x89HDF", "an HDF5 file: save its arrays as NPZ first"),
    (b"MATLAB 5", "a MATLAB file: save its arrays as NPZ first"),
    (b"SQLite format 3", "an SQLite database: save one of its tables as CSV first"),
    (b"%PDF", "a PDF"),
    (b"\x93NUMPY", "a NumPy array (data.dataset = npy)"),
    (b"version https://git-lfs", "a pointer of Git LFS, not the data it stands for"),
)
_WEB = re.compile(rb"(?i)\s*(<!doctype|<html|<\?xml)")
"""What files begin with that are no tables of text."""
_TABLES = (".csv", ".tsv", ".tab", ".txt", ".data", ".dat")
_OPENERS: dict[str, Callable[[BinaryIO], IO[bytes]]] = {
    "gzip": lambda file: cast("IO[bytes]", gzip.GzipFile(fileobj=file)),
    "bzip2": bz2.BZ2File,
    "xz": lzma.LZMAFile,
}
_PIECE = 2**20


class _Bounded(io.RawIOBase):
    """What a packed file unpacks to, as far as a file may be long."""

    def __init__(self, inner: IO[bytes]) -> None:
        self._inner = inner
        self._left = MAX_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer).cast("B")
        data = self._inner.read(len(view))
        self._left -= len(data)
        if self._left < 0:
            raise OSError(0, f"it unpacks to more than {MAX_BYTES:,} bytes")
        view[: len(data)] = data
        return len(data)


def compression_of(file: BinaryIO) -> str:
    """What a file is packed with, by its first bytes."""
    first = file.read(8)
    file.seek(0)
    for magic, name in _MAGIC:
        if first.startswith(magic):
            return name
    return NO_COMPRESSION


def _members(names: list[str]) -> list[str]:
    """The files of a zip, without hidden ones; of several the only table, if there is one."""
    files = [
        name
        for name in names
        if not name.endswith("/") and not any(p.startswith((".", "__")) for p in name.split("/"))
    ]
    tables = [
        name for name in files if name.lower().endswith(_TABLES) and "readme" not in name.lower()
    ]
    return tables if len(tables) == 1 else files


def _refuse_others(source: DataSource, first: bytes) -> None:
    """SpecError that says what a file is by its first bytes, where it is no table of text."""
    for magic, told in _OTHERS:
        if first.startswith(magic):
            raise source.bad(f"of text; this one is {told}")
    if first[257:262] == b"ustar":
        raise source.bad("of text; this one is a tar archive: unpack it first")
    if _WEB.match(first):
        raise source.bad("of text; this one is a web page or XML")
    if re.match(rb"\s*[\[{]\s*[\[{\"]", first):
        raise source.bad("of separated cells; this one is JSON: save it as CSV first")


@contextmanager
def unpacked(source: DataSource, file: BinaryIO) -> Iterator[BinaryIO]:
    """The bytes of a table, whatever it is packed with; a zip has to hold one file."""
    kind = compression_of(file)
    if kind == NO_COMPRESSION:
        yield file
    elif kind == "zip":
        with untrusted.archive(file) as archive:
            names = _members(archive.namelist())
            if "xl/workbook.xml" in names:
                raise source.bad("of text; this one is an Excel workbook: save its sheet as CSV")
            if len(names) != 1:
                told = ", ".join(first_told(list(map(quote, names)), 6)) or "none"
                raise source.bad(
                    f"or a zip with one in it; this zip holds {len(names)} files ({told}): unpack "
                    "the one that is meant"
                )
            untrusted.check_member(archive.getinfo(names[0]))
            with archive.open(names[0]) as member:
                yield io.BufferedReader(_Bounded(member))
    else:
        with _OPENERS[kind](file) as inner:
            yield io.BufferedReader(_Bounded(inner))


def encoding_of(source: DataSource, file: BinaryIO, whole: bool = True) -> str:
    """How the bytes are text: by a mark at the start, by zeros between, or by what decodes.

    Unless ``whole``, only the first of them are looked at.

    What is not UTF-8 is taken for Windows-1252, the Latin-1 that is in use, where every byte that
    occurs is a letter there, else for ISO Latin-1.
    """
    piece = file.read(_PIECE)
    _refuse_others(source, piece[:512])
    if piece.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if piece.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if piece.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    even, odd = piece[0:2000:2].count(0), piece[1:2000:2].count(0)
    most = len(piece[:2000]) // 4
    if odd > most and not even:
        return "utf-16-le"
    if even > most and not odd:
        return "utf-16-be"
    if b"\0" in piece:
        raise source.bad("of text; this one is binary")
    found = ["utf-8", "cp1252"]
    decoders = {name: codecs.getincrementaldecoder(name)() for name in found}
    while piece:
        for name in list(found):
            try:
                decoders[name].decode(piece)
            except UnicodeDecodeError:
                found.remove(name)
        piece = file.read(_PIECE) if whole else b""
    return found[0] if found else "latin-1"


@contextmanager
def text_of(
    source: DataSource, encoding: str, whole: bool = True
) -> Iterator[tuple[IO[str], str, str]]:
    """The text of the file, its encoding (found where it is "auto") and its compression.

    The encoding is found by all bytes, or the first of them.
    """
    if encoding == ENCODINGS[0]:
        with source.opened() as plain, unpacked(source, plain) as file, source.reading():
            encoding = encoding_of(source, file, whole)
    elif encoding == "utf-8":
        encoding = "utf-8-sig"
    with source.opened() as plain:
        packed = compression_of(plain)
        with (
            unpacked(source, plain) as file,
            io.TextIOWrapper(file, encoding, "surrogateescape", newline="") as text,
        ):
            yield text, encoding, packed
