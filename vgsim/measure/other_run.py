"""What another run is compared with: it goes where that one goes."""

from __future__ import annotations

from collections.abc import Callable

from vgsim.measure.frame import Frame
from vgsim.measure.request import NOTHING, Request
from vgsim.measure.source import Goal, experiment_of, open_source
from vgsim.nn.moments import Phase
from vgsim.nn.places import Placed, place, same_position

TOGETHER = 8
"""Updates that the other run makes at once while the leader trains: two networks that take turns at
every update drive each other's numbers out of the processor's cache."""


class OtherRun:
    """The run that another, the leader, is compared with: it goes where that one goes.

    Building one raises what :func:`open_source` raises.
    """

    def __init__(self, goal: Goal) -> None:
        self.goal = goal
        self.source = open_source(goal)

    def follow(self, leader: Placed, stop: Callable[[], bool] | None = None) -> None:
        """Go to the moment where the leader stands; ``stop`` may end a long way there."""
        own, (step, _) = self.source, place(leader)
        position = same_position(leader.moment, leader.stages, own)
        if leader.moment.phase is Phase.BACKWARD and leader.moment.stage == 1 and not own.trains:
            position = len(own.timeline) - 2  # where all of a recording's way back is asked for
        here, at = place(own)
        if here == step and at <= position:  # most often one moment on
            for _ in range(position - at):
                own.advance()
        else:
            own.seek(step, position, stop)

    def lags(self, leader: Placed) -> bool:
        """Whether it is time to keep up with a leader that trains."""
        return abs(leader.step - self.source.step) >= TOGETHER

    def keep_up(self, leader: Placed, stop: Callable[[], bool] | None = None) -> None:
        """Make as many updates as the leader has made; it is training. ``stop`` may end that."""
        own = experiment_of(self.source)
        if own is None or leader.step < own.step:  # the leader has begun anew
            self.follow(leader, stop)
        if own is not None:
            own.run(leader.step - own.step, stop)

    def frame(self, generation: int = 0, request: Request = NOTHING) -> Frame:
        """The picture of where it stands."""
        return self.source.frame(generation, request=request)
