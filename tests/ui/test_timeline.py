"""The timeline follows frames, and says where the user drags it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QColor, QKeySequence
from PySide6.QtWidgets import QVBoxLayout, QWidget

from tests.helpers.frames import make_frame
from tests.helpers.patience import end, hold
from tests.helpers.specs import small
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.text.scale import Scale
from vgsim.ui.style.theme import load_theme
from vgsim.ui.timeline.panel import Timeline
from vgsim.ui.timeline.track import BAR, GUTTER, LABELS

LEFT = Qt.MouseButton.LeftButton
MIDDLE = round(LABELS + 2 + BAR / 2)


@pytest.fixture
def experiment():
    built = Experiment(small())
    built.run(30)
    built.seek(30, 7)
    return built


@pytest.fixture
def timeline(styled, theme, experiment, qtbot):
    widget = Timeline(theme, Scale())
    widget.resize(800, widget.sizeHint().height())
    widget.set_reach(20, 40)
    widget.set_frame(frame_of(experiment))
    widget.show()
    yield widget
    # A button that one test holds would be held in the next one too.
    qtbot.mouseRelease(widget.moments, LEFT)
    widget.close()


def at(timeline, position):
    """The middle of a moment."""
    return QPoint(round(sum(timeline.moments.track.span(position)) / 2), MIDDLE)


def step_at(timeline, step):
    return QPoint(round(timeline.steps.track.x(step)), 11)


def heard(signal):
    """A list that fills with what a signal tells."""
    told = []
    signal.connect(told.append)
    return told


def test_it_shows_where_a_frame_is(timeline):
    assert (timeline.moments.value(), timeline.steps.value()) == (7, 30)


def test_it_is_low_and_wide(timeline):
    assert 46 <= timeline.sizeHint().height() <= 60
    assert timeline.minimumSizeHint().width() < 260


def test_a_click_goes_to_a_moment(timeline, qtbot):
    with qtbot.waitSignal(timeline.moment_dragged) as caught:
        qtbot.mouseClick(timeline.moments, LEFT, pos=at(timeline, 2))
    assert caught.args == [2] and timeline.moments.value() == 2


def test_a_click_goes_to_a_step(timeline, qtbot):
    with qtbot.waitSignal(timeline.step_dragged) as caught:
        qtbot.mouseClick(timeline.steps, LEFT, pos=step_at(timeline, 5))
    assert caught.args == [5]


def test_a_click_where_one_is_tells_nothing(timeline, qtbot):
    told = heard(timeline.moment_dragged)
    qtbot.mouseClick(timeline.moments, LEFT, pos=at(timeline, 7))
    assert told == []


def test_the_words_at_the_left_are_no_place(timeline, qtbot):
    told = heard(timeline.moment_dragged)
    qtbot.mouseClick(timeline.moments, LEFT, pos=QPoint(GUTTER // 2, MIDDLE))
    assert told == []


@pytest.fixture
def track(timeline):
    """The moments, whose pause ends when a test says so."""
    hold(timeline.moments._pause)
    return timeline.moments


def drag(timeline, qtbot, places, release=True):
    """Press at the first place and move over the others."""
    track = timeline.moments
    qtbot.mousePress(track, LEFT, pos=at(timeline, places[0]))
    for place in places[1:]:
        qtbot.mouseMove(track, at(timeline, place))
    if release:
        qtbot.mouseRelease(track, LEFT, pos=at(timeline, places[-1]))


def test_a_drag_tells_its_end_at_once_and_what_lies_between_sparsely(timeline, track, qtbot):
    told = heard(timeline.moment_dragged)
    drag(timeline, qtbot, range(10))
    assert told == [0, 9]


def test_what_waits_is_told_after_a_pause(timeline, track, qtbot):
    told = heard(timeline.moment_dragged)
    drag(timeline, qtbot, [1, 2, 3], release=False)
    assert told == [1]
    end(track._pause)
    qtbot.waitUntil(lambda: told == [1, 3])
    qtbot.mouseRelease(track, LEFT, pos=at(timeline, 3))
    assert told == [1, 3]


def test_frames_do_not_move_the_playhead_under_the_hand(timeline, track, qtbot, experiment):
    drag(timeline, qtbot, [1, 2], release=False)
    experiment.seek(30, 9)
    timeline.set_frame(frame_of(experiment))
    assert track.value() == 2
    qtbot.mouseRelease(track, LEFT, pos=at(timeline, 2))
    end(track._pause)
    qtbot.waitUntil(lambda: track.value() == 9)


def test_another_button_drags_nothing(timeline, qtbot):
    told = heard(timeline.moment_dragged)
    qtbot.mouseClick(timeline.moments, Qt.MouseButton.RightButton, pos=at(timeline, 2))
    assert told == [] and not timeline.moments.held()


def test_nothing_can_be_dragged_while_training(timeline, qtbot, experiment):
    timeline.set_training(True)
    told = heard(timeline.step_dragged)
    qtbot.mouseClick(timeline.steps, LEFT, pos=step_at(timeline, 5))
    experiment.run(1)
    timeline.set_frame(frame_of(experiment))
    assert told == [] and timeline.steps.value() == 31


@pytest.mark.parametrize(
    ("key", "place"),
    [("Left", 6), ("Right", 8), ("Home", 0), ("End", 10), ("PageUp", 8), ("PageDown", 6)],
)
def test_keys_move_the_playhead(timeline, qtbot, key, place):
    with qtbot.waitSignal(timeline.moment_dragged) as caught:
        qtbot.keyClick(timeline.moments, getattr(Qt.Key, f"Key_{key}"))
    assert caught.args == [place] and timeline.moments.value() == place


def test_a_page_is_a_tenth_of_the_steps(timeline, qtbot):
    timeline.set_reach(0, 1000)
    with qtbot.waitSignal(timeline.step_dragged) as caught:
        qtbot.keyClick(timeline.steps, Qt.Key.Key_PageUp)
    assert caught.args == [130]


def test_tab_reaches_both_and_a_click_neither(timeline):
    policies = {timeline.moments.focusPolicy(), timeline.steps.focusPolicy()}
    assert policies == {Qt.FocusPolicy.TabFocus}


def test_its_keys_are_its_own_while_it_has_the_focus(timeline, qtbot):
    window = QWidget()
    column = QVBoxLayout(window)
    column.addWidget(timeline)
    action = QAction(window)
    action.setShortcut(QKeySequence("Left"))
    window.addAction(action)
    told = heard(action.triggered)
    with qtbot.waitExposed(window):
        window.show()
    timeline.moments.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(timeline.moments, Qt.Key.Key_Left)
    assert told == [] and timeline.moments.value() == 6
    timeline.setParent(None)
    window.close()


def test_a_tip_names_the_moment(timeline):
    title, number, size = timeline.moments.words_at(7)
    assert title.startswith("Backward · stage 3 of 4")
    assert number == "Moment 7 of 10" and size.startswith("RMS ∂J/∂h₃ = ")


def test_the_playhead_is_described(timeline, experiment):
    experiment.seek(30, 5)
    timeline.set_frame(frame_of(experiment))
    assert timeline.moments.accessibleDescription().startswith("Loss J")
    assert timeline.steps.accessibleDescription() == "Step 30 of 40"


def test_a_step_beyond_the_latest_makes_the_track_longer(timeline, experiment):
    experiment.run(15)
    timeline.set_frame(frame_of(experiment))
    assert timeline.steps.maximum() == 45


def color(timeline, position, share=0.5):
    left, right = timeline.moments.track.span(position)
    image = timeline.moments.grab().toImage()
    return QColor(image.pixel(round(left + share * (right - left)), MIDDLE))


@pytest.mark.parametrize("name", ["light", "dark"])
def test_moments_reached_have_the_heat_of_their_gradient(timeline, name):
    theme = load_theme(name)
    timeline.set_theme(theme)
    timeline.set_frame(make_frame(6, reached=3, decay=1.5))
    expected = theme.heat[Scale().index(make_frame(6, decay=1.5).dh_rms)]
    for position, stage in ((8, 6), (9, 5)):
        assert color(timeline, position).getRgb()[:3] == tuple(expected[stage - 1])


def test_what_is_not_reached_is_low(timeline):
    left, right = timeline.moments.track.span(8)
    image = timeline.moments.grab().toImage()
    middle = round((left + right) / 2)
    low = QColor(image.pixel(middle, MIDDLE))
    assert low != QColor(image.pixel(middle, MIDDLE - 5))


@pytest.mark.parametrize("stages", [1, 2, 40, 300, 1000])
@pytest.mark.parametrize("width", [260, 420, 1300])
def test_any_depth_has_its_heat_at_any_width(timeline, theme, stages, width):
    timeline.resize(width, timeline.height())
    heat = {QColor(*(int(part) for part in shade)).rgb() for shade in theme.heat}
    for reached in (0, stages // 2, stages):
        timeline.set_frame(make_frame(stages, reached=reached, decay=0.9))
        assert (color(timeline, stages + 2).rgb() in heat) == (reached > 0)
    assert timeline.moments.maximum() == 2 * stages + 2


def test_hiding_it_forgets_what_was_not_told(timeline, track, qtbot):
    told = heard(timeline.moment_dragged)
    drag(timeline, qtbot, [1, 2], release=False)
    timeline.hide()
    assert not track._pause.isActive() and told == [1]


def test_training_takes_the_playhead_out_of_the_hand(timeline, qtbot):
    drag(timeline, qtbot, [1, 2], release=False)
    timeline.set_training(True)
    assert not timeline.moments.held() and timeline.moments.value() == 7
