"""One SQLite database as a file of vgsim's own: made whole, told from others, opened with care.

A file is known by its ``application_id`` and the version of its layout (``user_version``), both of
which stand in the first 100 bytes. While it grows it has a write-ahead log beside it (``-wal``).

What is read may come from anybody: it is opened for reading only, with SQLite's guards for foreign
schemas on, with bounds on what one value or one statement may take, and only tables are read,
never views, virtual tables or anything that a trigger would start.
"""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import struct
import sys
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, NamedTuple

from vgsim.core import untrusted
from vgsim.core.atomic import expanded

MAGIC = b"SQLite format 3\0"
HEADER = 100
MOST_BYTES = 2**40
"""Bytes that a database may have: what is read of it at once is bounded by itself."""
MOST_VALUE = 2**28
"""Bytes of one value."""
LONGEST_STATEMENT = 60.0
"""Seconds after which a statement is given up: no file of ours takes one."""
_INSTRUCTIONS = 100_000
"""Instructions of SQLite's machine between two looks at the clock."""


class BadContainer(OSError):
    """A file cannot be used; ``strerror`` is the sentence, ``filename`` the file."""

    def __init__(self, path: str | Path, sentence: str) -> None:
        super().__init__(errno.EINVAL, sentence, str(path))

    def __str__(self) -> str:
        return f"{self.filename}: {self.strerror}"


class ContainerKind(NamedTuple):
    """What vgsim calls a kind of file, its mark, and the latest version of its layout."""

    noun: str
    application_id: int
    version: int


class Header(NamedTuple):
    """What the first bytes of a database say. ``pages`` times ``page_size`` is its length.

    ``logs``: what is written goes to a log beside it first.
    """

    application_id: int
    version: int
    page_size: int
    pages: int
    logs: bool


_own: dict[Path, ContainerKind] = {}
"""Databases that this process writes. Closing any other handle of such a file would take from
SQLite the locks that it has on it (POSIX gives locks to a process, not to a handle)."""


def header_of(path: str | Path) -> Header | None:
    """What the file at ``path`` says of itself; None when it is no SQLite database.

    OSError when it is not a regular file or cannot be read.
    """
    own = _own.get(_real(path))
    if own is not None:
        return Header(own.application_id, own.version, 0, 0, logs=True)
    with untrusted.opened(path, MOST_BYTES) as file:
        first = file.read(HEADER)
    if len(first) < HEADER or not first.startswith(MAGIC):
        return None
    (page_size,) = struct.unpack_from(">H", first, 16)
    (pages,) = struct.unpack_from(">I", first, 28)
    (version,) = struct.unpack_from(">I", first, 60)
    (application_id,) = struct.unpack_from(">I", first, 68)
    if page_size == 1:  # 65,536 has no room there
        page_size = 65_536
    return Header(application_id, version, page_size, pages, logs=first[18] == 2)


def _real(path: str | Path) -> Path:
    return Path(os.path.realpath(expanded(path)))


def is_of(path: str | Path, kind: ContainerKind) -> bool:
    """Whether there is a file at ``path`` that says it is of that kind, of whatever version."""
    try:
        found = header_of(path)
    except OSError:
        return False
    return found is not None and found.application_id == kind.application_id


def check(path: str | Path, kind: ContainerKind) -> Header:
    """What the file says of itself; BadContainer, in one sentence, unless it is of that kind."""
    found = header_of(path)
    size = expanded(path).stat().st_size
    if found is None:
        if size == 0:
            raise BadContainer(path, f"it is empty, and no {kind.noun}")
        raise BadContainer(path, f"it is no {kind.noun} of vgsim")
    if found.application_id != kind.application_id:
        raise BadContainer(path, f"it is a database of another program, no {kind.noun} of vgsim")
    if found.version > kind.version:
        raise BadContainer(
            path,
            f"a newer vgsim made it (layout {found.version}; this one reads up to {kind.version})",
        )
    if size < found.pages * found.page_size:
        raise BadContainer(
            path, f"it ends early: it has {size:,} of {found.pages * found.page_size:,} bytes"
        )
    return found


