"""What a view remembers."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vgsim.ui.plots.model.trail import Trail


def row(step):
    return np.array([float(step), 0.0])


def filled(steps, most=16):
    trail = Trail(most)
    for step in steps:
        trail.add(1, step, row(step))
    return trail


@given(st.integers(1, 200))
def test_a_trail_is_bounded_and_keeps_the_newest(count):
    trail = filled(range(count))
    assert len(trail) <= 16
    assert trail.steps[-1] == count - 1
    assert (np.diff(trail.steps) > 0).all() and np.array_equal(trail.values[:, 0], trail.steps)


def test_going_back_forgets_what_came_after():
    trail = filled(range(10))
    trail.cut(1, 4)
    assert list(trail.steps) == [0, 1, 2, 3, 4]


def test_a_step_taken_again_replaces_what_was_known():
    trail = filled(range(5))
    trail.add(1, 2, row(9))
    assert list(trail.steps) == [0, 1, 2] and trail.values[-1, 0] == 9


def test_another_run_begins_anew():
    trail = filled(range(5))
    trail.add(2, 1, row(1))
    assert list(trail.steps) == [1]
    trail.cut(3, 9)
    assert len(trail) == 0
