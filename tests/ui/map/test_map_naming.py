"""Names of lines on a map, which must not be taken for those of other lines."""

from __future__ import annotations

import numpy as np
import pytest

from vgsim.ui.map.naming import name_along
from vgsim.ui.plots.model.geometry import Box
from vgsim.ui.style.theme import load_theme

BOUNDS = Box(0, 0, 400, 300)
ACROSS = np.linspace(0, 400, 30)


def named(words, line, others=(), taken=(), bounds=BOUNDS):
    return name_along(words, line, others, bounds, taken, load_theme("light"), "#000000")


def away(box: Box, line) -> float:
    """From the middle of a name to a line."""
    x, y = (np.interp(np.linspace(0, 1, 2000), np.linspace(0, 1, len(at)), at) for at in line)
    middle = box.left + box.width / 2, box.top + box.height / 2
    return float(np.hypot(x - middle[0], y - middle[1]).min())


def flat(y: float):
    return ACROSS, np.full_like(ACROSS, y)


def test_a_lone_line_has_its_name_on_it(styled):
    line = ACROSS, 150 + 100 * np.sin(ACROSS / 100)
    (text,) = named("10³", line)
    assert away(text.box, line) < 6


@pytest.mark.parametrize("apart", [9, 14, 25, 60])
def test_of_two_lines_each_has_its_own_name(styled, apart):
    lines = flat(150), flat(150 + apart)
    (first,) = named("endless depth", lines[0], [lines[1]])
    (second,) = named("theory at this depth", lines[1], [lines[0]], [first.box])
    assert away(first.box, lines[0]) < away(first.box, lines[1])
    assert away(second.box, lines[1]) < away(second.box, lines[0])
    assert not first.box.meets(second.box)


def test_a_line_that_crosses_is_not_hidden(styled):
    line = flat(150)
    crossing = np.full_like(ACROSS, 200.0), np.linspace(0, 300, 30)
    (text,) = named("χ₁ = 1", line, [crossing])
    assert text.box.right < 200 or text.box.left > 200


def test_what_is_taken_stays_free(styled):
    taken = [Box(0, 100, 300, 100)]
    (text,) = named("6 ξ", flat(150), taken=taken)
    assert not text.box.meets(taken[0])


def test_without_room_there_is_no_name(styled):
    assert named("theory at this depth", flat(150), bounds=Box(0, 0, 30, 300)) == []
    assert named("theory", flat(150), taken=[BOUNDS]) == []
    nowhere = np.full(5, np.nan), np.full(5, np.nan)
    assert named("theory", nowhere) == []


def test_a_name_stands_within_the_map(styled):
    steep = np.full_like(ACROSS, 1.0), np.linspace(0, 300, 30)
    (text,) = named("as large as at the end", steep)
    assert text.box.left >= 0 and text.box.bottom <= 300
