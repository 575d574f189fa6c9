"""Lines of a table, and the cells in them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from typing import IO

from vgsim.nn.datasets._files import DataSource, quote

MAX_LINE = 2**22
LONGEST_CELL = 200
"""Lines that a quoted cell may have; one that is not closed would swallow the rest of a file."""
BLANKS = " "
_RULE = re.compile(r"[\s|+:=-]*(--|[|+]\s*[:=]*[-=]+[:=]*\s*[|+])[\s|+:=-]*")
"""A line that is drawn below the names in a table for people; it needs a bar or a cross."""
_WORD = re.compile(r'"((?:[^"]|"")*)"(?!\S)|(\S+)')

Row = tuple[int, list[str]]
"""A line number, counted from 1, and the cells that begin there."""


class TableLines:
    """Lines of a file without comments, blank and skipped ones, and where a record began.

    With ``gaps`` blank lines behind the first are kept: rows without a cell.
    """

    def __init__(
        self, source: DataSource, file: IO[str], comment: str, last: int | None, skipped: int = 0,
        gaps: bool = False,
    ) -> None:  # fmt: skip
        self._source = source
        self._file = file
        self._comment = comment
        self._last = last
        self._skipped = skipped
        self.begun = False
        self.gaps = gaps
        self.number = 0
        self.first = 0
        self.comments = 0

    def __iter__(self) -> Iterator[str]:
        while line := self._file.readline(MAX_LINE):
            self.number += 1
            if self._last is not None and self.number > self._last:
                return
            if len(line) == MAX_LINE:
                raise self._source.bad(
                    f"with lines of fewer than {MAX_LINE} characters; line {self.number} is not"
                )
            if "\0" in line:
                raise self._source.bad(f"of text; line {self.number} is binary")
            if not line.isascii() and any("\ud800" <= letter <= "\udfff" for letter in line):
                raise self._source.bad(
                    f"of text in that encoding (data.encoding); line {self.number} is not"
                )
            if not self.first:
                if line.isspace() or is_rule(line):
                    if not (self.gaps and self.begun):
                        continue
                    line = "\n"
                if self._comment and is_comment(line, self._comment):
                    self.comments += 1
                    continue
                if self.number <= self._skipped:
                    continue
                self.first = self.number
                self.begun = True
            elif self.number - self.first > LONGEST_CELL:
                raise self._source.bad(
                    f'with every quote closed; the " on line {self.first} is not within '
                    f"{LONGEST_CELL} lines"
                )
            yield line


def is_rule(line: str) -> bool:
    """Whether a line is drawn in a table for people, as below the names in Markdown."""
    return ("|" in line or "+" in line) and _RULE.fullmatch(line) is not None


def is_comment(line: str, comment: str) -> bool:
    """Whether a line is one for people; #N/A and the like stand for a missing value."""
    return line.startswith(comment) and not line.startswith(("#N/A", "#NA"))


def cells_of(line: str, delimiter: str) -> list[str]:
    """The cells of a lone line; where it is not well-formed, as far as it can be split."""
    if delimiter == BLANKS:
        return words_of(line)
    reader = csv.reader([line], delimiter=delimiter, skipinitialspace=delimiter != "\t")
    return [cell.strip() for cell in next(reader, [])]


def words_of(line: str) -> list[str]:
    """Cells that are separated by any number of blanks."""
    found = []
    for quoted, plain in _WORD.findall(line):
        found.append(plain or quoted.replace('""', '"'))
    return found


def rows_of(source: DataSource, lines: TableLines, delimiter: str) -> Iterator[Row]:
    """All rows; SpecError at a quote that is not closed. Of a blank line that is kept no cells."""
    parts: Iterable[list[str]]
    if delimiter == BLANKS:
        parts = map(words_of, lines)
    else:
        parts = csv.reader(
            lines, delimiter=delimiter, strict=True, skipinitialspace=delimiter != "\t"
        )
    found = iter(parts)
    while True:
        lines.first = 0
        try:
            cells = next(found)
        except StopIteration:
            return
        except csv.Error as error:
            raise source.bad(f"of separated cells; line {lines.first}: {quote(error)}") from None
        if cells or lines.gaps:
            yield lines.first, cells
