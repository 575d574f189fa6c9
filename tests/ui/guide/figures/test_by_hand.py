"""The worked example: the numbers that one gets by hand, to the last digit."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest

from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.nn.presets import load_preset
from vgsim.text.pointed import Pointed
from vgsim.ui.guide.model.by_hand import hand_table


def frame_at(name, position):
    experiment = Experiment(load_preset(name))
    experiment.seek(experiment.step, position)
    return frame_of(experiment, 1)


def test_the_six_stages_are_those_of_the_lecture():
    table = hand_table(frame_at("worked-example", 14))
    gradients = [row.gradient for row in table.rows]
    assert gradients == ["1.0000", "0.2500", "0.0625", "0.0156", "0.0039", "0.0010"]
    assert table.rows[-1].exactly == "0.0009765625"
    assert table.update == "η × ∂J/∂h₁ = 0.01 × 0.0010 = 0.000009765625"


def test_every_digit_is_exact():
    table = hand_table(frame_at("worked-example", 13))
    assert [Fraction(row.exactly) for row in table.rows] == [Fraction(1, 4) ** k for k in range(6)]


def test_it_fills_hop_by_hop():
    for hops in range(6):
        rows = hand_table(frame_at("worked-example", 8 + hops)).rows
        assert [bool(row.gradient) for row in rows] == [k <= hops for k in range(6)]
        assert [row.present for row in rows] == [k == hops for k in range(6)]
        assert not hand_table(frame_at("worked-example", 8 + hops)).update


def test_a_real_stack_stands_beside_it_hop_for_hop():
    frame = replace(frame_at("worked-example", 13), other=frame_at("sigmoid-stack", 15))
    rows = hand_table(frame).rows
    assert [row.real_stage for row in rows] == [7, 6, 5, 4, 3, 2, 1]
    assert rows[0].real_share == "1.0000"
    real = frame.other.dh_rms
    assert float(rows[3].real_share) == round(float(real[3] / real[6]), 4)
    assert rows[-1].stage == 0 and not rows[-1].gradient


def test_the_mouse_on_a_row_points_at_its_stage(figure, qtbot):
    view = figure("by-hand", frame_at("worked-example", 10))
    with qtbot.waitSignal(view.pointed) as told:
        QTest.mouseMove(view, QPoint(60, 24 + 2 * 23 + 11))
    assert told.args == [Pointed(stage=4)]
    with qtbot.waitSignal(view.pointed) as told:
        QTest.mouseMove(view, QPoint(60, 5))
    assert told.args == [Pointed()]


def test_the_update_has_its_room_below_the_rows(figure):
    alone = figure("by-hand", frame_at("worked-example", 14))
    both = replace(frame_at("worked-example", 13), other=frame_at("sigmoid-stack", 15))
    assert figure("by-hand", both).height() > alone.height()
    assert "stage 1: 0.0010" in alone.accessibleDescription()
