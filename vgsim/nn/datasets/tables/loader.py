"""A dataset that is made of a table of text, which is planned before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vgsim.nn.datasets.tables.plan import TableChoices, TablePlan, read_and_plan
from vgsim.nn.datasets.tables.table import TableCells

if TYPE_CHECKING:
    import numpy as np

    from vgsim.nn.datasets.base import Dataset
    from vgsim.nn.spec import DataSpec


@dataclass(frozen=True, slots=True)
class TableLoader:
    """A loader whose ``make`` can be given a table that was read already."""

    make: Callable[[DataSpec, TablePlan, TableCells], Dataset]

    def __call__(self, spec: DataSpec, rng: np.random.Generator) -> Dataset:
        """The dataset; SpecError when the file is unfit."""
        return self.make(spec, *read_and_plan(spec.path, TableChoices.of(spec)))
