"""What a cell says: a number as people write it, a missing value, a date, yes or no."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

MISSING = frozenset(
    [
        *("", "NA", "N/A", "n/a", "na", "#N/A", "#NA", "<NA>", "NaN", "nan", "NAN", "NaT", "null"),
        *("NULL", "Null", "None", "none", "?", "-", "--", "−", "–", ".", "..", "missing"),
        *("N.A.", "n.a.", "N/a", "k.A.", "k. A.", "(NA)", "(null)", r"\N", "---", "—", "…"),
        *("#DIV/0!", "#VALUE!", "#REF!", "#NULL!", "#NUM!", "#NAME?", "1.#QNAN", "1.#IND"),
        *("-1.#QNAN", "-1.#IND", "NONE", "Missing", "MISSING", "nil"),
    ]
)
"""What stands for no value in files that people publish."""
MISSING_NUMBERS = frozenset(
    "unknown Unknown UNKNOWN * _ nd ND n.d. N.D. na. Nil NIL".split()  # noqa: SIM905
)
"""What stands for no value in a column of numbers besides, where nothing else is a word."""
WORDS_TOO = frozenset(
    "None none NONE nil - -- --- − – — . .. * missing Missing MISSING".split()  # noqa: SIM905
)
"""Marks of no value that are words where a column has words: UCI's classes are + and -."""

COMMA_DECIMAL = re.compile(
    r"[-+−]?\d{1,3}([.'’ \u00a0\u202f\u2007\u2009]\d{3})*,\d+|[-+−]?\d*,\d+([eE][-+]?\d+)?"
)
DOT_DECIMAL = re.compile(r"[-+−]?(\d+(,\d{3})*)?\.\d+([eE][-+]?\d+)?")
GROUPED_BY_COMMA = re.compile(r"[-+−]?[1-9]\d{0,2}(,\d{2})*(,\d{3})+(\.\d+)?")
"""Also by hundreds above the first thousand, as in India."""
GROUPED_BY_DOT = re.compile(r"[-+−]?\d{1,3}(\.\d{3}){2,}|[-+−]?\d{1,3}(\.\d{3})+,\d+")
ONE_GROUP_BY_DOT = re.compile(r"[-+−]?[1-9]\d{0,2}\.\d{3}")
"""A number below a million with its thousands set apart by a dot, or one with three decimals."""
GROUPED_BY_BLANK = re.compile(r"[-+−]?\d{1,3}([ \u00a0\u202f\u2007\u2009]\d{3})+([.,]\d+)?")
GROUPED_BY_APOSTROPHE = re.compile(r"[-+−]?\d{1,3}(['’]\d{3})+([.,]\d+)?")
_MONTH = (
    r"(?:jan|ene|gen|feb|fév|fev|mar|mär|mrz|apr|avr|abr|may|mai|mag|jun|juin|giu|jul|juil|lug"
    r"|aug|aoû|aou|ago|sep|set|okt|oct|out|ott|nov|dec|dez|déc|dic)[a-zà-ÿ]{0,7}\.?"
)
"""Names of months and what they are cut to: English, German, French, Spanish, Italian."""
_DAY = r"(?:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so)[a-z]{0,6}[.,]{0,2}"
_CLOCK = r"\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?( ?[ap]\.?m\.?)?"
_ZONE = r"(Z| ?(UTC|GMT|[CEMP][SDE]?T)| ?[-+]\d\d:?\d\d)?"
_DATE = re.compile(
    rf"(?:{_DAY} )?(?:"
    rf"\d{{4}}[-/.]\d{{1,2}}([-/.]\d{{1,2}})?([T ,]+{_CLOCK})?{_ZONE}"
    rf"|\d{{1,2}}[-/.]\d{{1,2}}[-/.](\d{{4}}|\d{{2}})([ ,T]+{_CLOCK})?{_ZONE}"
    rf"|\d{{1,2}}\.?[- /]?(de )?{_MONTH}[- /,]*(de )?(\d{{4}}|\d{{2}})?([ ,T]+{_CLOCK})?{_ZONE}"
    rf"|{_MONTH}[- /]?\d{{1,2}}(st|nd|rd|th)?(, ?| )\d{{4}}([ ,]+{_CLOCK})?{_ZONE}"
    rf"|{_MONTH}[- /]?('?\d{{2}}|\d{{4}})"
    rf"|\d{{4}}[- /]?{_MONTH}([- /]?\d{{1,2}})?"
    rf"|{_MONTH} +\d{{1,2}} {_CLOCK}( [A-Z]{{3}})? \d{{4}}"
    r"|\d{4}[- ]?[QW]\d{1,2}(-\d)?|Q[1-4][- /]?\d{2,4}|\d{4}[- ]?M\d{2}|\d{4}-\d{2}/\d{2,4}"
    rf"|{_CLOCK}{_ZONE}"
    r")",
    re.IGNORECASE,
)
BOOLEAN_WORDS = (
    ("no", "yes"), ("false", "true"), ("f", "t"), ("n", "y"), ("off", "on"), ("nein", "ja"),
    ("non", "oui"), ("no", "si"), ("no", "sí"), ("nee", "ja"), ("nej", "ja"), ("não", "sim"),
)  # fmt: skip
"""Words for no and yes, in this order: 0 and 1."""

