"""What writes a recording: one transaction a recorded step, for any framework.

Nothing that goes wrong with the file reaches the training: it is told once on stderr, the step is
left out, and the next one is tried again. Only a wrong use of the writer itself raises.
"""

from __future__ import annotations

import atexit
import math
import os
import platform
import sqlite3
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

import vgsim
from vgsim.core import container
from vgsim.core.atomic import expanded
from vgsim.core.errors import joined
from vgsim.record import coding
from vgsim.record.figures import BINS, FIGURES, Coding, Owner, RecordedBins, RecordedFigure
from vgsim.record.schema import KIND, SCHEMA

Given = Mapping[str, ArrayLike] | Sequence[ArrayLike | None] | NDArray[np.generic]
"""The values of a figure: by name, or in the order in which their owners were declared."""


class RecordingError(ValueError):
    """The writer was used wrongly; the sentence says what is allowed."""


class Recording:
    """A recording that grows: declare what there is, then record steps.

    ::

        with Recording("run.vgrun", every=10) as run:
            run.stage("fc1", kind="Linear", shape=(64, 32), dtype="float32")
            run.stage("fc2", kind="Linear", inputs=["fc1"])
            run.parameter("fc1.weight", stage="fc1", shape=(32, 10))
            for step in range(1000):
                ...
                if run.is_due(step):
                    run.step(step, loss=0.7, dh_rms={"fc1": 1e-3, "fc2": 2e-2})

    ``every`` is the interval at which the caller records, kept in the file. ``framework`` names
    what trained ("JAX 0.4"). ``exact_units`` keeps figures by unit as float64 instead of codes of
    16 bits (within 0.15 %). A recording that is at ``path`` is replaced; BadContainer, an OSError,
    when another file is, or when none can be made there.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        every: int = 1,
        framework: str = "",
        exact_units: bool = False,
        bins: RecordedBins = BINS,
    ) -> None:
        if not isinstance(every, int) or every < 1:
            raise RecordingError(f"every = {every!r}: allowed is a whole number from 1")
        self.path = Path(os.path.realpath(expanded(path)))
        self.every = every
        self.bins = bins
        self.failed = 0
        """Steps that could not be written."""
        self._gap: tuple[int, int, str] | None = None
        """Of steps that could not be written since the last one that was: first, number, why."""
        self._figures = dict(FIGURES)
        if exact_units:
            for name, known in FIGURES.items():
                if known.coding == Coding.LOG16:
                    self._figures[name] = RecordedFigure(
                        name, known.owner, Coding.RAGGED, known.about
                    )
        self._figure_ids: dict[str, int] = {}
        self._stages: dict[str, int] = {}
        self._parameters: dict[str, int] = {}
        self._groups: dict[str, int] = {}
        self._places: list[float] = []
        self._modules: set[str] = set()
        self._pending: list[tuple[str, tuple[object, ...]]] = []
        self._rows = 0
        self._began = time.monotonic()
        self._process = os.getpid()
        self._closed = False
        if self.path in _growing:  # as when a cell of a notebook is run again
            _growing[self.path].close()
        self._database = container.create(self.path, KIND, SCHEMA)
        self.about("vgsim", vgsim.__version__)
        self.about("framework", framework)
        self.about("python", platform.python_version())
        self.about("started", datetime.now().astimezone().isoformat(timespec="milliseconds"))
        self.about("every", str(every))
        self.about("bins", f"{bins.low} {bins.high} {bins.per_decade}")
        self.about("finished", "0")
        self._commit()
        _growing[self.path] = self

    @property
    def stages(self) -> tuple[str, ...]:
        """Names of the stages in the order in which they were declared."""
        return tuple(self._stages)

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the parameters in the order in which they were declared."""
        return tuple(self._parameters)

    def is_due(self, step: int) -> bool:
        """Whether ``step`` is one of those to be recorded: every ``every``-th, from 0."""
        return step % self.every == 0

    def about(self, key: str, value: str) -> Self:
        """Say something of the whole run: "optimizer", "device", "script"; the last word counts."""
        self._later("INSERT OR REPLACE INTO meta VALUES (?, ?)", str(key), str(value))
        return self

    def module(self, name: str, kind: str) -> Self:
        """Say of what kind a module is that holds others ("layers.3", "TransformerBlock")."""
        if name not in self._modules:
            self._modules.add(name)
            self._later("INSERT OR REPLACE INTO modules VALUES (?, ?)", name, kind)
        return self

    def stage(
        self,
        name: str,
        *,
        kind: str = "",
        module: str | None = None,
        call: int = 1,
        parent: str | None = None,
        inputs: Iterable[str] = (),
        shape: Sequence[int] = (),
        dtype: str = "",
        before: str | None = None,
    ) -> Self:
        """Declare one call of one module, in execution order; known names are only given inputs.

        A second call of a module is a stage of its own: ``Recording.stage("act (2)", module="act",
        call=2)``. ``parent`` is the module that holds it, by default what stands before the last
        dot of ``module``. ``inputs`` are the stages whose outputs it takes. ``shape`` and ``dtype``
        are those of its output h. A stage that is seen late can be put ``before`` another one.
        """
        if name not in self._stages:
            of = name if module is None else module
            if parent is None:
                parent = of.rpartition(".")[0]
            number = len(self._stages)
            place = self._place(before)
            self._stages[name] = number
            self._places.append(place)
            self._later(
                "INSERT INTO stages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                number, place, name, of, int(call), kind, parent, _text_of(shape), dtype,
            )  # fmt: skip
        for source in inputs:
            self._later("INSERT OR IGNORE INTO edges VALUES (?, ?)", str(source), name)
        return self

    def parameter(
        self,
        name: str,
        stage: str = "",
        shape: Sequence[int] = (),
        dtype: str = "",
        trained: bool = True,
    ) -> Self:
        """Declare a parameter of the module of ``stage``; ``trained`` is False for a frozen one."""
        if name not in self._parameters:
            number = len(self._parameters)
            self._parameters[name] = number
            self._later(
                "INSERT INTO parameters VALUES (?, ?, ?, ?, ?, ?)",
                number, name, stage, _text_of(shape), dtype, int(trained),
            )  # fmt: skip
        return self

    def group(self, name: str) -> Self:
        """Declare a group of the optimizer, which has a learning rate."""
        if name not in self._groups:
            self._groups[name] = len(self._groups)
            self._later("INSERT INTO groups VALUES (?, ?)", self._groups[name], name)
        return self

    def figure(self, name: str, owner: Owner | str, about: str) -> Self:
        """Declare a figure of one's own; ``owner`` is who has a value of it, "stage" for example.

        ``about`` is a phrase that says what it is, and its unit.
        """
        try:
            of = Owner(owner)
        except ValueError:
            raise RecordingError(
                f"owner = {owner!r}: allowed is one of {', '.join(Owner)}"
            ) from None
        codings = {Owner.UNITS: Coding.RAGGED, Owner.TIMESTEPS: Coding.RAGGED}
        codings[Owner.HISTOGRAM] = Coding.COUNTS
        made = RecordedFigure(name, of, codings.get(of, Coding.FLOAT64), about)
        if self._figures.setdefault(name, made) != made:
            raise RecordingError(f"figure {name!r} is known already, as something else")
        return self

    def note(self, text: str, step: int | None = None, stage: str | None = None) -> Self:
        """Say in a sentence what could not be recorded and why, or what happened."""
        self._later("INSERT INTO notes (step, stage, text) VALUES (?, ?, ?)", step, stage, text)
        return self

    def step(self, step: int, **figures: Given | float | None) -> Self:
        """Record what is known after ``step`` updates, in one transaction.

        Each figure is given by its name (:data:`vgsim.record.figures.FIGURES`): a number for one of
        the step, otherwise values by name or in the order of declaration, where None, or a name
        that is missing, is "not recorded". Lists by unit are one-dimensional, timesteps are
        (layers, T), histograms counts of the ``bins``. RecordingError for an unknown name or a
        wrong length.
        """
        rows: list[tuple[RecordedFigure, bytes | None, bytes]] = []
        for name, given in figures.items():
            if given is None:
                continue
            figure = self._figures.get(name)
            if figure is None:
                raise RecordingError(
                    f"no figure is called {name!r}; declare it by figure(), or use one of "
                    + joined(self._figures)
                )
            try:
                rows.append((figure, *self._coded(figure, given)))
            except (TypeError, ValueError) as error:
                raise RecordingError(f"{name}: {error}") from None
        loss = figures.get("loss")
        self._commit(int(step), math.nan if loss is None else float(np.asarray(loss)), rows)
        return self

    def close(self) -> None:
        """Finish the file: all in one, to be opened anywhere. Closing again does nothing."""
        if self._closed or os.getpid() != self._process:  # a forked worker does not own the file
            return
        self._closed = True
        _growing.pop(self.path, None)
        self.about("finished", "1")
        self._commit()
        why_not = container.complete(self.path, self._database)
        if why_not:
            self._tell(
                f"{why_not}, so that {self.path.name}-wal has to stay beside it: what was written "
                "last is there"
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self.note(f"The training ended with {kind.__name__}.")
        self.close()

    def _place(self, before: str | None) -> float:
        """A number by which stages are sorted into the order of execution."""
        if before is None:
            return max(self._places, default=-1.0) + 1
        if before not in self._stages:
            raise RecordingError(f"before = {before!r}: allowed is a stage that is declared")
        following = self._places[self._stages[before]]
        lower = max((p for p in self._places if p < following), default=following - 1)
        return (lower + following) / 2

    def _later(self, statement: str, *values: object) -> None:
        """Have it written with the next step, so that each step is one transaction."""
        clean = [_clean(value) if isinstance(value, str) else value for value in values]
        self._pending.append((statement, tuple(clean)))

    def _names(self, owner: Owner) -> Mapping[str, int]:
        if owner == Owner.PARAMETER:
            return self._parameters
        if owner == Owner.GROUP:
            return self._groups
        return self._stages

    def _coded(self, figure: RecordedFigure, given: object) -> tuple[bytes | None, bytes]:
        """Layout and data of a figure."""
        if figure.owner == Owner.STEP:
            return None, coding.to_float64(np.array([given], np.float64))
        names = self._names(figure.owner)
        if isinstance(given, Mapping):
            unknown = [name for name in given if name not in names]
            if unknown:
                raise RecordingError(f"nothing is declared as {joined(unknown)}")
        if figure.coding == Coding.FLOAT64:
            return None, coding.to_float64(_flat(given, names))
        if figure.coding == Coding.PACKED:
            return None, coding.pack(_flat(given, names))
        if figure.coding == Coding.COUNTS:
            return coding.to_counts(_counts(given, names, self.bins.size))
        return coding.to_ragged(_tables(given, names), figure.coding == Coding.LOG16)

    def _commit(
        self,
        step: int | None = None,
        loss: float = math.nan,
        rows: Sequence[tuple[RecordedFigure, bytes | None, bytes]] = (),
    ) -> None:
        """Write what is pending and, if ``step`` is given, that step: all of it or nothing."""
        run = self._database.execute
        fresh = [row[0] for row in rows if row[0].name not in self._figure_ids]
        ids = dict(self._figure_ids)
        for figure in fresh:
            ids[figure.name] = len(ids)
        try:
            run("BEGIN IMMEDIATE")
            for statement, values in self._pending:
                run(statement, values)
            for figure in fresh:
                run(
                    "INSERT INTO figures VALUES (?, ?, ?, ?, ?)",
                    (ids[figure.name], figure.name, figure.owner, figure.coding, figure.about),
                )
            if self._gap is not None:
                first, number, why = self._gap
                text = f"From step {first} on {number:,} recorded steps are missing: {why}."
                run("INSERT INTO notes (step, stage, text) VALUES (?, NULL, ?)", (first, text))
            if step is not None:
                since = time.monotonic() - self._began
                run("INSERT INTO steps VALUES (?, ?, ?, ?)", (self._rows, step, since, loss))
                self._database.executemany(
                    "INSERT INTO arrays VALUES (?, ?, ?, ?)",
                    [(ids[it.name], self._rows, layout, data) for it, layout, data in rows],
                )
            run("COMMIT")
        except (sqlite3.Error, OSError, UnicodeError, OverflowError) as error:
            self._give_up(step, error)
            return
        self._pending.clear()
        self._gap = None
        self._figure_ids = ids
        if step is not None:
            self._rows += 1

    def _give_up(self, step: int | None, error: Exception) -> None:
        """Leave a step out; say so once on stderr and, once it can be written, in the file."""
        try:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
        except sqlite3.Error:
            pass
        if step is None:
            self._tell(f"it could not be written ({error})")
            return
        if self.failed == 0:
            self._tell(f"step {step} could not be written ({error}); the training goes on")
        self.failed += 1
        first, number, why = self._gap or (step, 0, str(error))
        self._gap = (first, number + 1, why)

    def _tell(self, sentence: str) -> None:
        print(f"vgsim: {self.path.name}: {sentence}", file=sys.stderr)


_growing: dict[Path, Recording] = {}
"""The recordings of this process that were not closed yet."""


@atexit.register
def _close_all() -> None:
    for recording in list(_growing.values()):
        recording.close()


def _clean(text: str) -> str:
    """``text`` without halves of letters, which no file can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _text_of(shape: Sequence[int]) -> str:
    return " ".join(str(int(size)) for size in shape)


def _flat(given: object, names: Mapping[str, int]) -> coding.Floats:
    """One number for each name."""
    if isinstance(given, Mapping):
        values = coding.blank(len(names))
        for name, value in given.items():
            values[names[name]] = value
        return values
    if isinstance(given, Sequence):
        given = [coding.ABSENT if value is None else value for value in given]
    values = np.asarray(given, np.float64)
    if values.shape != (len(names),):
        raise RecordingError(f"it has the shape {values.shape}, and {len(names)} are declared")
    return values


def _in_order(given: object, names: Mapping[str, int]) -> list[ArrayLike | None]:
    """What is given for each name, None where nothing is."""
    if isinstance(given, Mapping):
        return [given.get(name) for name in names]
    listed: list[ArrayLike | None] = list(given)  # type: ignore[call-overload]
    if len(listed) != len(names):
        raise RecordingError(f"it has {len(listed)} entries, and {len(names)} are declared")
    return listed


def _tables(given: object, names: Mapping[str, int]) -> list[coding.Floats | None]:
    """One list or table of numbers for each name, or None."""
    tables: list[coding.Floats | None] = []
    for name, value in zip(names, _in_order(given, names), strict=True):
        if value is None:
            tables.append(None)
            continue
        table = np.asarray(value, np.float64)
        if table.ndim not in (1, 2):
            raise RecordingError(f"of {name} it has the shape {table.shape}, with 1 or 2 allowed")
        tables.append(table)
    return tables


def _counts(given: object, names: Mapping[str, int], bins: int) -> coding.Counts:
    """Histograms (names, bins), −1 where there is none."""
    if isinstance(given, np.ndarray):
        counts = given.astype(np.int64)
    else:
        rows = _in_order(given, names)
        counts = np.full((len(names), bins), -1, np.int64)
        for k, row in enumerate(rows):
            if row is not None:
                counts[k] = row
    if counts.shape != (len(names), bins):
        raise RecordingError(
            f"it has the shape {counts.shape}, and {len(names)} × {bins} are declared"
        )
    return counts
