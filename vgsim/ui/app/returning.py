"""From an exported file back to the moment that it shows, in the window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot

from vgsim.core.errors import SpecError
from vgsim.export.sources import Source
from vgsim.measure.frame import Frame
from vgsim.text.moments import jump_to, resolve
from vgsim.ui.app.session import Session
from vgsim.ui.app.state import State


class Returning(QObject):
    """Takes the session to the place of a source, as soon as its experiment is there.

    ``tell`` says a sentence to the user: where they are, or why there is no such place.
    """

    def __init__(self, session: Session, tell: Callable[[str], None]) -> None:
        super().__init__(session)
        self._session, self._tell = session, tell
        self._goal: Source | None = None
        session.changed.connect(self._follow)

    def open(self, source: Source) -> None:
        """Begin the experiment and go to the moment."""
        self._session.open(source.spec)
        self.expect(source)

    def expect(self, source: Source) -> None:
        """Go to the moment once the experiment, which the session begins with, is there."""
        self._goal = source if source.moment or source.other_run else None

    @Slot(object, object)
    def _follow(self, before: State, now: State) -> None:
        if now.experiment != before.experiment:  # begun before this one was there
            self._goal = None
        if now.frame is not None and now.frame is not before.frame:
            self._arrive(now.frame)

    def _arrive(self, frame: Frame) -> None:
        goal = self._goal
        if goal is None or frame.spec != goal.spec:
            return
        self._goal = None
        if goal.other_run is not None:
            self._session.compare(goal.other_run)
        try:
            place = resolve(jump_to(goal.moment or "start"), frame.stages, goal.step)
        except SpecError as error:
            self._tell(f"The file names a moment that this network has not: {error}")
            return
        self._session.seek(*place)
        self._tell(f"On the way to step {place[0]:,}, {goal.moment}; any step stops it")
