"""What vgsim remembers between two starts: theme, window layout, last export."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSettings


class Settings:
    """Typed access to the person's settings file."""

    def __init__(self, store: QSettings | None = None) -> None:
        self._store = store or QSettings("vgsim", "vgsim")

    def text(self, name: str, default: str) -> str:
        """A remembered text; ``default`` when there is none."""
        value = self._store.value(name, default)
        return value if isinstance(value, str) else default

    def set_text(self, name: str, value: str) -> None:
        """Remember a text."""
        self._store.setValue(name, value)

    def blob(self, name: str) -> QByteArray | None:
        """A remembered layout; None when there is none."""
        value = self._store.value(name)
        return value if isinstance(value, QByteArray) else None

    def set_blob(self, name: str, value: QByteArray) -> None:
        """Remember a layout."""
        self._store.setValue(name, value)
