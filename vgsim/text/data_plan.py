"""How a file of data is read, and why, as the lines that ``vgsim data`` prints."""

from __future__ import annotations

from vgsim.core.errors import shorten
from vgsim.core.numbers import percent, short
from vgsim.nn.datasets.tables import ColumnRole, TableColumn, TablePlan
from vgsim.nn.datasets.tables.unpacked import NO_COMPRESSION

ROWS = 5
"""Rows of the file that are shown."""
WIDEST = 18
"""Letters of a cell or a name that are shown."""
MOST_COLUMNS = 200


def plan_lines(plan: TablePlan) -> list[str]:
    """What is read, a line for each column with its role and the reason, and the first rows."""
    lines = [f"{plan.rows:,} rows of {len(plan.columns):,} columns · {_layout(plan)}", ""]
    wide = max(len(_cell(column.name)) for column in plan.columns)
    for column in plan.columns[:MOST_COLUMNS]:
        role = column.role.value
        if column.role is ColumnRole.LABEL:
            role = f"label ({plan.task})"
        lines.append(
            f"{column.index + 1:>4}  {_cell(column.name):<{wide}}  {column.type.value:<12}  "
            f"{role:<15}  {_figures(column, plan.rows)}{column.reason}"
        )
    if len(plan.columns) > MOST_COLUMNS:
        lines.append(f"      … and {len(plan.columns) - MOST_COLUMNS:,} more")
    lines += [f"Warning: {sentence}" for sentence in plan.warnings]
    lines.append("")
    for line, row in list(zip(plan.lines, plan.preview, strict=True))[:ROWS]:
        more = " …" if len(row) > 12 else ""
        lines.append(f"line {line}: " + " | ".join(map(_cell, row[:12])) + more)
    return lines


def _layout(plan: TablePlan) -> str:
    """How the file is laid out."""
    words = [f"delimiter {plan.delimiter}", f"decimal {plan.decimal}"]
    words.append(f"thousands {plan.thousands}")
    words.append("with a header" if plan.header else "no header line")
    words.append(plan.encoding)
    if plan.compression != NO_COMPRESSION:
        words.append(plan.compression)
    for count, name in (
        (plan.comments, "comments"),
        (plan.skipped, "lines before the table"),
        (plan.footers, "lines behind it"),
    ):
        if count:
            words.append(f"{name}: {count:,}")
    return ", ".join(words)


def _figures(column: TableColumn, rows: int) -> str:
    """Range and share of missing values, before the reason."""
    parts: list[str] = []
    if column.low is not None and column.high is not None:
        parts.append(f"{short(column.low, 4)} to {short(column.high, 4)}")
    if column.missing:
        parts.append(f"{percent(column.missing / rows)} missing")
    return "".join(f"{part}; " for part in parts)


def _cell(text: str) -> str:
    """A cell or name as it can be shown."""
    return shorten(text, WIDEST) if text else "(empty)"
