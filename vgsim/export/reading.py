"""From an exported file back to the experiment it shows. No Qt.

A file's kind is told by its first bytes, never by its name; what it says of itself is checked like
any spec, and no more of it is read than its provenance can need.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import IO

from vgsim.core import untrusted
from vgsim.core.errors import SpecError
from vgsim.export.formats import FORMATS
from vgsim.export.provenance.blocks import Damaged
from vgsim.export.provenance.record import Provenance, loads, refuse_file

Finder = Callable[[IO[bytes]], str | None]
MOST_FILE = 2**31
"""Bytes of the largest picture, animation, deck or table that is looked through."""
HEAD = 4096
"""Bytes by which the kind of a file is told."""


def suffixes() -> tuple[str, ...]:
    """What the names of exported files end in."""
    return tuple(dict.fromkeys(entry.value.suffix for entry in FORMATS))


def allowed() -> str:
    """What can be opened: "a PNG, SVG, … or JSONL that vgsim exported"."""
    *names, last = [suffix.lstrip(".").upper() for suffix in suffixes()]
    return f"a {', '.join(names)} or {last} that vgsim exported"


def read_provenance(path: str | Path) -> Provenance:
    """The provenance of an exported file.

    SpecError, one sentence with the file's name, when it is of no known kind, holds no provenance,
    is damaged, or its provenance is not allowed; OSError when it cannot be read.
    """
    name = Path(path).name
    with untrusted.opened(path, MOST_FILE) as file:
        text = _text(file, name)
    if text is None:
        raise refuse_file(name, "holds no vgsim experiment; what vgsim exports does", allowed())
    try:
        return loads(text)
    except SpecError as error:
        why = f"holds a vgsim experiment that cannot be opened ({error})"
        raise refuse_file(name, why, allowed()) from error


def is_export(path: str | Path) -> bool:
    """Whether the file's first bytes are those of a kind that is exported; never raises."""
    try:
        with untrusted.opened(path, MOST_FILE) as file:
            return bool(_finders(file.read(HEAD)))
    except OSError:
        return False


def holds_experiment(path: str | Path) -> bool:
    """Whether vgsim put an experiment into the file, or it is too damaged to tell; never raises."""
    try:
        with untrusted.opened(path, MOST_FILE) as file:
            if not _finders(file.read(HEAD)):
                return False
            file.seek(0)
            return _text(file, str(path)) is not None
    except SpecError:
        return True
    except OSError:
        return False


def _text(file: IO[bytes], name: str) -> str | None:
    """What is found in the file as the first of the kinds that it may be."""
    finders = _finders(file.read(HEAD))
    if not finders:
        raise refuse_file(name, f"is of no kind that can be opened; {allowed()} can", allowed())
    try:
        for find in finders:
            text = find(file)
            if text is not None:
                return text
    except Damaged as error:
        raise refuse_file(name, f"is damaged ({error})", allowed()) from None
    return None


def _finders(head: bytes) -> list[Finder]:
    """How the provenance is found in a file that starts with ``head``, kind by kind."""
    fitting = [entry.value.read for entry in FORMATS if entry.value.starts(head)]
    return list(dict.fromkeys(fitting))
