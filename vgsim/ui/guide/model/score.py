"""How many questions of a lesson were answered right so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PageScore:
    """A page with a question; ``right`` is None while it is open."""

    title: str
    right: bool | None = None

    @property
    def words(self) -> str:
        """What became of it."""
        if self.right is None:
            return "open"
        return "right" if self.right else "wrong"


def summary(scores: Sequence[PageScore]) -> str:
    """ "5 of 7 right, 1 open"."""
    right = sum(score.right is True for score in scores)
    left = sum(score.right is None for score in scores)
    said = f"{right} of {len(scores)} right"
    if left:
        said += f", {left} open"
    return said


def comment(scores: Sequence[PageScore]) -> str:
    """What the score means, in a sentence; empty while there is an open one."""
    if not scores or any(score.right is None for score in scores):
        return ""
    wrong = sum(score.right is False for score in scores)
    if not wrong:
        return "Every one of them. You can read the instruments."
    if wrong <= len(scores) // 3:
        return "Well read. Look once more at those that you took for something else."
    return "That is how it goes in real life, too. Go back, and look at two instruments for each."
