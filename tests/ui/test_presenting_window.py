"""The window of a presentation by itself: its size, its pointer, its words."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt

from tests.helpers.patience import end, hold
from tests.helpers.plots import frame_for
from vgsim.nn.presets import load_preset
from vgsim.text.scale import Scale
from vgsim.ui.presentation import PresentingWindow

KEY = Qt.Key


@pytest.fixture
def shown(qtbot, styled, theme):
    """On the screen with one frame and two plots to choose from."""
    window = PresentingWindow(theme, Scale(), ["gradient", "loss"])
    window.set_frame(frame_for("gradient", load_preset("sigmoid-stack"), steps=3, position=12))
    window.begin()
    yield window
    window.end()
    window.deleteLater()


def _press(qtbot, window, *keys: Qt.Key) -> None:
    for key in keys:
        qtbot.keyClick(window, key)


def _mouse(qtbot, shown, where: QPoint) -> None:
    qtbot.mouseMove(shown.view.viewport(), where)
    qtbot.waitUntil(lambda: shown.overlay.pointer is not None)


def test_everything_is_larger_than_in_the_window(shown):
    shown.resize(1600, 1000)
    assert shown.view.transform().m11() == pytest.approx(1.6, rel=0.01)


@pytest.mark.parametrize("size", [(800, 600), (1024, 700), (1280, 720), (1600, 1000), (2560, 1080)])
def test_the_picture_fills_the_window_exactly(shown, size):
    shown.resize(*size)
    shape = shown.view.mapFromScene(shown.view.sceneRect()).boundingRect()
    assert abs(shape.width() - size[0]) <= 2 and abs(shape.height() - size[1]) <= 2
    least = shown.hall.minimumSizeHint()
    assert shown.hall.width() >= least.width() and shown.hall.height() >= least.height()


def test_plus_and_minus_change_the_size(qtbot, shown):
    shown.resize(1600, 1000)
    before = shown.view.transform().m11()
    _press(qtbot, shown, KEY.Key_Plus)
    assert shown.view.transform().m11() > before
    _press(qtbot, shown, KEY.Key_Minus, KEY.Key_Minus)
    assert shown.view.transform().m11() < before


def test_the_pointer_follows_the_mouse_and_rests(qtbot, shown):
    hold(shown._still)
    _mouse(qtbot, shown, QPoint(200, 220))
    assert shown.overlay.pointer.toPoint() == QPoint(200, 220)
    end(shown._still)
    qtbot.waitUntil(lambda: shown.overlay.pointer is None)
    assert shown.view.viewport().cursor().shape() is Qt.CursorShape.BlankCursor
    hold(shown._still)
    _mouse(qtbot, shown, QPoint(210, 220))
    assert shown.view.viewport().cursor().shape() is not Qt.CursorShape.BlankCursor


def test_the_pointer_stays_while_a_button_is_held(qtbot, shown):
    shown._still.setInterval(20)
    port = shown.view.viewport()
    qtbot.mousePress(port, Qt.MouseButton.LeftButton, pos=QPoint(30, 20))
    qtbot.wait(60)
    assert shown.overlay.pointer is not None
    qtbot.mouseRelease(port, Qt.MouseButton.LeftButton, pos=QPoint(30, 20))
    qtbot.waitUntil(lambda: shown.overlay.pointer is None)


def test_the_pointer_stays_while_control_is_held(qtbot, shown):
    shown._still.setInterval(20)
    qtbot.keyPress(shown, KEY.Key_Control)
    qtbot.wait(60)
    assert shown.overlay.pointer is not None
    qtbot.keyRelease(shown, KEY.Key_Control)
    qtbot.waitUntil(lambda: shown.overlay.pointer is None)


def test_the_hint_fades(qtbot, shown):
    assert "Esc" in shown.overlay.words
    shown.overlay._stay.setInterval(10)
    shown.overlay.say(shown.overlay.words)
    qtbot.waitUntil(lambda: not shown.overlay.words)
    assert not shown.overlay._fade.isActive()
