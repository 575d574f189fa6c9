"""What vgsim remembers between two starts: theme, window layout, last export."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QByteArray, QSettings


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
        return value if isinstance(value, str) else default

    def set_text(self, name: str, value: str) -> None:
        """Remember a text."""
        self._set(name, value)

    def blob(self, name: str) -> QByteArray | None:
        """A remembered layout; None when there is none."""
        value = self._store.value(name)
        return value if isinstance(value, QByteArray) else None

    def set_blob(self, name: str, value: QByteArray) -> None:
        """Remember a layout."""
        self._set(name, value)

    def _set(self, name: str, value: str | QByteArray) -> None:
        self._store.setValue(name, value)
        self._store.sync()  # now, or nobody would ever know
        if self._store.status() is not QSettings.Status.NoError and not self._refused:
            self._refused = True
            if self.when_refused is not None:
                file = self._store.fileName()
                self.when_refused(f"Settings are not remembered: {file} cannot be written")
