"""How a table of text is read: what is guessed, what was chosen, what each column is taken for."""

from vgsim.nn.datasets.tables.columns import NUMBERS, ColumnRole, ColumnType, TableColumn
from vgsim.nn.datasets.tables.loader import TableLoader
from vgsim.nn.datasets.tables.plan import (
    TableChoices,
    TableFile,
    TablePlan,
    plan_of,
    read_and_plan,
)

__all__ = [
    "NUMBERS",
    "ColumnRole",
    "ColumnType",
    "TableChoices",
    "TableColumn",
    "TableFile",
    "TableLoader",
    "TablePlan",
    "plan_of",
    "read_and_plan",
]
