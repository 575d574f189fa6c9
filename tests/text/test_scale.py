"""The honest scale and its words."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vgsim.core.numbers import factor, magnitude, plain
from vgsim.text.scale import BELOW, OVERFLOW, SHADES, UNREACHED, ZERO, Scale
from vgsim.ui.style.theme import PRINT, load_theme, mix, see_through, theme_names

SCALE = Scale(-8, 1)


@pytest.mark.parametrize(
    ("value", "index"),
    [(0.0, ZERO), (1e-12, BELOW), (1e-8, 0), (10.0, SHADES - 1), (1e9, SHADES - 1),
     (np.inf, OVERFLOW), (np.nan, UNREACHED), (-10.0, SHADES - 1)],
)  # fmt: skip
def test_every_kind_of_number_has_its_own_index(value, index):
    assert SCALE.index(np.array([value]))[0] == index


def test_a_decade_is_the_same_step_everywhere():
    places = SCALE.fraction(10.0 ** np.arange(-8, 2))
    assert np.allclose(np.diff(places), 1 / 9)


@given(arrays(np.float64, st.integers(1, 30), elements=st.floats(width=64)))
def test_any_numbers_have_an_index_and_larger_never_a_weaker_one(values):
    index = SCALE.index(values)
    assert np.all((index >= 0) & (index <= UNREACHED))
    shaded = index < SHADES
    order = np.argsort(np.abs(values[shaded]))
    assert np.all(np.diff(index[shaded][order]) >= 0)


@given(st.integers(2, 20))
def test_ticks_hold_the_top_and_are_few(most):
    ticks = SCALE.ticks(most)
    assert ticks[-1] == 1 and len(ticks) <= most


@pytest.mark.parametrize("name", [*theme_names(), PRINT])
def test_the_low_end_of_the_heat_is_the_surface(name):
    theme = load_theme(name)
    assert "#{:02X}{:02X}{:02X}".format(*theme.heat[0]) == theme.surface


def _luminance(color: np.ndarray) -> float:
    linear = np.where(color <= 10.3, color / 3294.6, ((color / 255 + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("name", [*theme_names(), PRINT])
def test_the_heat_grows_steadily_away_from_the_surface(name):
    lights = [_luminance(row.astype(float)) for row in load_theme(name).heat[:SHADES]]
    away = np.diff(lights) if load_theme(name).dark else -np.diff(lights)
    assert np.all(away > -0.004) and abs(lights[-1] - lights[0]) > 0.7


def test_in_print_every_shade_is_darker_than_the_one_before():
    heat = load_theme(PRINT).heat[:SHADES].astype(float)
    lights = [_luminance(row) for row in heat]
    assert np.all(np.diff(lights[::4]) < 0)
    grays = heat @ [0.299, 0.587, 0.114]  # what a printer makes of it (ITU-R BT.601)
    steps = -np.diff(grays[::16])
    assert steps.min() > 0.5 * steps.mean()  # no two decades look alike


def test_no_window_wears_the_theme_for_print():
    assert theme_names() == ("dark", "light")


def test_a_theme_without_a_background_is_always_the_same_one():
    theme = load_theme("dark")
    bare = see_through(theme)
    assert bare is see_through(theme) and bare.surface == theme.surface
    assert theme.halo == "#151A21" and bare.halo == "#d0151A21"


def test_mixing_ends_at_both_colors():
    assert mix("#102030", "#ffffff", 0) == "#102030" and mix("#102030", "#ffffff", 1) == "#ffffff"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0036, "3.6e−3"), (0.0, "0"), (np.inf, "∞"), (np.nan, "·"), (12345.0, "1.2e4")],
)
def test_magnitudes_are_read_as_powers_of_ten(value, text):
    assert magnitude(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.223, "×0.22"), (57.665, "×58"), (3.1e-5, "×3.1e−5"), (np.nan, "")]
)
def test_factors_have_two_digits(value, text):
    assert factor(value) == text


@given(st.floats(1e-3, 1e5), st.integers(2, 6))
def test_plain_numbers_keep_their_significant_digits(value, digits):
    text = plain(value, digits).replace("−", "-").replace(",", "")
    assert float(text) == pytest.approx(value, rel=0.5 * 10 ** (1 - digits) * 1.001)
