"""Reads a file of data anew in a thread whenever another choice is made."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial

from PySide6.QtCore import QObject, Signal

from vgsim.core.errors import SpecError
from vgsim.nn.datasets.tables import TableFile
from vgsim.nn.spec import DataSpec
from vgsim.ui.latest import Call, LatestAnswer, Outdated
from vgsim.ui.open_data.model import LARGE_FILE, PREVIEWED, first_lines, read_table


class TableReader(QObject):
    """``read`` tells the reading of the last choices, of a large file one of its first rows before.

    ``refused`` tells why there is none, and the first lines of the file as they are.
    """

    read = Signal(object)
    refused = Signal(str, object)

    def __init__(self, path: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file = TableFile(path)
        self._latest = LatestAnswer(self)

    def ask(self, data: DataSpec) -> None:
        """Read as ``data`` says; what was asked for before is given up."""
        self._latest.ask(partial(self._answers, data))

    def close(self) -> None:
        """Give up what is still read."""
        self._latest.close()

    def _answers(self, data: DataSpec, outdated: Outdated) -> Iterator[Call]:
        path = self._file.path
        try:
            if not self._file.holds_all and _size(path) > LARGE_FILE:
                yield partial(self.read.emit, read_table(TableFile(path), data, PREVIEWED))
            yield partial(self.read.emit, read_table(self._file, data))
        except SpecError as error:
            lines = first_lines(path, data.encoding)
            yield partial(self.refused.emit, str(error), lines)


def _size(path: str) -> int:
    try:
        return os.path.getsize(os.path.expanduser(path))
    except OSError:
        return 0
