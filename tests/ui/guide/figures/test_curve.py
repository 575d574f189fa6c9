"""The activation explorer: what it says at a z, by mouse and by keyboard, for every activation."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.helpers.frames import make_frame
from vgsim.core.errors import SpecError
from vgsim.measure.request import Request
from vgsim.measure.saturation import Saturation
from vgsim.measure.snapshot import frame_of
from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.experiment import Experiment
from vgsim.nn.presets import load_preset
from vgsim.ui.guide.model.curve import REACH, CurvePoint, explored, unit_inputs, values_at


def test_sigmoid_lets_a_quarter_by_at_most():
    curve = explored("sigmoid")
    point = CurvePoint.at(curve, 0.0, 1.0)
    assert (point.h, point.derivative) == (0.5, 0.25)
    assert point.share_words() == "100 % of the most it can let by"
    assert curve.derivative.max() <= 0.25


def test_far_out_next_to_nothing_arrives():
    point = CurvePoint.at(explored("sigmoid"), 5.0, 0.01)
    assert point.arriving == pytest.approx(0.01 * point.h * (1 - point.h))
    assert point.arriving_words() == "0.010 × 6.6e−3 = 6.6e−5"


def test_the_product_that_is_printed_is_that_of_the_printed_factors():
    point = CurvePoint.at(explored("sigmoid"), 2.0, 1.0)
    assert point.arriving_words() == "1.0 × 0.105 = 0.105"


@pytest.mark.parametrize("name", ACTIVATIONS.names())
def test_every_activation_can_be_explored(figure, name):
    view = figure("curve", activation=name)
    activation = view.curve.activation
    z = np.linspace(-5.95, 5.95, 60)  # no kink is among them
    above, below = (values_at(activation, z + by)[0] for by in (1e-6, -1e-6))
    assert values_at(activation, z)[1] == pytest.approx((above - below) / 2e-6, abs=1e-4)
    assert np.isfinite(view.curve.f).all()


def test_an_unknown_activation_says_what_there_is():
    with pytest.raises(SpecError, match="sigmoid, tanh"):
        explored("sigmoidal")


def test_the_mouse_drags_the_point_along(figure):
    view = figure("curve", activation="sigmoid")
    area = view._area()
    start, end = (QPoint(round(float(area.across(z))), 60) for z in (0.0, 3.0))
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(view, end)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=end)
    assert view.point.z == pytest.approx(3.0, abs=0.05)
    QTest.mouseMove(view, start)
    assert view.point.z == pytest.approx(3.0, abs=0.05)


def test_beyond_the_end_it_stays_at_the_end(figure):
    view = figure("curve", activation="sigmoid")
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(view.width() - 1, 60))
    assert view.point.z == REACH


def test_arrow_keys_move_it_instead_of_stepping(figure):
    view = figure("curve", activation="sigmoid", z=1.0)
    QTest.keyClick(view, Qt.Key.Key_Right)
    QTest.keyClick(view, Qt.Key.Key_Right)
    QTest.keyClick(view, Qt.Key.Key_Left)
    assert view.point.z == pytest.approx(1.1)
    event = QKeyEvent(
        QEvent.Type.ShortcutOverride, Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier
    )
    event.ignore()
    QApplication.sendEvent(view, event)
    assert event.isAccepted()


def test_it_shows_where_the_networks_own_units_are(figure):
    experiment = Experiment(load_preset("saturated-sigmoid"))
    experiment.seek(0, experiment.stages + 4)
    frame = frame_of(experiment, 1, request=Request(kinds=frozenset([Saturation])))
    view = figure("curve", frame)
    stage, z = view.units
    assert stage == frame.measurement(Saturation).stage
    assert 0 < len(z) <= 400
    columns = z.reshape(-1, 8)
    first = frame.measurement(Saturation).curves[0].inputs[0].z
    assert columns[0] == pytest.approx(first[0])
    assert unit_inputs(frame, explored("tanh"))[0] == 0


def test_without_a_name_it_is_the_networks_activation(figure):
    view = figure("curve", make_frame())
    assert view.curve.name == make_frame().spec.network.activation


def test_numbers_are_told_to_who_cannot_see_them(figure):
    said = figure("curve", activation="sigmoid", z=2.0).accessibleDescription()
    assert said.startswith("z = 2.0 · h = 0.881 · σ′ = 0.105")
