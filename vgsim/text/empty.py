"""Why there is nothing to show, apart from what one may press about it. No Qt."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EmptyState:
    """A statement, and a ``hint`` at keys; false where nothing is missing."""

    what: str = ""
    hint: str = ""

    def __bool__(self) -> bool:
        return bool(self.what)

    def said(self, still: bool) -> str:
        """All of it in the window; in a picture, where no key does anything, only what is."""
        return "\n".join(filter(None, (self.what, "" if still else self.hint)))


NO_LACK = EmptyState()
"""Everything is there."""
NO_GRADIENT = EmptyState("No gradient has come back yet", "Step (→) past the loss or train (T)")
NO_UPDATE = EmptyState("No update has been made yet", "Train (T) to fill this")
