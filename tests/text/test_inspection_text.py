"""Titles, numbers, tool tips and histories of what is looked into."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.helpers.frames import make_frame
from tests.helpers.specs import small
from vgsim.measure.inspection.look import Figure, Inspection
from vgsim.measure.request import Focus
from vgsim.measure.snapshot import frame_of
from vgsim.measure.subject import Subject
from vgsim.nn.experiment import Experiment
from vgsim.nn.presets import load_preset
from vgsim.text.inspection import (
    any_unreached,
    as_html,
    exact_text,
    figure_tip,
    figures_tsv,
    focus_title,
    sample_text,
    shade_words,
    tip,
    value_text,
    way_words,
)
from vgsim.text.scale import Scale
from vgsim.ui.diagram.model.picking import Shape, ways
from vgsim.ui.inspector import model as inspect_history
from vgsim.ui.inspector.model import history_curve, history_words

SCALE = Scale(-8, 1)
FIGURE = Figure(r"\partial J/\partial h_{3}", -3.62141e-5, "what reaches it", "dh3[0, 5]")


def _inspection(values, signed: bool = False, figures: tuple[Figure, ...] = (FIGURE,)):
    values = np.asarray(values, dtype=np.float64)
    steps = np.arange(len(values), dtype=np.int64) * 10
    title = "Unit 5 of stage 3"
    return Inspection(Focus(3, 5), title, 0, figures, "RMS ∂J/∂h", steps, values, signed)


@pytest.mark.parametrize(
    ("focus", "recurrent", "title"),
    [
        (Focus(3), False, "Stage 3"),
        (Focus(3, 5), False, "Unit 6 of stage 3"),
        (Focus(3, 5, 2), False, "Edge 3 → 6 below stage 3"),
        (Focus(3, 5), True, "Unit 6 of timestep 3"),
        (Focus(7, 1, 2), True, "Edge 3 → 2 below the readout"),
        (Focus(7), True, "Readout"),
    ],
)
def test_a_pick_has_a_title(focus, recurrent, title):
    assert focus_title(focus, 7, Subject(recurrent=recurrent)) == title


def test_whose_figures_they_are():
    assert sample_text(1) == "sample 2 of the batch"
    assert sample_text(None) == "mean over the batch"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.512345, "0.5123"), (-0.0493821, "−0.04938"), (3.62141e-5, "3.621e−5"), (0.0, "0"),
     (math.nan, "·"), (math.inf, "∞"), (-math.inf, "−∞"), (12345.6, "12,346")],
)  # fmt: skip
def test_a_figure_has_four_digits(value, text):
    assert value_text(value) == text


def test_the_exact_value_is_within_reach():
    assert exact_text(1 / 3) == "0.3333333333333333"
    assert exact_text(math.nan) == "not reached yet"
    assert figure_tip(FIGURE) == (
        "what reaches it", "-3.62141e-05", "dh3[0, 5] in vgsim trace, whose arrays count from 0",
    )  # fmt: skip


@given(st.floats(allow_nan=False))
def test_tsv_holds_every_digit(value):
    figures = (FIGURE, Figure("h", value, "activation"))
    line = figures_tsv(_inspection([], figures=figures)).splitlines()[-1]
    assert float(line.split("\t")[1]) == value


def test_what_is_not_reached_is_noticed():
    assert not any_unreached([FIGURE]) and any_unreached([FIGURE, Figure("h", math.nan, "")])


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.0, "exactly zero"), (1e-12, "under 10⁻⁸"), (math.inf, "too large"), (50.0, "over 10¹"),
     (math.nan, "Not reached"), (3.621e-3, "log₁₀ = −2.44, on the scale of 10⁻⁸ to 10¹")],
)  # fmt: skip
def test_a_shade_has_an_exact_meaning(value, words):
    assert words in shade_words(value, SCALE)


def test_the_tip_of_a_stage_has_its_numbers():
    frame = make_frame(3, dh_rms=[1e-3, 1e-2, 0.1])
    title, *lines = tip(frame, Focus(2), SCALE)
    assert title == "Stage 2"
    assert lines[:3] == ["RMS ∂J/∂h = 0.010", "RMS h = 1.0", "×0.10 of what reaches stage 3"]


def test_the_tip_of_a_unit_says_what_its_look_means():
    frame = make_frame(3, reached=1)
    assert "Gray" in tip(frame, Focus(1, 0), SCALE)[-1]
    assert "Shade" in tip(frame, Focus(3, 0), SCALE)[-1]


def test_the_tip_of_an_edge_has_weight_and_what_it_hands_back():
    experiment = Experiment(small())
    experiment.run(1)
    frame = frame_of(experiment)
    words = tip(frame, Focus(2, 1, 3), SCALE)
    assert words[1].startswith("w = ") and "hands back" in words[2]


def test_the_tip_of_a_line_from_a_picture_tells_its_pixels_apart():
    experiment = Experiment(load_preset("sigmoid-stack"))
    experiment.run(1)
    frame = frame_of(experiment)
    words = " ".join(tip(frame, Focus(1, 0, 17), SCALE))
    assert "8 pixels of row 3" in words
    experiment.seek(1, 0)
    assert "has not come" in tip(frame_of(experiment), Focus(1, 0, 17), SCALE)[-1]


def test_a_network_too_large_for_edges_says_so():
    frame = make_frame(3)
    assert "too many" in tip(frame, Focus(2, 1, 3), SCALE)[-1]


def test_tips_are_escaped():
    assert "&lt;" in as_html("a<b", "x", "") and as_html("a", "x", "").count("<p") == 2


@pytest.mark.parametrize("focus", [Focus(2), Focus(2, 1), Focus(2, 1, 1)])
def test_every_way_has_words(focus):
    found = ways(focus, Shape(3, (3, 3, 3)))
    assert all(way_words(focus, name) for name in found) and len(found) == 3 + (
        focus.unit is not None and focus.source is None
    )


def test_magnitudes_are_drawn_by_decades():
    curve = history_curve(_inspection([1e-1, 1e-3, 1e-5]), 300, 6)
    assert np.allclose(curve.y, [-1, -3, -5]) and math.isnan(curve.zero)
    assert {label for _, label in curve.y_ticks} == {"10⁻¹", "10⁻²", "10⁻³", "10⁻⁴", "10⁻⁵"}
    assert curve.last == "1.000e−5"


def test_zero_and_overflow_have_rows_of_their_own():
    curve = history_curve(_inspection([0.0, 1e-2, math.inf]), 300, 4)
    labels = {label: at for at, label in curve.y_ticks}
    assert curve.y[0] == labels["0"] < -2 and curve.y[-1] == labels["∞"] > -2


def test_values_with_a_sign_have_a_zero_line():
    curve = history_curve(_inspection([-0.3, 0.2], signed=True), 300, 4)
    assert curve.zero == 0 and curve.y_range[0] <= -0.3 and curve.y_range[1] >= 0.2


@pytest.mark.parametrize(
    ("values", "words"),
    [([], "NO_STEPS"), ([math.nan], "NEVER"), ([0, 0], "ALL_ZERO"), ([math.inf], "ALL_OVER")],
)
def test_an_empty_history_says_why(values, words):
    curve = history_curve(_inspection(values), 300, 4)
    assert curve.empty == getattr(inspect_history, words)


@given(
    arrays(np.float64, st.integers(1, 60), elements=st.floats(allow_subnormal=True)),
    st.booleans(),
    st.integers(60, 900),
    st.integers(2, 12),
)
def test_every_history_fits_its_ranges(values, signed, columns, rows):
    curve = history_curve(_inspection(values, signed), columns, rows)
    if curve.empty:
        return
    known = curve.y[~np.isnan(curve.y)]
    assert np.isfinite(known).all()
    assert curve.y_range[0] <= known.min() and known.max() <= curve.y_range[1]
    assert len(curve.y_ticks) <= rows + 3


def test_a_step_of_the_history_is_told():
    assert history_words(_inspection([1.0, 2.0, 4.0]), 12) == "step 10: 2.000"
    assert history_words(_inspection([]), 12) == ""
