"""A lesson on paper: every value computed, text that can be edited, answers out of sight."""

from __future__ import annotations

import re

import pytest
from pptx import Presentation
from PySide6.QtGui import QColor, QImage, QPainter

from vgsim.core.resources import resource
from vgsim.export.formats.png import encoded
from vgsim.export.formats.pptx import png_pixels
from vgsim.export.lesson.content import plain_blocks, printed
from vgsim.export.lesson.deck import write_deck
from vgsim.export.lesson.flow import Flow
from vgsim.export.lesson.handout import write_handout
from vgsim.export.lesson.views import FigureView, frame_for, scene_view
from vgsim.lessons.facts import Engine
from vgsim.lessons.lesson import (
    Bullets,
    ChoiceQuestion,
    DisplayFormula,
    InlineFormula,
    Lesson,
    LessonFigure,
    LessonPage,
    LessonScene,
    Paragraph,
    Prose,
    Quoted,
    TextTable,
)
from vgsim.lessons.problems import LessonError
from vgsim.lessons.reading import read_lesson
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.nn.presets import load_preset

CHAIN = load_preset("worked-example")


def line(*parts: object) -> Paragraph:
    return Paragraph(tuple(Prose(part) if isinstance(part, str) else part for part in parts))


def lesson(*blocks: object, **page: object) -> Lesson:
    scene = LessonScene(CHAIN, moment="update")
    return Lesson("mine", "Mine", "About", 5, (LessonPage("One", blocks, scene, **page),))


@pytest.fixture(scope="module")
def template() -> Lesson:
    return read_lesson(resource("templates", "lesson"))


def test_a_value_is_that_of_the_engine():
    experiment = Experiment(CHAIN)
    experiment.seek(0, len(experiment.timeline) - 1)
    expected = repr(float(frame_of(experiment).dh_rms[0]))
    (page,) = printed(lesson(line("It is ", Quoted("dh[1]", "exact"), ".")), Engine())
    assert plain_blocks(page.blocks) == f"It is {expected}."


def test_a_value_without_sense_is_told_with_file_and_line():
    broken = lesson(line(Quoted("dh[99]", "", 7, "one.md")))
    with pytest.raises(LessonError, match=r"one\.md, line 7"):
        list(printed(broken, Engine()))


def test_a_page_without_an_experiment_is_about_the_one_before():
    first = lesson(line("First")).pages[0]
    second = LessonPage("Two", (line(Quoted("N", "whole")),))
    pages = list(printed(Lesson("mine", "Mine", "About", 5, (first, second)), Engine()))
    assert plain_blocks(pages[1].blocks) == str(Experiment(CHAIN).stages)
    assert pages[1].scene is None


def test_plain_text_has_formulas_in_unicode():
    blocks = [DisplayFormula(r"\frac{\partial J}{\partial h_{3}}"), line(InlineFormula("0.5^{10}"))]
    assert plain_blocks(blocks) == "    ∂J/∂h₃\n0.5¹⁰"


def test_lists_in_lists_keep_their_marks():
    inner = Bullets(((line("deep"),),), ordered=True)
    assert plain_blocks([Bullets(((line("top"), inner),))]) == "• top\n   1. deep"


def test_every_page_of_the_template_is_a_slide(styled, theme, tmp_path, template):
    out = tmp_path / "slides.pptx"
    write_deck(template, out, theme)
    deck = Presentation(str(out))
    assert [slide.shapes.title.text for slide in deck.slides] == [p.title for p in template.pages]
    assert deck.core_properties.title == template.title


def test_the_answer_is_in_the_notes_alone(styled, theme, tmp_path, template):
    out = tmp_path / "slides.pptx"
    write_deck(template, out, theme)
    for slide, page in zip(Presentation(str(out)).slides, template.pages, strict=True):
        shown = " ".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)
        notes = slide.notes_slide.notes_text_frame.text
        assert "Answer:" not in shown
        assert ("Predict:" in shown) is (page.question is not None)
        assert ("Answer:" in notes) is (page.question is not None)


def test_the_right_choice_is_what_the_engine_says(template):
    (page,) = (page for page in template.pages if isinstance(page.question, ChoiceQuestion))
    found = list(printed(template, Engine()))[template.pages.index(page)]
    assert plain_blocks(found.answer) == "Answer: b) B, with the tanh"


