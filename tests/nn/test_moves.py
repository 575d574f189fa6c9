"""However one moves through an experiment, every place looks as if one had run straight to it."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.helpers.specs import small
from vgsim.measure.frame import Frame
from vgsim.measure.request import Request
from vgsim.measure.snapshot import frame_of
from vgsim.measure.updates import Updates
from vgsim.nn.checkpoints import Checkpoints, Plan
from vgsim.nn.experiment import Experiment
from vgsim.nn.moments import Moment, Phase
from vgsim.nn.spec import Spec

STEPS = 40
"""Updates that the moves stay within."""
TIGHT = Plan(every=7, near=3, far=3)
"""So few states that most ways back are a run; a network this small would keep all of them."""
MOVES = settings(max_examples=12, stateful_step_count=50)
SPECS = {
    "layers": small(
        network__norm="batch",
        network__dropout=0.2,
        training__optimizer="adam",
        training__learning_rate=0.01,
        training__precision="float32",
    ),
    "lstm": small(
        network__kind="lstm",
        data__dataset="temporal_order",
        data__length=5,
        training__optimizer="momentum",
    ),
}
Place = tuple[int, int]
"""(updates done before the pass, position in it)."""


def _place(experiment: Experiment) -> Place:
    done = experiment.moment.phase is Phase.UPDATE
    return experiment.step - done, experiment.moment.position


def _state(experiment: Experiment) -> dict[str, bytes]:
    """All that decides how the experiment goes on."""
    flat = experiment.network.flat
    return {
        "values": flat.values.tobytes(),
        "optimizer": experiment.optimizer.state.tobytes(),
        "running": flat.running.tobytes(),
        "change": flat.change.tobytes(),
    }


def _bits(value: Any) -> Any:
    """``value`` as something that is equal only when every bit of it is."""
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    if isinstance(value, tuple):
        return tuple(map(_bits, value))
    if isinstance(value, float):
        return np.float64(value).tobytes()
    if hasattr(value, "__dataclass_fields__") and not isinstance(value, (Moment, Spec)):
        return {field.name: _bits(getattr(value, field.name)) for field in fields(value)}
    return value


def _look(experiment: Experiment) -> dict[str, Any]:
    """All but how far one has been, which is no matter of the place."""
    frame: Frame = frame_of(experiment, request=Request(kinds=frozenset([Updates])))
    return _state(experiment) | _bits(replace(frame, reach=(0, 0)))


@cache
def _straight(name: str) -> dict[Place, dict[str, Any]]:
    """Every place, as a fresh experiment sees it that only ever goes on."""
    experiment = Experiment(SPECS[name])
    seen = {(0, 0): _look(experiment)}
    while experiment.step <= STEPS + 2:  # a move may begin a pass after the last of them
        experiment.advance()
        seen[_place(experiment)] = _look(experiment)
        if experiment.moment.phase is Phase.UPDATE:
            experiment.rewind()
            seen[_place(experiment)] = _look(experiment)
    return seen


class Moves(RuleBasedStateMachine):
    """Any moves that the user can make, in any order."""

    name = ""

    def __init__(self) -> None:
        super().__init__()
        self.straight = _straight(self.name)
        self.experiment = Experiment(SPECS[self.name])
        self.last = len(self.experiment.timeline) - 1
        self._keep_little()

    def _keep_little(self) -> None:
        self.experiment.checkpoints = Checkpoints(TIGHT)
        self.experiment.checkpoint()

    @rule(moments=st.integers(1, 12))
    def step_on(self, moments: int) -> None:
        """→, several times."""
        for _ in range(moments):
            if self.experiment.step < STEPS:
                self.experiment.advance()

    @rule(moments=st.integers(1, 4))
    def step_back(self, moments: int) -> None:
        """←, several times, across updates."""
        for _ in range(moments):
            step, position = _place(self.experiment)
            if position > 1 or (position == 1 and step == 0):
                self.experiment.seek(step, position - 1)
            elif step:
                self.experiment.seek(step - 1, self.last)

    @rule(step=st.integers(0, STEPS - 1), share=st.floats(0, 1))
    def drag(self, step: int, share: float) -> None:
        """To any moment of any pass."""
        self.experiment.seek(step, round(share * self.last))

    @rule(share=st.floats(0, 1))
    def drag_in_the_pass(self, share: float) -> None:
        """To any moment of this pass."""
        step, _ = _place(self.experiment)
        self.experiment.seek(step, round(share * self.last))

    @rule(there=st.sampled_from(["start", "loss", "end"]))
    def jump(self, there: str) -> None:
        """To a place with a name."""
        step, _ = _place(self.experiment)
        where = {"start": 0, "loss": self.experiment.stages + 1, "end": self.last}
        self.experiment.seek(step, where[there])

    @rule(steps=st.integers(1, 15))
    def train(self, steps: int) -> None:
        """Whole updates, from wherever one is; then a state is kept, as the worker does."""
        self.experiment.run(min(steps, STEPS - self.experiment.step))
        if self.experiment.moment.phase is Phase.UPDATE:
            self.experiment.checkpoint()

    @rule()
    def begin_a_pass(self) -> None:
        """Back to before the pass without going anywhere else."""
        self.experiment.rewind()

    @rule()
    def look(self) -> None:
        """A frame changes nothing."""
        frame_of(self.experiment)

    @rule()
    def reset(self) -> None:
        """Back to the initial parameters."""
        self.experiment.reset()
        self._keep_little()

    @invariant()
    def every_bit_is_that_of_a_straight_run(self) -> None:
        """State and frame, with its history."""
        here, there = _look(self.experiment), self.straight[_place(self.experiment)]
        differing = [name for name in here if here[name] != there[name]]
        assert not differing, f"at {_place(self.experiment)}: {differing}"


class LayerMoves(Moves):
    """Layers with dropout, batch normalization and Adam."""

    name = "layers"


class SequenceMoves(Moves):
    """An LSTM with momentum."""

    name = "lstm"


TestLayers = LayerMoves.TestCase
TestLayers.settings = MOVES
TestSequences = SequenceMoves.TestCase
TestSequences.settings = MOVES


@pytest.mark.parametrize("name", SPECS)
@pytest.mark.parametrize("step", [0, 1, 23])
def test_the_straight_run_itself_is_that_without_looking(name, step):
    alone = Experiment(SPECS[name])
    alone.run(step)
    alone.rewind()
    there = _straight(name)[step, 0]
    assert _state(alone) == {part: there[part] for part in _state(alone)}


@pytest.mark.parametrize("name", SPECS)
def test_all_the_way_back_and_on_again(name):
    experiment, straight = Experiment(SPECS[name]), _straight(name)
    last = len(experiment.timeline) - 1
    experiment.run(5)
    places = [(step, position) for step in range(5) for position in range(last, 0, -1)]
    for place in [*reversed(places), *places]:
        experiment.seek(*place)
        assert _look(experiment) == straight[place]
