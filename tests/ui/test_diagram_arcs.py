"""Skip paths as arcs above the diagram."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QColor

from tests.helpers.frames import named_frame, named_subject, transformer_frame
from vgsim.text.scale import Scale
from vgsim.ui.diagram.bands import arc_span
from vgsim.ui.diagram.model.arcs import Arc, arc_words, arcs_between
from vgsim.ui.diagram.model.folding import all_groups, columns_of, group_paths
from vgsim.ui.diagram.view import DiagramView

FRAME = transformer_frame(6)
SUBJECT = FRAME.subject
PATHS = group_paths(SUBJECT.named, FRAME.stages)
BLOCKS = frozenset(["layers", *(f"layers.{block}" for block in range(6))])


@pytest.fixture
def view(qtbot, theme):
    made = DiagramView(theme, Scale())
    qtbot.addWidget(made)
    made.resize(900, 420)
    made.show()
    return made


def test_arcs_lead_between_the_columns_of_their_stages():
    arcs = arcs_between(SUBJECT.arcs, columns_of(PATHS, BLOCKS))
    assert arcs[:2] == (Arc(1, 4), Arc(5, 8))


def test_an_arc_around_the_beginning_of_a_folded_block_leads_into_it():
    arcs = arcs_between(SUBJECT.arcs, columns_of(PATHS, frozenset(["layers"])))
    assert arcs == tuple(Arc(block, block + 1) for block in range(1, 7))


def test_what_stays_within_a_folded_group_or_leads_to_the_next_column_is_no_arc():
    columns = columns_of(PATHS, BLOCKS)
    assert arcs_between([(1, 2), (2, 3)], columns) == ()
    assert arcs_between([(4, 6)], columns_of(PATHS, frozenset(["layers"]))) == ()


def test_an_arc_from_the_input_begins_at_0():
    assert arcs_between([(0, 3)], columns_of(((),) * 4, ())) == (Arc(0, 3),)


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(1, 12)), max_size=12))
def test_arcs_that_overlap_are_of_different_levels(pairs):
    found = arcs_between(pairs, columns_of(((),) * 12, ()))
    for at, one in enumerate(found):
        for other in found[:at]:
            if one.source < other.target and one.target > other.source:
                assert one.level != other.level


@pytest.mark.parametrize(
    ("names", "arcs", "words"),
    [
        (["a", "b.x", "b.y", "c"], [(1, 4)], "skip path around b"),
        (["l.0.n", "l.0.a", "l.0.b", "l.1.a", "l.1.b"], [(1, 3), (3, 5)], "skip path around a"),
        (["a", "b", "c", "d", "e"], [(1, 5)], "skip path around b to d"),
        (["a", "b", "c", "d", "e"], [(1, 3), (3, 5)], "skip paths"),
        ([], [(1, 3)], "skip path"),
    ],
)
def test_arcs_say_what_they_lead_around(names, arcs, words):
    assert arc_words(arcs, named_subject(names).named) == words


def _has_accent(view, theme) -> bool:
    geometry = view._state.geometry
    foot, top = arc_span(geometry, view._state.plan)
    image = view.grab().toImage()
    x = round((geometry.columns[1].x + geometry.columns[4].x) / 2)
    column = {image.pixelColor(x, y).name() for y in range(round(top) - 2, round(foot))}
    return QColor(theme.accent).name() in column


def test_an_arc_is_drawn_in_the_accent_color(view, theme):
    view.set_frame(named_frame(["a", "b", "c", "d", "e"], [(1, 4)]))
    assert _has_accent(view, theme)
    assert view._state.geometry.top > 90


def test_without_arcs_nothing_is_kept_above(view):
    view.set_frame(named_frame(["a", "b", "c"]))
    assert view._state.geometry.top == 46


def test_a_low_diagram_keeps_its_height_for_the_nodes(view):
    view.resize(900, 190)
    view.set_frame(named_frame(["a", "b", "c", "d"], [(1, 4)]))
    assert not view._state.plan.has_arcs


def test_hundreds_of_arcs_are_drawn(view):
    names = [str(stage) for stage in range(300)]
    view.set_frame(named_frame(names, [(k, k + 5) for k in range(1, 290)], decay=0.01))
    assert view.grab().width() == 900
    assert all_groups(group_paths(view._frame.subject.named, 300)) == frozenset()
