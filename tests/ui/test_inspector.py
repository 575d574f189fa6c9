"""The inspector: what it shows, where its buttons lead, what can be copied."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication, QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip

from tests.helpers.frames import make_frame
from vgsim.measure.inspection.look import Figure, Inspection
from vgsim.measure.request import Focus
from vgsim.text.inspection import EMPTY
from vgsim.ui.diagram.model.picking import Shape
from vgsim.ui.inspector.panel import InspectorPanel
from vgsim.ui.style.theme import load_theme
from vgsim.ui.widgets.figure_table import ABOUT, SYMBOL, VALUE

FIGURES = (
    Figure("h_{3}", 0.51234567, "what the unit hands on", "h3[0, 5]"),
    Figure(r"\sigma'(z_{3})", 0.25, "slope of the activation"),
    Figure(r"\frac{\partial J}{\partial h_{3}}", -3.62141e-5, "the gradient that reaches it"),
    Figure(r"\Delta b_{3}", math.nan, "its last update"),
)
STEPS = np.arange(50, dtype=np.int64)
UNIT = Inspection(
    Focus(3, 5), "Unit 5 of stage 3", 1, FIGURES, "RMS ∂J/∂h", STEPS, 10.0 ** (-STEPS / 10)
)
EDGE = replace(
    UNIT, focus=Focus(3, 5, 2), title="Edge 2 → 5 below stage 3", signed=True,
    values=np.sin(STEPS / 9), history_of="w",
)  # fmt: skip


@pytest.fixture
def panel(styled, qtbot, theme):
    made = InspectorPanel(theme)
    made.resize(270, 300)
    made.set_shape(Shape(64, (8,) * 6))
    made.set_inspection(UNIT)
    made.show()
    qtbot.waitExposed(made)
    made.asked = []
    made.focus_requested.connect(made.asked.append)
    yield made
    made.close()


def _cell(panel, row: int, column: int, role=Qt.ItemDataRole.DisplayRole):
    model = panel.table.figures
    return model.data(model.index(row, column), role)


def test_it_asks_for_inspections():
    assert InspectorPanel.wants == (Inspection,)


def test_it_says_what_and_whose(panel):
    assert panel.title.text() == "Unit 5 of stage 3"
    assert panel.subtitle.text() == "sample 2 of the batch"
    panel.set_sample_text("mean over 64 samples")
    assert panel.subtitle.text() == "mean over 64 samples"


def test_a_figure_has_symbol_words_and_value(panel):
    assert [_cell(panel, 2, column) for column in (SYMBOL, ABOUT, VALUE)] == [
        "∂J/∂h_3", "the gradient that reaches it", "−3.621e−5",
    ]  # fmt: skip
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    assert _cell(panel, 2, VALUE, Qt.ItemDataRole.TextAlignmentRole) == right


def test_hovering_a_figure_tells_every_digit(panel):
    tip = _cell(panel, 0, VALUE, Qt.ItemDataRole.ToolTipRole)
    assert "0.51234567" in tip and "h3[0, 5] in vgsim trace" in tip


def test_what_is_not_reached_is_a_dot_that_is_explained(panel):
    assert _cell(panel, 3, VALUE) == "·" and "not reached yet" in panel.note.text()
    panel.set_inspection(replace(UNIT, figures=FIGURES[:3]))
    assert not panel.note.isVisible()


def test_without_a_pick_it_says_how_to_come_by_one(panel):
    panel.set_inspection(None)
    assert panel.empty.isVisible() and panel.empty.text() == EMPTY
    panel.set_inspection(UNIT)
    assert not panel.empty.isVisible() and panel.table.isVisible()


def test_a_frame_brings_inspection_and_shape(panel):
    panel.set_frame(replace(make_frame(4), measurements=(EDGE,)))
    assert panel.title.text() == EDGE.title
    panel.set_frame(make_frame(4))
    assert panel.empty.isVisible()


@pytest.mark.parametrize(
    ("name", "focus"),
    [("up", Focus(3)), ("previous", Focus(3, 4)), ("next", Focus(3, 6)), ("down", Focus(3, 5, 5))],
)
def test_a_button_asks_for_another_focus(panel, qtbot, name, focus):
    qtbot.mouseClick(panel.buttons[name], Qt.MouseButton.LeftButton)
    assert panel.asked == [focus]


def test_buttons_that_lead_nowhere_cannot_be_pressed(panel):
    panel.set_inspection(replace(UNIT, focus=Focus(1)))
    enabled = {name: button.isEnabled() for name, button in panel.buttons.items()}
    assert enabled == {"up": False, "previous": False, "next": True, "down": True}
    panel.set_shape(Shape(0, ()))
    assert not any(button.isEnabled() for button in panel.buttons.values())


def test_a_network_that_became_smaller_leaves_no_way(panel):
    panel.set_shape(Shape(2, (2,)))
    assert not any(button.isEnabled() for button in panel.buttons.values())


def test_buttons_say_where_they_lead(panel):
    assert panel.buttons["up"].toolTip() == "Up to the stage"
    panel.set_inspection(EDGE)
    assert panel.buttons["up"].accessibleName() == "Up to the unit"


def test_ctrl_c_copies_every_digit_of_the_value(panel, qtbot):
    panel.activateWindow()
    panel.table.selectRow(0)
    panel.table.setFocus()
    qtbot.keyClick(panel.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "0.51234567"


def test_several_rows_and_all_are_copied_as_tsv(panel):
    panel.table.selectAll()
    panel.table.copy_value.trigger()
    assert len(QGuiApplication.clipboard().text().splitlines()) == 4
    panel.table.copy_all.trigger()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].startswith("Unit 5 of stage 3") and lines[1].startswith("h_3\t0.51234567\t")


def test_new_values_keep_the_selection(panel):
    panel.table.selectRow(1)
    moved = tuple(replace(figure, value=1.0) for figure in FIGURES)
    panel.set_inspection(replace(UNIT, figures=moved))
    assert [index.row() for index in panel.table.selectionModel().selectedRows()] == [1]
    assert _cell(panel, 1, VALUE) == "1.000"


def test_words_give_way_where_it_is_narrow(panel):
    wide = replace(UNIT, figures=(Figure(r"\partial J/\partial W_{3}[2, 5]", -1.234e-100, "its"),))
    panel.resize(230, 300)
    panel.set_inspection(wide)
    assert panel.table.isColumnHidden(ABOUT)
    panel.resize(420, 300)
    assert not panel.table.isColumnHidden(ABOUT)


def test_a_wide_panel_has_the_history_at_the_side(panel, qtbot):
    assert panel.history.y() > panel.table.y()
    panel.resize(760, 220)
    qtbot.waitUntil(lambda: panel.history.x() > panel.table.x() + panel.table.width())


@pytest.mark.parametrize("size", [(230, 300), (270, 300), (760, 200)])
@pytest.mark.parametrize("shown", [UNIT, EDGE, replace(UNIT, steps=STEPS[:0], values=np.empty(0))])
def test_every_state_is_painted_in_both_themes(panel, shown, size):
    panel.resize(*size)
    panel.set_inspection(shown)
    light = panel.grab().toImage()
    panel.set_theme(load_theme("dark"))
    assert panel.grab().toImage() != light


def test_the_curve_is_painted_in_the_color_of_text(panel, theme):
    image = panel.history.grab().toImage()
    text = QColor(theme.text)
    near = [
        (x, y) for x in range(image.width()) for y in range(image.height())
        if abs(image.pixelColor(x, y).lightness() - text.lightness()) < 40
    ]  # fmt: skip
    assert max(x for x, _ in near) - min(x for x, _ in near) > 100


def test_a_resting_mouse_is_told_a_step(panel, monkeypatch):
    told = []
    monkeypatch.setattr(QToolTip, "showText", lambda place, words, widget: told.append(words))
    panel.grab()
    for where in (QPoint(panel.history.width() // 2, 50), QPoint(1, 1)):
        place = panel.history.mapToGlobal(where)
        QApplication.sendEvent(panel.history, QHelpEvent(QEvent.Type.ToolTip, where, place))
    assert "step " in told[0] and told[1] == ""
