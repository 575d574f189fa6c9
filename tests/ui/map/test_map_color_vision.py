"""Whether the colors of a map can be told apart by those who lack one kind of cone."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from tests.helpers.color_vision import MATRICES, lab, simulated
from vgsim.text.scale import OVERFLOW, SHADES, ZERO
from vgsim.ui.map.colors import region_colors
from vgsim.ui.map.model.view import MapRegion
from vgsim.ui.style.theme import load_theme

TOLD_APART, SEEN = 16.0, 6.0
"""Distances in L*a*b*: eight and three times what is just seen."""
REGIONS = 7
"""Verdicts on one map that colors alone tell apart; further ones have their names and letters."""
KINDS = ["", *MATRICES]


def seen(colors, kind: str):
    return lab(simulated(colors, kind) if kind else np.asarray(colors))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_more_is_lighter_or_darker_all_the_way(theme, kind):
    heat = load_theme(theme).heat[:SHADES]
    steps = np.diff(seen(heat, kind)[::16, 0])
    assert (steps < 0).all() or (steps > 0).all()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_an_overflow_and_a_zero_are_no_end_of_the_ramp(theme, kind):
    heat = load_theme(theme).heat
    for special, end in ((OVERFLOW, SHADES - 1), (ZERO, 0)):
        away = np.linalg.norm(seen(heat[special], kind) - seen(heat[end], kind))
        assert away > SEEN


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_regions_are_told_apart(theme, kind):
    regions = [MapRegion("A", "healthy", 1, good=True)]
    regions += [MapRegion("B", f"other {number}", 1) for number in range(REGIONS - 1)]
    colors = seen(region_colors(load_theme(theme), regions), kind)
    for first, second in combinations(range(REGIONS), 2):
        assert np.linalg.norm(colors[first] - colors[second]) > TOLD_APART, (first, second)


def test_the_simulation_leaves_gray_alone_and_confuses_what_it_must():
    gray = [[g, g, g] for g in (0, 90, 255)]
    for kind in MATRICES:
        assert np.abs(simulated(gray, kind).astype(int) - gray).max() <= 1
    red, green = (200, 80, 60), (120, 120, 40)
    apart = np.linalg.norm(lab(red) - lab(green))
    assert np.linalg.norm(seen(red, "deuteranopia") - seen(green, "deuteranopia")) < apart / 3
