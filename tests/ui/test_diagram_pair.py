"""Two compared networks beside each other, on one scale with one color bar."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.helpers.specs import small
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.text.scale import Scale
from vgsim.ui.diagram.model.geometry import BAR, lay_out
from vgsim.ui.diagram.model.pairing import pair_up
from vgsim.ui.diagram.pair import DiagramPair


def done(**changes):
    """The frame of a network whose first pass is done."""
    experiment = Experiment(small(**changes))
    experiment.run(1)
    return frame_of(experiment)


@pytest.fixture
def frame(styled):
    """A and, beside it, B with another activation."""
    return replace(done(), other=done(network__activation="relu"))


@pytest.fixture
def pair(qtbot, styled, theme):
    """Both in as much room as the card has in a wide window."""
    made = DiagramPair(theme, Scale())
    qtbot.addWidget(made)
    made.resize(1200, 400)
    made.show()
    return made


def test_one_network_has_all_the_room(pair, frame):
    pair.set_frame(replace(frame, other=None))
    assert pair.other is None
    assert pair.diagram.size() == pair.size()


def test_b_stands_beside_a_under_its_name(pair, frame):
    pair.set_frame(frame)
    assert pair.other.isVisible()
    assert pair.other.geometry().left() > pair.diagram.geometry().right()
    assert pair.other.size() == pair.diagram.size()
    assert [head.accessibleName() for head in pair._heads] == ["A: Tanh", "B: ReLU"]
    assert pair.grab().width() == 1200


def test_they_share_one_color_bar(pair, frame):
    pair.set_frame(frame)
    assert pair.diagram._state.geometry.bar is None
    assert pair.other._state.geometry.bar is None
    assert pair._bar.isVisible() and pair._bar.width() == BAR


def test_a_alone_comes_back_with_its_color_bar(pair, frame):
    pair.set_frame(frame)
    pair.show_both(False)
    assert not pair.paired and not pair._bar.isVisible()
    assert pair.diagram.size() == pair.size()
    assert pair.diagram._state.geometry.bar is not None
    pair.show_both(True)
    assert pair.paired


def test_the_end_of_a_comparison_gives_the_room_back(pair, frame):
    pair.set_frame(frame)
    pair.set_frame(replace(frame, other=None))
    assert pair.diagram.size() == pair.size()


def test_nothing_can_be_picked_in_b(pair, frame, qtbot):
    pair.set_frame(frame)
    column = pair.other._state.geometry.columns[1]
    pair.other.hover_at(column.x, float(column.ys[0]))
    assert pair.other._under is None and pair.other.focus is None


@pytest.mark.parametrize("size", [(700, 300), (930, 450), (1400, 420), (420, 216)])
def test_nothing_lies_over_anything_else(size):
    width, height = size
    pairing = pair_up(width, height, (7, 7))
    boxes = [*pairing.heads, *pairing.diagrams, pairing.bar]
    for at, one in enumerate(boxes):
        assert one.x + one.width <= width and one.y + one.height <= height
        for other in boxes[at + 1 :]:
            apart = one.x + one.width <= other.x or other.x + other.width <= one.x
            apart |= one.y + one.height <= other.y or other.y + other.height <= one.y
            assert apart


def test_where_numbers_lack_room_and_there_is_height_b_stands_below():
    a, b = pair_up(930, 460, (7, 7)).diagrams
    assert b.y > a.y + a.height and b.x == a.x
    a, b = pair_up(930, 300, (7, 7)).diagrams
    assert b.x > a.x + a.width and b.y == a.y


def test_a_narrow_diagram_still_has_dots(styled):
    geometry = lay_out(317, 260, 8, [8] * 7, with_bar=False)
    assert geometry.columns[1].radius > 0
    assert geometry.loss.x + geometry.loss.width <= 317
