"""Gain budget, saturation and histograms: what stands on them, in every size."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint

from tests.helpers.frames import make_frame
from tests.helpers.plots import (
    LEAST_SIZES,
    SIZES,
    assert_whole,
    clashes,
    frame_for,
    marks,
    sentences,
    texts,
    words,
)
from tests.helpers.specs import small
from vgsim.nn.presets import load_preset
from vgsim.text.scale import Scale
from vgsim.ui.plots.kinds import PLOTS
from vgsim.ui.plots.layer import Bars, Fill, Lines, Path, Symbols
from vgsim.ui.style.theme import load_theme

LIGHT, DARK = load_theme("light"), load_theme("dark")
NAMES = ("budget", "saturation", "activations", "gradients")
SEQUENCE = {"data__dataset": "adding", "data__length": 12, "training__loss": "mse"}
CASES = {
    "sigmoid, backward": ({"network__activation": "sigmoid", "network__depth": 6}, 0, 11),
    "forward": ({}, 0, 2),
    "relu, trained": ({"network__activation": "relu"}, 5, 0),
    "residual, layer norm": ({"network__skip": "residual", "network__norm": "layer"}, 1, 0),
    "exploding": ({"network__activation": "relu", "init__weights": "normal", "init__std": 50.0,
                   "network__depth": 12}, 1, 0),
    "overflow": ({"network__activation": "relu", "init__weights": "normal", "init__std": 100.0,
                  "network__depth": 30, "training__precision": "float32"}, 1, 0),
    "all zero": ({"init__weights": "zeros"}, 1, 0),
    "saturated": ({"init__weights": "normal", "init__std": 40.0}, 1, 6),
    "lstm": ({"network__kind": "lstm", **SEQUENCE}, 0, 18),
    "gru": ({"network__kind": "gru", **SEQUENCE}, 1, 0),
    "deep": ({"network__depth": 300, "network__activation": "sigmoid"}, 1, 0),
    "one hop": ({"network__depth": 1}, 1, 0),
    "linear": ({"network__activation": "identity"}, 0, 7),
}  # fmt: skip


@pytest.fixture
def make(qtbot):
    """Make a plot of that name and size, closed after the test."""
    made = []

    def build(name, frame=None, size=(450, 300), theme=LIGHT):
        plot = PLOTS[name](theme, Scale(), 1.0)
        plot.resize(*size)
        plot.set_frame(frame)
        plot.grab()
        made.append(plot)
        return plot

    yield build
    for plot in made:
        plot.close()


def trained(name, **changes):
    return frame_for(name, small(**changes), steps=2)


@pytest.mark.parametrize("name", NAMES)
def test_plot_says_what_it_is(make, name):
    plot = make(name)
    assert plot.title == PLOTS.entry(name).label
    assert plot.accessibleName() == plot.title
    assert plot.subtitle


@pytest.mark.parametrize("frame", [None, make_frame(6)], ids=["no frame", "no readings"])
@pytest.mark.parametrize("name", NAMES)
def test_without_a_measurement_there_is_a_sentence(make, name, frame):
    plot = make(name, frame)
    assert "Step (→)" in sentences(plot)[0]
    assert not texts(plot)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", NAMES)
def test_texts_neither_overlap_nor_clip(make, name, case):
    changes, steps, position = CASES[case]
    frame = frame_for(name, small(**changes), steps=steps, position=position)
    for size in SIZES:
        assert not clashes(make(name, frame, size))


@pytest.mark.parametrize("size", LEAST_SIZES)
@pytest.mark.parametrize("name", NAMES)
def test_a_plot_is_whole_from_its_least_size_on(make, name, size):
    assert_whole(make(name, trained(name), size))


@pytest.mark.parametrize("name", NAMES)
def test_theme_switches_live(make, name):
    plot = make(name, trained(name))
    before = {mark.color for mark in marks(plot, Lines)}
    plot.set_theme(DARK)
    assert before.isdisjoint(mark.color for mark in marks(plot, Lines))


@pytest.mark.parametrize("name", ["budget", "activations", "gradients"])
def test_data_lie_where_the_axes_say(make, name):
    plot = make(name, trained(name))
    assert plot.view_box.geometry().getRect() == pytest.approx(tuple(plot.area.box))


def test_both_curves_lie_where_their_axes_say(make):
    column = make("saturation", trained("saturation"))._panels[0]
    for panel in (column.upper, column.lower):
        assert panel.view_box.geometry().getRect() == pytest.approx(tuple(panel.area.box))


@pytest.mark.parametrize("name", NAMES)
def test_numbers_under_the_mouse(make, name):
    plot = make(name, trained(name))
    middle = QPoint(
        round(plot.area.box.left + plot.area.box.width / 2), round(plot.area.box.top + 20)
    )
    assert any(letter.isdigit() for letter in plot.words_at(middle))
    assert plot.words_at(QPoint(0, 0)) == ""


@pytest.mark.parametrize("name", NAMES)
def test_the_data_have_words_at_every_pixel_and_nothing_else_has(make, name):
    plot = make(name, trained(name, network__depth=5), (260, 220))
    box = plot.area.box
    for x in range(0, 260, 13):
        for y in range(0, 220, 11):
            inside = box.left < x < box.right and box.top < y < box.bottom
            assert bool(plot.words_at(QPoint(x, y))) == inside, (x, y)


# the gain budget


def test_budget_has_a_row_for_each_hop_the_last_stage_first(make):
    plot = make("budget", trained("budget"))
    names = [text for text in texts(plot) if "→" in text.text]
    assert [text.text for text in sorted(names, key=lambda text: text.y)] == [
        "h₄ → h₃",
        "h₃ → h₂",
        "h₂ → h₁",
    ]


def test_budget_shows_the_measured_decades(make):
    frame = trained("budget")
    decades = np.log10(frame.dh_rms[0] / frame.dh_rms[1])
    assert f"{decades:+.2f}".replace("-", "−") in words(make("budget", frame))


def test_a_hop_not_taken_is_an_empty_row(make):
    plot = make("budget", frame_for("budget", small(), position=7))
    assert "h₂ → h₁" in words(plot)
    assert sum(word[:1] in "+−" and "." in word for word in words(plot)) - _ticks(plot) == 1
    assert plot.readout(0, 1) == "h₂ → h₁: not taken yet"


def _ticks(plot):
    """Tick labels that look like decades of a hop."""
    row = plot.area.box.bottom
    return sum(text.y > row and text.text[:1] in "+−" and "." in text.text for text in texts(plot))


def test_bars_end_where_the_total_is_when_all_parts_lose(make):
    hop = (("h", 1.0), ("activation", 0.25), ("weights", 0.1))
    plot = make("budget", replace(make_frame(2), cuts=((("h", 1.0),), hop)))
    end = min(box.left for bars in marks(plot, Bars) for box in bars.boxes if box.top > 20)
    assert end == pytest.approx(float(plot.area.across(-1.0)))


def test_a_legend_names_the_parts(make):
    plot = make("budget", trained("budget", network__norm="layer", network__activation="sigmoid"))
    assert {"σ′(z) ≤ 0.25", "weights", "norm"} <= set(words(plot))


def test_deep_budgets_become_columns(make):
    plot = make("budget", trained("budget", network__depth=300), (400, 300))
    assert "total, decades" in words(plot)
    assert plot.area.x == (0.5, 300.5)


def test_the_hop_just_taken_is_marked(make):
    plot = make("budget", frame_for("budget", small(), position=8))
    [strong] = [text for text in texts(plot) if "→" in text.text and text.weight == 600]
    assert strong.text == "h₃ → h₂"


def test_lost_gradients_have_words(make):
    hop = (("h", 1.0), ("activation", 0.5), ("weights", 0.0))
    dead = (("h", 0.0), ("activation", 0.0), ("weights", 0.0))
    plot = make("budget", replace(make_frame(3), cuts=((("h", 0.0),), dead, hop)))
    assert {"→ 0", "was 0"} <= set(words(plot))


def test_the_budget_axis_does_not_jitter(make):
    plot = make("budget")
    seen = set()
    for step in range(12):
        plot.set_frame(frame_for("budget", small(), steps=step + 1))
        seen.add(plot.area.x)
    assert len(seen) <= 2


# saturation


def test_dots_lie_on_the_curve(make):
    frame = frame_for("saturation", small(network__activation="sigmoid"), position=8)
    plot = make("saturation", frame)
    [dots] = marks(plot, Symbols)
    upper = plot._panels[0].upper.area
    z = upper.x[0] + (dots.x - upper.box.left) / upper.box.width * (upper.x[1] - upper.x[0])
    assert np.allclose(dots.y, upper.down(1 / (1 + np.exp(-z))), atol=0.3)


def test_the_bound_is_named(make):
    plot = make("saturation", trained("saturation", network__activation="sigmoid"))
    assert {"max 0.25", "σ(z)", "σ′(z)"} <= set(words(plot))


def test_saturation_follows_the_stepper(make):
    plot = make("saturation", frame_for("saturation", small(), position=2))
    assert any("stage 2 (h₂)" in word for word in words(plot))
    plot.set_frame(frame_for("saturation", small(), position=3))
    assert any("stage 3 (h₃)" in word for word in words(plot))


def test_what_counts_as_saturated_is_said(make):
    assert "tanh′ ≤ 0.05" in make("saturation", trained("saturation")).subtitle


def test_dead_units_are_counted(make):
    plot = make("saturation", trained("saturation", network__activation="relu"))
    assert any("of z < 0" in word and "4 units dead" in word for word in words(plot))


def test_gates_have_two_columns_and_their_names(make):
    spec = small(network__kind="lstm", **SEQUENCE)
    plot = make("saturation", frame_for("saturation", spec, position=18))
    assert len(plot._panels) == 2
    assert {"i", "f", "o", "g", "c"} <= set(words(plot))


def test_a_linear_stage_says_that_nothing_saturates(make):
    plot = make("saturation", trained("saturation", network__activation="identity"))
    assert "nothing saturates" in plot.subtitle


def test_what_lies_beyond_the_axis_is_counted(make):
    spec = small(init__weights="normal", init__std=60.0)
    plot = make("saturation", frame_for("saturation", spec, position=1))
    assert any(word.endswith("→") for word in words(plot))


def test_every_stage_has_a_bar(make):
    plot = make("saturation", trained("saturation", network__activation="relu"))
    bars = [box for mark in marks(plot, Bars) for box in mark.boxes]
    strip = [box for box in bars if box.bottom == plot._strip.bottom]
    assert len(strip) == 4


def test_the_axis_of_z_does_not_jitter(make):
    plot = make("saturation")
    seen = set()
    for step in range(1, 12):
        plot.set_frame(frame_for("saturation", small(network__activation="relu"), steps=step))
        seen.add(plot._panels[0].upper.area.x)
    assert len(seen) <= 2


# histograms


def test_every_reached_stage_has_a_ridge(make):
    frame = frame_for("gradients", small(), position=7)
    assert len(marks(make("gradients", frame), Fill)) == 2
    frame = frame_for("activations", small(), position=3)
    assert len(marks(make("activations", frame), Fill)) == 3


def test_gradient_ridges_wear_the_shade_of_their_rms(make):
    frame = trained("gradients")
    colors = {mark.color for mark in marks(make("gradients", frame), Fill)}
    shades = LIGHT.heat[Scale().index(frame.dh_rms)].tolist()
    assert colors == {"#{:02x}{:02x}{:02x}".format(*shade) for shade in shades}


def test_gradient_ridges_stand_on_the_decades_of_the_scale(make):
    plot = make("gradients", trained("gradients"), (600, 400))
    assert plot.area.x == (-8, 1)
    assert {"10⁻⁸", "10¹"} <= set(words(plot))


def test_ridges_peak_where_the_values_are(make):
    frame = trained("gradients")
    plot = make("gradients", frame)
    for stage, ridge in zip((4, 3, 2, 1), marks(plot, Fill), strict=True):
        peak = plot.area.value(ridge.x[np.argmin(ridge.y)], 0)[0]
        assert abs(peak - np.log10(frame.dh_rms[stage - 1])) < 1.0


def test_exact_zeros_stand_beside_the_axis(make):
    plot = make("activations", trained("activations", network__activation="relu"))
    assert any(word.endswith(" %") for word in words(plot))
    assert "0" in words(plot)


def test_a_column_that_was_needed_stays_in_this_run(make):
    lost = trained("gradients", network__depth=12, network__activation="sigmoid",
                   init__weights="normal", init__std=0.01)  # fmt: skip
    plot = make("gradients", lost)
    left = plot.area.box.left
    plot.set_frame(trained("gradients", network__depth=12))
    assert plot.area.box.left == left
    plot.set_frame(replace(trained("gradients", network__depth=12), generation=2))
    assert plot.area.box.left < left


def test_deep_networks_show_some_stages_and_say_so(make):
    plot = make("gradients", trained("gradients", network__depth=60), (450, 300))
    assert len(marks(plot, Fill)) == 24
    assert "24 of 61 stages" in plot.subtitle


def test_small_plots_show_fewer_ridges(make):
    plot = make("activations", trained("activations", network__depth=60), (200, 130))
    assert 2 <= len(marks(plot, Fill)) < 14


def test_activations_that_explode_are_on_signed_decades(make):
    frame = trained("activations", network__activation="relu", network__depth=8,
                    init__weights="normal", init__std=20.0)  # fmt: skip
    plot = make("activations", frame)
    assert "signed log scale" in plot.subtitle
    assert any(word.startswith("10") for word in words(plot))


def test_positive_activations_do_not_reach_below_zero(make):
    plot = make("activations", trained("activations", network__activation="sigmoid"))
    zero = float(plot.area.across(0.0))
    hidden = marks(plot, Fill)[1:]
    assert all(ridge.x.min() >= zero - 0.01 for ridge in hidden)


def test_the_axis_of_h_does_not_jitter(make):
    plot = make("activations")
    seen = set()
    for step in range(1, 15):
        plot.set_frame(frame_for("activations", small(), steps=step))
        seen.add(plot.area.x)
    assert len(seen) <= 2


def test_gates_curves_are_outlines(make):
    spec = small(network__kind="gru", **SEQUENCE)
    plot = make("saturation", frame_for("saturation", spec, position=18))
    assert len(marks(plot, Path)) == 2
    assert len(marks(plot, Fill)) == 1


@pytest.mark.slow
@pytest.mark.parametrize("preset", ["sigmoid-stack", "batch-norm-deep", "lstm-adding"])
@pytest.mark.parametrize("name", NAMES)
def test_presets_have_their_instruments(make, name, preset):
    frame = frame_for(name, load_preset(preset), steps=3)
    for size in SIZES:
        assert not clashes(make(name, frame, size))