def create(path: Path, kind: ContainerKind, schema: str) -> sqlite3.Connection:
    """A new file of that kind at ``path``, in its own transactions, with a write-ahead log.

    The schema is in the file itself before the log begins: without the log it still opens. A file
    of the same kind that is there is replaced; BadContainer when another one is there, or when
    another program has it open: that may be writing it.
    """
    if path.exists() and path.stat().st_size > 0:
        found = header_of(path)
        if found is None or found.application_id != kind.application_id:
            raise BadContainer(
                path, f"it is there already and no {kind.noun}, so it is not replaced"
            )
        if _in_use(path):
            raise BadContainer(
                path, "another program has it open, and may be writing it; choose another name"
            )
    for name in (path, beside(path, "-wal"), beside(path, "-shm"), beside(path, "-journal")):
        name.unlink(missing_ok=True)
    made = None
    try:
        made = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        made.execute(f"PRAGMA application_id={kind.application_id}")
        made.executescript(f"BEGIN; {schema}; PRAGMA user_version={kind.version}; COMMIT;")
        # Where a folder knows no shared memory (some network drives) another journal stays.
        made.execute("PRAGMA journal_mode=WAL")
        made.execute("PRAGMA synchronous=NORMAL")
    except sqlite3.Error as error:
        if made is not None:
            made.close()
        raise BadContainer(path, f"it cannot be written: {error}") from None
    _own[_real(path)] = kind
    return made


def append(path: Path, kind: ContainerKind, schema: str) -> sqlite3.Connection:
    """The file of that kind at ``path``, to be gone on with as :func:`create` left it.

    What a program that was killed wrote is in its log, and is there again. BadContainer when it is
    of another kind, or holds anything but the tables of ``schema``, as only this version writes
    them: on what else is in a file nothing is written that could start it.
    """
    check(path, kind)
    found = None
    try:
        found = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for pragma in ("trusted_schema=OFF", "cell_size_check=ON", "mmap_size=0"):
            found.execute(f"PRAGMA {pragma}")
        if _statements(found) != _statements_of(schema):
            raise BadContainer(path, f"it has other tables than a {kind.noun} of this version")
        found.execute("PRAGMA journal_mode=WAL")
        found.execute("PRAGMA synchronous=NORMAL")
    except (sqlite3.Error, UnicodeDecodeError, BadContainer) as error:
        if found is not None:
            found.close()
        if isinstance(error, BadContainer):
            raise
        raise BadContainer(path, f"it cannot be written: {error}") from None
    _own[_real(path)] = kind
    return found


def _statements(database: sqlite3.Connection) -> set[str]:
    """All that was created in it, as SQL."""
    return {str(sql) for (sql,) in database.execute("SELECT sql FROM sqlite_master") if sql}


def _statements_of(schema: str) -> set[str]:
    """The same of a schema."""
    database = sqlite3.connect(":memory:")
    try:
        database.executescript(schema)
        return _statements(database)
    finally:
        database.close()


class WriterLock:
    """The right to write the file at ``path``, of one program at a time; it ends with the program.

    BadContainer, in one sentence, while another one has it. It is a lock on a file beside it
    ("-lock"), for on the file itself it would be in the way of SQLite's own.
    """

    def __init__(self, path: Path) -> None:
        self._path = beside(path, "-lock")
        while True:
            try:
                self._file = open(self._path, "a+b")  # noqa: SIM115  # it is held until the end
            except OSError as error:
                raise BadContainer(path, f"it cannot be written: {error.strerror}") from None
            if not _locked(self._file):
                self._file.close()
                raise BadContainer(path, "another program is writing it, and only one can")
            if self._is_there():
                return
            self._file.close()  # whoever had it took the file away meanwhile

    def _is_there(self) -> bool:
        try:
            return os.path.samestat(os.fstat(self._file.fileno()), os.stat(self._path))
        except OSError:
            return False

    def release(self) -> None:
        """Let others write it."""
        if sys.platform == "win32":  # which removes no open file
            self._file.close()
        with suppress(OSError):
            self._path.unlink(missing_ok=True)
        self._file.close()


