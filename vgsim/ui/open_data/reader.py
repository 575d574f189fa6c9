"""Reads a table anew in a thread whenever another choice is made."""

from __future__ import annotations

import threading
from contextlib import suppress
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal, Slot

from vgsim.core.errors import SpecError
from vgsim.nn.datasets.tables import TableChoices
from vgsim.ui.open_data.model import TableReading, read_table


class TableReader(QObject):
    """``read`` tells the :class:`TableReading` of the last choices, or ``refused`` why not."""

    read = Signal(object)
    refused = Signal(str)
    _told = Signal(int, object, str)

    def __init__(self, path: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = path
        self._number = 0
        self._threads: list[threading.Thread] = []
        self._told.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def ask(self, choices: TableChoices) -> None:
        """Read with these; what was asked for before is not told any more."""
        self._number += 1
        work = partial(self._work, self._number, choices)
        thread = threading.Thread(target=work, daemon=True)
        self._threads = [*filter(threading.Thread.is_alive, self._threads), thread]
        thread.start()

    def close(self) -> None:
        """Wait for what is still read: a thread must not tell it to a dialog that is gone."""
        self._number += 1
        for thread in self._threads:
            thread.join()

    def _work(self, number: int, choices: TableChoices) -> None:
        try:
            reading = read_table(self._path, choices)
        except SpecError as error:
            self._tell(number, None, str(error))
        else:
            self._tell(number, reading, "")

    def _tell(self, number: int, reading: TableReading | None, sentence: str) -> None:
        with suppress(RuntimeError):  # the dialog has gone meanwhile
            self._told.emit(number, reading, sentence)

    @Slot(int, object, str)
    def _take(self, number: int, reading: TableReading | None, sentence: str) -> None:
        if number != self._number:
            return
        if reading is None:
            self.refused.emit(sentence)
        else:
            self.read.emit(reading)