def test_all_on_a_slide_lies_on_it(styled, theme, tmp_path, template):
    out = tmp_path / "slides.pptx"
    write_deck(template, out, theme)
    deck = Presentation(str(out))
    for slide in deck.slides:
        for shape in slide.shapes:
            assert shape.left >= 0 and shape.left + shape.width <= deck.slide_width
            assert shape.top >= 0 and shape.top + shape.height <= deck.slide_height


def test_pictures_on_slides_say_what_they_show(styled, theme, tmp_path):
    out = tmp_path / "slides.pptx"
    figure = LessonFigure("calculator", {"factor": 0.5, "hops": 10})
    write_deck(lesson(DisplayFormula("h_{1}"), line("Text"), figure), out, theme)
    (slide,) = Presentation(str(out)).slides
    told = [
        shape._element.nvPicPr.cNvPr.get("descr")
        for shape in slide.shapes
        if shape.shape_type == 13
    ]
    assert len(told) == 3 and "h₁" in told
    assert any("RMS of ∂J/∂h" in text for text in told)
    assert any("two sliders" in text for text in told)


def test_formulas_in_a_line_are_text_with_subscripts(styled, theme, tmp_path):
    out = tmp_path / "slides.pptx"
    write_deck(lesson(line("At ", InlineFormula("h_{12}"), ".")), out, theme)
    (slide,) = Presentation(str(out)).slides
    (box,) = (shape for shape in slide.shapes if shape.name == "Text")
    runs = box.text_frame.paragraphs[0].runs
    assert [run.text for run in runs] == ["At ", "h", "12", "."]
    assert runs[1].font.italic
    assert int(runs[2].font._element.get("baseline")) < 0


def test_a_text_that_is_too_long_goes_on_in_the_notes(styled, theme, tmp_path):
    out = tmp_path / "slides.pptx"
    words = [line(f"Paragraph {number}. " + "word " * 40) for number in range(20)]
    write_deck(lesson(*words), out, theme)
    (slide,) = Presentation(str(out)).slides
    (box,) = (shape for shape in slide.shapes if shape.name == "Text")
    assert box.text_frame.text.startswith("Paragraph 0") and box.text_frame.text.endswith("…")
    assert "Paragraph 19" in slide.notes_slide.notes_text_frame.text


def test_a_handout_of_the_template_has_several_sheets(styled, theme, tmp_path, template):
    out = tmp_path / "handout.pdf"
    write_handout(template, out, theme)
    data = out.read_bytes()
    assert data.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type /Page\b", data)) >= 3


def test_a_paragraph_longer_than_a_sheet_is_no_trouble(styled, theme, tmp_path):
    out = tmp_path / "handout.pdf"
    write_handout(lesson(line("word " * 4_000)), out, theme)
    assert out.read_bytes().startswith(b"%PDF-")


def _inked(flow: Flow, width: int) -> int:
    """Rows that anything was painted in."""
    image = QImage(width, round(flow.height_at(width)) + 1, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    flow.paint(painter, 0, 0, width)
    painter.end()
    white = QColor("white").rgb()
    rows = range(image.height())
    return sum(any(image.pixel(x, y) != white for x in range(width)) for y in rows)


@pytest.mark.parametrize("block", [
    line(InlineFormula(r"\frac{a}{b}")),
    DisplayFormula(r"\sigma'(z)"),
    Bullets(((line("one"),), (line("two"),))),
    TextTable(((( Prose("a"),), (Prose("b"),)), ((Prose("1"),), (Prose("2"),)))),
])  # fmt: skip
def test_each_kind_of_block_is_painted(styled, block):
    assert _inked(Flow([block], 16, "#000000"), 200) > 8


def test_a_narrower_text_is_higher(styled):
    flow = Flow([line("word " * 30)], 16, "#000000")
    assert flow.height_at(100) > 2 * flow.height_at(400)


def test_the_picture_of_a_scene_shows_no_hidden_panel(theme):
    scene = LessonScene(CHAIN, moment="update", panels=("gradient", "loss"), hidden=("loss",))
    (page,) = printed(Lesson("m", "M", "A", 5, (LessonPage("One", (line("x"),), scene),)), Engine())
    view = scene_view(frame_for(page), scene, theme, (6.0, 4.0), 14)
    assert view.picture.plots == ("gradient",)


def test_a_png_of_a_figure_is_as_wide_as_asked(styled, theme):
    view = FigureView(LessonFigure("calculator", {}), None, theme)
    width, height = png_pixels(encoded(view.image(600)))
    assert width == 600 and height == pytest.approx(600 * view.aspect, abs=2)
