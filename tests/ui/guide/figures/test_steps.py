"""The eight steps of a training pass: which one happens, what is said of it, and going there."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from tests.helpers.dialogs import heard
from tests.helpers.frames import make_frame
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.nn.presets import load_preset
from vgsim.text.pointed import Pointed
from vgsim.ui.guide.model.steps import TITLES, StepProgress, pass_steps, present_steps

SIGMOID = load_preset("sigmoid-stack")


def frame_at(position, steps=0, spec=SIGMOID):
    experiment = Experiment(spec)
    experiment.seek(steps, position)
    return frame_of(experiment)


@pytest.mark.parametrize(
    ("position", "present"),
    [(0, ()), (1, (1,)), (7, (1,)), (8, (2,)), (9, (3,)), (10, (4,)), (11, (4, 5)), (14, (4, 5)),
     (15, (6,)), (16, (7,))],
)  # fmt: skip
def test_every_moment_has_its_steps(position, present):
    assert present_steps(frame_at(position)) == present


def test_the_update_after_many_is_where_learning_shows():
    assert present_steps(frame_at(16, steps=30)) == (8,)


def test_what_lies_before_is_done_and_what_lies_ahead_says_nothing():
    steps = pass_steps(frame_at(11))
    assert [step.progress for step in steps[:3]] == [StepProgress.DONE] * 3
    assert {step.progress for step in steps[5:]} == {StepProgress.AHEAD}
    assert not any(step.words for step in steps[5:])


def test_it_says_what_this_network_makes_of_each():
    words = {step.number: step.words for step in pass_steps(frame_at(16))}
    assert words[2] == "J = 2.411" and words[3] == "4.7e−3 at h₇"
    assert words[4] == "×0.23 to h₁" and words[5].startswith("1 part in 2,8")
    assert words[6] == "1.7e−6 at h₁" and words[7] == "W₁ by 1.6e−5 of its size"


def test_a_network_that_keeps_its_signal_says_so():
    frame = frame_at(16, spec=load_preset("relu-he"))
    assert pass_steps(frame)[4].words.startswith("not here: ×0.")


@pytest.mark.parametrize("stages", [1, 2, 3])
def test_few_stages_have_steps_too(stages):
    for reached in range(stages + 1):
        assert len(pass_steps(make_frame(stages, reached=reached))) == len(TITLES)


def test_a_click_asks_for_the_moment_of_the_step(figure, qtbot):
    view = figure("steps", frame_at(0))
    place = view._place(1).center().toPoint()
    with qtbot.waitSignal(view.asked) as told:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)
    assert (told.args[0].do, told.args[0].moment) == ("goto", "loss")


def test_the_last_step_asks_for_more_updates(figure, qtbot):
    view = figure("steps", frame_at(16, steps=30))
    with qtbot.waitSignal(view.asked) as told:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=view._place(7).center().toPoint())
    assert (told.args[0].do, told.args[0].steps) == ("train", 131)


def test_by_keyboard_one_goes_there_too(figure, qtbot):
    view = figure("steps", frame_at(0))
    view.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(view.hasFocus)
    for _ in range(2):
        qtbot.keyClick(view, Qt.Key.Key_Down)
    with qtbot.waitSignal(view.asked) as told:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert told.args[0].moment == "backward:7"


def test_the_mouse_points_at_what_the_step_is_about(figure, qtbot):
    view = figure("steps", frame_at(11))
    told = heard(view.pointed)
    qtbot.mouseMove(view, view._place(5).center().toPoint())
    qtbot.waitUntil(lambda: told[-1:] == [Pointed(stage=1)])


def test_one_step_alone_is_one_row(figure):
    one = figure("steps", frame_at(11), only=4)
    assert [step.number for step in one.steps] == [4]
    assert one.height() < figure("steps", frame_at(11)).height() / 4


def test_a_narrow_page_puts_the_words_below_the_title(figure):
    wide = figure("steps", frame_at(11), width=400)
    narrow = figure("steps", frame_at(11), width=220)
    assert narrow.height() > wide.height()


def test_the_present_step_is_told_to_who_cannot_see_it(figure):
    assert figure("steps", frame_at(8)).accessibleDescription() == "2 Measure the loss J = 2.411"
