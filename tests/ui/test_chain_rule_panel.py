"""The panel of the chain rule: what it shows, points at, pins and asks for."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent
from PySide6.QtTest import QTest

from tests.helpers import chain_rule as hops
from vgsim.measure.chain_rule.result import Hop, WeightStep
from vgsim.measure.request import Focus
from vgsim.text.scale import Scale
from vgsim.ui.chain_rule import canvas
from vgsim.ui.chain_rule.figures import figure_font
from vgsim.ui.chain_rule.model.cells import ABSENT
from vgsim.ui.chain_rule.model.picture import lay_out_hop
from vgsim.ui.chain_rule.model.words import NO_HOP
from vgsim.ui.chain_rule.panel import HopPanel
from vgsim.ui.plots.layer import text_width
from vgsim.ui.style.theme import load_theme

LIGHT, DARK = load_theme("light"), load_theme("dark")
CASES = {
    "sigmoid": hops.hop_frame(hops.backward()),
    "residual": hops.hop_frame(hops.residual(), hops.STEP),
    "lstm": hops.hop_frame(hops.lstm()),
    "gru": hops.hop_frame(hops.gru(), hops.STEP),
    "forward": hops.hop_frame(hops.forward(), phase="forward"),
    "loss": hops.hop_frame(replace(hops.forward(), stage=0, terms=(), function=""), phase="loss"),
    "scalar": hops.hop_frame(hops.scalar()),
    "batch norm": hops.hop_frame(hops.batch_norm()),
    "mean": hops.hop_frame(hops.backward(sample=None)),
    "update": hops.hop_frame(None, hops.STEP, "update"),
    "large": hops.hop_frame(hops.backward(784, 128, stage=11, stages=100)),
    "nothing": hops.hop_frame(None),
}


@pytest.fixture
def panel(qapp):
    """A panel of the size it has in the window."""
    made = HopPanel(LIGHT, Scale())
    made.resize(900, 260)
    yield made
    made.close()


def show(panel, frame):
    panel.set_frame(frame)
    return panel.grab().toImage()


def center(panel, part, row, column):
    face = next(face for face in panel.canvas.faces if part in face.slot.piece.key)
    cell = face.cell(row, column)
    return QPoint(int(cell.left + cell.width / 2), int(cell.top + cell.height / 2))


def click(panel, *where):
    button = Qt.MouseButton.LeftButton
    QTest.mouseClick(panel.canvas, button, pos=center(panel, *where))


def focus(panel, reason=Qt.FocusReason.TabFocusReason):
    panel.canvas.focusInEvent(QFocusEvent(QEvent.Type.FocusIn, reason))


def press(panel, key):
    panel.canvas.keyPressEvent(QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier))


def takes(panel, key):
    event = QKeyEvent(QEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.NoModifier)
    event.ignore()
    panel.canvas.event(event)
    return event.isAccepted()


def test_panel_says_what_it_wants(panel):
    assert panel.wants == (Hop, WeightStep)
    assert panel.accessibleName() == "Chain rule"


@pytest.mark.parametrize("size", [(560, 150), (900, 260), (1600, 500), (420, 340), (60, 30)])
@pytest.mark.parametrize("case", CASES)
def test_every_hop_is_painted_in_every_size(panel, case, size):
    panel.resize(*size)
    image = show(panel, CASES[case])
    assert bool(panel.canvas.faces) == (case != "nothing")
    if image.size().expandedTo(panel.canvas.minimumSizeHint()) != image.size():
        return  # too small for shades to be told apart: nothing fails, that is all
    for face in panel.canvas.faces:
        tile = face.slot.tile
        area = QRect(round(tile.left), round(tile.top), round(tile.width), round(tile.height))
        assert image.rect().contains(area)
        colors = {
            image.pixelColor(x, y).name()
            for x in range(area.left(), area.right() + 1, 2)
            for y in range(area.top(), area.bottom() + 1, 2)
        }
        assert colors != {LIGHT.surface.lower()}


@pytest.mark.parametrize("frame", [None, CASES["nothing"]])
def test_without_a_hop_it_says_how_to_get_one(panel, frame):
    show(panel, frame)
    assert panel.canvas.accessibleDescription() == NO_HOP.said(still=False)
    assert not panel.whose.isVisibleTo(panel)


def test_theme_switches_live(panel):
    show(panel, CASES["sigmoid"])
    panel.set_theme(DARK)
    assert panel.grab().toImage().pixelColor(1, 1) == QColor(DARK.surface)


def test_cells_wear_the_shade_of_their_gradient(panel):
    hop = hops.backward()
    left = replace(hop.left, values=np.full(8, 1e-3))
    picture = show(panel, hops.hop_frame(replace(hop, left=left)))
    face = panel.canvas.faces[0]
    where = QPoint(int(face.slot.tile.left) + 4, int(face.slot.tile.top) + 4)
    shade = LIGHT.heat[Scale().index(np.array([1e-3]))[0]]
    assert picture.pixelColor(where).getRgb()[:3] == tuple(shade)


def test_the_mouse_is_told_the_exact_value(panel):
    show(panel, CASES["sigmoid"])
    QTest.mouseMove(panel.canvas, center(panel, "weights weights", 2, 5))
    panel.canvas._point_at(None)
    assert panel.canvas.words() == []
    value = hops.backward().terms[0].factors[0].values[2, 5]
    click(panel, "weights weights", 2, 5)
    assert panel.canvas.words() == [f"[3, 6] = {float(value)!r}"]


def test_a_pinned_value_follows_the_hops(panel):
    show(panel, CASES["sigmoid"])
    click(panel, "weights weights", 2, 5)
    other = hops.backward(stage=2, seed=9)
    show(panel, hops.hop_frame(other))
    value = float(other.terms[0].factors[0].values[2, 5])
    assert panel.canvas.words()[0] == f"[3, 6] = {value!r}".replace("-", "−")


def test_a_pin_waits_while_its_part_is_not_there(panel):
    show(panel, CASES["sigmoid"])
    click(panel, "weights weights", 2, 5)
    show(panel, CASES["scalar"])
    assert panel.canvas.words() == []
    show(panel, CASES["sigmoid"])
    assert len(panel.canvas.words()) == 1


def test_a_second_click_lets_go(panel):
    show(panel, CASES["sigmoid"])
    click(panel, "activation", 1, 0)
    assert panel.canvas.pin
    click(panel, "activation", 1, 0)
    assert panel.canvas.pin is None


def test_a_pinned_weight_asks_for_its_edge(panel, qtbot):
    show(panel, CASES["sigmoid"])
    with qtbot.waitSignal(panel.focus_requested) as asked:
        click(panel, "weights weights", 2, 5)
    assert asked.args == [Focus(stage=4, unit=5, source=2)]


def test_a_pinned_gradient_asks_for_nothing(panel, qtbot):
    show(panel, CASES["sigmoid"])
    with qtbot.assertNotEmitted(panel.focus_requested):
        click(panel, "left", 0, 0)


def test_the_batch_mean_is_asked_for(panel, qtbot):
    show(panel, CASES["sigmoid"])
    with qtbot.waitSignal(panel.sample_chosen) as chosen:
        panel.whose._group.button(1).click()
    assert chosen.args == [None]
    assert not panel.sample.isEnabled()


def test_a_sample_is_asked_for(panel, qtbot):
    show(panel, CASES["sigmoid"])
    with qtbot.waitSignal(panel.sample_chosen) as chosen:
        panel.sample.setValue(6)
    assert chosen.args == [5]


def test_a_frame_sets_the_choice_and_asks_for_nothing(panel, qtbot):
    with qtbot.assertNotEmitted(panel.sample_chosen):
        show(panel, CASES["mean"])
        assert panel.whose.choice == 1
        show(panel, hops.hop_frame(hops.backward(sample=7)))
    assert (panel.whose.choice, panel.sample.value()) == (0, 8)


def test_the_keyboard_reaches_and_pins_a_cell(panel):
    show(panel, CASES["sigmoid"])
    focus(panel)
    press(panel, Qt.Key.Key_Down)
    press(panel, Qt.Key.Key_Right)
    press(panel, Qt.Key.Key_Return)
    assert panel.canvas.pin is not None
    assert panel.canvas.words()[0].startswith("[2, 2] = ")
    press(panel, Qt.Key.Key_Escape)
    assert panel.canvas.pin is None


@pytest.mark.parametrize("case", CASES)
def test_the_cursor_goes_through_every_tile_and_stops_at_the_ends(panel, case):
    show(panel, CASES[case])
    focus(panel)
    parts = set()
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Up):
        for _ in range(900):
            if panel.canvas._cursor is not None:
                press(panel, key)
                parts.add(panel.canvas._cursor.key)
    assert parts == {face.slot.piece.key for face in panel.canvas.faces}


def test_arrows_step_unless_the_keyboard_came_here(panel):
    show(panel, CASES["sigmoid"])
    focus(panel, Qt.FocusReason.MouseFocusReason)
    assert not takes(panel, Qt.Key.Key_Right)
    focus(panel)
    assert takes(panel, Qt.Key.Key_Right)
    assert not takes(panel, Qt.Key.Key_Escape)


def test_the_value_under_the_cursor_is_said(panel):
    show(panel, CASES["sigmoid"])
    focus(panel)
    assert "[1, 1] = " in panel.canvas.accessibleDescription()


def test_large_cells_say_how_many_they_stand_for(panel):
    show(panel, CASES["large"])
    click(panel, "weights weights", 3, 3)
    assert "largest of" in panel.canvas.words()[0]


def test_what_is_not_reached_is_said(panel):
    hop = hops.backward()
    frame = hops.hop_frame(replace(hop, left=replace(hop.left, values=np.full(8, math.nan))))
    show(panel, frame)
    click(panel, "left", 0, 0)
    assert panel.canvas.words() == ["[1] = not reached yet"]


def test_tiles_stay_where_they_are_from_hop_to_hop(panel):
    places = []
    for stage in (1, 2, 3):
        show(panel, hops.hop_frame(hops.backward(stage=stage, stages=12, seed=stage)))
        places.append([face.slot.tile for face in panel.canvas.faces])
    show(panel, hops.hop_frame(hops.backward(stage=11, stages=12)))
    places.append([face.slot.tile for face in panel.canvas.faces])
    assert all(place == places[0] for place in places)


def slanted(panel):
    show(panel, hops.hop_frame(hops.backward()))
    return next(face for face in panel.canvas.faces if face.slot.slanted)


def test_entries_of_a_diagonal_have_room_for_their_figures(panel):
    face = slanted(panel)
    boxes = [face.cell(at, at) for at in range(8)]
    assert boxes[0].left == face.slot.tile.left and face.slot.figures
    assert boxes[-1].right == pytest.approx(face.slot.tile.right)
    assert all(box.width > face.slot.tile.width / 8 for box in boxes)


def test_the_mouse_finds_entries_of_a_diagonal_where_they_are(panel):
    face = slanted(panel)
    for at in range(8):
        box = face.cell(at, at)
        y = box.top + box.height / 2
        assert face.find(box.left + 1, y) == face.find(box.right - 1, y) == (at, at)
        assert face.find(box.right + 1, y) is None


def test_layouts_are_kept_from_pass_to_pass(panel, monkeypatch):
    made = []
    show(panel, None)
    monkeypatch.setattr(canvas, "lay_out_hop", lambda *a: made.append(1) or lay_out_hop(*a))
    for _ in range(2):
        show(panel, hops.hop_frame(hops.forward(), phase="forward"))
        show(panel, hops.hop_frame(hops.backward()))
    assert len(made) == 2


def test_formulas_are_made_ready_one_at_a_time(panel):
    panel._warming = iter([None])
    panel._warm_up()
    assert panel._idle.isActive()
    panel._idle.stop()
    panel._warm_up()
    assert not panel._idle.isActive()


def test_leaving_forgets_the_mouse(panel):
    show(panel, CASES["sigmoid"])
    cell = QPointF(center(panel, "left", 0, 0))
    assert panel.canvas.childAt(cell.toPoint()) is None
    QTest.mouseMove(panel.canvas, cell.toPoint())
    panel.canvas.leaveEvent(QEvent(QEvent.Type.Leave))
    assert panel.canvas.words() == []


def test_figures_stand_in_their_cells(panel):
    show(panel, CASES["sigmoid"])
    face = panel.canvas.faces[1]
    glyphs = [point for _, points in face.figures._runs.values() for point in points]
    tile = face.slot.tile
    assert len(glyphs) >= 64 * 3
    assert all(tile.left < point.x() < tile.right for point in glyphs)
    assert all(tile.top < point.y() < tile.bottom for point in glyphs)


@pytest.mark.parametrize("size", [10, 11, 12])
@pytest.mark.parametrize("text", ["−0.30", "3.6e−5", "1234", "∞"])
def test_figures_are_as_wide_as_their_font_makes_them(qapp, size, text):
    wide = text_width(text, size)
    assert figure_font(size).width(text) == pytest.approx(wide, abs=1.5)


@pytest.mark.parametrize("width", [460, 620, 760, 1000])
def test_every_cell_of_a_tile_has_its_figure_or_none(panel, width):
    panel.resize(width, 420)
    show(panel, CASES["sigmoid"])
    for face in panel.canvas.faces:
        shown = len(face.figures._words) if face.figures else 0
        assert shown in (0, int((face.cells.at != ABSENT).sum()))


def test_figures_that_do_not_all_fit_are_shortened_together(panel):
    panel.resize(880, 420)
    show(panel, CASES["sigmoid"])
    (face,) = [face for face in panel.canvas.faces if face.grid == (8, 8) and not face.slot.slanted]
    words = [text for text, *_ in face.figures._words]
    assert len({len(text.lstrip("−")) for text in words}) == 1
    assert max(map(face.figures.font.width, words)) <= face.cell(0, 0).width


def test_the_widest_of_figures_is_measured(qapp):
    font = figure_font(10)
    assert font.widest(["1", "−0.0031", "2"]) == pytest.approx(font.width("−0.0031"))
    assert font.widest([]) == 0
