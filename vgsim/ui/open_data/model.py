"""What the dialog *Open data* offers and says of a table: models and words without Qt."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import partial

import numpy as np

from vgsim.core.errors import SpecError
from vgsim.core.fields import Value
from vgsim.core.numbers import short
from vgsim.nn.datasets import DATASETS
from vgsim.nn.datasets._files import DataSource
from vgsim.nn.datasets._series import carried_forward, window_by_guess
from vgsim.nn.datasets.tables import (
    NUMBERS,
    ColumnRole,
    ColumnType,
    TableChoices,
    TableColumn,
    TableFile,
    TableLoader,
    TablePlan,
)
from vgsim.nn.datasets.tables.cells import MISSING, THOUSANDS
from vgsim.nn.datasets.tables.columns import MAX_CHOSEN
from vgsim.nn.datasets.tables.guess import DELIMITERS
from vgsim.nn.datasets.tables.plan import AUTO, split
from vgsim.nn.datasets.tables.table import TableCells
from vgsim.nn.datasets.tables.unpacked import ENCODINGS, text_of
from vgsim.nn.datasets.user_csv import is_lone_column
from vgsim.nn.spec import DataSpec
from vgsim.ui.open_data.made import (
    MadeData,
    chance_sentence,
    counted_as,
    inputs_sentence,
    made,
    samples_sentence,
)

MOST_CLASSES = 8
"""Classes that are listed; the rest are counted together."""
_DELIMITERS = {
    "comma": "Comma", "semicolon": "Semicolon", "tab": "Tab", "bar": "Bar |",
    "blanks": "Blanks",
}  # fmt: skip
_DECIMALS = {"dot": "1.5", "comma": "1,5"}
_THOUSANDS = {
    "none": "None", "comma": "1,000", "dot": "1.000", "blank": "1 000", "apostrophe": "1'000",
}  # fmt: skip
_HEADER = {"yes": "Yes", "no": "No"}
_COMMENTS = {"none": "None", "#": "#", "%": "%", "//": "//", ";": ";", "--": "--", "*": "*"}
_ENCODINGS = {
    "utf-8": "UTF-8", "utf-16": "UTF-16", "latin-1": "Latin-1", "cp1252": "Windows-1252",
}  # fmt: skip

_LINES = {str(count): str(count) for count in range(21)}
_BOXES = (
    ("delimiter", _DELIMITERS),
    ("decimal", _DECIMALS),
    ("thousands", _THOUSANDS),
    ("header", _HEADER),
    ("comment", _COMMENTS),
    ("encoding", _ENCODINGS),
    ("skip", _LINES),
    ("footer", _LINES),
)
"""Boxes that show what was found; they are called as the fields of the form are."""


@dataclass(frozen=True, slots=True)
class ReadingBox:
    """One box above the preview: a choice, what can be chosen, and what is in force.

    ``options`` are (value, label); the first one leaves it to the guess.
    """

    field: str
    options: tuple[tuple[str, str], ...]
    value: str


def boxes_of(data: DataSpec, plan: TablePlan | None) -> tuple[ReadingBox, ...]:
    """The boxes above the preview, each at what was chosen, or found where a file was read."""
    found: dict[str, str] = {}
    if plan is not None:
        encoding = plan.encoding.removesuffix("-sig").removesuffix("-le").removesuffix("-be")
        found = {
            "delimiter": plan.delimiter,
            "decimal": plan.decimal,
            "thousands": plan.thousands,
            "header": "yes" if plan.header else "no",
            "encoding": encoding,
            "skip": str(plan.skipped),
            "footer": str(plan.footers),
        }
        if not plan.comments:
            found["comment"] = "none"
    return tuple(
        _box(field, _chosen(data, field), found.get(field, AUTO), names) for field, names in _BOXES
    )


def _chosen(data: DataSpec, field: str) -> str:
    value = getattr(data, field)
    return AUTO if value == -1 else str(value)


def value_of(field: str, text: str) -> Value:
    """The value of a field that a box offers as ``text``."""
    if field in ("skip", "footer"):
        return -1 if text == AUTO else int(text)
    return text


def _box(field: str, chosen: str, found: str, names: dict[str, str]) -> ReadingBox:
    guess = "As found"
    offered = [(value, name) for value, name in names.items() if _may_be(field, value)]
    if chosen == AUTO and found != AUTO:
        guess = names.get(found, found)
        offered = [(value, name) for value, name in offered if value != found]
    if chosen not in (AUTO, *names):
        offered.append((chosen, chosen))
    return ReadingBox(field, ((AUTO, guess), *offered), chosen)


def _may_be(field: str, value: str) -> bool:
    """Whether a value can be chosen: some can only be found."""
    known = {"delimiter": DELIMITERS, "thousands": THOUSANDS, "encoding": ENCODINGS}
    return field not in known or value in known[field]


PREVIEWED = 200
"""Rows that are shown at once of a large file, while the others are read."""
LARGE_FILE = 4_000_000
"""Bytes of a file from which on its first rows are shown before."""


@dataclass(frozen=True, slots=True)
class TableReading:
    """A table as it will be read with what ``data`` says, and what becomes of it.

    ``whole`` says whether these are all rows; ``unlabeled`` and ``gaps`` are rows without a label,
    and other rows in which a feature is missing. ``refusal`` is why it cannot be opened so.
    """

    data: DataSpec
    plan: TablePlan
    whole: bool = True
    unlabeled: int = 0
    gaps: int = 0
    made: MadeData | None = None
    refusal: SpecError | None = None

    @property
    def opened(self) -> int:
        """Rows that are opened."""
        dropped = self.gaps if self.data.missing == "drop" and not self.is_series else 0
        return self.plan.rows - dropped - (0 if self.is_series else self.unlabeled)

    @property
    def is_series(self) -> bool:
        """Whether rows become windows."""
        return self.made is not None and self.made.windows


def table_kinds() -> list[tuple[str, str]]:
    """Name and label of every dataset that is made of a table."""
    return [(it.name, it.label) for it in DATASETS if isinstance(it.value, TableLoader)]


def reads(data: DataSpec, field: str) -> bool:
    """Whether the dataset reads a field of the data section, or every one does."""
    optional = {it.name for it in fields(data) if it.metadata["optional"]}
    return field not in optional or f"data.{field}" in DATASETS.entry(data.dataset).uses


def read_table(file: TableFile, data: DataSpec, rows: int | None = None) -> TableReading:
    """Read the file, or its first rows; SpecError where not even a plan can be made."""
    plan, cells = file.plan(choices_of(data), rows)
    if rows is not None and plan.rows >= rows:
        return TableReading(data, plan, whole=False)
    unlabeled, gaps = _incomplete(plan, cells)
    loader = DATASETS[data.dataset]
    assert isinstance(loader, TableLoader)
    try:
        found = made(loader.make(data, plan, cells), data)
    except SpecError as error:
        return TableReading(data, plan, True, unlabeled, gaps, refusal=error)
    if found.windows:
        found = replace(found, rows=plan.rows, curve=_curve(plan, cells))
    return TableReading(data, plan, True, unlabeled, gaps, found)


MOST_POINTS = 400


def _curve(plan: TablePlan, cells: TableCells) -> tuple[float, ...]:
    """The first label over the rows, at so many of them as can be seen."""
    values = cells.columns[plan.having(ColumnRole.LABEL)[0].index].numbers
    every = max(1, len(values) // MOST_POINTS)
    return tuple(carried_forward(values[:, None])[::every, 0].tolist())


def first_lines(path: str, encoding: str) -> tuple[str, ...]:
    """The first lines of a file as they are; none where they cannot be read as text."""
    source = DataSource("data.path", path, "a table")
    try:
        with text_of(source, encoding, False) as (file, _, _), source.reading():
            lines = itertools.islice(iter(partial(file.readline, LONGEST_SHOWN), ""), SHOWN_LINES)
            return tuple(line.rstrip("\r\n") for line in lines)
    except (SpecError, ValueError, LookupError):
        return ()


SHOWN_LINES, LONGEST_SHOWN = 40, 400


def choices_of(data: DataSpec) -> TableChoices:
    """What is chosen of the reading of the table, of what the dataset reads."""
    kept = {it.name: getattr(data, it.name) for it in fields(TableChoices) if reads(data, it.name)}
    return TableChoices(**kept)


def guessed(data: DataSpec, reading: TableReading) -> DataSpec:
    """``data`` with what is guessed of the whole: a lone column of numbers is a series."""
    over_time = [name for name, _ in table_kinds() if "data.horizon" in DATASETS.entry(name).uses]
    if is_lone_column(reading.plan) and data.dataset not in over_time and over_time:
        return as_kind(data, over_time[0], reading.plan)
    return data


def as_kind(data: DataSpec, kind: str, plan: TablePlan | None) -> DataSpec:
    """``data`` with another dataset of the same file; windows are as long as there is room."""
    changed = replace(data, dataset=kind)
    if plan is None or not reads(changed, "horizon"):
        return changed
    length, held_out = window_by_guess(plan.rows, data.held_out)
    return replace(changed, length=min(data.length, length), horizon=1, held_out=held_out)


def _incomplete(plan: TablePlan, cells: TableCells) -> tuple[int, int]:
    """Rows without a label, and rows with one in which a feature is missing."""
    unlabeled = np.zeros(plan.rows, bool)
    gaps = np.zeros(plan.rows, bool)
    for column in plan.columns:
        if column.role is ColumnRole.FEATURE:
            gaps |= cells.columns[column.index].missing
        elif column.role is not ColumnRole.LEFT_OUT:
            unlabeled |= cells.columns[column.index].missing
    return int(unlabeled.sum()), int((gaps & ~unlabeled).sum())


def listed_shares(found: MadeData, most: int = MOST_CLASSES) -> tuple[tuple[str, int], ...]:
    """The classes that there is room for; the last line is of all others."""
    shares = found.shares
    if len(shares) <= most:
        return shares
    rest = shares[most - 1 :]
    return (*shares[: most - 1], (f"{len(rest)} others", sum(count for _, count in rest)))


FEATURE, CATEGORY, LABEL, MORE, GROUP, LEFT_OUT = (
    "feature", "category", "label", "also label", "group", "left out",
)  # fmt: skip
"""What a column can be chosen for: roles, and two ways to have one."""


def uses_of(reading: TableReading, column: TableColumn) -> list[tuple[str, str, str]]:
    """What a column can be, as (name, label, summary)."""
    found = [(FEATURE, "Feature", "The network is given it")]
    numbers = column.type in NUMBERS
    if reads(reading.data, "categories") and numbers and column.distinct <= MAX_CHOSEN:
        found.append((CATEGORY, "Category", "Each of its values becomes an input of 0 and 1"))
    found.append((LABEL, "Label", "The network is to predict it"))
    labels = reading.plan.having(ColumnRole.LABEL)
    several = not reads(reading.data, "task") or reading.plan.task == "numbers"
    if numbers and several and any(label.index != column.index for label in labels):
        found.append((MORE, "Also a label", "The network is to predict it, too"))
    if reads(reading.data, "group"):
        found.append((GROUP, "Group", "Rows with the same value are steps of one sequence"))
    found.append((LEFT_OUT, "Left out", "Nothing is made of it"))
    return found


def use_of(reading: TableReading, column: TableColumn) -> str:
    """What a column is for now, of :func:`uses_of`."""
    if column.role is ColumnRole.LABEL:
        several = len(reading.plan.having(ColumnRole.LABEL)) > 1 and column.type in NUMBERS
        return MORE if several else LABEL
    if column.role is ColumnRole.FEATURE and column.reason == "chosen by data.categories":
        return CATEGORY
    return str(column.role.value)


def with_use(reading: TableReading, index: int, use: str) -> DataSpec:
    """The data by which that column is for that, and all others are for the same still."""
    plan = reading.plan
    numbers = {role: [it.index for it in plan.having(role)] for role in ColumnRole}
    features, labels, group = (
        [at for at in numbers[role] if at != index]
        for role in (ColumnRole.FEATURE, ColumnRole.LABEL, ColumnRole.GROUP)
    )
    categories = [
        it.index for it in plan.columns if use_of(reading, it) == CATEGORY and it.index != index
    ]
    if use == FEATURE:
        features.append(index)
    elif use == CATEGORY:
        features.append(index)
        categories.append(index)
    elif use == LABEL:
        features += labels
        labels = [index]
    elif use == MORE:
        labels.append(index)
    elif use == GROUP:
        features += [at for at in group if not _counts(plan.columns[at])]
        group = [index]
    if not labels and numbers[ColumnRole.LABEL] == [index]:
        return reading.data  # something has to be predicted
    if not features and not reads(reading.data, "horizon"):
        return reading.data
    old = reading.data
    return replace(
        old,
        columns=words_for(plan, sorted(features)),
        categories=words_for(plan, sorted(categories)),
        label=words_for(plan, sorted(labels)),
        group=words_for(plan, group),
        task=AUTO if use == LABEL else old.task,
    )


def _counts(column: TableColumn) -> bool:
    return column.reason.startswith(("names", "counts"))


def words_for(plan: TablePlan, columns: Sequence[int]) -> str:
    """Columns as a field names them: by their names where each is one of its own."""
    names = [column.name for column in plan.columns]
    words = []
    for at in columns:
        name = names[at]
        unique = names.count(name) == 1 and plan.header and name and not name.isdecimal()
        words.append(name if unique else str(at + 1))
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(words)
    return out.getvalue() if words else ""


NEXT_USE = {FEATURE: LABEL, LABEL: LEFT_OUT, MORE: LEFT_OUT}
"""What a click on a column makes of it; what is not here becomes a feature."""


def about_column(column: TableColumn) -> str:
    """What is in a column, or why it is left out, in words."""
    if column.role in (ColumnRole.LEFT_OUT, ColumnRole.GROUP):
        return column.reason
    if column.low is not None and column.high is not None:
        spread = f"{short(column.low, 4)} to {short(column.high, 4)}"
        return f"{spread} · mean {short(column.mean or 0.0, 4)}"
    if column.categories and len(column.categories) <= 4:
        return ", ".join(column.categories)
    if column.type in (ColumnType.CATEGORY, ColumnType.BOOLEAN):
        return f"{column.distinct} different words"
    return column.reason


def is_missing(plan: TablePlan, cell: str) -> bool:
    """Whether a cell of the preview stands for no value."""
    return cell in MISSING or cell in split(plan.choices.missing_values)


def counted(plan: TablePlan) -> str:
    """How many columns are what."""
    parts = []
    for role, word in (
        (ColumnRole.FEATURE, "feature"),
        (ColumnRole.LABEL, "label"),
        (ColumnRole.GROUP, "group"),
    ):
        number = len(plan.having(role))
        if number:
            parts.append(f"{number} {word}{'' if number == 1 else 's'}")
    left = len(plan.having(ColumnRole.LEFT_OUT))
    if left:
        parts.append(f"{left} left out")
    return ", ".join(parts)


def summary(reading: TableReading) -> tuple[str, str]:
    """What becomes of the rows, and of the columns; then what is worth a second look."""
    plan, found = reading.plan, reading.made
    if not reading.whole:
        return "These are the first rows; the others are being read …", ""
    rows: list[str] = []
    if found is not None:
        rows.append(samples_sentence(found))
    if reading.unlabeled and not reading.is_series:
        rows.append(
            f"{_rows(reading.unlabeled)} without a label {_are(reading.unlabeled)} dropped."
        )
    if reading.gaps:
        rows.append(_about_gaps(reading))
    columns: list[str] = []
    if found is not None:
        columns.append(inputs_sentence(found, reading.data, plan))
    return " ".join(rows), " ".join([*columns, *plan.warnings[:1]])


def _about_gaps(reading: TableReading) -> str:
    """What is done about rows in which a feature is missing."""
    count = _rows(reading.gaps)
    if reading.data.missing == "drop" and not reading.is_series:
        return f"{count} with a missing value {_are(reading.gaps)} dropped."
    if reading.data.missing == "refuse":
        return f"{count} {'has' if reading.gaps == 1 else 'have'} a missing value."
    return f"{count} with a missing value {_are(reading.gaps)} filled."


def _rows(count: int) -> str:
    return counted_as(count, "row")


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def chance(reading: TableReading) -> str:
    """What guessing gets, in a sentence; "" where nothing can be opened."""
    if reading.made is None:
        return ""
    labels = [it.name for it in reading.plan.having(ColumnRole.LABEL) if it.name]
    return chance_sentence(reading.made, labels)


def fields_of(data: DataSpec) -> dict[str, Value]:
    """The fields of a spec that say the same; those that the dataset does not read are as new."""
    fresh = DataSpec()
    return {
        f"data.{it.name}": getattr(data if reads(data, it.name) else fresh, it.name)
        for it in fields(data)
    }
