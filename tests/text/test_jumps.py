"""Every jump names one moment, or says why there is none."""

from __future__ import annotations

import pytest

from tests.helpers.specs import small
from vgsim.core.errors import SpecError
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.text.moments import Jump, JumpKind, at_step, place_of, resolve


@pytest.mark.parametrize(
    ("jump", "moment"),
    [
        (Jump(JumpKind.START), "start"),
        (Jump(JumpKind.FORWARD, 1), "forward:1"),
        (Jump(JumpKind.FORWARD, 4), "forward:4"),
        (Jump(JumpKind.LOSS), "loss"),
        (Jump(JumpKind.BACKWARD, 4), "backward:4"),
        (Jump(JumpKind.BACKWARD, 1), "backward:1"),
        (Jump(JumpKind.END), "update"),
    ],
)
def test_a_jump_leads_to_its_moment_of_the_same_pass(jump, moment):
    experiment = Experiment(small())
    experiment.run(3)
    step, position = resolve(jump, experiment.stages, 3)
    assert step == 3 and str(experiment.seek(step, position)) == moment


@pytest.mark.parametrize("position", range(9))
def test_another_step_is_shown_at_the_same_moment(position):
    assert resolve(Jump(JumpKind.STEP, 12), 4, 3, position) == (12, position)


def test_the_end_of_a_pass_is_that_of_the_pass_that_led_to_the_step():
    experiment = Experiment(small())
    experiment.seek(*resolve(Jump(JumpKind.STEP, 12), 4, 3, 10))
    frame = frame_of(experiment)
    assert (frame.step, str(frame.moment)) == (12, "update")


def test_nothing_led_to_step_0():
    assert at_step(0, 10, 4) == (0, 0)


@pytest.mark.parametrize("position", [0, 1, 5, 10])
def test_the_place_of_a_frame_leads_back_to_it(position):
    experiment = Experiment(small())
    experiment.seek(2, position)
    assert place_of(frame_of(experiment)) == (2, position)


@pytest.mark.parametrize(
    ("jump", "sentence"),
    [
        (Jump(JumpKind.BACKWARD, 5), "stage = 5: allowed is a whole number from 1 to 4"),
        (Jump(JumpKind.FORWARD, 0), "stage = 0: allowed is a whole number from 1 to 4"),
        (Jump(JumpKind.STEP, -1), "step = -1: allowed is a whole number from 0 to 10000000"),
    ],
)
def test_what_is_not_there_is_refused_in_a_sentence(jump, sentence):
    with pytest.raises(SpecError) as caught:
        resolve(jump, 4, 0)
    assert str(caught.value) == sentence
