"""How long to wait: never so short that the verdict of a test depends on the machine's speed."""

from __future__ import annotations

from PySide6.QtCore import QTimer

PATIENCE_MS = 60_000
"""Longest wait for what must come: a wait ends as soon as it can."""
PATIENCE_S = PATIENCE_MS / 1000


def hold(*pauses: QTimer) -> None:
    """Have pauses that begin from now on end only when a test says so."""
    for pause in pauses:
        pause.setInterval(24 * 3_600_000)


def end(pause: QTimer) -> None:
    """End a pause that is held, with the next turn of the event loop."""
    assert pause.isActive()
    pause.start(0)
