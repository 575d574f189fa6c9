"""How numbers are written."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vgsim.core.numbers import (
    factor,
    fixed,
    magnitude,
    percent,
    plain,
    power_of_ten,
    short,
    signed,
    typed,
)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.0036, "3.6e−3"), (0.01, "0.010"), (-0.25, "−0.25"), (41.2, "41"), (999.6, "1.0e3"),
        (-2.44e6, "−2.4e6"), (0.0, "0"), (math.nan, "·"), (math.inf, "∞"),
        (-math.inf, "−∞"),
    ],
)  # fmt: skip
def test_a_magnitude_has_two_digits_and_an_exponent_where_it_needs_one(value, words):
    assert magnitude(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.22, "0.2200"), (12345.6, "12,346"), (2.44e6, "2.440e6"), (9.8e-4, "9.800e−4"),
        (-1.5, "−1.500"), (math.nan, "·"), (0.0, "0.000"),
    ],
)  # fmt: skip
def test_an_ordinary_quantity_has_its_figures(value, words):
    assert plain(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.1, "0.1"),
        (0.025, "0.025"),
        (0.0025, "2.5e−3"),
        (2.5e-4, "2.5e−4"),
        (20, "20"),
        (1e6, "1e6"),
        (100.0, "100"),
    ],
)
def test_what_somebody_set_has_no_more_figures_than_it_needs(value, words):
    assert short(value) == words


def test_a_factor_of_nothing_known_is_no_words():
    assert [factor(value) for value in (math.nan, 0.0, 0.22, 57.72)] == ["", "×0", "×0.22", "×58"]


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.43, "43 %"),
        (0.001, "< 1 %"),
        (0.999, "> 99 %"),
        (1.0, "100 %"),
        (0.0, "0 %"),
        (math.nan, "·"),
    ],
)
def test_what_is_not_quite_none_or_all_says_so(share, words):
    assert percent(share) == words


def test_a_percentage_may_have_decimals():
    assert percent(0.9283, decimals=1) == "92.8 %"


def test_fixed_decimals_have_a_real_minus():
    assert fixed(-0.126, 2) == "−0.13"


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_what_is_typed_reads_back_as_the_same(value):
    assert float(typed(value)) == value


@given(st.floats(min_value=1e-2, max_value=9e5))
def test_figures_are_right_to_the_last_one_shown(value):
    assert float(plain(value, 4).replace(",", "")) == pytest.approx(value, rel=1e-3)


def test_a_change_too_small_for_its_figures_has_no_sign():
    assert [signed(x) for x in (-0.004, 0.004, -0.006, 1.5)] == ["0.00", "0.00", "−0.01", "+1.50"]


@pytest.mark.parametrize(("exponent", "text"), [
    (-2.5, "3.16e−3"), (-400.5, "3.16e−401"), (399.99999, "1.00e400"), (-math.inf, "0"),
])  # fmt: skip
def test_a_power_of_ten_may_be_one_that_no_float_holds(exponent, text):
    assert power_of_ten(exponent, 2) == text
