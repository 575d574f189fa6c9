"""The file of a map: its plan and a row for each member that has come, in one SQLite database.

It is written by one program, result by result, and read by any number meanwhile: what a transaction
has put into it stays, whatever ends the program. A member is known by its place in the plan, so
that what is missing is known without making one experiment; each row also has the bytes that tell
its experiment apart, by which another plan can take it over.
"""

from __future__ import annotations

import math
import os
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

import vgsim
from vgsim.core import container
from vgsim.core.atomic import expanded
from vgsim.core.container import BadContainer, ContainerKind, WriterLock
from vgsim.core.errors import SpecError
from vgsim.sweep.plan import Index, SweepPlan, differences, dumps, loads
from vgsim.sweep.results import MemberResult

KIND = ContainerKind("map", 0x5647534D, 1)
"""A map: "VGSM" in the file's application_id, and the layout of this version."""
SUFFIX = ".vgmap"

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE members (
    id INTEGER PRIMARY KEY, place INTEGER NOT NULL, seed INTEGER NOT NULL, first REAL, last REAL,
    hops INTEGER NOT NULL, loss REAL, accuracy REAL, reached INTEGER NOT NULL,
    verdict TEXT NOT NULL, failure TEXT NOT NULL, seconds REAL NOT NULL,
    experiment BLOB NOT NULL, UNIQUE (place, seed)) STRICT
"""
"""``place`` is the number of the cell, the last axis fastest; nan is NULL."""
TABLES = ("meta", "members")
_COLUMNS = (
    "place, seed, first, last, hops, loss, accuracy, reached, verdict, failure, seconds, experiment"
)
_TYPES = (int, int, float, float, int, float, float, int, str, str, float, bytes)
_INSERT = f"INSERT OR REPLACE INTO members ({_COLUMNS}) VALUES ({', '.join('?' * len(_TYPES))})"
LONGEST_TEXT = 2_000
"""Letters of a verdict or a failure that are kept."""


class MapStore:
    """The file of a map, open for writing: :meth:`begin`, then :meth:`add` what comes, ``close``.

    A context manager. All that is wrong with the file, or with writing it, is a BadContainer, which
    is an OSError, with one sentence.
    """

    def __init__(
        self, path: Path, plan: SweepPlan, database: sqlite3.Connection, lock: WriterLock
    ) -> None:
        self.path = path
        self.plan = plan
        self._database = database
        self._lock = lock
        self._busy = RLock()
        self._closed = False

    @classmethod
    def begin(cls, path: str | Path, plan: SweepPlan) -> Self:
        """The map of ``plan`` at ``path``: gone on with where it is there, else made.

        BadContainer when another program is writing it, when another kind of file is there, or a
        map of another plan: then it says in what they differ.
        """
        where = _real(path)
        lock = WriterLock(where)
        try:
            if where.exists() and where.stat().st_size > 0:
                return cls._opened(where, lock, plan)
            return cls._made(where, lock, plan)
        except BaseException:
            lock.release()
            raise

    @classmethod
    def create(cls, path: str | Path, plan: SweepPlan) -> Self:
        """A new map of ``plan`` at ``path``, in place of a map that is there."""
        where = _real(path)
        lock = WriterLock(where)
        try:
            return cls._made(where, lock, plan)
        except BaseException:
            lock.release()
            raise

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """The map at ``path``, to be gone on with."""
        where = _real(path)
        container.check(where, KIND)
        lock = WriterLock(where)
        try:
            return cls._opened(where, lock)
        except BaseException:
            lock.release()
            raise

    @classmethod
    def _made(cls, path: Path, lock: WriterLock, plan: SweepPlan) -> Self:
        database = container.create(path, KIND, SCHEMA)
        made = cls(path, plan, database, lock)
        about = {
            "vgsim": vgsim.__version__,
            "numpy": np.__version__,
            "started": datetime.now().astimezone().isoformat(timespec="milliseconds"),
            "plan": dumps(plan),
        }
        made._write("INSERT INTO meta VALUES (?, ?)", list(about.items()))
        return made

    @classmethod
    def _opened(cls, path: Path, lock: WriterLock, plan: SweepPlan | None = None) -> Self:
        with container.reading(path, KIND, TABLES) as database:
            there = _plan_in(path, database)
        other = () if plan is None else differences(there, plan)
        if other:
            raise BadContainer(
                path, f"it is another map ({other[0]}); choose another name, or remove it"
            )
        return cls(path, plan or there, container.append(path, KIND, SCHEMA), lock)

    def add(self, results: Iterable[MemberResult]) -> None:
        """Keep what has come, in one transaction; what came before of the same member is replaced.

        BadContainer when it cannot be written: then none of it is in the file.
        """
        rows = [_row(self.plan, result) for result in results]
        if rows:
            self._write(_INSERT, rows)

    def missing(self) -> NDArray[np.bool_]:
        """(cells, seeds): the members that have not come."""
        with self._busy:
            rows = self._database.execute("SELECT place, seed FROM members").fetchall()
        missing = np.ones((self.plan.cells, self.plan.seeds), np.bool_)
        at = np.array(rows, np.int64).reshape(-1, 2)
        missing[at[:, 0], at[:, 1]] = False
        return missing

    def results(self) -> list[MemberResult]:
        """All that has come, in the order in which it came."""
        with self._busy:
            rows = self._database.execute(f"SELECT {_COLUMNS} FROM members ORDER BY id")
            return _results(self.path, self.plan, rows)

    def failures(self) -> list[MemberResult]:
        """Those members that could not be computed."""
        with self._busy:
            rows = self._database.execute(
                f"SELECT {_COLUMNS} FROM members WHERE failure <> '' ORDER BY id"
            )
            return _results(self.path, self.plan, rows)

    def forget_failures(self) -> None:
        """Take those out that could not be computed, so that they are tried again."""
        self._write("DELETE FROM members WHERE failure <> ?", [("",)])

    def close(self) -> None:
        """Finish the file: all in one, to be opened anywhere. Closing again does nothing."""
        with self._busy:
            if self._closed:
                return
            self._closed = True
            container.complete(self.path, self._database)
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _write(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        with self._busy:
            try:
                self._database.execute("BEGIN IMMEDIATE")
                self._database.executemany(statement, rows)
                self._database.execute("COMMIT")
            except BaseException as error:  # Ctrl+C among them
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                if isinstance(error, sqlite3.Error):
                    raise BadContainer(self.path, f"it cannot be written: {error}") from None
                raise


class StoredMap:
    """A map as it is in its file, finished or still growing; :meth:`refresh` sees what has come.

    Nothing is kept open. The file may come from anybody: what it says is checked. All that is wrong
    with it is a BadContainer.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._last = 0
        self._started = ""
        with self._reading() as database:
            self.plan = _plan_in(self.path, database)
            self._started = _about(database).get("started", "")

    def refresh(self) -> list[MemberResult]:
        """What has come since the last look, everything at the first one.

        BadContainer when another map has taken its place.
        """
        with self._reading() as database:
            if _about(database).get("started", "") != self._started:
                raise BadContainer(self.path, "another map has taken its place")
            rows = database.execute(
                f"SELECT {_COLUMNS}, id FROM members WHERE id > ? ORDER BY id LIMIT ?",
                (self._last, self.plan.members),
            ).fetchall()
        found = _results(self.path, self.plan, [row[:-1] for row in rows])
        if rows:
            self._last = rows[-1][-1]
        return found

    def _reading(self) -> AbstractContextManager[sqlite3.Connection]:
        return container.reading(self.path, KIND, TABLES)


