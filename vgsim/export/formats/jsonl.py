"""JSON Lines: an object a row, what to know of them as a first line ``{"meta": …}``."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path

from vgsim.core.atomic import text_file
from vgsim.export.format import Drawable, FileKind, Format, Output, register
from vgsim.export.provenance.tables import JSONL_START, MARK, find_in_jsonl
from vgsim.export.table import META, Table


def save_jsonl(table: Table, path: Path) -> None:
    """Write one JSON object a row; OSError if it cannot be.

    JSON has no word for them: nan becomes null, and infinity 1e999, which readers take for it.
    """
    with text_file(path) as out:
        if table.meta:
            out.write(json.dumps({META: dict(table.meta)}, ensure_ascii=False) + "\n")
        names = [json.dumps(name, ensure_ascii=False) for name in table.columns]
        for row in table.rows():
            pairs = zip(names, map(_json, row), strict=True)
            out.write("{" + ", ".join(f"{name}: {value}" for name, value in pairs) + "}\n")


def _json(value: object) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        if math.isnan(value):
            return "null"
        if value > 0:
            return "1e999"
        return "-1e999"
    return json.dumps(value, ensure_ascii=False)


def compose(drawable: Drawable) -> Table:
    """The page: the table of a plot."""
    return drawable.table()


def write(pages: Iterator[Table], output: Output) -> None:
    """The one table."""
    save_jsonl(next(pages), output.path)


def starts(head: bytes) -> bool:
    """Whether a file that starts with ``head`` is such a table."""
    return head.removeprefix(MARK).startswith(JSONL_START)


register(
    Format(
        "jsonl", ".jsonl", "JSON Lines", "The numbers behind a plot, an object a row",
        FileKind.TABLE, compose, write, starts, find_in_jsonl,
        transparent=False,
    )
)  # fmt: skip
