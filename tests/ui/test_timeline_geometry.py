"""Every moment and step has its place on the timeline, and its words."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.frames import make_frame
from tests.helpers.specs import small
from vgsim.nn.experiment import Experiment
from vgsim.nn.moments import Phase
from vgsim.ui.timeline.model import (
    StepTrack,
    gradient_at,
    lay_out_pass,
    moment_at,
    moment_name,
    moment_tip,
    pixel_moments,
    section_labels,
    step_tip,
)

STAGES = st.integers(1, 1000)
WIDTHS = st.floats(120, 2000)


@given(STAGES, WIDTHS)
def test_moments_follow_each_other_from_end_to_end(stages, width):
    track = lay_out_pass(stages, 10, 10 + width)
    spans = [track.span(position) for position in range(track.last + 1)]
    assert spans[0][0] == 10 and spans[-1][1] == pytest.approx(10 + width)
    assert all(a[0] < a[1] <= b[0] + 1e-9 for a, b in pairwise(spans))


@given(STAGES, WIDTHS, st.data())
def test_the_middle_of_a_moment_is_that_moment(stages, width, data):
    track = lay_out_pass(stages, 0, width)
    position = data.draw(st.integers(0, track.last))
    assert track.position(sum(track.span(position)) / 2) == position


@pytest.mark.parametrize(("x", "position"), [(-50, 0), (5000, 16)])
def test_beyond_the_ends_are_the_ends(x, position):
    assert lay_out_pass(7, 0, 500).position(x) == position


def test_forward_and_backward_are_of_the_same_width():
    _, forward, _, backward, _ = lay_out_pass(40, 88, 800).sections
    assert forward.cell == pytest.approx(backward.cell)


@given(STAGES, WIDTHS)
def test_every_pixel_shows_a_moment_of_its_section(stages, width):
    for part in lay_out_pass(stages, 0, width).sections:
        shown = pixel_moments(part)
        assert len(shown) == max(round(part.right - part.left), 1)
        assert shown.min() >= part.first and shown.max() <= part.last
        assert np.all(np.diff(shown) >= 0)


def test_positions_mean_what_the_engine_means():
    experiment = Experiment(small())
    moments = [moment_at(position, experiment.stages) for position in range(11)]
    assert moments == list(experiment.timeline)


@given(st.integers(1, 10**7), st.data())
def test_a_step_is_found_again_where_it_is(latest, data):
    track = StepTrack(min(latest, 500), 90, 700)
    step = data.draw(st.integers(0, track.latest))
    assert track.step(track.x(step)) == step


def test_a_track_without_steps_has_only_the_start():
    track = StepTrack(0, 90, 700)
    assert (track.x(0), track.step(400)) == (90, 0)


def test_the_gradient_lies_at_the_moments_that_reached_it():
    frame = make_frame(4, reached=2, dh_rms=[np.nan, np.nan, 0.2, 0.4])
    found = gradient_at(frame)
    assert found[6:8].tolist() == [0.4, 0.2] and np.isnan(np.delete(found, [6, 7])).all()


@pytest.mark.parametrize(
    ("position", "name"), [(0, "start"), (3, "h₃"), (8, "J"), (13, "∂J/∂h₃"), (16, "update")]
)
def test_a_moment_is_named_by_what_it_makes(position, name):
    assert moment_name(moment_at(position, 7)) == name


def test_a_tip_names_moment_number_and_gradient():
    frame = make_frame(4, reached=2, dh_rms=[np.nan, np.nan, 0.2, 0.4])
    title = "Backward · stage 3 of 4 · ∂J/∂h₂ next"
    assert moment_tip(7, frame) == (title, "Moment 7 of 10", "RMS ∂J/∂h₃ = 0.20")
    assert moment_tip(8, frame)[2] == ""


@pytest.mark.parametrize(
    ("phase", "stages", "recurrent", "longest", "shortest"),
    [
        (Phase.FORWARD, 7, False, "forward, stages 1…7", "forward"),
        (Phase.BACKWARD, 1000, False, "backward, stages 1,000…1", "backward"),
        (Phase.FORWARD, 1, False, "forward, stage 1", "forward"),
        (Phase.FORWARD, 9, True, "forward, timesteps 1…8, readout", "forward"),
        (Phase.BACKWARD, 9, True, "backward, readout, timesteps 8…1", "backward"),
        (Phase.LOSS, 7, False, "J", "J"),
        (Phase.UPDATE, 7, False, "update", "update"),
    ],
)
def test_sections_are_named(phase, stages, recurrent, longest, shortest):
    names = section_labels(phase, stages, recurrent)
    assert (names[0], names[-1]) == (longest, shortest)


def test_a_step_says_whether_it_is_kept():
    assert step_tip(1100, 1040, 1240)[1].startswith("Kept")
    assert step_tip(900, 1040, 1240) == (
        "Step 900 of 1,240", "Run again from an earlier kept state",
    )  # fmt: skip
