"""What vgsim keeps between two starts: settings, and a log of unexpected errors."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QByteArray, QObject, QSettings, QStandardPaths, Signal


class Settings:
    """Access to the user's settings file: texts and layouts, whose types are looked at here.

    ``when_refused`` is called once, with a sentence, when they cannot be saved.
    """

    def __init__(self, store: QSettings | None = None) -> None:
        self._store = store or QSettings("vgsim", "vgsim")
        self._refused = False
        self.when_refused: Callable[[str], None] | None = None

    def text(self, name: str, default: str) -> str:
        """A remembered text; ``default`` when there is none."""
        value = self._store.value(name, default)
        if isinstance(value, str):
            return value
        return default

    def set_text(self, name: str, value: str) -> None:
        """Remember a text."""
        self._set(name, value)

    def blob(self, name: str) -> QByteArray | None:
        """A remembered layout; None when there is none."""
        value = self._store.value(name)
        if isinstance(value, QByteArray):
            return value
        return None

    def set_blob(self, name: str, value: QByteArray) -> None:
        """Remember a layout."""
        self._set(name, value)

    def _set(self, name: str, value: str | QByteArray) -> None:
        self._store.setValue(name, value)
        self._store.sync()  # now, so that a failure can be reported
        if self._store.status() is not QSettings.Status.NoError and not self._refused:
            self._refused = True
            if self.when_refused is not None:
                file = self._store.fileName()
                self.when_refused(f"Settings are not remembered: {file} cannot be written")


LOG = "vgsim.log"
LOG_BYTES, LOGS_KEPT = 256 * 2**10, 2

log = logging.getLogger(__name__)


class Unexpected(QObject):
    """Takes the place of :data:`sys.excepthook` between :meth:`install` and :meth:`remove`.

    ``told`` (sentence, details) comes once for every kind of error: its type, and the line that
    raised it. It may be emitted in any thread.
    """

    told = Signal(str, str)

    def __init__(self, file: Path | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file = file
        self._known: set[tuple[type[BaseException], str, int]] = set()
        self._before = sys.excepthook

    def install(self) -> None:
        """Be called for every uncaught error from now on."""
        self._before = sys.excepthook
        sys.excepthook = self.take

    def remove(self) -> None:
        """Restore the hooks of before."""
        sys.excepthook = self._before

    def take(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """Log ``error``, and emit it unless one of the same kind was emitted before."""
        if not issubclass(kind, Exception):  # Ctrl+C is not an error
            self._before(kind, error, trace)
            return
        log.error("unexpected error", exc_info=(kind, error, trace))
        last = traceback.extract_tb(trace)[-1:]
        if last:
            place = (last[0].filename, last[0].lineno or 0)
        else:
            place = ("", 0)
        if (kind, *place) in self._known:
            return
        self._known.add((kind, *place))
        if self._file:
            where = f" It is written down in {self._file}."
        else:
            where = ""
        sentence = f"Something went wrong: {kind.__name__}: {error}. The window goes on.{where}"
        self.told.emit(sentence, "".join(traceback.format_exception(kind, error, trace)))


def log_file() -> Path | None:
    """Path of the log in the user's folder for data; None where that folder cannot be made."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppLocalDataLocation)
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return Path(folder) / LOG


def keep_log(file: Path) -> None:
    """Write warnings and errors to ``file``, too; it is rotated when it is full."""
    handler = RotatingFileHandler(
        file, maxBytes=LOG_BYTES, backupCount=LOGS_KEPT, encoding="utf-8", delay=True
    )
    handler.setLevel(logging.WARNING)
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
    logging.getLogger().addHandler(handler)
