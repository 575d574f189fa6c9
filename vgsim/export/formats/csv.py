"""CSV: rows in UTF-8, what to know of them as leading ``# name: text`` lines.

NumPy skips those by itself, pandas with ``comment="#"``. Without meta there are only the rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from vgsim.core.atomic import text_file
from vgsim.export.format import Drawable, FileKind, Format, Output, register
from vgsim.export.provenance.tables import find_in_csv, starts_csv
from vgsim.export.table import Table, write_rows


def save_csv(table: Table, path: Path) -> None:
    """Write ``table`` as CSV in UTF-8, every digit that a number has; OSError if it cannot be."""
    with text_file(path) as out:
        for name, text in table.meta.items():
            out.write(f"# {_one_line(name)}: {_one_line(text)}\n")
        write_rows(table, out, ",")


def _one_line(text: str) -> str:
    """``text`` without its line breaks; its spaces stay, for a provenance counts on them."""
    return " ".join(text.splitlines())


def compose(drawable: Drawable) -> Table:
    """The page: the table of a plot."""
    return drawable.table()


def write(pages: Iterator[Table], output: Output) -> None:
    """The one table."""
    save_csv(next(pages), output.path)


def starts(head: bytes) -> bool:
    """Whether a file that starts with ``head`` is such a table."""
    return starts_csv(head)


register(
    Format(
        "csv", ".csv", "CSV", "The numbers behind a plot, as rows of text", FileKind.TABLE,
        compose, write, starts, find_in_csv,
        transparent=False,
    )
)  # fmt: skip
