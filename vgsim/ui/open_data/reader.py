"""Reads a table anew in a thread whenever another choice is made."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from PySide6.QtCore import QObject, Signal

from vgsim.core.errors import SpecError
from vgsim.nn.datasets.tables import TableChoices
from vgsim.ui.latest import Call, LatestAnswer, Outdated
from vgsim.ui.open_data.model import read_table


class TableReader(QObject):
    """``read`` tells the reading of the last choices, or ``refused`` why there is none."""

    read = Signal(object)
    refused = Signal(str)

    def __init__(self, path: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = path
        self._latest = LatestAnswer(self)

    def ask(self, choices: TableChoices) -> None:
        """Read with these; what was asked for before is given up."""
        self._latest.ask(partial(self._answers, choices))

    def close(self) -> None:
        """Give up what is still read."""
        self._latest.close()

    def _answers(self, choices: TableChoices, outdated: Outdated) -> Iterator[Call]:
        try:
            reading = read_table(self._path, choices)
        except SpecError as error:
            yield partial(self.refused.emit, str(error))
        else:
            yield partial(self.read.emit, reading)
