"""The only place that opens a file which a user names or drops.

Such a file may come from anywhere: it may be a pipe that nobody writes to, a device without an
end, an archive made to fill memory. Only regular files are opened, never longer than their kind
can need, and an archive only when its table of contents is short. What is wrong is an OSError
whose ``strerror`` is a part of a sentence, so that each reader tells it in its own words.

Parsing what was read is bounded by its own parser: :mod:`vgsim.core.toml` for TOML. Nothing is
ever unpickled.
"""

from __future__ import annotations

import errno
import io
import os
import stat
import struct
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import IO, TYPE_CHECKING

from vgsim.core.atomic import expanded
from vgsim.core.errors import SpecError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

# Neither waiting for a pipe's writer, nor becoming a terminal's process; a file is read as bytes.
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
MOST_CONTENTS = 2**21
"""Bytes of the table of contents of an archive, which Python's reader takes in whole."""
_LONGEST_TAIL = 22 + 65_535
"""Bytes of an archive's last record with the longest comment."""


PIECE = 2**16
"""Bytes that are read at once."""


class GivenUp(Exception):
    """Whoever asked for a file does not want it any more."""


def _never() -> bool:
    return False


_stop: ContextVar[Callable[[], bool]] = ContextVar("_stop", default=_never)


@contextmanager
def until(stop: Callable[[], bool]) -> Iterator[None]:
    """In this thread: reading a file that was opened in the block ends once ``stop`` says so.

    Reading then raises GivenUp at its next piece. A file of gigabytes takes its reader minutes.
    """
    before = _stop.set(stop)
    try:
        yield
    finally:
        _stop.reset(before)


class _Stoppable(io.FileIO):
    """A file that is read until ``stop`` says so."""

    def __init__(self, descriptor: int, stop: Callable[[], bool]) -> None:
        super().__init__(descriptor)
        self._stop = stop

    def readinto(self, buffer: WriteableBuffer, /) -> int | None:
        """Read as usual; GivenUp if reading is to stop."""
        if self._stop():
            raise GivenUp
        return super().readinto(buffer)


@contextmanager
def opened(path: str | Path, most: int) -> Iterator[io.BufferedReader]:
    """The regular file at ``path``, open for reading, if it has at most ``most`` bytes.

    OSError when it is not a regular file, is longer, or cannot be opened; never waits for a pipe.
    """
    with _file(expanded(path)) as file:
        _check(os.fstat(file.fileno()), path, most)
        yield file


def contents(path: str | Path, most: int) -> bytes:
    """All bytes of the regular file at ``path``; OSError as :func:`opened` raises it.

    A file that grows meanwhile, or does not know its length, is not read beyond ``most`` either.
    """
    with opened(path, most) as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise _too_long(path, most)
    return data


def _file(path: Path) -> io.BufferedReader:
    """What is at ``path``, opened without waiting; OSError when it is not a regular file."""
    try:
        _check(path.stat(), path)  # opening a device can do something to it
        raw = _Stoppable(os.open(path, _FLAGS), _stop.get())
        return io.BufferedReader(raw, PIECE)
    except ValueError as error:  # half a letter in the name
        raise OSError(errno.EINVAL, f"no path: {error}", str(path)) from None


def _check(found: os.stat_result, path: str | Path, most: int | None = None) -> None:
    """OSError unless ``found`` is a regular file, of at most ``most`` bytes if that is given."""
    if not stat.S_ISREG(found.st_mode):
        kinds = [name for is_it, name in _KINDS if is_it(found.st_mode)]
        what = kinds[0] if kinds else "something else"
        raise OSError(errno.EINVAL, f"it is {what}, not a regular file", str(path))
    if most is not None and found.st_size > most:
        raise _too_long(path, most, found.st_size)


def _too_long(path: str | Path, most: int, size: int | None = None) -> OSError:
    has = "more" if size is None else f"{size:,}"
    return OSError(errno.EFBIG, f"it has {has} bytes and may have {most:,}", str(path))


class BadArchive(ValueError):
    """An archive is damaged, or not one that is opened."""


@contextmanager
def archive(file: IO[bytes]) -> Iterator[zipfile.ZipFile]:
    """The ZIP in ``file``; BadArchive for what goes wrong with it in the block."""
    _check_contents(file)
    try:
        with zipfile.ZipFile(file) as package:
            yield package
    except (BadArchive, SpecError, GivenUp):
        raise
    except Exception as error:  # zipfile raises a dozen kinds for damage, some undocumented
        raise BadArchive(str(error) or type(error).__name__) from None


def member(package: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    """All bytes of one part; BadArchive when it has more than ``most`` or is packed unusually.

    What its entry claims is checked before anything is unpacked; not more than that comes out.
    """
    check_member(info)
    if info.file_size > most:
        raise BadArchive(f"{info.filename} has {info.file_size:,} bytes and may have {most:,}")
    with package.open(info) as part:
        return part.read(most)


def check_member(info: zipfile.ZipInfo) -> None:
    """BadArchive unless the part is stored or deflated: other ways claim memory of their own."""
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise BadArchive(f"{info.filename} is packed in another way than stored or deflated")


def _check_contents(file: IO[bytes]) -> None:
    """BadArchive when the table of contents, which is read whole, is missing or too long."""
    end = file.seek(0, os.SEEK_END)
    file.seek(max(end - _LONGEST_TAIL, 0))
    tail = file.read(_LONGEST_TAIL)
    at = tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) < at + 22 or b"PK\6\7" in tail:  # the last is of archives over 4 GB
        raise BadArchive("it is no zip file, or ends early")
    if struct.unpack_from("<I", tail, at + 12)[0] > MOST_CONTENTS:
        raise BadArchive("it holds too many parts")
