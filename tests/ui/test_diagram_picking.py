"""Looking into the diagram: real clicks, a resting mouse, the keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAction, QColor, QHelpEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow, QToolTip, QVBoxLayout, QWidget

from tests.helpers.specs import small
from vgsim.measure.frame import Frame
from vgsim.measure.request import Focus
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.nn.presets import load_preset
from vgsim.text.scale import Scale
from vgsim.ui.diagram.view import DiagramView

KEY = Qt.Key


@pytest.fixture
def view(styled, qtbot, theme, monkeypatch):
    made = DiagramView(theme, Scale())
    made.told = []
    monkeypatch.setattr(QToolTip, "showText", lambda place, words, widget: made.told.append(words))
    made.resize(900, 420)
    made.set_frame(_frame())
    made.show()
    qtbot.waitExposed(made)
    made.asked = []
    made.picked.connect(made.asked.append)
    yield made
    made.close()


@pytest.fixture
def window(styled, qtbot, theme):
    """A window with the diagram, a line to type into, and → and ← as shortcuts."""
    made = QMainWindow()
    body = QWidget()
    column = QVBoxLayout(body)
    made.diagram, made.line, made.steps = DiagramView(theme, Scale()), QLineEdit(), []
    for child in (made.diagram, made.line):
        column.addWidget(child)
    made.setCentralWidget(body)
    for key in ("Right", "Left", "Space"):
        action = QAction(key, made)
        action.setShortcut(key)
        action.triggered.connect(lambda _=False, key=key: made.steps.append(key))
        made.addAction(action)
    made.diagram.set_frame(_frame())
    made.resize(900, 500)
    made.show()
    made.activateWindow()
    qtbot.waitActive(made).__enter__()
    yield made
    made.close()


def _frame(position: int | None = None, **changes: object) -> Frame:
    experiment = Experiment(small(**changes))
    experiment.run(1)
    if position is not None:
        experiment.seek(1, position)
    return frame_of(experiment)


def _node(view: DiagramView, stage: int, unit: int) -> QPoint:
    column = view._state.geometry.columns[stage]
    return QPoint(round(column.x), round(column.ys[unit]))


def _edge(view: DiagramView, focus: Focus) -> QPoint:
    """A place on an edge near its end, where few others cross."""
    geometry = view._state.geometry
    start, stop = geometry.edge_span(focus.stage)
    low = geometry.columns[focus.stage - 1].ys[focus.source]
    high = geometry.columns[focus.stage].ys[focus.unit]
    return QPoint(round(stop - 0.3 * (stop - start)), round(high - 0.3 * (high - low)))


def _click(qtbot, view: DiagramView, where: QPoint) -> None:
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=where)


def _rest(view: DiagramView, where: QPoint) -> str:
    """What a mouse that rests there is told."""
    place = view.viewport().mapToGlobal(where)
    QApplication.sendEvent(view.viewport(), QHelpEvent(QEvent.Type.ToolTip, where, place))
    return view.told.pop()


def test_a_click_picks_a_node(view, qtbot):
    _click(qtbot, view, _node(view, 2, 3))
    assert view.asked == [Focus(2, 3)] and view.focus == Focus(2, 3)


def test_a_click_picks_an_edge(view, qtbot):
    _click(qtbot, view, _edge(view, Focus(2, 0, 1)))
    (found,) = view.asked
    assert found.stage == 2 and found.source is not None


def test_a_click_on_a_name_picks_the_stage(view, qtbot):
    _click(qtbot, view, QPoint(_node(view, 3, 0).x(), 18))
    assert view.asked == [Focus(3)]


def test_a_click_into_empty_space_unpicks(view, qtbot):
    view.set_focus(Focus(2, 3))
    _click(qtbot, view, QPoint(3, 200))
    assert view.asked == [None] and view.focus is None


def test_an_edge_from_a_picture_is_that_of_its_strongest_pixel(view, qtbot):
    experiment = Experiment(load_preset("sigmoid-stack"))
    experiment.run(1)
    frame = frame_of(experiment)
    view.set_frame(frame)
    start = view._state.geometry.edge_span(1)[0]
    row = view._state.geometry.columns[0].ys[2]
    _click(qtbot, view, QPoint(round(start + 2), round(row)))
    (found,) = view.asked
    weights = abs(frame.weights[0][16:24, found.unit])
    assert found.source == 16 + weights.argmax()


def test_what_is_set_is_marked_and_not_told(view, theme):
    before = view.grab().toImage()
    view.set_focus(Focus(2, 1))
    place = _node(view, 2, 1)
    ring = view._state.geometry.columns[2].radius + 3
    color = view.grab().toImage().pixelColor(round(place.x() + ring), place.y())
    assert color == QColor(theme.accent) and not view.asked
    view.set_focus(None)
    assert view.grab().toImage() == before


@pytest.mark.parametrize("focus", [Focus(1), Focus(3, 2), Focus(2, 3, 0), Focus(1, 3, 1)])
@pytest.mark.parametrize("size", [(3, 4), (12, 16), (40, 200), (300, 8)])
def test_every_kind_of_pick_is_marked_at_every_size(view, focus, size):
    view.set_frame(_frame(network__depth=size[0], network__width=size[1]))
    before = view.grab().toImage()
    view.set_focus(focus)
    assert view.grab().toImage() != before


def test_a_pick_that_is_no_longer_there_is_dropped(view):
    view.set_focus(Focus(3, 3))
    view.set_frame(_frame(network__depth=1))
    assert view.focus is None and view.asked == [None]


def test_the_mouse_shows_what_it_would_pick(view, qtbot):
    before = view.grab().toImage()
    qtbot.mouseMove(view.viewport(), _node(view, 2, 0))
    assert view.viewport().cursor().shape() is Qt.CursorShape.PointingHandCursor
    assert view.grab().toImage() != before
    QApplication.sendEvent(view.viewport(), QEvent(QEvent.Type.Leave))
    assert view.viewport().cursor().shape() is Qt.CursorShape.ArrowCursor
    assert view.grab().toImage() == before


def test_the_mouse_paints_little(view, qtbot):
    view.viewport().repaint()
    painted = []
    nodes = view._parts[2]
    paint = nodes.draw
    nodes.draw = lambda painter, picture: (painted.append(nodes.exposed), paint(painter, picture))
    view.hover_at(_node(view, 2, 0).x(), _node(view, 2, 0).y())
    qtbot.waitUntil(lambda: bool(painted))
    assert max(box.width() for box in painted) < 80


def test_a_resting_mouse_is_told_the_numbers(view):
    words = _rest(view, _node(view, 2, 3))
    assert "Unit 4 of stage 2" in words and "RMS ∂J/∂h" in words and "Shade" in words
    assert "hands back" in _rest(view, _edge(view, Focus(2, 0, 1)))
    assert "Stage 3" in _rest(view, QPoint(_node(view, 3, 0).x(), 18))


def test_a_resting_mouse_is_told_what_is_not_there_yet(view):
    view.set_frame(_frame(0))
    assert "not reached yet" in _rest(view, _node(view, 2, 3))


def test_the_arrow_keys_step_until_one_inspects(window, qtbot):
    diagram = window.diagram
    diagram.setFocus()
    qtbot.keyClick(diagram, KEY.Key_Right)
    assert window.steps == ["Right"] and diagram.focus is None
    qtbot.keyClick(diagram, KEY.Key_I)
    qtbot.keyClick(diagram, KEY.Key_Left)
    qtbot.keyClick(diagram, KEY.Key_Right)
    assert window.steps == ["Right"] and diagram.focus == Focus(2)
    qtbot.keyClick(diagram, KEY.Key_Space)
    assert window.steps == ["Right", "Space"]
    qtbot.keyClick(diagram, KEY.Key_Escape)
    qtbot.keyClick(diagram, KEY.Key_Left)
    assert window.steps == ["Right", "Space", "Left"] and diagram.focus == Focus(2)


def test_keys_go_deeper_and_back(view, qtbot):
    keys = (KEY.Key_I, KEY.Key_Return, KEY.Key_Down, KEY.Key_Enter, KEY.Key_Down, KEY.Key_Right,
            KEY.Key_Backspace, KEY.Key_Escape, KEY.Key_Escape)  # fmt: skip
    for key in keys:
        qtbot.keyClick(view, key)
    assert view.asked == [
        Focus(1), Focus(1, 0), Focus(1, 1), Focus(1, 1, 0), Focus(1, 1, 1), Focus(2, 1, 1),
        Focus(2, 1), Focus(2),
    ]  # fmt: skip
    assert not view.inspecting and view.focus == Focus(2)


def test_keys_find_the_way_from_a_pick_that_is_not_there(view, qtbot):
    view.begin_inspecting()
    view.set_focus(Focus(99, 99, 99))
    qtbot.keyClick(view, KEY.Key_Left)
    assert view._shape.holds(view.focus)


def test_escape_outside_the_mode_unpicks(view, qtbot):
    view.set_focus(Focus(2))
    qtbot.keyClick(view, KEY.Key_Escape)
    assert view.asked == [None]


def test_inspecting_begins_at_the_current_stage(view):
    view.set_frame(_frame(2))
    view.begin_inspecting()
    assert view.asked == [Focus(2)]


def test_the_mode_shows_a_ring_and_a_hint(view, theme):
    before = view.grab().toImage()
    view.begin_inspecting()
    view.set_focus(None)
    during = view.grab().toImage()
    assert during.pixelColor(450, 1) == QColor(theme.accent)
    view.end_inspecting()
    assert view.grab().toImage() == before != during


def test_another_field_with_the_keyboard_ends_the_mode(window):
    window.diagram.begin_inspecting()
    assert window.diagram.inspecting
    window.line.setFocus()
    assert not window.diagram.inspecting


def test_tab_leads_to_the_diagram(window, qtbot):
    window.line.setFocus()
    qtbot.keyClick(window.line, KEY.Key_Tab)
    assert window.diagram.hasFocus() and not window.diagram.inspecting


def test_without_a_frame_nothing_can_be_picked(view, qtbot):
    view.set_frame(None)
    _click(qtbot, view, QPoint(300, 200))
    qtbot.keyClick(view, KEY.Key_I)
    assert view.asked == [] and not view.inspecting
