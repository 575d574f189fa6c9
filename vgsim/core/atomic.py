"""Files that appear whole or not at all: written beside the target, then moved into place."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import IO

_NAME = re.compile(r"\.vgsim-([0-9a-f]{8})-(\d{1,10})-(\d{1,20})-")
_looked_at: set[str] = set()
"""Folders that were cleared: once by each process is enough, for a folder may be large."""


def temporary(target: Path) -> tuple[int, str]:
    """A new file beside ``target``, of this process: its handle and path; OSError if none can be.

    It has the suffix of ``target``, by which some writers know what to write.
    """
    own = os.getpid()
    prefix = f".vgsim-{_host()}-{own}-{_began(own) or 0}-"
    return tempfile.mkstemp(prefix=prefix, suffix=target.suffix, dir=target.parent)


def remove_from(folder: Path) -> None:
    """Remove from ``folder`` what processes of this host left that no longer run."""
    where = os.path.realpath(folder)
    if where in _looked_at:
        return
    _looked_at.add(where)
    with suppress(OSError):  # a folder that cannot be listed; writing says what is wrong
        for entry in os.scandir(where):
            if _is_left(entry.name):
                with suppress(OSError):  # of another user, or gone by now
                    os.unlink(entry.path)


def _is_left(name: str) -> bool:
    found = _NAME.match(name)
    return found is not None and found[1] == _host() and not _lives(int(found[2]), int(found[3]))


def _lives(process: int, began: int) -> bool:
    """Whether the process that began then still runs; True where that is unknown."""
    if os.path.isdir("/proc/self"):
        return _began(process) == began
    if os.name != "posix":  # asking would end it there
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass  # it is there, and another user's
    return True


def _began(process: int) -> int | None:
    """Clock ticks from the start of the machine to that of a process; None where unknown."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # the name of the program, in brackets, may hold anything
    return int(stat.rpartition(")")[2].split()[19])


@cache
def _host() -> str:
    return hashlib.sha256(socket.gethostname().encode()).hexdigest()[:8]


@contextmanager
def written(path: str | Path) -> Iterator[Path]:
    """A temporary path beside ``path`` that replaces it when the block ends without an error.

    A link stays one: what it points to is replaced. A device or pipe is handed out itself.
    OSError, naming ``path``, when it cannot be written; an old file then stays as it was.
    """
    with _naming(path):
        target = expanded(path)
        if _is_device(target):
            yield target
            return
        with _replacing(Path(os.path.realpath(target))) as scratch:
            yield scratch


def obstacle(path: str | Path) -> str:
    """Why no file can be written to ``path``, told by what would do instead; empty when it can.

    To know it before the work rather than after it; :func:`written` has the last word.
    """
    try:
        target = expanded(path)
    except OSError as error:
        return f"a file that can be written ({error.strerror})"
    if target.is_dir():
        return "a file, and this is a folder"
    if _is_device(target):
        return ""
    return _closed(Path(os.path.realpath(target)).parent)


def _closed(folder: Path) -> str:
    """Why no file can be made in ``folder``; empty when it can."""
    if not folder.exists():
        return f"a file in a folder that exists; the folder {folder.name} does not exist"
    if not folder.is_dir():
        return f"a file in a folder; {folder.name} is none"
    if not os.access(folder, os.W_OK | os.X_OK):
        return f"a file where you may write; in the folder {folder.name} you may not"
    return ""


def _is_device(target: Path) -> bool:
    """Whether it is a device or pipe, which is written itself."""
    return target.exists() and not target.is_file()


def expanded(path: str | Path) -> Path:
    """``path`` with ``~`` filled in; OSError when there is no such home, or it can be no path."""
    if "\0" in str(path):
        raise OSError(errno.EINVAL, "a name holds no zero byte", str(path))
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        raise OSError(errno.ENOENT, str(error)) from None


@contextmanager
def _naming(path: str | Path) -> Iterator[None]:
    """Name ``path``, which the reader knows, in every OSError of the block."""
    try:
        yield
    except BrokenPipeError:  # nothing is wrong with the file
        raise
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(path)) from None


@contextmanager
def _replacing(target: Path) -> Iterator[Path]:
    remove_from(target.parent)
    handle, name = temporary(target)
    os.close(handle)
    scratch = Path(name)
    try:
        yield scratch
        scratch.chmod(0o666 & ~_umask())
        scratch.replace(target)
    except BaseException:
        scratch.unlink(missing_ok=True)
        raise


def _umask() -> int:
    """The process's umask, which can be read only by setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


@contextmanager
def text_file(path: str | Path) -> Iterator[IO[str]]:
    """A UTF-8 text file that appears at ``path`` when the block ends without an error."""
    with written(path) as scratch, scratch.open("w", encoding="utf-8", newline="\n") as out:
        yield out
