"""What the run is doing, and what of the window is therefore due in a frame.

Everything that shows frames asks here; nothing else counts them. Frames that are stepped through by
hand are shown everywhere and in full. While they follow each other fast, what eyes cannot follow is
shown more rarely or a little later: what painting takes is taken from the training.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

UNHURRIED = 6.0
"""Moments a second up to which each is shown in full at once while playing."""
WORDS_EVERY = 4
"""While training, words, figures, the timeline and formulas change with one frame in this many."""
CHAIN_RULE_EVERY = 3
"""While training, the panel of the chain rule has one in this many of its turns."""
HALL_PANEL_EVERY = 2
"""While training, the panel of a presentation has one frame in this many, so that keys are answered
at once."""
EDGE_TURNS = 2
"""While a large network trains, a frame renews one gap of edges in this many, and the next frame
others."""
LATER_MS = 15
"""What comes later comes this long after the frame."""
STILL_MS = 160
"""After this long without a frame the picture stands still, and its edges are drawn in full."""
FRAME_MS, SLOW_MS = 33, 66
"""How often the window looks for a frame while training, at most and at least."""
WINDOW_SHARE = 0.2
"""Most of a core's time that the window should take while training, which is taken from it."""
FRAME_SHARE = 0.1
"""Most of the worker's time that making frames may take while it trains."""
JUDGE_EVERY = 4.0
"""Seconds after which training lets the network be judged again."""
LOOK_AGAIN = 0.25
"""Seconds between two looks at a recording that is still being written."""
LONG_WAY = 0.4
"""Seconds after which a way to another step is told, and then again."""

CHAIN_RULE = "hop"
"""Name of the panel with the matrices of the chain rule, the heaviest and the one read closest."""


class Doing(StrEnum):
    """What the run does between two things that the user asks for.

    A single step is over before anything could be said of it: it has no state of its own.
    """

    AT_REST = "at rest"
    JUMPING = "jumping"
    """It is on a long way to another step."""
    PLAYING = "playing"
    TRAINING = "training"


@dataclass(frozen=True, slots=True)
class RunState:
    """What the run is doing, and what else decides which commands there are.

    ``can_back`` is whether there is a moment to go back to, ``compared`` whether another experiment
    runs beside this one, ``covered`` whether the start page is in front of both. ``recorded`` is
    whether it is a recording, which cannot be trained, ``pair_of_specs`` whether both are
    experiments. ``first_step`` and ``last_step`` are whether there is none before or after the
    present one, ``at_end`` whether there is not even a moment after this one. ``mapped`` is whether
    a map is in front, ``mapping`` whether one is computed.
    """

    doing: Doing = Doing.AT_REST
    can_back: bool = False
    compared: bool = False
    covered: bool = False
    recorded: bool = False
    pair_of_specs: bool = True
    first_step: bool = False
    last_step: bool = False
    at_end: bool = False
    mapped: bool = False
    mapping: bool = False

    @property
    def playing(self) -> bool:
        """Whether moment follows moment by itself."""
        return self.doing is Doing.PLAYING

    @property
    def training(self) -> bool:
        """Whether update follows update."""
        return self.doing is Doing.TRAINING


@dataclass(frozen=True, slots=True)
class Due:
    """What is due in frame ``number``.

    ``doing`` is what the run does, except that slow playing counts as resting. What stands here by
    default is due at rest: everything.
    """

    doing: Doing = Doing.AT_REST
    number: int = 0

    @property
    def training(self) -> bool:
        """Whether the frame is one of a training, whose moment passes too fast to be read."""
        return self.doing is Doing.TRAINING

    @property
    def in_full(self) -> bool:
        """Whether all is drawn exactly, and at once."""
        return self.doing in (Doing.AT_REST, Doing.JUMPING)

    @property
    def words(self) -> bool:
        """Whether the status line, the figures and the timeline are due."""
        return not self.training or self.number % WORDS_EVERY == 0

    @property
    def rule(self) -> bool:
        """Whether the chain rule in a line is due now."""
        return self.words and not self.rule_later

    @property
    def rule_later(self) -> bool:
        """Whether the chain rule in a line is due with the later panels."""
        return self.doing is Doing.PLAYING

    @property
    def hall_panel(self) -> bool:
        """Whether the panel of a presentation is due."""
        return not self.training or self.number % HALL_PANEL_EVERY == 0

    def gap(self, at: int) -> bool:
        """Whether the edges of gap ``at`` of a large network are due."""
        return not self.training or (at + self.number) % EDGE_TURNS == 0

    def panels_now(self, seen: Sequence[str]) -> list[str]:
        """Which of the panels in sight are due with the frame."""
        if self.in_full:
            return list(seen)
        if self.doing is Doing.PLAYING:
            return [name for name in seen if name == CHAIN_RULE]
        return []

    def panels_later(self, seen: Sequence[str]) -> list[str]:
        """Which of the panels in sight are due a little later: in training one of them, in turn."""
        if self.in_full or not seen:
            return []
        if self.doing is Doing.PLAYING:
            return [name for name in seen if name != CHAIN_RULE]
        turn, at = divmod(self.number, len(seen))
        skipped = seen[at] == CHAIN_RULE and turn % CHAIN_RULE_EVERY != 0
        return [] if skipped else [seen[at]]


FULL = Due()
"""Everything: for a frame that none follows."""


class Pacing:
    """Follows one run from frame to frame.

    Frames and what the run is doing come by two ways, so that either may be ahead of the other:
    the last frame of playing comes after it was told to have ended and is treated like those
    before it, and a last frame of training may be taken before the end is told and shown in haste.
    """

    def __init__(self) -> None:
        self.doing = Doing.AT_REST
        self._rate = 0.0
        self._number = 0
        self._last_to_come = False
        self._owed = False

    def set_doing(self, doing: Doing) -> None:
        """The run does something else from now on."""
        self._last_to_come = self.doing is Doing.PLAYING
        self.doing = doing

    def set_rate(self, rate: float) -> None:
        """So many moments a second are played."""
        self._rate = rate

    @property
    def due(self) -> Due:
        """What is due in the present frame."""
        if self.doing is Doing.TRAINING:
            return Due(Doing.TRAINING, self._number)
        if self.playing_fast:
            return Due(Doing.PLAYING, self._number)
        return Due(number=self._number)

    @property
    def playing_fast(self) -> bool:
        """Whether moments follow each other faster than each can be shown in full."""
        plays = self.doing is Doing.PLAYING or self._last_to_come
        return plays and self._rate > UNHURRIED

    def begin_frame(self) -> Due:
        """Another frame is there: what is due in it. :meth:`end_frame` follows once it is shown."""
        self._number += 1
        due = self.due
        self._owed = not due.in_full and not self._last_to_come
        return due

    def end_frame(self) -> None:
        """The frame is shown."""
        self._last_to_come = False

    def stands_still(self) -> bool:
        """No frame follows: whether the last one must be shown again in full. Asked once."""
        owed = self._owed
        self._owed = False
        return owed


def look_again_ms(spent: float) -> int:
    """When to look for the next frame of a training after ``spent`` seconds on the last one.

    So late that what it took is the window's share of the time.
    """
    wanted = 1000 * spent / WINDOW_SHARE
    return round(min(max(wanted, FRAME_MS), SLOW_MS))


def frame_pause(spent: float) -> float:
    """Seconds for which training makes no other frame after ``spent`` seconds on the last one."""
    return spent / FRAME_SHARE
