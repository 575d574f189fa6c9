"""CSV, JSON Lines and NPZ: in the comments or the meta of a table.

Only the head of a table is read, never its rows.
"""

from __future__ import annotations

import io
import json
import math
import re
from typing import IO

import numpy as np

from vgsim.core import untrusted
from vgsim.export.provenance.blocks import MOST_READ, Damaged
from vgsim.export.provenance.package import bounded_package
from vgsim.export.table import META, PROVENANCE

JSONL_START = b'{"meta": {'
MARK = b"\xef\xbb\xbf"
"""What some programs put before UTF-8."""
_CSV_START = re.compile(rb"# plot: [^\n]*\n# shows: ")
_LETTER = np.dtype("<U1").itemsize
_MOST_META = MOST_READ * _LETTER
"""Bytes of the longest meta of an NPZ, whose text has four bytes a letter."""


def starts_csv(head: bytes) -> bool:
    """Whether a file that starts with ``head`` is a table of vgsim's in CSV."""
    return _CSV_START.match(head.removeprefix(MARK)) is not None


def find_in_csv(file: IO[bytes]) -> str | None:
    """The provenance of a CSV: one of the comments above its rows."""
    file.seek(0)
    start = f"# {PROVENANCE}: ".encode()
    for _ in range(100):
        line = file.readline(MOST_READ)
        if line.startswith(start):
            return line[len(start) :].decode("utf-8", "replace").strip()
        if not line.removeprefix(MARK).startswith(b"#"):
            break
    return None


def find_in_jsonl(file: IO[bytes]) -> str | None:
    """The provenance of a table in JSON Lines: in its first line."""
    file.seek(0)
    line = file.readline(MOST_READ).removeprefix(MARK)
    if not line.endswith(b"\n"):
        raise Damaged("the file ends early")
    return _provenance(_json(line.decode("utf-8", "replace")), META)


def find_in_npz(file: IO[bytes]) -> str | None:
    """The provenance of an NPZ: in the JSON text of its array ``meta``."""
    with bounded_package(file) as package:
        if f"{META}.npy" not in package.namelist():
            return None
        member = package.getinfo(f"{META}.npy")
        text = _text_of(untrusted.member(package, member, _MOST_META))
    return _provenance({META: _json(text)}, META)


def _text_of(data: bytes) -> str:
    """The one text in an array of NumPy's format; what its header claims is not believed."""
    file = io.BytesIO(data)
    np.lib.format.read_magic(file)
    shape, _, kind = np.lib.format.read_array_header_1_0(file)
    body = file.read()
    if math.prod(shape) != 1 or kind.kind != "U" or len(body) != kind.itemsize:
        raise Damaged("meta is no text")
    return str(np.frombuffer(body, kind)[0])


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:  # also brackets too deep
        raise Damaged(str(error)) from None


def _provenance(document: object, *path: str) -> str | None:
    """The provenance (written as "passport", as in 0.1.0) at the end of ``path`` in a document."""
    for name in (*path, PROVENANCE):
        if isinstance(document, dict):
            document = document.get(name)
        else:
            document = None
    if isinstance(document, str):
        return document
    return None
