"""The instruments: what they show of real frames, that nothing overlaps, and that they paint."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from tests.helpers.frames import make_frame, make_history
from tests.helpers.plots import LEAST_SIZES, assert_whole, clashes, sentences, texts, words
from tests.helpers.specs import small
from vgsim.measure.coherence import Coherence
from vgsim.measure.forecast import Forecasted, Theory
from vgsim.measure.parameter_gradients import ParameterGradients
from vgsim.measure.request import Request
from vgsim.measure.singular import Singular
from vgsim.measure.snapshot import frame_of
from vgsim.measure.updates import Updates
from vgsim.nn.experiment import Experiment
from vgsim.text.scale import Scale
from vgsim.ui.plots.kinds import PLOTS
from vgsim.ui.plots.layer import Symbols
from vgsim.ui.style.theme import ink_on, load_theme

LIGHT, DARK = load_theme("light"), load_theme("dark")
NAMES = ("coherence", "parameters", "singular", "updates")
ALL = Request(frozenset([Coherence, Forecasted, ParameterGradients, Singular, Updates]))
SIZES = ((200, 130), (400, 300), (900, 600))
SEQUENCE = {"data__dataset": "adding", "data__length": 12, "training__loss": "mse"}
CASES = {
    "sigmoid": {"network__depth": 6, "network__activation": "sigmoid"},
    "relu": {"network__activation": "relu", "init__weights": "he_normal"},
    "deep": {"network__depth": 60, "network__activation": "sigmoid"},
    "batch norm": {"network__norm": "batch", "network__depth": 8},
    "highway": {"network__skip": "highway", "network__norm": "layer", "network__depth": 5},
    "lstm": {"network__kind": "lstm", **SEQUENCE},
    "rnn of three cells": {"network__kind": "rnn", "network__cells": 3, **SEQUENCE},
    "zeros": {"init__weights": "zeros"},
    "frozen": {"training__learning_rate": 0.0},
    "diverged": {"training__learning_rate": 100.0, "network__activation": "relu"},
    "one stage above": {"network__depth": 1, "network__width": 1},
}


@cache
def frames(case):
    """Of one experiment: after two updates, amid the next backward pass, and at its end."""
    experiment = Experiment(small(**CASES[case]))
    found = []
    for steps, position in ((2, None), (2, experiment.stages + 3), (2, 2 * experiment.stages + 1)):
        if position is None:
            experiment.run(steps)
        else:
            experiment.seek(steps, position)
        found.append(frame_of(experiment, 1, request=ALL))
    return tuple(found)


@pytest.fixture
def make(qtbot):
    """Make a plot of that name and size, closed after the test."""
    made = []

    def build(name, *shown, size=(400, 300), theme=LIGHT):
        plot = PLOTS[name](theme, Scale())
        plot.resize(*size)
        for frame in shown or (None,):
            plot.set_frame(frame)
        plot.grab()
        made.append(plot)
        return plot

    yield build
    for plot in made:
        plot.close()


def assert_readable(plot):
    assert not clashes(plot)


@pytest.mark.parametrize("name", NAMES)
def test_instrument_says_what_it_is(make, name):
    plot = make(name)
    assert plot.title == PLOTS.entry(name).label == plot.accessibleName()
    assert plot.wants and plot.subtitle


@pytest.mark.parametrize("name", NAMES)
def test_without_its_measurement_an_instrument_is_a_sentence(make, name):
    for frame in (None, make_frame(), make_frame(history=make_history())):
        plot = make(name, frame)
        assert sentences(plot) and not texts(plot)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", [*NAMES, "gradient"])
def test_texts_neither_overlap_nor_clip(make, name, case):
    for size in SIZES:
        plot = make(name, size=size)
        for frame in frames(case):
            plot.set_frame(frame)
            assert_readable(plot)


@pytest.mark.parametrize("size", LEAST_SIZES)
@pytest.mark.parametrize("name", NAMES)
def test_an_instrument_is_whole_from_its_least_size_on(make, name, size):
    assert_whole(make(name, *frames("lstm"), size=size))


@pytest.mark.parametrize("name", NAMES)
def test_instrument_follows_the_theme(make, name):
    plot = make(name, frames("sigmoid")[0])
    plot.set_theme(DARK)
    image = plot.grab().toImage()
    assert image.pixelColor(1, 1).name() == DARK.surface.lower()


@pytest.mark.parametrize("case", ["sigmoid", "lstm", "highway"])
@pytest.mark.parametrize("name", NAMES)
def test_every_place_has_its_numbers(make, name, case):
    plot = make(name, *frames(case))
    (left, right), (low, high) = plot.area.x, plot.area.y
    for x in np.linspace(left, right, 7):
        for y in np.linspace(low, high, 5):
            assert plot.readout(float(x), float(y))


def test_updates_show_the_guide_and_name_the_matrices(make):
    plot = make("updates", *frames("sigmoid"))
    assert "10⁻³ guide" in words(plot) and {"W₁", "W₇"} <= set(words(plot))


def test_the_last_update_is_shown_amid_the_next_pass(make):
    plot = make("updates", frames("sigmoid")[1])
    assert not sentences(plot) and plot.note == "update 2"


def test_updates_that_were_not_read_are_a_sentence(make):
    update, amid, _ = frames("sigmoid")
    assert sentences(make("updates", update, replace(amid, measurements=())))


def test_who_goes_back_sees_the_update_before(make):
    update = frames("sigmoid")[0]
    later = replace(update.measurement(Updates), step=3)
    plot = make(
        "updates", update, replace(update, step=3, measurements=(later,)), frames("sigmoid")[1]
    )
    assert plot.note == "update 2" and list(plot.trail.steps) == [2]


def test_updates_have_a_course_where_there_is_room(make):
    update = frames("sigmoid")[0]
    later = replace(update, step=5, measurements=(replace(update.measurement(Updates), step=5),))
    wide = make("updates", update, later, size=(600, 300))
    assert wide.course.view_box.isVisible()
    assert list(wide.course_curves[0].xData) == [2, 5]
    assert not make("updates", update, later).course.view_box.isVisible()


def test_frozen_weights_and_none_at_all_have_words(make):
    assert sentences(make("updates", frames("frozen")[0])) == ["The last update moved no weight"]
    nothing = Updates(1, (), (), np.empty(0))
    plot = make("updates", replace(make_frame(), measurements=(nothing,)))
    assert sentences(plot) == ["This network trains no weights"]


def test_ratios_far_from_the_guide_warn(make):
    ratios = np.array([1e-3, 1e-6])
    reading = Updates(0, (0, 1), ("W", "W"), ratios)
    plot = make("updates", replace(make_frame(2), measurements=(reading,)))
    dots = next(m for m in plot.over.marks if isinstance(m, Symbols) and m.shape == "dot")
    assert list(dots.fills[0]) != list(dots.fills[1])


def test_coherence_has_the_band_of_noise(make):
    plot = make("coherence", frames("sigmoid")[2])
    assert "mean cosine of noise" in words(plot) and "8 samples" in plot.subtitle


def test_coherence_names_both_lines_and_what_0_means(make):
    frame = frames("sigmoid")[2]
    plot = make("coherence", frame)
    assert {"agreement kept", "mean cosine of all pairs"} <= set(words(plot))
    assert plot.subtitle.startswith("1 kept, 0 shattered · since h₆")
    found = frame.measurement(Coherence)
    assert np.array_equal(plot.kept.yData, found.kept, equal_nan=True)
    assert f"h₁  {found.kept[0]:.2f}" in words(plot)


def test_ticks_of_coherence_differ(make):
    numbers = [
        w for w in words(make("coherence", frames("sigmoid")[2], size=(900, 1200))) if "." in w
    ]
    assert len(set(numbers)) == len(numbers) > 3


def test_one_sample_is_told_apart_from_no_pass(make):
    frame = make_frame()
    frame = replace(frame, subject=replace(frame.subject, batch=1))
    assert sentences(make("coherence", frame)) == ["One sample alone has nothing to agree with"]


def test_parameters_are_named_and_have_figures(make):
    plot = make("parameters", frames("highway")[2], size=(900, 600))
    assert {"W", "b", "γ", "β", "W gate", "b gate"} <= set(words(plot))
    assert sum(word[:1].isdigit() for word in words(plot)) > 20


def test_what_is_under_the_floor_is_told_apart_from_what_is_not_there(make):
    values = np.array([[1e-3] * 40, [1e-12] * 20 + [0.0] * 20])
    owners = tuple(str(k) for k in range(1, 41))
    reading = ParameterGradients(("W", "b"), owners, values, np.ones((2, 40), dtype=bool))
    plot = make("parameters", replace(make_frame(), measurements=(reading,)))
    bar = sum(word == "0" for word in words(make("parameters", frames("sigmoid")[2])))
    assert "< 10⁻⁸" in words(plot) and words(plot).count("0") == bar + 1


def test_parameters_not_reached_say_so(make):
    plot = make("parameters", frames("deep")[1])
    assert "not reached yet" in words(plot)


def test_a_parameter_that_is_not_there_is_said_not_to_be(make):
    plot = make("parameters", frames("highway")[2])
    assert plot.readout(1, 1) == "stage 1 has no b gate"


def test_zero_gradients_are_figures_too(make):
    assert "0" in words(make("parameters", frames("zeros")[2], size=(900, 600)))


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_figures_can_be_read_on_every_shade(theme):
    def luminance(rgb):
        parts = [(p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4) for p in rgb]
        return float(np.dot(parts, (0.2126, 0.7152, 0.0722)))

    for shade in range(259):
        ink = tuple(int(ink_on(theme, shade)[at : at + 2], 16) / 255 for at in (1, 3, 5))
        low, high = sorted((luminance(ink), luminance(theme.heat[shade] / 255)))
        assert (high + 0.05) / (low + 0.05) >= 4


def test_singular_values_say_whose_they_are(make):
    plot = make("singular", frames("lstm")[2])
    assert "sample 1" in plot.subtitle and "state (h, c)" in plot.subtitle
    assert "product from h₁₃" in words(plot)


def test_singular_values_beyond_a_float_are_still_read_out(make):
    deep = Singular(
        np.array([1]), np.array([[-400.5, -500.0, -np.inf]]), np.array([1]),
        np.array([[-400.5, np.nan]]), (0,), chosen=False,
    )  # fmt: skip
    plot = make("singular", replace(make_frame(2), measurements=(deep,)))
    text = plot.readout(1.5, -3)
    assert "3.16e−401" in text and "smallest 0" in text and "below rounding" in text
    assert "< 10⁻⁸" in words(plot)


def forecasted(stages, theory=Theory.MEAN_FIELD):
    return Forecasted(theory, 0.3 * 10.0 ** (-0.5 * np.arange(stages)[::-1]))


def test_theory_is_dashed_and_named(make):
    plot = make("gradient", replace(make_frame(6), measurements=(forecasted(6),)))
    assert len(plot.theory.xData) == 6
    assert plot.theory.opts["pen"].dashPattern()
    assert "theory (mean field)" in words(plot) and "dashed: theory" in plot.subtitle


def test_after_training_theory_is_of_the_start(make):
    frame = replace(make_frame(6), step=3, measurements=(forecasted(6),))
    assert "theory at step 0" in words(make("gradient", frame))


@pytest.mark.parametrize(
    "measurements", [(), (Forecasted(Theory.MEAN_FIELD, np.zeros(6)),), (forecasted(5),)]
)
def test_without_theory_nothing_is_promised(make, measurements):
    plot = make("gradient", replace(make_frame(6), measurements=measurements))
    assert "theory" not in plot.subtitle
    assert not [word for word in words(plot) if "theory" in word]


def compared(stages=6, others=6, history=True):
    seen = make_history(50, stages) if history else None
    other = make_frame(others, decay=0.05, history=make_history(40, others) if history else None)
    spec = other.spec.replace({"network.activation": "relu", "init.weights": "he_normal"})
    return replace(make_frame(stages, history=seen), other=replace(other, spec=spec))


@pytest.mark.parametrize("others", [1, 3, 6, 40])
@pytest.mark.parametrize("name", ["gradient", "heatmap", "loss", "accuracy"])
def test_compared_texts_neither_overlap_nor_clip(make, name, others):
    for size in ((200, 130), (240, 160), (400, 300), (900, 600)):
        plot = make(name, compared(6, others), size=size)
        assert_readable(plot)
        plot.grab()


def test_b_is_a_line_of_squares_with_its_name(make):
    plot = make("gradient", compared())
    squares = [m for m in plot.over.marks if isinstance(m, Symbols) and m.shape == "square"]
    assert max(len(mark.x) for mark in squares) == 6
    assert "B ReLU, He normal" in words(plot)
    assert "A Sigmoid, Xavier normal" in words(plot)


def test_stages_of_both_are_counted_from_the_last(make):
    plot = make("gradient", compared(6, 9))
    assert plot.other_curve.xData[0] == -2 and plot.other_curve.xData[-1] == 6
    assert "by hops to the last stage" in plot.subtitle and "0" in words(plot)


def test_the_line_of_b_goes_with_it(make):
    plot = make("gradient", compared(), make_frame(6))
    assert not len(plot.other_curve.xData)
    assert not [word for word in words(plot) if word.startswith("B ")]


def test_b_has_the_lower_picture_on_the_same_steps(make):
    plot = make("heatmap", compared(6, 3))
    assert plot.other_picture.isVisible() and "B below" in plot.subtitle
    assert plot.readout(10, 0.6).startswith("B h₁, step 10: ")
    assert plot.readout(10, plot.area.y[1] - 0.1).startswith("A h₆, step 10: ")


def test_b_without_steps_has_no_picture(make):
    frame = compared()
    other = make_frame(6)
    plot = make("heatmap", replace(frame, other=other))
    assert not plot.other_picture.isVisible()
    assert_readable(plot)


def test_the_curves_of_both_are_named(make):
    plot = make("loss", compared(), size=(450, 300))
    assert {"A training", "A held-out", "B training", "B held-out"} <= set(words(plot))
    assert "B ReLU" in plot.subtitle
    assert plot.readout(5, 2).count("\n") == 3


def test_a_run_that_diverges_does_not_flatten_the_other(make):
    frame = compared()
    loss = np.geomspace(2.3, 1e9, len(frame.other.history.steps))
    other = replace(frame.other, history=replace(frame.other.history, loss=loss))
    assert make("loss", replace(frame, other=other)).area.y[1] <= 10


def test_a_start_that_leaves_the_top_is_named(make):
    frame = compared()
    loss = np.r_[12.0, 6.0, np.linspace(2.5, 1.0, len(frame.other.history.steps) - 2)]
    other = replace(frame.other, history=replace(frame.other.history, loss=loss))
    for size in ((200, 130), (400, 300)):
        plot = make("loss", replace(frame, other=other), size=size)
        assert plot.area.y[1] <= 5 and any("B 12.00 at step" in w for w in words(plot))
        assert_readable(plot)


def test_a_held_out_loss_that_leaves_the_top_is_named(make):
    frame = compared()
    held = np.full(len(frame.other.history.held_steps), 2.0)
    held[0] = 30.0
    other = replace(frame.other, history=replace(frame.other.history, held_loss=held))
    plot = make("loss", replace(frame, other=other))
    assert any(word.startswith("B held-out 30.00 at step") for word in words(plot))
