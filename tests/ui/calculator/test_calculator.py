"""The calculator: exact powers, where floats end, and its two sliders."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.helpers.frames import make_frame
from tests.helpers.plots import clashes, words
from vgsim.ui.calculator.model import FLOAT_ENDS, Power, own_factor
from vgsim.ui.calculator.panel import CalculatorPanel
from vgsim.ui.style.theme import load_theme

LIGHT = load_theme("light")
FLOAT32, FLOAT64 = FLOAT_ENDS


@pytest.fixture
def panel(qtbot):
    made = CalculatorPanel(LIGHT)
    made.resize(520, 300)
    made.show()
    yield made
    made.close()


def test_ten_hops_are_ten():
    power = Power(0.5, 10)
    assert power.result() == "9.8e−4"
    assert power.exactly() == "0.0009765625"
    assert power.words() == "1 part in 1,024 · 3.0 decades"


@pytest.mark.parametrize(
    ("factor", "hops", "result", "told"),
    [
        (1.0, 40, "1.0", "all of it is left"),
        (0.7, 0, "1.0", "all of it is left"),
        (0.0, 3, "0", "nothing is left"),
        (0.0, 0, "1.0", "all of it is left"),
        (1.5, 10, "58", "57.7 times as much · +1.8 decades"),
        (0.05, 100, "7.9e−131", "1 part in 1.3e130 · 130.1 decades"),
    ],
)
def test_what_is_left(factor, hops, result, told):
    power = Power(factor, hops)
    assert (power.result(), power.words()) == (result, told)


@given(st.integers(1, 50), st.integers(0, 20))
def test_exact_digits_are_exact(twentieths, hops):
    factor = round(twentieths * 0.05, 2)
    exactly = Power(factor, hops).exactly()
    if exactly:
        assert Fraction(exactly) == Fraction(twentieths, 20) ** hops


def test_digits_too_many_to_read_are_not_told():
    assert Power(0.35, 40).exactly() == ""


@pytest.mark.parametrize(("ends", "kind"), [(FLOAT32, np.float32), (FLOAT64, np.float64)])
def test_halving_a_float_ends_where_it_is_said_to(ends, kind):
    value = kind(1)
    hops = 0
    while value > 0:
        value = kind(value * kind(0.5))
        hops += 1
    assert ends.hops(0.5) == hops


def test_doubling_a_float_ends_where_it_is_said_to():
    value = np.float32(1)
    hops = 0
    with np.errstate(over="ignore"):
        while np.isfinite(value):
            value = value * np.float32(2)
            hops += 1
    assert FLOAT32.hops(2.0) == hops


@pytest.mark.parametrize("factor", [0.0, 1.0])
def test_what_never_changes_ends_nowhere(factor):
    assert FLOAT32.words(factor) == ""


def test_the_networks_own_factor_is_that_of_its_average_hop():
    assert own_factor(make_frame(7, decay=0.5)) == pytest.approx(10**-0.5)
    assert np.isnan(own_factor(make_frame(7, reached=1)))
    assert np.isnan(own_factor(None))


def test_arrow_keys_take_the_next_number(panel):
    panel.set_power(Power(0.5, 10))
    QTest.keyClick(panel.hops, Qt.Key.Key_Right)
    QTest.keyClick(panel.factor, Qt.Key.Key_Left)
    assert panel.power == Power(0.45, 11)
    assert panel.result.text().startswith("0.45¹¹ = ")


def test_a_reference_takes_over_its_factor(panel):
    QTest.mouseClick(panel.references[0], Qt.MouseButton.LeftButton)
    assert panel.power == Power(0.25, 10)
    assert panel.plot.power == panel.power


def test_the_networks_own_factor_is_offered_once_there_is_one(panel):
    button = panel.references[-1]
    assert button.isHidden()
    panel.set_frame(make_frame(6, decay=1.0))
    assert "this network" in button.text()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert panel.power.factor == pytest.approx(0.1)


@pytest.mark.parametrize("size", [(520, 300), (380, 520), (300, 560)])
def test_nothing_overlaps(panel, size):
    panel.set_frame(make_frame())
    for factor in (0.0, 0.25, 0.5, 1.0, 1.5, 2.5):
        panel.set_power(Power(factor, 10))
        panel.resize(*size)
        panel.grab()
        assert not clashes(panel.plot)
        assert "float32 gives up" in words(panel.plot)


def test_the_line_starts_at_all_of_it_and_falls_by_the_factor(panel):
    panel.set_power(Power(0.1, 10))
    x, y = panel.plot.curve.getData()
    assert (x[0], y[0]) == (0, 0)
    assert (y[1] - y[0]) / (x[1] - x[0]) == pytest.approx(-1)
