"""How far a drawn curve is from the true one."""

from __future__ import annotations

import math

import pytest

from vgsim.lessons.answers import curve_off


@pytest.mark.parametrize(
    ("drawn", "truth", "decades"),
    [
        ((1e-1, 1e-2), (1e-1, 1e-2), 0.0),
        ((1e-1, 1e-2), (1e-2, 1e-4), 1.5),
        ((1e-8, 1e-2), (0.0, 1e-2), 0.0),
        ((1e-8, 1e-8), (1e-20, 1e-8), 0.0),
        ((1e1,), (math.inf,), 0.0),
        ((1e-2,), (1e-2, 1e-2), math.inf),
        ((), (), math.inf),
    ],
)
def test_distance_is_the_mean_of_decades_within_the_scale(drawn, truth, decades):
    assert curve_off(drawn, truth) == pytest.approx(decades)
