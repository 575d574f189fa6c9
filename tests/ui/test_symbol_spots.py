"""Where widgets say that their symbols are, and where the card about one stands."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtWidgets import QLabel

from vgsim.text.glossary import mentions
from vgsim.text.pointed import Pointed
from vgsim.ui.plots.kinds import PLOTS
from vgsim.ui.widgets.popover import popover_place
from vgsim.ui.widgets.spots import (
    SymbolSpot,
    formula_spots,
    label_spots,
    line_spots,
    lit_boxes,
    spot_under,
)

ROOM = QRect(0, 0, 1000, 700)
SIZE = QSize(276, 200)
NOWHERE = QRect()
MATH = re.compile(r"[∂∏‖Δση∇⊙]|(?<![\w'’])[A-Za-z](?![\w'’])")
"""Signs, and letters that stand alone: what a title has of mathematics."""


@pytest.mark.parametrize("name", PLOTS.names())
def test_every_symbol_in_the_titles_of_plots_has_an_entry(name):
    kind = PLOTS[name]
    for text in (kind.quantity, kind.subtitle, kind.title, kind.question):
        left = str(text)
        for mention in reversed(mentions(left)):
            left = left[: mention.start] + left[mention.end :]
        assert not MATH.search(re.sub(r"\b[Aa]\b", "", left)), text


@pytest.fixture
def label(qtbot, styled):
    """A label with rich text, 300 pixels wide, that shows."""
    made = QLabel("RMS of ∂<i>J</i>/∂<i>h</i><sub>3</sub>")
    made.setTextFormat(Qt.TextFormat.RichText)
    made.resize(300, 30)
    made.show()
    yield made
    made.close()


def test_a_label_knows_where_its_symbols_are(label):
    rms, gradient = label_spots(label)
    assert rms.pointed == Pointed("rms")
    assert gradient.pointed == Pointed("gradient", stage=3)
    assert 0 < rms.box.right() < gradient.box.left() < gradient.box.right() < 200


def test_symbols_of_a_label_stand_with_its_text(label):
    left = label_spots(label)[1].box
    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    right = label_spots(label)[1].box
    assert right.left() > left.left() + 100
    assert right.right() == pytest.approx(300, abs=3)


def test_a_label_that_wraps_has_them_on_their_lines(label):
    label.setText("How large the gradient is, told in many words, as its RMS over the batch")
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.resize(150, 90)
    tops = {spot.pointed.symbol: spot.box.top() for spot in label_spots(label)}
    assert tops["batch"] > label_spots(label)[0].box.top() or len(tops) == 1
    assert all(
        QRectF(label.rect()).adjusted(-3, -3, 3, 3).contains(s.box) for s in label_spots(label)
    )


def test_a_hidden_label_has_none(label):
    label.hide()
    assert label_spots(label) == []


def test_a_line_has_its_symbols_where_its_letters_are():
    spots = line_spots("log scale, RMS", 10, 0, 20, lambda part: 8.0 * len(part))
    assert [spot.pointed.symbol for spot in spots] == ["decade", "rms"]
    assert spots[1].box.center().x() == pytest.approx(10 + 8 * 12.5)


def test_a_formula_has_them_where_it_is_painted(styled):
    (spot,) = formula_spots(r"\symbol{factor:hop4}{\frac{a}{b}}", 50, 100, 20)
    assert spot.pointed == Pointed("factor", hop=4)
    assert spot.box.contains(QPointF(55, 95))


def test_the_smallest_spot_takes_the_mouse():
    large = SymbolSpot(Pointed("product"), QRectF(0, 0, 100, 20))
    small = SymbolSpot(Pointed("factor", hop=4), QRectF(40, 0, 20, 20))
    assert spot_under([small, large], QPointF(50, 10)) is small
    assert spot_under([small, large], QPointF(10, 10)) is large
    assert spot_under([small, large], QPointF(10, 30)) is None


def test_in_a_formula_the_very_symbol_is_lit_alone():
    own = SymbolSpot(Pointed("gradient", stage=4), QRectF(0, 0, 10, 10))
    beside = SymbolSpot(Pointed("pre-activation", stage=4), QRectF(20, 0, 10, 10))
    at = [Pointed("gradient", stage=4)]
    assert lit_boxes([own, beside], at, formula=True) == [own.box]
    assert lit_boxes([own, beside], at) == [own.box, beside.box]
    assert lit_boxes([beside], at, formula=True) == [beside.box]


def test_the_card_stands_at_the_right():
    anchor = QRect(100, 300, 20, 20)
    assert popover_place(anchor, SIZE, ROOM, NOWHERE).x() > anchor.right()


def test_at_the_right_edge_it_flips_to_the_left():
    anchor = QRect(900, 300, 20, 20)
    place = popover_place(anchor, SIZE, ROOM, NOWHERE)
    assert place.x() + SIZE.width() <= anchor.left()


def test_beside_what_is_wide_it_stands_below():
    anchor = QRect(100, 100, 800, 20)
    place = popover_place(anchor, SIZE, ROOM, NOWHERE)
    assert place.y() > anchor.bottom()


def test_it_keeps_clear_of_a_tool_tip():
    anchor = QRect(400, 300, 20, 20)
    tip = QRect(410, 320, 250, 80)
    place = popover_place(anchor, SIZE, ROOM, tip)
    assert not QRect(place, SIZE).intersects(tip)


@pytest.mark.parametrize("corner", [(0, 0), (980, 0), (0, 680), (980, 680), (490, 340)])
def test_it_stays_in_the_window(corner):
    anchor = QRect(*corner, 20, 20)
    place = popover_place(anchor, SIZE, ROOM, NOWHERE)
    assert ROOM.contains(QRect(place, SIZE))
    assert not QRect(place, SIZE).intersects(anchor)
