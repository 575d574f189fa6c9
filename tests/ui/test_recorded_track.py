"""The track of recorded steps: its cells, what they say, and how one moves along them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QWidget

from tests.helpers.growing import Growing
from vgsim.measure.source import RecordingFile, open_source
from vgsim.text.scale import Scale
from vgsim.ui.chain_rule.panel import HopPanel
from vgsim.ui.network_card import NetworkCard
from vgsim.ui.style.theme import load_theme
from vgsim.ui.timeline.model import CellTrack, cell_tip, labeled_rows
from vgsim.ui.timeline.panel import Timeline

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def source(tmp_path):
    """Steps 0, 10, … 90, in the fifth of which nothing came to the first stage."""
    made = Growing(tmp_path / "run.vgrun").write(4).write(shrink=0.0).write(5)
    return open_source(RecordingFile(made.close()))


@pytest.fixture
def timeline(styled, qtbot, source):
    made = Timeline(load_theme("light"), Scale())
    qtbot.addWidget(made)
    made.resize(700, 80)
    source.seek(70, 5)
    made.set_frame(source.frame())
    made.show()
    return made


@given(st.integers(1, 20_000), st.integers(130, 3000))
def test_every_step_has_a_place_in_its_cell(rows, width):
    track = CellTrack(rows, 88.0, 88.0 + width)
    assert track.cells <= max(width / 5, 1)
    for row in {0, rows // 3, rows - 1}:
        left, right = track.span(track.cell(row))
        found = track.row((left + right) / 2)
        assert track.cell(found) == track.cell(row)


def test_a_cell_of_several_steps_shows_the_largest():
    track = CellTrack(4, 0.0, 10.0)
    values = track.values(np.array([1e-3, np.inf, np.nan, np.nan]))
    assert track.per_cell == 2 and values[0] == np.inf and np.isnan(values[1])


@pytest.mark.parametrize(
    ("every", "last", "named"),
    [(10, 400, [0, 100, 200, 300, 400]), (2, 40, [0, 10, 20, 30, 40]), (7, 21, [0, 7, 14, 21])],
)
def test_round_numbers_are_named(every, last, named):
    steps = np.arange(0, last + 1, every)
    rows = labeled_rows(steps, every, 5)
    assert steps[list(rows)].tolist() == named


def test_the_playhead_stands_at_the_recorded_step(timeline):
    assert timeline.recorded.isVisible() and not timeline.steps.isVisible()
    assert timeline.recorded.value() == 7
    assert "Recorded step 70, gradient at embed 1.0e" in timeline.recorded.accessibleDescription()


def test_a_click_and_the_keys_ask_for_recorded_steps(timeline, qtbot):
    track = timeline.recorded.track
    spot = QPoint(round(sum(track.span(3)) / 2), 12)
    with qtbot.waitSignal(timeline.recorded_dragged) as caught:
        qtbot.mouseClick(timeline.recorded, LEFT, pos=spot)
    assert caught.args == [30]
    qtbot.waitUntil(lambda: not timeline.recorded.held())
    with qtbot.waitSignal(timeline.recorded_dragged) as caught:
        qtbot.keyClick(timeline.recorded, Qt.Key.Key_Left)
    assert caught.args == [60]


def test_a_cell_says_which_step_it_is_of(source):
    steps = source.frame().track
    words = cell_tip(CellTrack(10, 88.0, 700.0), 2, steps)
    assert words == ("Recorded step 20, 3 of 10", "RMS ∂J/∂h 1.0e−4")
    first, size = cell_tip(CellTrack(10, 88.0, 98.0), 2, steps)
    assert first == "Recorded steps 0 to 40" and size == "largest RMS ∂J/∂h 1.0e−4"


def test_cells_wear_the_shade_of_their_gradient(timeline):
    picture = timeline.recorded.grab().toImage()
    track = timeline.recorded.track
    theme, scale = load_theme("light"), Scale()
    for row, value in ((2, 1e-4), (4, 0.0)):
        color = picture.pixelColor(round(sum(track.span(row)) / 2), 12)
        shade = theme.heat[scale.index(np.array([value]))][0].tolist()
        assert [color.red(), color.green(), color.blue()] == shade


def test_an_experiment_has_its_line_again(timeline, qtbot):
    from tests.helpers.frames import make_frame

    timeline.set_frame(make_frame())
    assert timeline.steps.isVisible() and not timeline.recorded.isVisible()


@pytest.fixture
def card(styled, qtbot, source):
    """The card of the network in a widget that gives it any height."""
    holder = QWidget()
    qtbot.addWidget(holder)
    made = NetworkCard(load_theme("light"), Scale(), holder)
    source.seek(70, 5)
    made.set_frame(source.frame())
    holder.resize(800, 700)
    holder.show()
    yield made
    holder.hide()


def test_timeline_and_chain_rule_give_way_before_anything_overlaps(card):
    least = card.minimumSizeHint().height()
    for height in (*range(least, least + 70), *range(least + 70, least, -7), least):
        card.resize(700, height)
        QApplication.sendPostedEvents()
        assert card.minimumSizeHint().height() == least, height
        assert card.diagram.minimumSizeHint().height() <= card.pair.height(), height
        assert card.pair.geometry().bottom() < card.timeline.geometry().top(), height
        assert card.timeline.geometry().bottom() < card.strip.geometry().top(), height
    assert card.timeline.recorded.low
    assert card.strip.note.isHidden()
    card.resize(700, least + 60)
    assert not card.timeline.recorded.low
    assert not card.strip.note.isHidden()


def test_a_line_of_the_chain_rule_has_room_for_its_indices(card):
    card.resize(700, card.minimumSizeHint().height())
    QApplication.sendPostedEvents()
    formula = card.strip.formula
    formula.setText("∂<i>J</i> = ∑<sub><i>j</i></sub>(∂<i>h<sub>j</sub></i>)<sup>⊤</sup>")
    assert formula.sizeHint().height() <= formula.height()


@pytest.mark.parametrize("height", [104, 118, 132, 146, 175, 240])
@pytest.mark.parametrize("position", [3, 7])
def test_a_rule_without_numbers_keeps_off_the_edges(styled, qtbot, source, height, position):
    source.seek(70, position)
    panel = HopPanel(load_theme("light"), Scale())
    qtbot.addWidget(panel)
    panel.resize(620, height)
    panel.set_frame(source.frame())
    panel.show()
    picture = panel.grab().toImage()
    for y in (0, 1, picture.height() - 2, picture.height() - 1):
        row = {picture.pixelColor(x, y).name() for x in range(4, picture.width() - 4)}
        assert len(row) == 1, y
