"""The plots: what stands on them, that nothing overlaps, and that they paint."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget

from tests.helpers.frames import make_frame, make_history, with_loss
from tests.helpers.plots import LEAST_SIZES, assert_whole, sentences, texts, words
from vgsim.text.empty import NO_UPDATE
from vgsim.text.scale import OVERFLOW, ZERO, Scale
from vgsim.ui.plots.gradient import _apart
from vgsim.ui.plots.kinds import PLOTS, Plot
from vgsim.ui.plots.layer import Ring, Symbols
from vgsim.ui.plots.model.geometry import Box
from vgsim.ui.plots.strip import cell_signs
from vgsim.ui.style.theme import load_theme, rgb

LIGHT, DARK = load_theme("light"), load_theme("dark")
NAMES = ("accuracy", "gradient", "heatmap", "loss")
TRAINED = ("accuracy", "heatmap", "loss")
SIZES = ((200, 130), (250, 160), (450, 300), (1200, 700))


@pytest.fixture
def make(qtbot):
    """Make a plot of that name and size, closed after the test."""
    made = []

    def build(name, frame=None, size=(450, 300), theme=LIGHT, pen_scale=1.0):
        plot = PLOTS[name](theme, Scale(), pen_scale)
        plot.resize(*size)
        plot.set_frame(frame)
        plot.grab()  # a widget never shown learns its size when it is painted
        made.append(plot)
        return plot

    yield build
    for plot in made:
        plot.close()


def picture(plot, ratio=1.0):
    """The plot as an image of ``ratio`` device pixels a logical one."""
    size = plot.size() * ratio
    image = QImage(size, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    QWidget.render(plot, image, QPoint())
    return image


def symbols(plot, shape):
    found = [m for m in plot.over.marks if isinstance(m, Symbols) and m.shape == shape]
    return sum(len(mark.x) for mark in found)


def weird():
    values = [0, 0, 3e-11, 1e-9, 1e-5, 1e-3, 2e-2, 1e-2, 3, 50, 1e3, np.inf]
    return np.array(values, dtype=np.float64)


def hard_frames():
    """Frames in which labels are most likely to collide."""
    stuck = with_loss(make_history(400), np.full(400, np.log(10)))
    stuck = replace(stuck, held_loss=np.full(16, 2.304), held_accuracy=stuck.held_accuracy * 0)
    diverged = with_loss(
        make_history(300, 12), np.r_[np.geomspace(2.3, 1e30, 200), np.full(100, np.inf)]
    )
    return {
        "partial": make_frame(6, reached=4, history=make_history(400)),
        "one stage": make_frame(1, history=make_history(20, 1)),
        "one step": make_frame(6, history=make_history(1)),
        "many stages": make_frame(1000, decay=0.02, history=make_history(60, 1000)),
        "many steps": make_frame(20, history=make_history(10_000, 20, stride=37)),
        "off the scale": make_frame(12, dh_rms=weird(), history=diverged),
        "all overflow": make_frame(6, dh_rms=np.full(6, np.inf), history=stuck),
    }


def test_every_plot_is_registered():
    assert set(NAMES) <= set(PLOTS.names())


@pytest.mark.parametrize("name", NAMES)
def test_plot_says_what_it_is(make, name):
    plot = make(name)
    assert isinstance(plot, Plot)
    assert plot.title == PLOTS.entry(name).label
    assert plot.accessibleName() == plot.title


@pytest.mark.parametrize("name", TRAINED)
def test_untrained_plot_says_how_to_fill_it(make, name):
    assert sentences(make(name, make_frame())) == [NO_UPDATE.said(still=False)]


@pytest.mark.parametrize("name", NAMES)
def test_plot_without_a_frame_is_a_sentence(make, name):
    plot = make(name)
    assert sentences(plot)
    assert not texts(plot)


@pytest.mark.parametrize("case", hard_frames())
@pytest.mark.parametrize("name", NAMES)
def test_texts_neither_overlap_nor_clip(make, name, case):
    frame = hard_frames()[case]
    for size in SIZES:
        plot = make(name, frame, size)
        boxes = [text.box for text in texts(plot)]
        inside = Box(-0.5, -0.5, size[0] + 1, size[1] + 1)
        clashes = [pair for pair in combinations(texts(plot), 2) if pair[0].box.meets(pair[1].box)]
        assert not clashes
        assert all(box.within(inside) == box for box in boxes)


@pytest.mark.parametrize("size", LEAST_SIZES)
@pytest.mark.parametrize("name", NAMES)
def test_a_plot_is_whole_from_its_least_size_on(make, name, size):
    frame = make_frame(12, dh_rms=weird(), history=make_history(stages=12))
    assert_whole(make(name, frame, size))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_theme_switches_live(make, name, theme):
    plot = make(name, make_frame(history=make_history()), theme=LIGHT)
    plot.set_theme(theme)
    assert picture(plot).pixelColor(1, 1) == QColor(theme.surface)


@pytest.mark.parametrize("name", NAMES)
def test_plot_leaves_keys_to_the_window(make, name):
    assert make(name).view.focusPolicy() is Qt.FocusPolicy.NoFocus


def test_a_picture_cannot_be_pressed(qtbot):
    plot = PLOTS["gradient"](LIGHT, Scale(), still=True)
    qtbot.addWidget(plot)
    assert plot.view.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)


@pytest.mark.parametrize("name", NAMES)
def test_plot_follows_its_size(make, name):
    plot = make(name, make_frame(history=make_history()), (300, 200))
    plot.resize(700, 400)
    plot.grab()
    assert 600 < plot.area.box.right < 700


@pytest.mark.parametrize("name", NAMES)
def test_data_lie_where_the_axes_say(make, name):
    plot = make(name, make_frame(history=make_history()))
    assert plot.view_box.geometry().getRect() == pytest.approx(tuple(plot.area.box))


def test_points_grow_as_backpropagation_proceeds(make):
    plot = make("gradient")
    for reached in range(1, 7):
        plot.set_frame(make_frame(6, reached=reached))
        ring = sum(isinstance(mark, Ring) for mark in plot.over.marks)
        assert symbols(plot, "dot") == reached + ring


def test_newest_point_carries_its_number(make):
    plot = make("gradient", make_frame(6, reached=4, dh_rms=np.full(6, 3.6e-3)))
    assert "h₃  3.6e−3" in words(plot)


def test_nothing_reached_is_said_on_empty_decades(make):
    plot = make("gradient", make_frame(6, reached=0))
    assert sentences(plot)
    assert "10⁻⁸" in words(plot)


def test_decades_do_not_move_with_the_gradient(make):
    plot = make("gradient", make_frame(6))
    before = plot.area
    plot.set_frame(make_frame(6, decay=2.0))
    assert plot.area == before


def test_what_the_scale_cannot_show_is_marked_at_the_edges(make):
    plot = make("gradient", make_frame(12, dh_rms=weird()), (600, 400))
    found = {shape: symbols(plot, shape) for shape in ("square", "down", "up", "diamond")}
    assert found == {"square": 2, "down": 2, "up": 2, "diamond": 1}
    assert {"0", "< 10⁻⁸", "> 10¹", "∞"} <= set(words(plot))


def test_zero_and_overflow_break_the_line(make):
    plot = make("gradient", make_frame(3, dh_rms=[1e-3, 0.0, 1e-3]))
    assert np.isnan(plot.curve.yData[1])


def test_points_wear_the_shade_of_the_scale(make):
    frame = make_frame(6, dh_rms=np.full(6, 1e-2))
    plot = make("gradient", frame, (450, 300))
    x, y = round(float(plot.area.across(4))), round(float(plot.area.down(-2)))
    shade = LIGHT.heat[Scale().index(frame.dh_rms)[0]]
    assert picture(plot).pixelColor(x, y - 2).getRgb()[:3] == tuple(shade)


def test_heat_map_has_stage_one_lowest(make):
    history = make_history(50, 2)
    history = replace(history, dh_rms=np.tile([0.0, 1.0], (50, 1)))
    plot = make("heatmap", make_frame(2, history=history))
    x = round(plot.area.box.left + plot.area.box.width / 2)
    low = picture(plot).pixelColor(x, round(plot.area.box.bottom) - 20)
    assert low.getRgb()[:3] == tuple(LIGHT.heat[ZERO])


def test_heat_map_says_when_it_leaves_steps_out(make, qtbot):
    plot = make("heatmap", make_frame(6))
    with qtbot.waitSignal(plot.subtitle_changed) as told:
        plot.set_frame(make_frame(6, history=make_history(10_000)))
    assert "last of" in told.args[0]


def test_heat_map_has_finer_columns_for_finer_pixels(make):
    frame = make_frame(6, history=make_history(10_000))
    columns = [make("heatmap", frame, pen_scale=scale).picture.image.shape[1] for scale in (1, 2.4)]
    assert columns[0] <= 450 < columns[1] <= 450 * 2.4


def test_heat_map_reads_out_stage_step_and_number(make):
    history = make_history(50, 6)
    plot = make("heatmap", make_frame(6, history=history))
    assert plot.readout(10.2, 2.9).startswith("h₃, step 10: ")


@pytest.mark.parametrize(
    ("name", "words"), [("gradient", "h₂: "), ("heatmap", "h₄, step "), ("loss", "training ")]
)
def test_numbers_under_the_mouse(make, name, words):
    plot = make(name, make_frame(6, history=make_history(50)))
    corner = QPoint(round(plot.area.box.left), round(plot.area.box.top))
    assert plot.words_at(corner + QPoint(100, 100)).startswith(words)
    assert plot.words_at(corner - QPoint(5, 5)) == ""


def test_loss_is_named_at_its_end(make):
    plot = make("loss", make_frame(6, history=make_history()))
    assert {"training", "held-out", "chance ln 10 = 2.303", "step"} <= set(words(plot))


def test_loss_without_chance_has_no_line_for_it(make):
    frame = replace(make_frame(6, history=make_history()), chance_loss=float("nan"))
    assert not [word for word in words(make("loss", frame)) if "chance" in word]


def test_loss_says_where_it_broke(make):
    loss = np.r_[np.full(30, 2.0), np.inf, np.full(19, np.nan)]
    plot = make("loss", make_frame(6, history=with_loss(make_history(50), loss)))
    assert "∞ at step 30" in words(plot)
    assert symbols(plot, "diamond") == 1


def test_a_row_of_a_thinned_history_broke_by_its_step_not_at_it(make):
    loss = np.r_[np.full(30, 2.0), np.inf, np.full(19, np.nan)]
    history = with_loss(make_history(50), loss)
    thinned = replace(history, steps=2 * history.steps)
    shown = words(make("loss", make_frame(6, history=thinned)))
    assert [word for word in shown if word.startswith("∞ by step")]


def test_a_loss_far_off_the_axis_is_still_painted(make):
    loss = np.r_[2.0, np.full(49, 1e300)]
    plot = make("loss", make_frame(6, history=with_loss(make_history(50), loss)))
    image, x = picture(plot), round(float(plot.area.across(0.0)))
    row = round(plot.area.box.top) + 40
    assert min(image.pixelColor(x + shift, row).red() for shift in range(12)) < 120


def test_loss_axis_does_not_jitter(make):
    plot = make("loss")
    seen = set()
    for rows in range(50, 400, 10):
        plot.set_frame(make_frame(6, history=make_history(rows)))
        seen.add(plot.area.y)
    assert len(seen) == 1


def test_loss_axis_starts_anew_with_a_new_run(make):
    history = make_history(50)
    plot = make("loss", make_frame(6, history=with_loss(history, np.full(50, 12.0))))
    assert plot.area.y[1] >= 12
    frame = make_frame(6, history=history, generation=2)
    plot.set_frame(replace(frame, chance_loss=float("nan")))
    assert plot.area.y[1] < 5


def test_accuracy_is_in_percent_on_a_fixed_axis(make):
    plot = make("accuracy", make_frame(6, history=make_history()))
    assert {"0 %", "100 %"} <= set(words(plot))


def test_accuracy_needs_classes(make):
    history = make_history(50)
    history = replace(history, accuracy=np.full(50, np.nan))
    plot = make("accuracy", make_frame(6, history=history))
    assert "no classes" in sentences(plot)[0]


def test_lines_keep_their_proportion_in_an_export(make):
    """A line 2.4 times as wide at 2.4 pixels a pixel inks the same share of a picture."""
    shares = []
    for ratio in (1.0, 2.4):
        history = with_loss(make_history(400), np.full(400, 1.2))
        nothing = {"held_steps": history.held_steps[:0], "held_loss": history.held_loss[:0]}
        frame = make_frame(6, history=replace(history, **nothing))
        frame = replace(frame, chance_loss=float("nan"))
        plot = make("loss", frame, (400, 300), pen_scale=ratio)
        image = picture(plot, ratio)
        middle = float(plot.area.down(1.2)) * ratio
        ys = range(round(middle - 6 * ratio), round(middle + 6 * ratio))
        xs = range(round(100 * ratio), round(200 * ratio))
        ink = sum(255 - image.pixelColor(x, y).red() for x in xs for y in ys) / len(xs)
        shares.append(ink / (255 - rgb(LIGHT.text)[0]) / ratio)
    assert shares[0] == pytest.approx(shares[1], rel=0.25)


@pytest.mark.parametrize("name", ["light", "dark", "print"])
def test_infinity_and_zero_have_signs_where_no_hue_tells_them(name):
    theme, cell = load_theme(name), Box(0, 0, 9, 9)
    wanted = [theme.surface, theme.text] if name == "print" else []
    found = [mark.color for shade in (OVERFLOW, ZERO) for mark in cell_signs(theme, shade, cell)]
    assert found == wanted


def test_the_name_of_theory_keeps_away_from_the_newest_number():
    assert _apart(Box(50, 50, 80, 14)).meets(Box(0, 50, 45, 14))
