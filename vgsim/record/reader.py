"""What reads a recording, also while it is being written; the file may come from anybody.

Nothing is kept open: each look opens the file, reads what it needs and closes it, so that whoever
writes it can finish it. What the file says is checked before it is believed.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vgsim.core import container, machine
from vgsim.core.container import BadContainer
from vgsim.core.errors import joined, shorten
from vgsim.record import coding
from vgsim.record.coding import BadBlob, Counts, Floats
from vgsim.record.figures import FLAT, FUNCTION, Coding, Owner, RecordedBins, RecordedFigure
from vgsim.record.schema import KIND, SUFFIX, TABLES

MOST_THINGS = 100_000
"""Stages, parameters, edges or notes that are read of one file."""
MOST_BINS = 10_000
"""Bins of a histogram."""
MOST_LETTERS = 2**26
"""Letters of the names or texts of all of them."""
_SETTLED = 2_000_000_000
"""Nanoseconds after which a file that looks the same is the same: times of files are coarse."""
_CODINGS = {
    Owner.UNITS: (Coding.RAGGED, Coding.LOG16),
    Owner.TIMESTEPS: (Coding.RAGGED, Coding.LOG16),
    Owner.HISTOGRAM: (Coding.COUNTS,),
}
"""How figures of lists can lie in the file; those of one number are float64, packed or not."""


@dataclass(frozen=True, slots=True)
class RecordedStage:
    """One call of one module; ``shape`` is that of its output, without numbers when unknown."""

    name: str
    module: str
    call: int
    kind: str
    parent: str
    shape: tuple[int, ...]
    dtype: str

    @property
    def is_function(self) -> bool:
        """Whether it is the call of a function (``F.relu``) and not of a module."""
        return FUNCTION in self.module


@dataclass(frozen=True, slots=True)
class RecordedParameter:
    """A parameter of the module of ``stage``; ``trained`` is False for a frozen one."""

    name: str
    stage: str
    shape: tuple[int, ...]
    dtype: str
    trained: bool


@dataclass(frozen=True, slots=True)
class RecordedNote:
    """What could not be recorded, or what happened, in a sentence."""

    step: int | None
    stage: str | None
    text: str


class RecordedStep:
    """All that was recorded of one step; stages and parameters as in the run.

    ``step["dh_rms"]`` is (stages,), of a figure of the step one number, of units and timesteps a
    list with one table (rows, columns) or None for each stage, of a histogram (stages, bins) with
    rows of −1 where none was recorded.
    """

    def __init__(
        self, step: int, seconds: float, values: Mapping[str, Floats | Counts | list[Floats | None]]
    ) -> None:
        self.step = step
        self.seconds = seconds
        """Seconds from the start of the recording."""
        self._values = values

    @property
    def figures(self) -> tuple[str, ...]:
        """What was recorded of this step."""
        return tuple(self._values)

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __getitem__(self, name: str) -> Floats | Counts:
        """A figure that has one number, or one histogram, for each of its owners."""
        found = self._found(name)
        if isinstance(found, list):
            raise KeyError(f"{name} has a list for each stage: use tables({name!r})")
        return found

    def tables(self, name: str) -> list[Floats | None]:
        """Units (1, units) or timesteps (layers, T) of each stage, None where not recorded."""
        found = self._found(name)
        if not isinstance(found, list):
            raise KeyError(f"{name} has no list for each stage: use step[{name!r}]")
        return found

    def number(self, name: str) -> float:
        """A figure of the step itself; "not recorded" where it is not there."""
        if name not in self._values:
            return float(coding.ABSENT)
        return float(self[name][0])

    def _found(self, name: str) -> Floats | Counts | list[Floats | None]:
        if name not in self._values:
            raise KeyError(f"{name} was not recorded; there are {joined(self._values)}")
        return self._values[name]


class RecordedRun:
    """A recording, finished or still growing; :meth:`refresh` sees what has come.

    ``run["dh_rms"]`` is (steps, stages), ``run["dW_norm"]`` (steps, parameters), ``run["loss"]``
    (steps,), in float64 with nan where nothing was recorded; :func:`vgsim.record.coding.absent`
    tells that nan from a measured one, as does :meth:`recorded`. All that is wrong with the file is
    a BadContainer, which is an OSError.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.about: dict[str, str] = {}
        """What was said of the whole run: framework, started, every, finished, …"""
        self.modules: dict[str, str] = {}
        """Kinds of the modules that hold others, by name."""
        self.stage_list: tuple[RecordedStage, ...] = ()
        self._stages: tuple[str, ...] = ()
        self.parameter_list: tuple[RecordedParameter, ...] = ()
        self.groups: tuple[str, ...] = ()
        self.edges: tuple[tuple[str, str], ...] = ()
        """Pairs of stages: the output of the first is an input of the second."""
        self.notes: tuple[RecordedNote, ...] = ()
        self.figures: dict[str, RecordedFigure] = {}
        self.bins = RecordedBins()
        self._has_log = False
        self._order: NDArray[np.intp] = np.empty(0, np.intp)
        self._ids: dict[str, int] = {}
        self._steps: list[tuple[int, float]] = []
        self._histories: dict[str, Floats] = {}
        self._seen: tuple[int, ...] = ()
        self._made = 0
        self.edition = 0
        """How often another recording has taken the place of the file."""
        self.refresh()

    @property
    def steps(self) -> NDArray[np.int64]:
        """The recorded steps in the order in which they came."""
        return np.array([step for step, _ in self._steps], np.int64)

    @property
    def stages(self) -> tuple[str, ...]:
        """Names of the stages in the order of execution."""
        return self._stages

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the parameters."""
        return tuple(parameter.name for parameter in self.parameter_list)

    @property
    def finished(self) -> bool:
        """Whether the recording was closed."""
        return self.about.get("finished") == "1"

    @property
    def lacks(self) -> str:
        """What the file itself lacks, as a sentence; empty when it is whole."""
        if self.finished:
            return ""
        if self._has_log:
            return "It was not finished: the training goes on, or ended early."
        return (
            "It was not finished, and its log (-wal) is not beside it: the last steps may be "
            "missing."
        )

    def __contains__(self, name: object) -> bool:
        return name in self.figures or name in _DERIVED

    def __getitem__(self, name: str) -> Floats:
        """The whole history of a figure that has one number for each of its owners."""
        figure = self.figures.get(name)
        if figure is None and name in _DERIVED:
            return _DERIVED[name](self)
        if figure is None:
            raise KeyError(f"{name} was not recorded; there are {joined(self.figures)}")
        if figure.owner not in FLAT:
            raise KeyError(f"{name} has a list for each stage: use run.at(step)")
        history = self._history(figure)
        if figure.owner == Owner.STEP:
            return history[:, 0]
        if figure.owner == Owner.STAGE:
            return history[:, self._order]
        return history

    def some_rows(
        self, name: str, rows: Iterable[int]
    ) -> dict[int, Floats | Counts | list[Floats | None]]:
        """A figure of some recorded steps, by row, each as :meth:`at_row` has it; none is kept.

        Rows where it was not recorded are missing. KeyError when no step has it.
        """
        figure = self.figures.get(name)
        if figure is None:
            raise KeyError(f"{name} was not recorded; there are {joined(self.figures)}")
        found: dict[int, Floats | Counts | list[Floats | None]] = {}
        room = machine.memory_of_one()
        query = "SELECT layout, data FROM arrays WHERE figure = ? AND step_id = ?"
        with self._reading() as database:
            for row in rows:
                for layout, data in database.execute(query, (self._ids[name], row)):
                    found[row] = self._ordered(figure, self._decoded(figure, layout, data))
                    room -= _bytes_of(found[row])
                    if room < 0:
                        raise self._damaged(f"{name} needs more memory than there is")
        return found

    def largest(self, name: str, first_row: int = 0) -> dict[int, tuple[int, int]]:
        """By stage, the most rows and columns that its tables have, from ``first_row`` on.

        Without reading the tables themselves; empty when no step has that figure.
        """
        figure = self.figures.get(name)
        found: dict[int, tuple[int, int]] = {}
        if figure is None:
            return found
        places = {int(declared): place for place, declared in enumerate(self._order)}
        query = "SELECT DISTINCT layout FROM arrays WHERE figure = ? AND step_id >= ?"
        with self._reading() as database:
            for (layout,) in database.execute(query, (self._ids[name], first_row)):
                if not isinstance(layout, bytes):
                    raise self._damaged(f"{name} is no BLOB")
                try:
                    shapes = coding.shapes_of(layout, len(self.stage_list))
                except BadBlob as error:
                    raise self._damaged(f"{name}: {error}") from None
                for declared, (rows, columns) in shapes.items():
                    if rows * columns > coding.MOST_UNPACKED:
                        raise self._damaged(f"{name} has a table of {rows:,} by {columns:,}")
                    known = found.get(places[declared], (0, 0))
                    found[places[declared]] = max(known[0], rows), max(known[1], columns)
        return found

    def recorded(self, name: str) -> NDArray[np.bool_]:
        """Where ``run[name]`` was recorded, be it nan."""
        return ~coding.absent(self[name])

    def at(self, step: int) -> RecordedStep:
        """All that was recorded of ``step``, the last of that number; KeyError if there is none."""
        numbers = [number for number, _ in self._steps]
        if step not in numbers:
            raise KeyError(f"step {step} was not recorded")
        return self.at_row(len(numbers) - 1 - numbers[::-1].index(step))

    def at_row(self, row: int) -> RecordedStep:
        """All that was recorded of the ``row``-th recorded step, from 0 (or from −1, backwards)."""
        row = range(len(self._steps))[row]
        step, seconds = self._steps[row]
        by_id = {number: self.figures[name] for name, number in self._ids.items()}
        values: dict[str, Floats | Counts | list[Floats | None]] = {}
        room = machine.memory_of_one()
        with self._reading() as database:
            cursor = database.execute(
                "SELECT figure, layout, data FROM arrays WHERE step_id = ?", (row,)
            )
            for number, layout, data in cursor:
                figure = by_id.get(number)
                if figure is not None:  # else one that has come since the last refresh
                    decoded = self._decoded(figure, layout, data)
                    values[figure.name] = self._ordered(figure, decoded)
                    room -= _bytes_of(values[figure.name])
                    if room < 0:
                        raise self._damaged(f"step {step} needs more memory than there is")
        return RecordedStep(step, seconds, values)

    def refresh(self) -> bool:
        """Read what has come; whether there are new steps.

        A file that was replaced by another recording is read from the start. One that is as it was
        at the last look is not read again, which makes looking often cheap.
        """
        now = time.time_ns()
        as_it_is = self._stamp()
        if as_it_is and as_it_is == self._seen:
            return False
        self._seen = ()
        self._has_log = container.has_log(self.path)
        with self._reading() as database:
            began = self.about.get("started")
            self.about = dict(self._rows(database, "SELECT key, value FROM meta", str, str))
            replaced = began != self.about.get("started") or self._made not in as_it_is[:1]
            if began is not None and replaced:
                self.edition += 1
                self._steps.clear()
                self._histories.clear()
            self._made = as_it_is[0] if as_it_is else 0
            self._read_structure(database)
            query = "SELECT step, time FROM steps WHERE id >= ? ORDER BY id"
            fresh = database.execute(query, (len(self._steps),)).fetchall()
            for step, seconds in fresh:
                if not isinstance(step, int) or not isinstance(seconds, float):
                    raise self._damaged("a step is no number")
                self._steps.append((step, seconds))
        if as_it_is and max(as_it_is[2::3]) < now - _SETTLED:
            self._seen = as_it_is
        return bool(fresh)

    def _stamp(self) -> tuple[int, ...]:
        """Which files there are, their sizes, and when they were last written."""
        found: list[int] = []
        for path in (self.path, container.beside(self.path, "-wal")):
            with suppress(OSError):
                told = path.stat()
                found += [told.st_ino, told.st_size, told.st_mtime_ns]
        return tuple(found)

    @property
    def growing(self) -> bool:
        """Whether a program still has the file open to write it, as far as one can know."""
        return not self.finished and container.is_held(self.path)

    def _read_structure(self, database: sqlite3.Connection) -> None:
        rows = self._rows
        stages = rows(
            database,
            "SELECT id, place, name, module, call, kind, parent, shape, dtype FROM stages "
            "ORDER BY id",
            int, float, str, str, int, str, str, str, str,
        )  # fmt: skip
        self._check_ids([row[0] for row in stages], "stages")
        order = sorted(range(len(stages)), key=lambda k: stages[k][1])
        self._order = np.array(order, np.intp)
        declared = [
            RecordedStage(name, module, call, kind, parent, self._shape(shape), dtype)
            for _, _, name, module, call, kind, parent, shape, dtype in stages
        ]
        self.stage_list = tuple(declared[k] for k in order)
        self._stages = tuple(stage.name for stage in self.stage_list)
        parameters = rows(
            database,
            "SELECT id, name, stage, shape, dtype, trained FROM parameters ORDER BY id",
            int, str, str, str, str, int,
        )  # fmt: skip
        self._check_ids([row[0] for row in parameters], "parameters")
        self.parameter_list = tuple(
            RecordedParameter(name, stage, self._shape(shape), dtype, bool(trained))
            for _, name, stage, shape, dtype, trained in parameters
        )
        groups = rows(database, "SELECT id, name FROM groups ORDER BY id", int, str)
        self._check_ids([row[0] for row in groups], "groups")
        self.groups = tuple(row[1] for row in groups)
        self.modules = dict(rows(database, "SELECT name, kind FROM modules", str, str))
        self.edges = tuple(rows(database, "SELECT source, target FROM edges", str, str))
        found = rows(
            database, "SELECT step, stage, text FROM notes ORDER BY id", int | None, str | None, str
        )
        self.notes = tuple(RecordedNote(*row) for row in found)
        figures = rows(
            database, "SELECT id, name, owner, coding, about FROM figures", int, str, str, str, str
        )
        try:
            for number, name, owner, how, about in figures:
                figure = RecordedFigure(name, Owner(owner), Coding(how), about)
                allowed = _CODINGS.get(figure.owner, (Coding.FLOAT64, Coding.PACKED))
                if figure.coding not in allowed:
                    raise self._damaged(f"a figure of each {owner} is coded as {how}")
                self._ids[name] = number
                self.figures[name] = figure
            low, high, per_decade = map(int, self.about.get("bins", "-48 40 4").split())
        except ValueError as error:
            raise self._damaged(str(error)) from None
        self.bins = RecordedBins(low, high, per_decade)
        if per_decade < 1 or not 2 < self.bins.size <= MOST_BINS:
            raise self._damaged("its histograms have no bins, or too many")

    def _history(self, figure: RecordedFigure) -> Floats:
        """(steps, owners) in the order of declaration; read on from where it was left."""
        width = self._width(figure.owner)
        known = self._histories.get(figure.name, np.empty((0, width)))
        have, want = len(known), len(self._steps)
        if have == want and known.shape[1] == width:
            return known
        if want * width * 8 > machine.memory_of_one():
            raise self._damaged(f"{figure.name} needs more memory than there is")
        history = coding.blank(want * width).reshape(want, width)
        history[:have, : known.shape[1]] = known
        query = "SELECT step_id, data FROM arrays WHERE figure = ? AND step_id >= ? AND step_id < ?"
        with self._reading() as database:
            for row, data in database.execute(query, (self._ids[figure.name], have, want)):
                if not isinstance(row, int):
                    raise self._damaged("a step is no number")
                values = self._decoded(figure, None, data)
                history[row, : len(values)] = np.asarray(values)
        history.flags.writeable = False
        self._histories[figure.name] = history
        return history

    def _width(self, owner: Owner) -> int:
        if owner == Owner.STEP:
            return 1
        if owner == Owner.GROUP:
            return len(self.groups)
        if owner == Owner.PARAMETER:
            return len(self.parameter_list)
        return len(self.stage_list)

    def _decoded(
        self, figure: RecordedFigure, layout: object, data: object
    ) -> Floats | Counts | list[Floats | None]:
        """The values of a figure, in the order in which their owners were declared."""
        if not isinstance(data, bytes) or not isinstance(layout, bytes | None):
            raise self._damaged(f"{figure.name} is no BLOB")
        width = self._width(figure.owner)
        try:
            values = _values(figure, layout or b"", data, self.bins.size, width)
        except BadBlob as error:
            raise self._damaged(f"{figure.name}: {error}") from None
        if len(values) > width:
            raise self._damaged(f"{figure.name} has {len(values):,} values for {width:,}")
        return values

    def _ordered(
        self, figure: RecordedFigure, values: Floats | Counts | list[Floats | None]
    ) -> Floats | Counts | list[Floats | None]:
        """The same for all owners there are now, stages in the order of execution."""
        width = self._width(figure.owner)
        if isinstance(values, list):
            values = values + [None] * (width - len(values))
            return [values[k] for k in self._order]
        if values.ndim == 2:
            counts = np.full((width, values.shape[1]), -1, np.int64)
            counts[: len(values)] = values
            return counts[self._order]
        wide = coding.blank(width)
        wide[: len(values)] = values
        if figure.owner == Owner.STAGE:
            return wide[self._order]
        return wide

    def _rows(
        self, database: sqlite3.Connection, query: str, *kinds: object
    ) -> list[tuple[Any, ...]]:
        """The rows of a query, each value of its kind; BadContainer when one is of another."""
        rows: list[tuple[Any, ...]] = []
        letters = 0
        for row in database.execute(query):
            if len(rows) == MOST_THINGS or letters > MOST_LETTERS:
                raise self._damaged("it has more to tell than a recording can")
            for value, kind in zip(row, kinds, strict=True):
                if not isinstance(value, kind):  # type: ignore[arg-type]
                    raise self._damaged(f"it has {shorten(value)} where another kind belongs")
                if isinstance(value, str):
                    letters += len(value)
            rows.append(row)
        return rows

    def _check_ids(self, ids: list[int], what: str) -> None:
        if ids != list(range(len(ids))):
            raise self._damaged(f"its {what} are not numbered from 0")

    def _shape(self, text: str) -> tuple[int, ...]:
        sizes = text.split()
        if len(sizes) > 64 or not all(size.isdecimal() and len(size) < 16 for size in sizes):
            raise self._damaged(f"it has a shape {shorten(text)}")
        return tuple(int(size) for size in sizes)

    def _damaged(self, sentence: str) -> BadContainer:
        return BadContainer(self.path, f"the recording is damaged: {sentence}")

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with container.reading(self.path, KIND, TABLES) as database:
            database.execute("BEGIN")  # all of one look is of one moment
            yield database


def read(path: str | Path) -> RecordedRun:
    """The recording at ``path``; BadContainer, an OSError, in a sentence when it cannot be read."""
    return RecordedRun(path)


def is_recording(path: str | Path) -> bool:
    """Whether a file is a recording, or is called one: reading it then says what is wrong."""
    return Path(path).suffix == SUFFIX or container.is_of(path, KIND)


def _bytes_of(values: Floats | Counts | list[Floats | None]) -> int:
    if isinstance(values, list):
        return sum(table.nbytes for table in values if table is not None)
    return values.nbytes


def _values(
    figure: RecordedFigure, layout: bytes, data: bytes, bins: int, most: int
) -> Floats | Counts | list[Floats | None]:
    """What :mod:`vgsim.record.coding` makes of a BLOB."""
    if figure.coding == Coding.FLOAT64:
        return coding.from_float64(data)
    if figure.coding == Coding.PACKED:
        return coding.unpack(data, np.float64).astype(np.float64)
    if figure.coding == Coding.COUNTS:
        return coding.from_counts(layout, data, bins, most)
    return coding.from_ragged(layout, data, figure.coding == Coding.LOG16, most)


def _norm(rms: str, size: str) -> Callable[[RecordedRun], Floats]:
    """L2 norm from RMS and number of values."""

    def norm(run: RecordedRun) -> Floats:
        found: Floats = run[rms] * np.sqrt(run[size])
        return found

    return norm


def _update_ratio(run: RecordedRun) -> Floats:
    """Norm of the last change by the norm of what was changed."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio: Floats = run["update_norm"] / run["W_norm"]
    return ratio


_DERIVED: dict[str, Callable[[RecordedRun], Floats]] = {
    "h_norm": _norm("h_rms", "h_size"),
    "dh_norm": _norm("dh_rms", "dh_size"),
    "update_ratio": _update_ratio,
}
"""Figures that follow from others, where they were not recorded themselves."""
