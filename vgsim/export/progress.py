"""How the making of a file is watched, and how it is ended. No Qt."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[float], None]
"""Called with the number of pages done so far, in halves where a format takes two passes."""
Stop = Callable[[], bool]
"""Asked before every page; true ends the making and leaves no file."""


class Canceled(Exception):
    """It was stopped; nothing was written, and a file that was there is as it was."""


def silent(done: float) -> None:
    """Progress that is not shown."""


def never() -> bool:
    """A stop that never comes."""
    return False
