"""Drawing an expected curve into *Gradient by stage*, by mouse and by keyboard."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.helpers.frames import make_frame
from tests.helpers.plots import clashes, marks, sentences, words
from vgsim.measure.forecast import Forecasted, Theory
from vgsim.text.scale import Scale
from vgsim.ui.plots.kinds import PLOTS
from vgsim.ui.plots.layer import Symbols
from vgsim.ui.plots.model.guess import ExpectedCurve
from vgsim.ui.style.theme import load_theme

SCALE = Scale()
SHAPE = "diamond"


@pytest.fixture
def plot(qtbot):
    """*Gradient by stage* before the backward pass of six stages."""
    made = PLOTS["gradient"](load_theme("light"), SCALE)
    made.resize(450, 300)
    made.set_frame(make_frame(reached=0))
    made.show()
    yield made
    made.close()


def pixel(plot, stage, level):
    return QPoint(round(float(plot.area.across(stage))), round(float(plot.area.down(level))))


def drag(plot, *places):
    """With the left button through (stage, log10) places."""
    target = plot.view.viewport()
    QTest.mousePress(target, Qt.MouseButton.LeftButton, pos=pixel(plot, *places[0]))
    for stage, level in places[1:]:
        QTest.mouseMove(target, pixel(plot, stage, level))
        QTest.qWait(12)  # pyqtgraph takes no more than a hundred moves a second
    QTest.mouseRelease(target, Qt.MouseButton.LeftButton, pos=pixel(plot, *places[-1]))


def diamonds(plot):
    """Pixels of the hollow diamonds."""
    found = [mark for mark in marks(plot, Symbols) if mark.shape == SHAPE]
    fill = np.array([255, 255, 255])
    return [(x, y) for mark in found for x, y, f in zip(mark.x, mark.y, mark.fills, strict=True)
            if (f == fill).all()]  # fmt: skip


def test_one_drag_sets_a_point_for_every_stage(plot):
    plot.guess.ask(6)
    drag(plot, (6, -1), (5, -2), (1, -6))
    assert plot.guess.complete
    assert np.log10(plot.guess.values) == pytest.approx([-6, -5, -4, -3, -2, -1], abs=0.2)
    assert len(diamonds(plot)) == 6


def test_a_click_sets_one_point(plot, qtbot):
    plot.guess.ask(6)
    with qtbot.waitSignal(plot.guess.changed):
        QTest.mouseClick(plot.view.viewport(), Qt.MouseButton.LeftButton, pos=pixel(plot, 3.2, -4))
    assert np.flatnonzero(np.isfinite(plot.guess.values)).tolist() == [2]
    assert not plot.guess.complete


def test_the_view_stays_while_one_draws_and_moves_again_afterwards(plot):
    plot.guess.ask(6)
    drag(plot, (6, -1), (4, -3), (1, -6))
    assert not plot.view_box.zoomed
    plot.guess.settle()
    drawn = plot.guess.values
    drag(plot, (5, -1), (4, -2), (3, -3))
    assert plot.view_box.zoomed
    assert np.array_equal(plot.guess.values, drawn)


def test_arrows_choose_a_stage_and_raise_or_lower_its_point(plot):
    plot.guess.ask(6)
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Up):
        QTest.keyClick(plot, key)
    assert np.log10(plot.guess.values[4:]) == pytest.approx([-2.25, -2.25])


@pytest.mark.parametrize("asking", [True, False])
def test_arrows_are_the_windows_unless_one_draws(plot, asking):
    if asking:
        plot.guess.ask(6)
    press = QEvent.Type.ShortcutOverride
    event = QKeyEvent(press, Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier)
    event.ignore()
    QApplication.sendEvent(plot, event)
    assert event.isAccepted() is asking


def test_the_plot_invites_until_the_first_point_is_there(plot):
    plot.guess.ask(6)
    assert "drag from h₆ to h₁" in sentences(plot)[0]
    drag(plot, (6, -1), (5, -2), (4, -3))
    assert not sentences(plot)
    assert "your guess" in words(plot)


def test_theory_is_silent_until_the_guess_is_made(plot):
    known = Forecasted(Theory.BOUND, np.full(6, 1e-3))
    plot.set_frame(replace(make_frame(), measurements=(known,)))
    said = plot.subtitle
    plot.guess.ask(6)
    assert "dashed" in said and "dashed" not in plot.subtitle
    plot.guess.settle()
    assert plot.subtitle == said


def test_theory_can_be_held_back_for_any_question(plot):
    known = Forecasted(Theory.BOUND, np.full(6, 1e-3))
    plot.set_frame(replace(make_frame(), measurements=(known,)))
    plot.guess.withhold(True)
    assert "dashed" not in plot.subtitle and not plot.guess.asking
    plot.guess.show_value(1, 1e-3, 6)
    assert "dashed" in plot.subtitle


def test_the_true_curve_runs_over_the_guess(plot):
    plot.guess.ask(6)
    drag(plot, (6, -1), (5, -2), (1, -6))
    plot.guess.settle()
    plot.set_frame(make_frame(reached=3))
    assert len(diamonds(plot)) == 6
    assert "your guess" in words(plot) and not clashes(plot)


def test_one_number_is_one_diamond_with_its_number(plot):
    plot.guess.show_value(1, 2e-6, 6)
    assert len(diamonds(plot)) == 1
    assert "your guess 2.0e−6" in words(plot)
    plot.guess.clear()
    assert not diamonds(plot)


def test_a_fast_stroke_leaves_no_stage_out():
    curve = ExpectedCurve.empty(50).drawn((50.2, 0.0), (0.7, -7.0), SCALE)
    assert curve.complete
    assert np.all(np.diff(curve.levels) > 0)


def test_a_stroke_ends_at_the_scale():
    curve = ExpectedCurve.empty(3).drawn((3, 40), (1, -40), SCALE)
    assert (curve.levels[0], curve.levels[2]) == (SCALE.low, SCALE.high)
