"""Opening data of one's own: the dialog for a table, and what other files say by themselves."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal

from vgsim.core.errors import SpecError
from vgsim.core.fields import Value
from vgsim.nn.data_files import FIRST_ON_DATA, fields_for, fields_for_numbers, is_table
from vgsim.nn.datasets import DATASETS
from vgsim.nn.presets import load_preset
from vgsim.nn.spec import DataSpec
from vgsim.ui.app.session import Session
from vgsim.ui.app.settings import Settings
from vgsim.ui.latest import Call, LatestAnswer, Outdated
from vgsim.ui.style.theme import Theme
from vgsim.ui.window.dialogs import ask_data_file
from vgsim.ui.window.main_window import MainWindow


class OpeningData(QObject):
    """``chosen`` tells the path of a file and the fields of a spec that make it the data."""

    chosen = Signal(str, object)

    def __init__(
        self,
        window: MainWindow,
        session: Session,
        theme: Callable[[], Theme],
        choices: ChoicesOfFiles,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._theme = theme
        self._choices = choices
        self._latest = LatestAnswer(self)
        self._replaced: tuple[dict[str, str], dict[str, Value]] = ({}, {})
        """Fields that numbers to predict made another, and what they were before."""

    def ask(self) -> None:
        """Ask for a file and open it."""
        path = ask_data_file(self._window)
        if path:
            self.open(path)

    def open(self, path: str) -> None:
        """Show how a table will be read; other files are opened at once if nothing is open."""
        data, fresh = self._begin_with(path)
        if not is_table(path):
            self._latest.ask(partial(self._look_into, data))
            return
        # Late: a window that opens no data need not load it.
        from vgsim.ui.open_data.dialog import OpenDataDialog

        dialog = OpenDataDialog(data, self._theme(), fresh, self._window)
        dialog.chosen.connect(self._choose)
        dialog.other_asked.connect(self.ask)
        dialog.open()

    def close(self) -> None:
        """Give up what is still read."""
        self._latest.close()

    def _look_into(self, data: DataSpec, outdated: Outdated) -> Iterator[Call]:
        """Whether arrays can be opened without a question; a large file is read once only."""
        from vgsim.ui.open_data.arrays import about_arrays, read_arrays
        from vgsim.ui.open_data.model import fields_of

        if _size(data.path) > LARGE:
            yield partial(self._choose, data.path, fields_of(data), False)
            return
        reading = read_arrays(data)
        if reading.made is None:
            yield partial(self._ask_about, data)
            return
        yield partial(self._choose, data.path, fields_of(data), not reading.made.shares)
        yield partial(self._window.tell, f"{os.path.basename(data.path)}: {about_arrays(reading)}")

    def _ask_about(self, data: DataSpec) -> None:
        from vgsim.ui.open_data.arrays_dialog import ArraysDialog

        dialog = ArraysDialog(data, self._theme(), self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.chosen.connect(self._choose)
        dialog.open()

    def _begin_with(self, path: str) -> tuple[DataSpec, bool]:
        """What is chosen for a file: that of the experiment on it, or what was chosen last.

        Else what applies to any file, and True: the rest is to be guessed.
        """
        now = self._session.state.wanted.data
        if _same(now.path, path) and "data.path" in DATASETS.entry(now.dataset).uses:
            return replace(now, path=path), False
        known = self._choices.of(path)
        kept = load_preset(FIRST_ON_DATA).replace(
            {
                **fields_for(path),
                "data.held_out": now.held_out,
                "data.standardize": now.standardize,
                **known,
            }
        )
        return replace(kept.data, path=path), not known

    def _choose(self, path: str, fields: dict[str, Value], numbers: bool) -> None:
        self._choices.remember(path, fields)
        changes = dict(fields)
        wanted = self._session.state.wanted
        loss = fields_for_numbers(wanted) if numbers else {}
        if loss:
            self._replaced = loss, {path: wanted[path] for path in loss}
            changes |= loss
        made, before = self._replaced
        if not numbers and all(wanted[field] == value for field, value in made.items()):
            changes |= before  # what numbers made another is as it was for classes
            self._replaced = {}, {}
        self.chosen.emit(path, changes)


class ChoicesOfFiles:
    """How files were read last, kept between two starts."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def of(self, path: str) -> dict[str, Value]:
        """The fields chosen for a file; empty when it was never opened, or they no longer fit."""
        fields = self._all().get(_place(path), {})
        try:
            load_preset(FIRST_ON_DATA).replace(fields)
        except (SpecError, TypeError, AttributeError):  # kept by another version, or by hand
            return {}
        return fields

    def remember(self, path: str, fields: Mapping[str, Value]) -> None:
        """Keep these for a file; the files opened longest ago are forgotten."""
        known = self._all()
        known.pop(_place(path), None)
        known[_place(path)] = {name: value for name, value in fields.items() if name != "data.path"}
        kept = dict(list(known.items())[-MOST_FILES:])
        self._settings.set_text(CHOICES, json.dumps(kept))

    def _all(self) -> dict[str, dict[str, Value]]:
        try:
            known = json.loads(self._settings.text(CHOICES, "{}"))
        except ValueError:
            return {}
        if not isinstance(known, dict):
            return {}
        return {name: fields for name, fields in known.items() if isinstance(fields, dict)}


LARGE = 2**26
"""Bytes of a file of arrays up to which it is looked into before it is opened."""
CHOICES = "choices of data files"
MOST_FILES = 30


def _size(path: str) -> int:
    try:
        return os.path.getsize(os.path.expanduser(path))
    except OSError:
        return 0


def _place(path: str) -> str:
    return os.path.realpath(os.path.expanduser(path))


def _same(one: str, other: str) -> bool:
    return bool(one.strip()) and _place(one) == _place(other)
