"""Formulas as outlines: that they are there, stand on the baseline, and never crash."""

from __future__ import annotations

import subprocess
import sys

import pytest
from PySide6.QtCore import QSizeF
from PySide6.QtGui import QColor, QImage, QPageSize, QPainter, QPdfWriter

from vgsim.measure.request import Request
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.nn.presets import load_preset
from vgsim.text.scale import Scale
from vgsim.ui.chain_rule.canvas import HopCanvas
from vgsim.ui.chain_rule.panel import HopPanel
from vgsim.ui.style.theme import load_theme
from vgsim.ui.widgets import typeset as module
from vgsim.ui.widgets.typeset import EM, paint_formula, typeset, warm_up

FRACTION = r"\frac{\partial J}{\partial h_{%d}}"
FORMS = (
    FRACTION,
    r"W_{%d}^{\top}",
    r"\mathrm{diag}\left[\sigma'(z_{%d})\right]",
    r"\left(\frac{\partial y_{4}}{\partial x_{%d}}\right)^{\top}",
    r"W_{%d}[2, 5]",
    r"\prod_{j=3}^{%d} x^{2}",
)


@pytest.fixture(autouse=True)
def fonts(qapp):
    """Everything here needs the application."""


@pytest.mark.parametrize("tex", FORMS)
@pytest.mark.parametrize("number", [7, 10, 13])
def test_exchanged_figures_are_where_typesetting_puts_them(tex, number):
    tex = tex % number
    exchanged, direct = typeset(tex), module._outline(module._layout(module._unstretched(tex)))
    room = direct.outline.boundingRect()
    assert exchanged.outline.elementCount() == direct.outline.elementCount()
    for mine, true in zip(exchanged.outline.boundingRect().getRect(), room.getRect(), strict=True):
        assert mine == pytest.approx(true, abs=0.09 * EM)


def test_figures_do_not_move_what_stands_beside_them():
    widths = {typeset(FORMS[2] % number).width for number in range(10)}
    assert len(widths) == 1


def test_a_figure_is_the_one_that_was_asked_for():
    outlines = [typeset(f"h_{{{number}}}").outline for number in range(10)]
    for first in range(10):
        for second in range(first):
            assert outlines[first] != outlines[second]


@pytest.mark.parametrize(
    ("stretched", "low"),
    [
        (r"\left[z_{3}\right]", "[ z_{3} ]"),
        (r"\left\langle \left(z\right) h \right\rangle", r"\langle  ( z ) h  \rangle"),
        (r"\left(\frac{a}{b}\right)", r"\left(\frac{a}{b}\right)"),
    ],
)
def test_only_brackets_around_something_tall_stretch(stretched, low):
    assert module._unstretched(stretched) == low


def test_many_figures_are_typeset_directly():
    assert not typeset("x_{12345678901234}").plain


def test_a_fraction_reaches_above_and_below_the_baseline():
    formula = typeset(FRACTION % 3)
    assert 0.8 < formula.ascent < 1.6
    assert 0.4 < formula.descent < 1.2


@pytest.mark.parametrize("broken", [r"\frac{a", "}{", "", r"\frac{\partial J_3}"])
def test_a_broken_formula_is_its_source(broken):
    assert typeset(broken).plain == broken


def test_formula_is_painted_in_its_color_left_of_its_end():
    image = QImage(80, 60, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    paint_formula(painter, FRACTION % 3, 10, 30, 20, "#0000ff")
    painter.end()
    inked = [x for x in range(80) for y in range(60) if image.pixelColor(x, y).red() < 128]
    width = typeset(FRACTION % 3).width * 20
    assert min(inked) >= 9
    assert max(inked) <= 11 + width


def test_formula_is_a_vector_on_paper(tmp_path):
    paper = tmp_path / "formula.pdf"
    writer = QPdfWriter(str(paper))
    writer.setPageSize(QPageSize(QSizeF(50, 50), QPageSize.Unit.Point))
    painter = QPainter(writer)
    paint_formula(painter, FRACTION % 3, 10, 100, 90, "#000000")
    painter.end()
    assert b"/Subtype /Image" not in paper.read_bytes()


@pytest.mark.parametrize("preset", ["sigmoid-stack", "relu-he"])
def test_a_pass_through_dense_layers_needs_nothing_but_what_was_warmed_up(styled, preset):
    """In the middle of playing there is no time to typeset."""
    experiment = Experiment(load_preset(preset).replace({"network.depth": 12}))
    canvas = HopCanvas(load_theme("light"), Scale())
    canvas.resize(1000, 320)
    request = Request(kinds=frozenset(HopPanel.wants))
    for _ in warm_up():
        pass
    before = module._layout.cache_info().misses
    for _ in range(len(experiment.timeline)):
        experiment.advance()
        canvas.set_frame(frame_of(experiment, request=request))
        canvas.grab()
    assert module._layout.cache_info().misses == before


def test_the_typesetter_is_not_loaded_with_the_module():
    code = "import sys, vgsim.ui.widgets.typeset; sys.exit('ziamath' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_marked_parts_stand_where_they_are_painted():
    plain = typeset(r"a + \frac{\partial J}{\partial h_{3}}")
    found = typeset(r"a + \symbol{gradient:3}{\frac{\partial J}{\partial h_{3}}}")
    assert found.width == plain.width
    (part,) = found.parts
    assert part.mark == "gradient:3"
    assert part.left > typeset("a +").width
    assert part.right == pytest.approx(found.width, abs=0.3)
    assert part.top < -0.5 < 0.5 < part.bottom


def test_marks_change_no_outline():
    plain = typeset(r"\sigma'(z_{12}) \prod_{k=1}^{N} h_{k}")
    found = typeset(r"\symbol{a}{\sigma'}(\symbol{b}{z_{12}}) \symbol{c}{\prod_{k=1}^{N}} h_{k}")
    assert found.outline == plain.outline
    assert [part.mark for part in found.parts] == ["a", "b", "c"]


def test_a_part_with_other_figures_has_the_same_mark():
    one = typeset(r"\symbol{x:3}{h_{3}} = h_{4}")
    other = typeset(r"\symbol{x:7}{h_{7}} = h_{8}")
    assert [part.mark for part in other.parts] == ["x:7"]
    assert other.parts[0].right == pytest.approx(one.parts[0].right, abs=0.05)


def test_a_formula_that_is_none_has_no_parts():
    found = typeset(r"\symbol{a}{\frac}")
    assert found.parts == ()
