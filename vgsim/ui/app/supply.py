"""Frames with the measurements that somebody needs, whether or not they are in sight."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot

from vgsim.measure.frame import Frame
from vgsim.ui.app.exploring import Exploring
from vgsim.ui.app.session import Session
from vgsim.ui.app.state import State

Kinds = frozenset[type]
Take = Callable[[Frame], None]


class Supply(QObject):
    """Has measurements made as long as they are held, or until the frame asked for has come."""

    def __init__(self, session: Session, exploring: Exploring, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._exploring = exploring
        self._held: Kinds = frozenset()
        self._asked: dict[str, tuple[Kinds, Take]] = {}
        session.changed.connect(self._follow)

    def get(self, who: str, needed: Kinds, take: Take) -> None:
        """Call ``take`` with a frame that has what is ``needed``: now, or when it comes.

        Who asks again before that is given only what was asked for last.
        """
        frame = self._session.frame
        if frame is not None and needed <= frame.request.kinds:
            self._asked.pop(who, None)
            take(frame)
            return
        self._asked[who] = needed, take
        self._lend()

    def hold(self, needed: Kinds) -> None:
        """Have these made with every frame from now on."""
        if needed != self._held:
            self._held = needed
            self._lend()

    def forget(self, who: str) -> None:
        """Who asked wants nothing any more."""
        if self._asked.pop(who, None):
            self._lend()

    def _lend(self) -> None:
        asked = (needed for needed, _ in self._asked.values())
        self._exploring.lend(self._held.union(*asked))

    @Slot(object, object)
    def _follow(self, before: State, now: State) -> None:
        if now.frame is not None and now.frame is not before.frame:
            self._arrived(now.frame)

    def _arrived(self, frame: Frame) -> None:
        ready = [who for who, (needed, _) in self._asked.items() if needed <= frame.request.kinds]
        takes = [self._asked.pop(who)[1] for who in ready]
        if takes:
            self._lend()
        for take in takes:
            take(frame)
