"""What was opened lately, as text that settings keep."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

MOST = 8
"""Things that are remembered."""
LONGEST_PATH = 4096


class RecentKind(StrEnum):
    """What was opened."""

    PRESET = "preset"
    FILE = "file"
    """Something that vgsim wrote, or an experiment."""
    DATA = "data"
    LESSON = "lesson"
    """One of the user's own, in a folder or a zip."""


@dataclass(frozen=True, slots=True)
class RecentItem:
    """A preset, by its name, or a file, by its path, and when it was opened (local time)."""

    what: str
    kind: RecentKind
    opened: datetime

    @property
    def label(self) -> str:
        """The file's name, the folder's of a lesson, or the preset's."""
        if self.kind is RecentKind.PRESET:
            return self.what
        path = Path(self.what)
        if self.kind is RecentKind.LESSON and path.suffix == ".toml":
            path = path.parent
        return path.name


def added(items: Iterable[RecentItem], item: RecentItem) -> tuple[RecentItem, ...]:
    """``items`` with a newer one at their head, each thing once, at most :data:`MOST`."""
    others = [old for old in items if (old.what, old.kind) != (item.what, item.kind)]
    return (item, *others)[:MOST]


def to_text(items: Iterable[RecentItem]) -> str:
    """As JSON."""
    rows = [[item.what, item.kind, item.opened.isoformat(timespec="seconds")] for item in items]
    return json.dumps(rows)


def from_text(text: str) -> tuple[RecentItem, ...]:
    """What :func:`to_text` wrote; whatever else stands there is passed over."""
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError):
        return ()
    if not isinstance(rows, list):
        return ()
    found = [_item(row) for row in rows[:MOST]]
    return tuple(item for item in found if item is not None)


def _item(row: object) -> RecentItem | None:
    if not isinstance(row, list) or len(row) != 3 or not all(isinstance(it, str) for it in row):
        return None
    what, kind, opened = row
    if not 0 < len(what) <= LONGEST_PATH:
        return None
    try:
        return RecentItem(what, RecentKind(kind), datetime.fromisoformat(opened))
    except ValueError:
        return None


def when_words(opened: datetime, now: datetime) -> str:
    """The time of today, the day within a week, else the date."""
    if opened.date() == now.date():
        return f"{opened:%H:%M}"
    if timedelta(0) <= now.date() - opened.date() < timedelta(days=7):
        return f"{opened:%a}"
    return f"{opened:%Y-%m-%d}"
