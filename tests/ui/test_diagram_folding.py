"""Folding of stages into groups: which columns there are, and the diagram that shows them."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor

from tests.helpers.frames import (
    make_frame,
    named_frame,
    named_subject,
    transformer_frame,
    transformer_names,
)
from vgsim.measure.request import Focus
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.nn.presets import load_preset, preset_names
from vgsim.text.scale import Scale
from vgsim.text.table import hop_factor
from vgsim.ui.diagram.bands import head_box
from vgsim.ui.diagram.model.folding import (
    CROWDED,
    all_groups,
    bands_of,
    column_at,
    columns_of,
    folded_at,
    group_paths,
    opened_at,
    opened_to,
    short_names,
)
from vgsim.ui.diagram.model.folds import Folds
from vgsim.ui.diagram.model.picture import picture
from vgsim.ui.network_card import NetworkCard

LAYERS = frozenset(["layers"])
BLOCKS = LAYERS | {f"layers.{block}" for block in range(6)}

_names = st.lists(
    st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map(".".join), min_size=1, max_size=40
)


@st.composite
def _networks(draw):
    """Stages with dotted names in any order, and any of their groups open."""
    names = draw(_names)
    paths = group_paths(named_subject(names).named, len(names))
    groups = sorted(all_groups(paths))
    opened = draw(st.sets(st.sampled_from(groups))) if groups else set()
    return names, paths, frozenset(opened)


@given(_networks())
def test_every_stage_is_in_one_column_and_order_is_kept(network):
    names, paths, opened = network
    columns = columns_of(paths, opened)
    stages = [stage for column in columns for stage in column.members]
    assert sorted(stages) == list(range(1, len(names) + 1))
    for at, column in enumerate(columns, start=1):
        assert {column_at(columns, stage) for stage in column.members} == {at}
        assert list(column.members) == sorted(column.members)
    lasts = [column.last for column in columns]
    assert lasts == sorted(lasts)


@given(_networks())
def test_stages_without_groups_between_them_stay_together(network):
    _, paths, opened = network
    for column in columns_of(paths, opened):
        between = set(range(column.first, column.last)) - set(column.members)
        assert not any(column.group in paths[stage - 1] for stage in between)


@given(_networks())
def test_a_column_holds_stages_of_its_group_alone_and_no_open_group_is_folded(network):
    _, paths, opened = network
    for column in columns_of(paths, opened):
        held = [paths[stage - 1] for stage in column.members]
        assert column.group not in opened
        assert set(column.within) <= opened
        assert all(path[: len(column.within)] == column.within for path in held)
        assert all(column.group in path for path in held) or not column.group


@given(_networks(), st.integers(0, 2**32 - 1))
def test_factors_between_columns_are_the_products_of_those_of_their_stages(network, seed):
    names, paths, opened = network
    gradient = 10.0 ** np.random.default_rng(seed).uniform(-30, 5, len(names))
    frame = named_frame(names, dh_rms=gradient)
    columns = columns_of(paths, opened)
    for here, above in pairwise(columns):
        hops = [hop_factor(frame, stage) for stage in range(here.last, above.last)]
        product = hop_factor(frame, here.last, above.last)
        assert math.isclose(product, math.prod(hops), rel_tol=1e-9)


@given(_networks())
def test_opening_where_one_has_folded_comes_back(network):
    names, paths, opened = network
    for stage in range(1, len(names) + 1):
        folded = folded_at(paths, opened, stage)
        if folded != opened:
            assert opened_at(paths, folded, stage) == opened


@given(_networks(), st.integers(1, 40))
def test_what_opens_by_itself_fits_or_is_all_folded(network, most):
    _, paths, _ = network
    opened = opened_to(paths, most)
    assert len(columns_of(paths, opened)) <= CROWDED * most or not opened


@given(_networks())
def test_a_band_is_around_columns_of_its_group_and_bands_of_a_level_do_not_meet(network):
    _, paths, opened = network
    columns = columns_of(paths, opened)
    taken = set()
    for band in bands_of(columns):
        for at in range(band.first, band.last + 1):
            assert band.group in columns[at - 1].within
            assert (band.level, at) not in taken
            taken.add((band.level, at))


def test_numbered_stages_are_ungrouped():
    frame = make_frame(6)
    paths = group_paths(frame.subject.named, 6)
    assert [column.members for column in columns_of(paths, ())] == [(k,) for k in range(1, 7)]


@pytest.mark.parametrize("preset", preset_names())
def test_a_preset_has_every_stage_as_a_column_and_nothing_absent(preset):
    experiment = Experiment(load_preset(preset))
    experiment.run(1)
    frame = frame_of(experiment)
    folds = Folds()
    folds.show(frame.subject, frame.stages)
    plan = folds.plan(7, 400)
    assert [column.last for column in plan.columns] == list(range(1, frame.stages + 1))
    assert not plan.bands and not plan.names
    assert not any(picture(frame, Scale(), plan.columns).absent)


def test_what_holds_all_stages_or_one_of_them_is_no_group():
    named = named_subject(["net.a.x", "net.b.x", "net.b.y"]).named
    assert group_paths(named, 3) == ((), ("net.b",), ("net.b",))


def test_blocks_that_are_alike_open_together():
    names = transformer_names(6)
    paths = group_paths(named_subject(names).named, len(names))
    assert opened_to(paths, 4) == frozenset()
    assert opened_to(paths, 5) == LAYERS  # crowded, but no closed box
    assert opened_to(paths, 26) == LAYERS
    assert opened_to(paths, 27) == BLOCKS
    assert opened_to(paths, 45) == all_groups(paths)


def test_a_group_that_another_one_interrupts_is_one_column():
    named = named_subject(["a.x", "b.x", "a.y", "b.y", "head"]).named
    columns = columns_of(group_paths(named, 5), ())
    assert [(column.group, column.members) for column in columns] == [
        ("a", (1, 3)), ("b", (2, 4)), ("", (5,)),
    ]  # fmt: skip


def test_names_are_relative_to_the_band_around_them():
    names = transformer_names(2)
    named = named_subject(names).named
    columns = columns_of(group_paths(named, len(names)), LAYERS)
    assert short_names(columns, named) == ("embed", "0", "1", "norm", "head")
    columns = columns_of(group_paths(named, len(names)), LAYERS | {"layers.0", "layers.1"})
    assert short_names(columns, named)[:5] == ("embed", "norm1", "attn", "norm2", "mlp")
    assert [band.name for band in bands_of(columns)] == ["layers.0", "layers.1"]


@pytest.mark.parametrize(("width", "height"), [(560, 220), (728, 380), (890, 520), (1500, 700)])
@pytest.mark.parametrize("opened", [None, frozenset(), LAYERS, BLOCKS, "all"])
def test_columns_of_groups_have_room_for_their_numbers(view, width, height, opened):
    view.resize(width, height)
    view.set_frame(transformer_frame(40))
    view.open_groups(view.folds.groups if opened == "all" else opened)
    geometry = view._state.geometry
    every = CROWDED if opened is None else 1
    assert geometry.spacing >= 44 / every
    assert len(geometry.numbered) >= (len(geometry.columns) - 1) // every
    assert all(0 < column.x < geometry.loss.x for column in geometry.columns[1:])


@pytest.fixture
def view(qtbot, theme):
    card = NetworkCard(theme, Scale())
    qtbot.addWidget(card)
    card.resize(920, 560)
    card.show()
    qtbot.waitExposed(card)
    yield card.diagram


@pytest.fixture
def card(styled, qtbot, theme):
    made = NetworkCard(theme, Scale())
    qtbot.addWidget(made)
    made.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    made.resize(920, 560)
    made.set_frame(transformer_frame())
    made.show()
    made.activateWindow()
    qtbot.waitActive(made).__enter__()
    made.setFocus()
    return made


def _groups(view) -> list[str]:
    return [column.group for column in view._state.plan.whole if column.group]


def _place(view, column: int) -> QPoint:
    geometry = view._state.geometry
    middle = (geometry.top + geometry.bottom) / 2
    return QPoint(round(geometry.columns[column].x), round(middle))


def test_a_network_without_groups_has_no_buttons_to_fold_it(card):
    card.set_frame(frame_of(Experiment(load_preset("sigmoid-stack"))))
    assert card.fold_all.isHidden() and card.open_all.isHidden()


def test_the_buttons_fold_and_open_all(card, qtbot):
    qtbot.mouseClick(card.fold_all, Qt.MouseButton.LeftButton)
    assert _groups(card.diagram) == ["layers"]
    qtbot.mouseClick(card.open_all, Qt.MouseButton.LeftButton)
    assert len(card.diagram._state.plan.whole) == 45


def test_keys_fold_and_open_around_what_is_picked(card, qtbot):
    card.diagram.set_focus(Focus(8))
    qtbot.keyClick(card, Qt.Key.Key_Plus)
    assert "layers.0" not in _groups(card.diagram)
    qtbot.keyClick(card, Qt.Key.Key_Minus)
    qtbot.keyClick(card, Qt.Key.Key_Minus)
    assert _groups(card.diagram) == ["layers"]


def test_a_click_on_the_name_of_a_group_folds_it(card, qtbot):
    view = card.diagram
    band = view._state.plan.bands[0]
    box = head_box(view._state.geometry, view._state.plan, band)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=box.center().toPoint())
    assert _groups(view) == ["layers"]


def test_a_double_click_on_a_folded_group_opens_it(card, qtbot):
    view = card.diagram
    place = _place(view, 2)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert _groups(view)[:3] == ["layers.0.attn", "layers.0.mlp", "layers.1"]


def test_a_click_on_a_folded_group_picks_the_stage_whose_output_it_is(card, qtbot):
    view = card.diagram
    with qtbot.waitSignal(view.picked) as caught:
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=_place(view, 2))
    assert caught.args == [Focus(8)]


def test_a_stage_within_a_folded_group_marks_its_column(card):
    view = card.diagram
    view.set_focus(Focus(5))
    assert view._pick.focus == Focus(2)


def test_arrow_keys_go_from_column_to_column_and_enter_opens(card, qtbot):
    view = card.diagram
    view.begin_inspecting()
    view.set_focus(Focus(1))
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.focus == Focus(8)
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.focus == Focus(15)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert "layers.1" not in _groups(view)


def test_what_is_picked_out_of_sight_is_scrolled_to(card):
    view = card.diagram
    view.open_all()
    view.set_focus(Focus(45))
    plan = view._state.plan
    assert plan.after == 0 and plan.before > 0
    view.set_focus(Focus(1))
    assert view._state.plan.before == 0


def test_the_scroll_bar_moves_by_columns(card, qtbot):
    view = card.diagram
    view.open_all()
    view._bar.setValue(4)
    assert view._state.plan.start == 4
    assert view._state.picture.numbers[0] == picture(view._frame, Scale()).numbers[4]


def test_a_folded_group_wears_its_first_and_its_last_shade(card, theme):
    view = card.diagram
    frame = view._frame
    shades = Scale().index(frame.dh_rms[[29, 35]])
    column = view._state.geometry.columns[6]
    image = view.grab().toImage()
    y = round((column.top + column.bottom) / 2)
    found = [image.pixelColor(round(column.x + side * column.half / 2), y) for side in (-1, 1)]
    assert found == [QColor(*map(int, theme.heat[shade])) for shade in shades]


def test_a_stage_of_which_nothing_was_recorded_has_no_nodes(card, theme):
    gradient = np.array([1e-3, np.nan, 1e-2])
    card.set_frame(named_frame(["embed", "lstm[1]", "head"], dh_rms=gradient))
    view = card.diagram
    assert view._state.picture.absent == (False, True, False)
    column = view._state.geometry.columns[2]
    image = view.grab().toImage()
    beside = image.pixelColor(round(column.x + 9), round(column.top + 8))
    assert beside == QColor(theme.surface)


def test_another_network_opens_what_has_room_again(card):
    card.diagram.fold_all()
    card.set_frame(transformer_frame(3))
    assert _groups(card.diagram) != ["layers"]
