"""What the dialog *Open data* offers and says of a table: models and words without Qt."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from vgsim.core.numbers import percent, plain
from vgsim.nn.datasets.tables import (
    ColumnRole,
    ColumnType,
    TableChoices,
    TableColumn,
    TablePlan,
    read_and_plan,
)
from vgsim.nn.datasets.tables.cells import MISSING, THOUSANDS
from vgsim.nn.datasets.tables.guess import DELIMITERS
from vgsim.nn.datasets.tables.plan import AUTO, split
from vgsim.nn.datasets.tables.unpacked import ENCODINGS

MOST_CLASSES = 8
"""Classes that are listed; the rest are counted together."""
_DELIMITERS = {
    "comma": "Comma ,", "semicolon": "Semicolon ;", "tab": "Tab", "bar": "Bar |",
    "blanks": "Blanks",
}  # fmt: skip
_DECIMALS = {"dot": "Dot 1.5", "comma": "Comma 1,5"}
_THOUSANDS = {
    "none": "None", "comma": "Comma 1,000", "dot": "Dot 1.000", "blank": "Blank 1 000",
    "apostrophe": "Apostrophe 1'000",
}  # fmt: skip
_HEADER = {"yes": "Names", "no": "A row"}
_COMMENTS = {"none": "None", "#": "#", "%": "%", "//": "//"}
_ENCODINGS = {
    "utf-8": "UTF-8", "utf-16": "UTF-16", "latin-1": "Latin-1", "cp1252": "Windows-1252",
}  # fmt: skip

_BOXES = (
    ("delimiter", "Separator", _DELIMITERS),
    ("decimal", "Decimal mark", _DECIMALS),
    ("thousands", "Thousands", _THOUSANDS),
    ("header", "First line", _HEADER),
    ("comment", "Comments", _COMMENTS),
    ("encoding", "Encoding", _ENCODINGS),
)


@dataclass(frozen=True, slots=True)
class ReadingBox:
    """One box above the preview: a choice, what can be chosen, and what is in force.

    ``options`` are (value, label); the first one leaves it to the guess.
    """

    field: str
    label: str
    options: tuple[tuple[str, str], ...]
    value: str


def boxes_of(choices: TableChoices, plan: TablePlan | None) -> tuple[ReadingBox, ...]:
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
        }
        if not plan.comments:
            found["comment"] = "none"
    return tuple(
        _box(field, label, getattr(choices, field), found.get(field, AUTO), names)
        for field, label, names in _BOXES
    )


def _box(field: str, label: str, chosen: str, found: str, names: dict[str, str]) -> ReadingBox:
    guess = "As found"
    offered = [(value, name) for value, name in names.items() if _may_be(field, value)]
    if chosen == AUTO and found != AUTO:
        guess = names.get(found, found)
        offered = [(value, name) for value, name in offered if value != found]
    return ReadingBox(field, label, ((AUTO, guess), *offered), chosen)


def _may_be(field: str, value: str) -> bool:
    """Whether a value can be chosen: some can only be found."""
    known = {"delimiter": DELIMITERS, "thousands": THOUSANDS, "encoding": ENCODINGS}
    return field not in known or value in known[field]


@dataclass(frozen=True, slots=True)
class TableReading:
    """A file as it will be read with some choices.

    ``labeled`` counts the rows that have a label: the others are left out. ``shares`` are the
    classes of the label and how many rows have each, most first; empty where it is a number.
    """

    plan: TablePlan
    labeled: int
    shares: tuple[tuple[str, int], ...]


def read_table(path: str, choices: TableChoices) -> TableReading:
    """Read the file; SpecError as :func:`~vgsim.nn.datasets.tables.plan_of` has it."""
    plan, cells = read_and_plan(path, choices)
    labels = plan.having(ColumnRole.LABEL)
    unlabeled = np.zeros(plan.rows, bool)
    for label in labels:
        unlabeled |= cells.columns[label.index].missing
    shares: list[tuple[str, int]] = []
    if plan.task == "classes" and len(labels) == 1:
        column = cells.columns[labels[0].index]
        values = column.values()
        found, counts = np.unique(values[~np.isnan(values)], return_counts=True)
        for value, count in zip(found, counts, strict=True):
            name = plain(float(value)) if column.numeric else column.words[int(value)]
            shares.append((name, int(count)))
    shares.sort(key=lambda share: -share[1])
    return TableReading(plan, plan.rows - int(unlabeled.sum()), tuple(shares))


def listed_shares(reading: TableReading) -> tuple[tuple[str, int], ...]:
    """The classes that there is room for; the last line is of all others."""
    shares = reading.shares
    if len(shares) <= MOST_CLASSES:
        return shares
    shown = shares[: MOST_CLASSES - 1]
    rest = shares[MOST_CLASSES - 1 :]
    return (*shown, (f"{len(rest)} others", sum(count for _, count in rest)))


def chance(reading: TableReading) -> str:
    """What guessing gets, in a sentence; "" where the label is a number."""
    total = sum(count for _, count in reading.shares)
    if not total:
        return ""
    name, most = reading.shares[0]
    return f"Always saying {name} would be right {100 * most / total:.0f} % of the time."


def with_role(plan: TablePlan, index: int, role: ColumnRole) -> TableChoices:
    """The choices by which that column has that role, and all others have theirs still."""
    features = [column.index for column in plan.having(ColumnRole.FEATURE)]
    labels = [column.index for column in plan.having(ColumnRole.LABEL)]
    features = [at for at in features if at != index]
    labels = [at for at in labels if at != index]
    if role is ColumnRole.FEATURE:
        features = sorted([*features, index])
    elif role is ColumnRole.LABEL:
        labels = [index]
        features += [column.index for column in plan.having(ColumnRole.LABEL)]
        features = sorted(set(features) - {index})
    if not features:
        return plan.choices
    return replace(
        plan.choices,
        columns=_words(plan, features),
        label=_words(plan, labels),
        task=AUTO if role is ColumnRole.LABEL else plan.choices.task,
    )


def _words(plan: TablePlan, columns: Sequence[int]) -> str:
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


NEXT_ROLE = {
    ColumnRole.FEATURE: ColumnRole.LABEL,
    ColumnRole.LABEL: ColumnRole.LEFT_OUT,
    ColumnRole.LEFT_OUT: ColumnRole.FEATURE,
    ColumnRole.GROUP: ColumnRole.LEFT_OUT,
}
"""What a click on a column makes of it."""


def about_column(column: TableColumn) -> str:
    """What is in a column, or why it is left out, in words."""
    if column.role is ColumnRole.LEFT_OUT:
        return column.reason
    if column.low is not None and column.high is not None:
        return f"{plain(column.low)} to {plain(column.high)} · mean {plain(column.mean or 0.0)}"
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


def summary(reading: TableReading, held_out: float) -> str:
    """What becomes of the rows, and what is worth a second look."""
    plan = reading.plan
    words = f"{percent(held_out)} of the rows are held out of training."
    unlabeled = plan.rows - reading.labeled
    if unlabeled:
        words += f" {unlabeled:,} rows without a label are left out."
    missing = sum(column.missing for column in plan.having(ColumnRole.FEATURE))
    if missing:
        words += f" {missing:,} values of the features are missing."
    return " ".join([words, *plan.warnings[:1]])


def fields_of(choices: TableChoices) -> dict[str, str | int]:
    """The fields of a spec that say the same."""
    return {f"data.{name}": getattr(choices, name) for name in TableChoices.__slots__}
