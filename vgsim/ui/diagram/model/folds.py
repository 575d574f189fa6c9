"""Which groups of a network are open in one diagram, and where it is looked at. No Qt."""

from __future__ import annotations

from vgsim.measure.subject import Subject
from vgsim.ui.diagram.model.folding import (
    Path,
    all_groups,
    columns_of,
    folded_at,
    group_paths,
    opened_at,
    opened_to,
)
from vgsim.ui.diagram.model.plan import ColumnPlan, plan


class Folds:
    """The open groups: ``opened``, or as many as have room while that is None."""

    def __init__(self) -> None:
        self.opened: frozenset[str] | None = None
        self.start = 0
        self._subject = Subject()
        self._paths: tuple[Path, ...] = ()

    @property
    def groups(self) -> frozenset[str]:
        """Every group of the network."""
        return all_groups(self._paths)

    def show(self, subject: Subject, stages: int) -> None:
        """Be about this network: of another one as many groups are open as have room."""
        if subject.named != self._subject.named:
            self.opened = None
            self.start = 0
        self._subject = subject
        self._paths = group_paths(subject.named, stages)

    def plan(self, room: int, height: float) -> ColumnPlan:
        """What is shown with ``room`` for so many columns, ``height`` pixels high."""
        now = self.now(room)
        if self.opened is None:  # what opens by itself is seen at once, without scrolling
            room = max(room, len(columns_of(self._paths, now)))
        made = plan(self._subject, self._paths, now, self.start, room, height)
        self.start = made.start
        return made

    def now(self, room: int) -> frozenset[str]:
        """The groups that are open, also while they are so by themselves."""
        if self.opened is None:
            return opened_to(self._paths, room)
        return self.opened

    def toggled(self, group: str, room: int) -> frozenset[str]:
        """With ``group`` folded if it is open, and open if it is folded."""
        return self.now(room) ^ {group}

    def folded_at(self, stage: int, room: int) -> frozenset[str]:
        """With the innermost open group around ``stage`` folded."""
        return folded_at(self._paths, self.now(room), stage)

    def opened_at(self, stage: int, room: int) -> frozenset[str]:
        """With the folded group that ``stage`` is in open."""
        return opened_at(self._paths, self.now(room), stage)
