"""Another experiment that goes on from a state of this one, where its parameters are the same."""

from __future__ import annotations

from dataclasses import dataclass

from vgsim.nn.checkpoints import Checkpoint
from vgsim.nn.experiment import Experiment
from vgsim.nn.parameters import Segment
from vgsim.nn.spec import Spec

START = "init."
"""The section of what acts on the initial parameters alone."""
AT_THE_START = ("training.seed", "network.highway_bias")
"""Further fields that do; a seed also says what the data, their split and the batches are."""


@dataclass(frozen=True, slots=True)
class PresentState:
    """A state of an experiment of ``spec``, and what must be alike to go on from it."""

    spec: Spec
    kept: Checkpoint
    segments: tuple[Segment, ...]


def origin_of(experiment: Experiment) -> PresentState:
    """The present state, a copy."""
    return PresentState(experiment.spec, experiment.state(), experiment.network.flat.segments)


def acts_at_the_start(path: str) -> bool:
    """Whether a field has no effect once training has begun."""
    return path.startswith(START) or path in AT_THE_START


def going_on(spec: Spec, origin: PresentState) -> Experiment | None:
    """An experiment of ``spec`` before the pass that follows the state of ``origin``.

    It has the parameters and running statistics of that state, and the optimizer's state where the
    update rule is the same; a new rule begins with a state of its own, as at the first update. None
    where the parameters of ``spec`` are others. SpecError when it cannot be built.
    """
    made = Experiment(spec)
    kept = origin.kept
    flat = made.network.flat
    if flat.segments != origin.segments or flat.running.size != kept.running.size:
        return None
    training = origin.spec.training
    own = made.state()
    same_rule = spec.training.optimizer == training.optimizer
    made.optimizer.began = 0 if same_rule else kept.step
    scaled_alike = spec.training.loss_scaling == training.loss_scaling
    made.restore(
        Checkpoint(
            step=kept.step,
            values=kept.values,
            state=kept.state if same_rule else own.state,
            anomalies=kept.anomalies,
            running=kept.running,
            change=kept.change,
            scaling=kept.scaling if scaled_alike else own.scaling,
        )
    )
    return made
