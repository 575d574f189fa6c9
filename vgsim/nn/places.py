"""Where an experiment stands, and where another one stands that is compared with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from vgsim.core.errors import refuse
from vgsim.nn.moments import Moment, Phase


class Placed(Protocol):
    """What stands at a moment of one of its passes: an experiment, or what frames come from."""

    @property
    def stages(self) -> int: ...

    @property
    def step(self) -> int: ...

    @property
    def moment(self) -> Moment: ...

    @property
    def timeline(self) -> Sequence[Moment]: ...


def place(experiment: Placed) -> tuple[int, int]:
    """(updates done before this pass, position in it), as :meth:`Experiment.seek` takes it."""
    done = experiment.moment.phase is Phase.UPDATE
    return experiment.step - done, experiment.moment.position


def same_position(moment: Moment, stages: int, other: Placed) -> int:
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


def find_moment(
    experiment: Placed, text: str, name: str = "moment", called: Sequence[str] = ()
) -> Moment:
    """The moment that ``text`` names ("backward:3", "loss"); SpecError when there is none.

    ``called`` are the names of the stages where they have some ("backward:layers.3.mlp.0"). What
    begins several names, like "layers.3", is there once the pass has gone through all of these.
    """
    phase, _, stage = text.partition(":")
    wanted = text
    within = [k for k, own in enumerate(called, 1) if own == stage or own.startswith(f"{stage}.")]
    if stage and within and not stage.isdigit():
        wanted = f"{phase}:{max(within) if phase == Phase.FORWARD else min(within)}"
    for moment in experiment.timeline:
        if str(moment) == wanted:
            return moment
    allowed = (
        f"start, forward:1 to forward:{experiment.stages}, loss, "
        f"backward:{experiment.stages} to backward:1, update"
    )
    if called:
        allowed += f", or with a name instead of the number, from {called[0]} to {called[-1]}"
    raise refuse(name, text, allowed)
