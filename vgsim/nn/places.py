"""Where an experiment stands, and where another one stands that is compared with it."""

from __future__ import annotations

from collections.abc import Callable

from vgsim.core.errors import refuse
from vgsim.nn.experiment import Experiment
from vgsim.nn.moments import Moment, Phase
from vgsim.nn.spec import Spec


def place(experiment: Experiment) -> tuple[int, int]:
    """(updates done before this pass, position in it), as :meth:`Experiment.seek` takes it."""
    done = experiment.moment.phase is Phase.UPDATE
    return experiment.step - done, experiment.moment.position


def same_position(moment: Moment, stages: int, other: Experiment) -> int:
    """The position in the pass of ``other`` that is like ``moment`` among ``stages`` stages.

    Backward moments are counted from the loss: the gradient has come as many hops.
    """
    return {
        Phase.START: 0,
        Phase.FORWARD: min(moment.stage, other.stages),
        Phase.LOSS: other.stages + 1,
        Phase.BACKWARD: other.stages + 1 + min(stages + 1 - moment.stage, other.stages),
        Phase.UPDATE: len(other.timeline) - 1,
    }[moment.phase]


def find_moment(experiment: Experiment, text: str, name: str = "moment") -> Moment:
    """The moment that ``text`` names ("backward:3", "loss"); SpecError when there is none."""
    for moment in experiment.timeline:
        if str(moment) == text:
            return moment
    raise refuse(
        name,
        text,
        f"start, forward:1 to forward:{experiment.stages}, loss, "
        f"backward:{experiment.stages} to backward:1, update",
    )


TOGETHER = 8
"""Updates that the other run makes at once while the leader trains: two networks that take turns at
every update drive each other's numbers out of the processor's cache."""


class OtherRun:
    """The experiment that another, the leader, is compared with: it goes where that one goes.

    Building one raises SpecError when the spec cannot be run.
    """

    def __init__(self, spec: Spec) -> None:
        self.experiment = Experiment(spec)

    def follow(self, leader: Experiment, stop: Callable[[], bool] | None = None) -> None:
        """Go to the moment where the leader stands; ``stop`` may end a long way there."""
        own, (step, _) = self.experiment, place(leader)
        position = same_position(leader.moment, leader.stages, own)
        here, at = place(own)
        if here == step and at <= position:  # most often one moment on
            for _ in range(position - at):
                own.advance()
        else:
            own.seek(step, position, stop)

    def lags(self, leader: Experiment) -> bool:
        """Whether it is time to keep up with a leader that trains."""
        return abs(leader.step - self.experiment.step) >= TOGETHER

    def keep_up(self, leader: Experiment, stop: Callable[[], bool] | None = None) -> None:
        """Make as many updates as the leader has made; it is training. ``stop`` may end that."""
        if leader.step < self.experiment.step:  # the leader has begun anew
            self.follow(leader, stop)
        self.experiment.run(leader.step - self.experiment.step, stop)
