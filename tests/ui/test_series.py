"""Decimation, ranges, ticks, heat map and label places: pure functions, mostly by property."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tests.helpers.frames import make_history
from vgsim.text.scale import Scale
from vgsim.ui.plots.model.geometry import Area, Box, nudge, place, trace
from vgsim.ui.plots.model.series import (
    Reach,
    bucket_means,
    bucket_size,
    decimate,
    heat_map,
    loss_bounds,
    nice_range,
    nice_step,
    nice_ticks,
    reach,
    runs,
    stage_ticks,
    steady_range,
)
from vgsim.ui.plots.model.words import chance_label, reach_label, step_label, tick_labels
from vgsim.ui.style.theme import load_theme

FINITE = st.floats(-1e6, 1e6)
CURVES = arrays.arrays(np.float64, st.integers(1, 400), elements=FINITE)
COLUMNS = st.integers(2, 50)
HEAT = load_theme("dark").heat


@given(CURVES, COLUMNS)
def test_decimation_is_never_more_than_two_points_a_column(y, columns):
    assert len(decimate(np.arange(len(y)), y, columns)[0]) <= 2 * columns


@given(CURVES, COLUMNS)
def test_decimation_keeps_the_ends(y, columns):
    x = np.arange(len(y))
    kept = decimate(x, y, columns)
    assert (kept[0][0], kept[0][-1]) == (x[0], x[-1])
    assert (kept[1][0], kept[1][-1]) == (y[0], y[-1])


@given(CURVES, COLUMNS)
def test_decimation_keeps_the_extremes(y, columns):
    kept = decimate(np.arange(len(y)), y, columns)[1]
    assert (kept.min(), kept.max()) == (y.min(), y.max())


@given(CURVES, COLUMNS)
def test_decimation_keeps_points_in_order(y, columns):
    x, kept = decimate(np.arange(len(y)), y, columns)
    assert (np.diff(x) > 0).all()
    assert (kept == y[x]).all()


def test_decimation_passes_over_single_nans():
    y = np.where(np.arange(100) % 7 == 3, np.nan, np.arange(100.0))
    assert np.isfinite(decimate(np.arange(100), y, 10)[1]).all()


@given(st.floats(1e-9, 1e9))
def test_nice_step_is_the_next_1_2_or_5(least):
    step = nice_step(least)
    digit = step / 10 ** math.floor(math.log10(step) + 1e-9)
    assert min(abs(digit - nice) for nice in (1, 2, 5, 10)) < 1e-6
    assert least * (1 - 1e-6) <= step <= 2.5 * least * (1 + 1e-6)


@given(st.integers(0, 10**7), st.integers(0, 10**7), st.integers(1, 2000))
def test_buckets_fit_the_columns(first, more, columns):
    last = first + more
    assume(columns > 1 or first == 0)
    size = bucket_size(first, last, columns)
    assert last // size - first // size + 1 <= columns


def test_bucket_means_are_means_of_whole_buckets():
    x, y = bucket_means(np.arange(20), np.arange(20.0), 10)
    assert x.tolist() == [4.5, 14.5]
    assert y.tolist() == [4.5, 14.5]


def test_a_bucket_does_not_change_while_history_grows():
    values = np.random.default_rng(0).standard_normal(95)
    short = bucket_means(np.arange(60), values[:60], 10)[1]
    assert (bucket_means(np.arange(95), values, 10)[1][:6] == short).all()


def test_bucket_means_of_thinned_history_skip_empty_buckets():
    x, _ = bucket_means(np.array([0, 40, 80]), np.ones(3), 10)
    assert x.tolist() == [0, 40, 80]


@pytest.mark.parametrize("bad", [np.inf, -np.inf, np.nan])
def test_a_bucket_with_a_broken_value_is_nan(bad):
    means = bucket_means(np.arange(4), np.array([1.0, bad, 1.0, 1.0]), 2)[1]
    assert np.isnan(means).tolist() == [True, False]


def test_no_steps_have_no_means():
    assert len(bucket_means(np.empty(0, np.int64), np.empty(0), 5)[0]) == 0


@given(FINITE, FINITE)
def test_nice_range_holds_the_values(low, high):
    low, high = sorted((low, high))
    bottom, top = nice_range(low, high)
    slack = 1e-6 * max(abs(low), abs(high), 1e-12)
    assert bottom - slack <= low <= high <= top + slack
    assert bottom < top


def test_nice_range_of_an_untrained_classifier():
    assert nice_range(0.0, math.log(10)) == (0.0, 2.5)


@given(FINITE, FINITE)
def test_a_steady_range_stays_once_reached(low, high):
    low, high = min(low, high, 0.0), max(low, high, 0.0)
    first = steady_range(None, low, high)
    assume(first[0] <= low and high <= first[1])  # but for rounding
    assert steady_range(first, low, high) == first


def test_a_steady_range_ignores_noise_and_grows_in_steps():
    span, seen = None, set()
    for high in np.linspace(2.0, 4.0, 200) + 0.1 * np.random.default_rng(0).random(200):
        span = steady_range(span, 0.0, float(high))
        seen.add(span)
    assert len(seen) <= 4


def test_a_steady_range_shrinks_when_most_of_it_is_empty():
    assert steady_range((0.0, 10.0), 0.0, 3.0)[1] <= 4.0


@given(FINITE, st.floats(1e-3, 1e6), st.integers(1, 20))
def test_ticks_are_few_and_inside(low, more, most):
    ticks = nice_ticks(low, low + more, most)
    slack = 1e-6 * max(abs(low), more)
    assert len(ticks) <= most
    assert all(low - slack <= tick <= low + more + slack for tick in ticks)


def test_whole_ticks_are_whole():
    assert nice_ticks(0, 3, 10, whole=True) == [0, 1, 2, 3]


def test_loss_axis_spans_zero_and_chance():
    assert loss_bounds(np.array([0.5, 0.4]), 2.3) == (0.0, 2.3)


def test_loss_axis_is_not_flattened_by_a_divergence():
    assert loss_bounds(np.array([2.0, 3.0, 1e30, np.inf]), math.nan) == (0.0, 20.0)


def test_loss_axis_is_not_flattened_by_a_bad_start():
    losses = np.concatenate([[12.0, 7.0, 5.0], np.linspace(2.5, 1.0, 60)])
    assert loss_bounds(losses, 2.3) == (0.0, 4.6)
    assert loss_bounds(losses[:3], 2.3) == (0.0, pytest.approx(10.5))


@given(arrays.arrays(np.float64, st.integers(1, 60), elements=st.floats(0, 4.6)))
def test_losses_under_twice_chance_are_always_on_the_axis(losses):
    assert loss_bounds(losses, 2.3)[1] == max(losses.max(), 2.3)


def test_loss_axis_without_a_single_number():
    assert loss_bounds(np.array([np.nan, np.inf]), math.nan) == (0.0, 1.0)


@given(st.integers(1, 1000), st.floats(0.01, 300))
def test_stage_labels_keep_their_distance(stages, gap):
    ticks = stage_ticks(stages, gap)
    assert all(b - a >= gap for a, b in pairwise(ticks))
    assert ticks[-1] == stages


@pytest.mark.parametrize("value", [5e-324, 1e-200, 1e200, 1.7e308])
def test_extreme_losses_still_have_an_axis(value):
    low, high = steady_range(None, *loss_bounds(np.array([value, value]), math.nan))
    assert math.isfinite(high) and high > low
    assert nice_ticks(low, high, 6)


def test_stage_labels_of_a_short_network_are_all_there():
    assert stage_ticks(6, 0.8) == (1, 2, 3, 4, 5, 6)


def test_reach_tells_the_special_from_the_small():
    values = np.array([np.nan, 0.0, 1e-9, 1e-3, 1e3, np.inf])
    assert [Reach(kind).name for kind in reach(values, Scale())] == [
        "UNREACHED", "ZERO", "BELOW", "INSIDE", "ABOVE", "OVERFLOW",
    ]  # fmt: skip


def test_runs_are_the_stretches_of_equal_kinds():
    assert runs(np.array([1, 1, 2, 1])) == [(1, 0, 1), (2, 2, 2), (1, 3, 3)]
    assert runs(np.array([], dtype=np.intp)) == []


def test_heat_map_has_a_pixel_for_every_stage_and_step():
    heat = heat_map(make_history(40, 6), Scale(), HEAT, 500, 200)
    assert heat.rgb.shape == (6, 40, 3)
    assert (heat.size, heat.left, heat.right) == (1, -0.5, 39.5)


def test_heat_map_is_shaded_like_everything_else():
    history = make_history(5, 3)
    heat = heat_map(history, Scale(), HEAT, 10, 10)
    assert (heat.rgb[0, 4] == HEAT[Scale().index(history.dh_rms)[4, 0]]).all()


def test_heat_map_column_is_the_last_row_of_its_bucket():
    history = make_history(100, 2)
    heat = heat_map(history, Scale(), HEAT, 10, 10)
    assert heat.size == 10
    assert (heat.rgb[:, 0] == HEAT[Scale().index(history.dh_rms[9])]).all()


def test_heat_map_of_a_thinned_history_keeps_true_steps():
    heat = heat_map(make_history(50, 2, stride=8), Scale(), HEAT, 1000, 10)
    assert heat.right - heat.left == 49 * 8 + 1


@given(st.integers(1, 300), st.integers(1, 40), st.integers(2, 60), st.integers(1, 20))
def test_heat_map_fits_its_pixels(rows, stages, columns, lines):
    heat = heat_map(make_history(rows, stages), Scale(), HEAT, columns, lines)
    assert heat.rgb.shape[0] <= lines
    assert heat.rgb.shape[1] <= columns


@given(st.lists(st.floats(-50, 250), max_size=8), st.floats(1, 20))
def test_nudged_labels_neither_overlap_nor_leave(centers, size):
    places = sorted(nudge(centers, size, 0, 200))
    assert all(b - a >= size - 1e-6 for a, b in pairwise(places))
    assert all(size / 2 - 1e-6 <= center <= 200 - size / 2 + 1e-6 for center in places)


def test_labels_with_room_stay_where_they_are():
    assert nudge([150, 20], 14, 0, 200) == [150, 20]


def test_colliding_labels_share_the_way():
    assert nudge([100, 100], 20, 0, 200) == [90, 110]


def test_too_many_labels_are_spread_evenly():
    assert nudge([5, 5, 5], 20, 0, 30) == [5, 15, 25]


def test_a_label_is_placed_where_it_hides_nothing():
    boxes = [Box(0, 0, 10, 10), Box(20, 0, 10, 10)]
    best, hidden = place(boxes, Box(0, 0, 100, 100), np.array([5.0]), np.array([5.0]))
    assert (best, hidden) == (boxes[1], 0)


def test_a_label_is_moved_inside():
    best, _ = place([Box(95, -5, 10, 10)], Box(0, 0, 100, 100), np.empty(0), np.empty(0))
    assert best == Box(90, 0, 10, 10)


def test_a_trace_leaves_no_gap():
    x, y = trace(np.array([0.0, 0.0, np.nan, 30.0]), np.array([0.0, 100.0, 1.0, 100.0]))
    assert np.hypot(np.diff(x), np.diff(y)).max() <= 3
    assert (x[0], y[0], x[-1], y[-1]) == (0, 0, 30, 100)


def test_pixels_and_values_are_inverse():
    area = Area(Box(30, 10, 200, 100), (1, 6), (-8, 1))
    assert area.value(float(area.across(3)), float(area.down(-2))) == pytest.approx((3, -2))


@pytest.mark.parametrize(
    ("step", "label"),
    [(400, "400"), (10_000, "10,000"), (250_000, "250k"), (1_500_000, "1.5M")],
)
def test_step_labels_are_short(step, label):
    assert step_label(step) == label


def test_tick_labels_have_the_same_decimals():
    assert tick_labels([0.0, 0.5, 1.0]) == ["0.0", "0.5", "1.0"]


def test_huge_tick_labels_are_powers_of_ten():
    assert tick_labels([0.0, 2e7]) == ["0", "2.0e7"]


def test_chance_is_named_by_the_classes():
    assert chance_label(math.log(10)) == "chance ln 10 = 2.303"
    assert chance_label(0.25) == "chance = 0.2500"


def test_what_is_off_the_scale_is_named():
    assert reach_label(Reach.BELOW, Scale()) == "< 10⁻⁸"