def read(path: str | Path) -> tuple[SweepPlan, list[MemberResult]]:
    """The plan of the map at ``path``, and what has come of it; BadContainer if it is none."""
    stored = StoredMap(path)
    return stored.plan, stored.refresh()


def is_map(path: str | Path) -> bool:
    """Whether a file is a map, or is called one: reading it then says what is wrong."""
    return Path(path).suffix == SUFFIX or container.is_of(path, KIND)


def _real(path: str | Path) -> Path:
    return Path(os.path.realpath(expanded(path)))


def _about(database: sqlite3.Connection) -> dict[str, str]:
    rows = database.execute("SELECT key, value FROM meta LIMIT 100")
    return {str(key): str(value) for key, value in rows}


def _plan_in(path: Path, database: sqlite3.Connection) -> SweepPlan:
    """The plan that is in the file."""
    text = _about(database).get("plan")
    if text is None:
        raise BadContainer(path, "it is damaged: it has no plan")
    try:
        return loads(text)
    except SpecError as error:
        raise BadContainer(path, f"its plan cannot be used here: {error}") from None


def _row(plan: SweepPlan, result: MemberResult) -> tuple[object, ...]:
    """A result as SQLite takes it, which would keep a number of NumPy as its bytes."""
    return (
        place_of(plan, result.index), int(result.seed), float(result.first), float(result.last),
        int(result.hops), float(result.loss), float(result.accuracy), int(result.reached),
        result.verdict[:LONGEST_TEXT], result.failure[:LONGEST_TEXT], float(result.seconds),
        result.experiment,
    )  # fmt: skip


def _results(path: Path, plan: SweepPlan, rows: Iterable[Sequence[object]]) -> list[MemberResult]:
    """Rows as results; BadContainer unless all are of ``plan``."""
    listed = list(rows)
    for kinds in {tuple(map(type, row)) for row in listed}:
        for kind, allowed in zip(kinds, _TYPES, strict=True):
            if kind is not allowed and not (kind is type(None) and allowed is float):
                raise BadContainer(path, "it is damaged: a row has other values than a map's")
    places = _whole(path, listed, 0, plan.cells)
    _whole(path, listed, 1, plan.seeds)
    columns = np.unravel_index(places, plan.shape)
    indices = zip(*(column.tolist() for column in columns), strict=True)
    found = []
    for index, (_, seed, *figures) in zip(indices, listed, strict=True):
        known = [math.nan if figure is None else figure for figure in figures]
        found.append(MemberResult(index, seed, *known))  # type: ignore[arg-type]  # looked at above
    return found


def _whole(path: Path, rows: list[Sequence[object]], column: int, limit: int) -> NDArray[np.int64]:
    """A column of whole numbers from 0 to under ``limit``."""
    found = np.array([row[column] for row in rows], np.int64)
    if ((found < 0) | (found >= limit)).any():
        raise BadContainer(path, "it is damaged: a row is of no cell of its plan")
    return found


def place_of(plan: SweepPlan, index: Index) -> int:
    """The number of a cell, the last axis fastest."""
    place = 0
    for at, length in zip(index, plan.shape, strict=True):
        place = place * length + int(at)
    return place