THOUSANDS = {
    "none": "", "comma": ",", "dot": ".", "blank": " \u00a0\u202f\u2007\u2009", "apostrophe": "'’"
}  # fmt: skip
_MONEY = re.compile(r"[$€£¥₹]")
_FORTRAN = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)[dD][-+]?\d+")
_WITH_UNIT = re.compile(
    r"[-+−]?[\d.,'’ \u00a0\u202f]*\d[\d.,]*([eE][-+]?\d+)?\s*(?P<unit>[^\d\s].*)"
)
_BEFORE = re.compile(r"(?P<unit>[A-Z]{3}|Rs\.?|Fr\.?|kr\.?) ?[-+−]?\d[\d.,'’ ]*")
"""A currency by its code before a number."""


def bare(cell: str) -> str:
    """A number without what stands around it: %, $, =\"…\", or brackets that say it is negative."""
    cell = cell.strip()
    if cell[:1].isalnum() and cell[-1:].isdigit():
        return cell
    if cell.startswith('="') and cell.endswith('"'):  # how a number is kept as text in Excel
        cell = cell[2:-1]
    cell = _MONEY.sub("", cell.removesuffix("%")).strip()
    if cell.startswith("(") and cell.endswith(")") and cell[1:-1].strip()[:1].isdigit():
        return f"-{cell[1:-1].strip()}"  # of accountants
    if cell.endswith(("-", "−")) and cell[:1].isdigit():
        return f"-{cell[:-1]}"  # of SAP
    return cell


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
        group = {"comma": ",", "dot": r"\."}.get(thousands, f"[{THOUSANDS[thousands]}]")
        mark = "," if decimal == "comma" else r"\."
        self._shape = None
        if THOUSANDS[thousands]:
            self._shape = re.compile(
                rf"[-+−]?(\d{{1,3}}({group}\d{{2}})*({group}\d{{3}})+|\d+)?({mark}\d*)?"
                r"([eE][-+]?\d+)?"
            )

    def number(self, cell: str) -> float | None:
        """The number in a cell; None when it is none."""
        cell = bare(cell)
        if _FORTRAN.fullmatch(cell):
            cell = cell.replace("d", "e").replace("D", "E")
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


def boolean_words(values: Iterable[str]) -> dict[str, int]:
    """0 and 1 by word, where two words, in any case, say no and yes; else nothing."""
    words = list(values)
    lower = {word.lower() for word in words}
    for pair in BOOLEAN_WORDS:
        if lower == set(pair):
            return {word: pair.index(word.lower()) for word in words}
    return {}


def unit_of(words: Sequence[str]) -> str:
    """What stands behind the number in every word: "kg" of 3 kg; "" where that is not so."""
    units = set()
    for word in words:
        found = _WITH_UNIT.fullmatch(word) or _BEFORE.fullmatch(word)
        if not found:
            return ""
        units.add(found.group("unit"))
        if len(units) > 1:
            return ""
    return units.pop() if units else ""


def without_unit(word: str, unit: str) -> str:
    """A number alone."""
    return word.removesuffix(unit).removeprefix(unit).strip() if unit else word
