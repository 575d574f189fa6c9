"""Why a view has nothing to show, and which key would change that. No Qt."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EmptyState:
    """A statement, and a ``hint`` at keys; false where there is something to show."""

    what: str = ""
    hint: str = ""

    def __bool__(self) -> bool:
        return bool(self.what)

    def said(self, still: bool) -> str:
        """Statement and hint in the window; the statement alone in a picture, which has no keys."""
        return "\n".join(filter(None, (self.what, "" if still else self.hint)))


NOT_EMPTY = EmptyState()
"""There is something to show."""
NO_GRADIENT = EmptyState("No gradient has come back yet", "Step (→) past the loss or train (T)")
NO_UPDATE = EmptyState("No update has been made yet", "Train (T) to fill this")
