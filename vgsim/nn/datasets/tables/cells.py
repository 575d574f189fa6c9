"""What a cell says: a number as people write it, a missing value, a date, yes or no."""

from __future__ import annotations

import re
from collections.abc import Iterable

MISSING = frozenset(
    [
        *("", "NA", "N/A", "n/a", "na", "#N/A", "#NA", "<NA>", "NaN", "nan", "NAN", "NaT", "null"),
        *("NULL", "Null", "None", "none", "?", "-", "--", "−", "–", ".", "..", "missing"),
    ]
)
"""What stands for no value in files that people publish."""

COMMA_DECIMAL = re.compile(r"[-+−]?\d{1,3}(\.\d{3})*,\d+|[-+−]?\d+,\d+([eE][-+]?\d+)?")
DOT_DECIMAL = re.compile(r"[-+−]?(\d+(,\d{3})*)?\.\d+([eE][-+]?\d+)?")
GROUPED_BY_COMMA = re.compile(r"[-+−]?\d{1,3}(,\d{3})+")
GROUPED_BY_DOT = re.compile(r"[-+−]?\d{1,3}(\.\d{3}){2,}|[-+−]?\d{1,3}(\.\d{3})+,\d+")
GROUPED_BY_BLANK = re.compile(r"[-+−]?\d{1,3}([ \u00a0\u202f]\d{3})+([.,]\d+)?")
GROUPED_BY_APOSTROPHE = re.compile(r"[-+−]?\d{1,3}(['’]\d{3})+([.,]\d+)?")
_DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}([-/.]\d{1,2})?([T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?)?(Z| ?[-+]\d\d:?\d\d)?"
    r"|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})([ ,]+\d{1,2}:\d{2}(:\d{2})?( ?[AP]M)?)?"
    r"|\d{4} ?Q[1-4]|\d{1,2}:\d{2}(:\d{2})?"
    r"|\d{1,2}[- ][A-Z][a-z]{2,8}[- ]\d{2,4}|[A-Z][a-z]{2,8}\.? \d{1,2}, ?\d{4}"
    r"|[A-Z][a-z]{2,8}[- ]\d{4}"
)
BOOLEAN_WORDS = (("true", "false"), ("yes", "no"), ("t", "f"))

THOUSANDS = {"none": "", "comma": ",", "dot": ".", "blank": " \u00a0\u202f", "apostrophe": "'’"}


class NumberStyle:
    """Numbers as a file writes them: its decimal mark, and what it groups thousands with."""

    def __init__(self, decimal: str, thousands: str) -> None:
        self.decimal = decimal
        self.thousands = thousands
        table: dict[int, str | None] = {ord("−"): "-"}
        table |= {ord(letter): None for letter in THOUSANDS[thousands]}
        if decimal == "comma":
            table[ord(",")] = "."
        self._table = table
        self.plain = decimal == "dot" and not THOUSANDS[thousands]
        group = {"comma": ",", "dot": r"\.", "blank": r"[ \u00a0\u202f]", "apostrophe": "['’]"}
        mark = "," if decimal == "comma" else r"\."
        self._shape = None
        if thousands in group:
            self._shape = re.compile(
                rf"[-+−]?(\d{{1,3}}({group[thousands]}\d{{3}})+|\d+)?({mark}\d*)?([eE][-+]?\d+)?"
            )

    def number(self, cell: str) -> float | None:
        """The number in a cell; None when it is none."""
        cell = cell.strip().removesuffix("%").lstrip("$€£")
        if "_" in cell:  # float reads 1_000, which no other program writes
            return None
        if not self.plain and self._shape and not self._shape.fullmatch(cell):
            return None
        if self.decimal == "comma" and "." in cell and self.thousands != "dot":
            return None
        try:
            return float(cell.translate(self._table))
        except ValueError:
            return None

    def numbers(self, cells: Iterable[str]) -> list[float] | None:
        """All of them, fast; None when one is no plain number."""
        if not self.plain:
            return None
        try:
            return list(map(float, cells))
        except ValueError:
            return None


def is_date(cell: str) -> bool:
    """Whether a cell is a date or a time of day in one of the usual ways."""
    return _DATE.fullmatch(cell) is not None


def is_boolean(values: Iterable[str]) -> bool:
    """Whether two words say yes and no."""
    lower = {value.lower() for value in values}
    return any(lower == set(pair) for pair in BOOLEAN_WORDS)