def _locked(file: IO[bytes]) -> bool:
    """Whether the lock was free, and is ours now; where there are no locks it is."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
    return True


def _in_use(path: Path) -> bool:
    """Whether another connection has the database open for longer than a look takes."""
    database = sqlite3.connect(path, isolation_level=None, timeout=0.1)
    try:
        database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error:  # damaged: nobody can be writing it
        database.close()
        return False
    return _finish(database) == IN_USE


IN_USE = "another program has it open"


def complete(path: Path, database: sqlite3.Connection) -> str:
    """Finish what :func:`create` or :func:`append` gave; empty, or why its log stays beside it."""
    why_not = _finish(database)
    _own.pop(_real(path), None)
    return why_not


def _finish(database: sqlite3.Connection, patience: float = 2.0) -> str:
    """Put all into the one file and close it; empty, or why that could not be done.

    A file that is finished opens anywhere, also in a folder where nothing may be written. Whoever
    has it open at the moment is waited for, ``patience`` seconds at most.
    """
    until = time.monotonic() + patience
    why_not = IN_USE
    while why_not == IN_USE:
        try:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if database.execute("PRAGMA journal_mode=DELETE").fetchone()[0] == "delete":
                why_not = ""
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", 0)  # Python's own refusals have none
            if code & 0xFF != sqlite3.SQLITE_BUSY:
                why_not = str(error)
        if why_not == IN_USE:
            if time.monotonic() > until:
                break
            time.sleep(0.02)
    with suppress(sqlite3.Error):
        database.close()
    return why_not


def is_held(path: Path) -> bool:
    """Whether a program has the database open to go on writing it, as far as one can know.

    Every connection holds a byte of the shared memory of the log. To ask who does takes no lock;
    where that is not known how, a log that is there is taken for held.
    """
    if _real(path) in _own:
        return True
    if sys.platform != "linux":
        return has_log(path)
    import fcntl

    asked = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, _HELD_BYTE, 1, 0)
    try:
        with open(beside(expanded(path), "-shm"), "rb") as shared:
            found = struct.unpack(_FLOCK, fcntl.fcntl(shared, fcntl.F_GETLK, asked))
    except OSError:  # no shared memory: nobody has it open
        return False
    return bool(found[0] != fcntl.F_UNLCK)


_FLOCK = "hhqqi4x"
"""struct flock of Linux: type, whence, start, length, process."""
_HELD_BYTE = 128
"""Where SQLite's unix file system keeps the lock of who has the log open (UNIX_SHM_DMS)."""


def beside(path: Path, ending: str) -> Path:
    """The file that SQLite keeps beside a database: its log "-wal", shared memory "-shm"."""
    return path.with_name(path.name + ending)


@contextmanager
def reading(
    path: str | Path, kind: ContainerKind, tables: Collection[str]
) -> Iterator[sqlite3.Connection]:
    """The database at ``path`` for reading, as it is now; BadContainer when it cannot be read.

    It is closed after the block, so that whoever writes it can finish it. ``tables`` must be there.
    """
    found = check(path, kind)
    where = expanded(path).absolute()
    try:
        with _connected(where, found.logs) as database:
            _guard(database)
            _check_tables(where, kind, database, tables)
            yield database
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise BadContainer(path, f"it is damaged or cannot be read ({error})") from None


@contextmanager
def _connected(path: Path, logs: bool) -> Iterator[sqlite3.Connection]:
    """A connection that reads also what is still in the log beside ``path``.

    Without a log nobody is writing, and the file is left alone: no empty log is made beside it.
    """
    mode = "mode=ro"
    if logs and not beside(path, "-wal").exists():
        mode += "&immutable=1"
    try:
        database = _open(path, mode)
    except sqlite3.OperationalError:
        # A log cannot be read in place in a folder where nothing may be written.
        with _copied(path) as twin:
            yield twin
        return
    try:
        yield database
    finally:
        database.close()


@contextmanager
def _copied(path: Path) -> Iterator[sqlite3.Connection]:
    """A copy of the database and its log, elsewhere and for as long as it is read."""
    with tempfile.TemporaryDirectory(prefix="vgsim-") as folder:
        twin = Path(folder) / "copy.db"
        shutil.copyfile(path, twin)
        if has_log(path):
            shutil.copyfile(beside(path, "-wal"), beside(twin, "-wal"))
        database = _open(twin, "mode=rw")
        try:
            yield database
        finally:
            database.close()


def has_log(path: Path) -> bool:
    """Whether something stands in the log beside ``path``."""
    log = beside(path, "-wal")
    return log.exists() and log.stat().st_size > 0


def _open(path: Path, mode: str) -> sqlite3.Connection:
    """Open it and look into it once, for SQLite opens a file when it is first read."""
    uri = f"{path.as_uri()}?{mode}"
    database = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
    try:
        database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error:
        database.close()
        raise
    return database


def _guard(database: sqlite3.Connection) -> None:
    """Bounds on what the file can make SQLite do."""
    for pragma in ("trusted_schema=OFF", "query_only=ON", "cell_size_check=ON", "mmap_size=0"):
        database.execute(f"PRAGMA {pragma}")
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_VALUE)
    until = time.monotonic() + LONGEST_STATEMENT
    database.set_progress_handler(lambda: time.monotonic() > until, _INSTRUCTIONS)


def _check_tables(
    path: Path, kind: ContainerKind, database: sqlite3.Connection, tables: Collection[str]
) -> None:
    """BadContainer unless each is an ordinary table."""
    rows = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
    plain = {name for name, sql in rows if str(sql).upper().startswith("CREATE TABLE")}
    missing = [name for name in tables if name not in plain]
    if missing:
        raise BadContainer(path, f"it is no {kind.noun}: it has no table {', '.join(missing)}")
