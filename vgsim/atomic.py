"""Files that appear whole or not at all: written beside the target, then moved into place."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def written(path: str | Path) -> Iterator[Path]:
    """A temporary path beside ``path`` that replaces it when the block ends without an error.

    OSError, naming ``path``, when it cannot be written; an old file then stays as it was.
    """
    target = Path(path).expanduser()
    try:
        handle, name = tempfile.mkstemp(prefix=".", suffix=target.suffix, dir=target.parent)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None
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
