"""The text of a page becomes blocks, and what may not be there is refused with its line."""

import pytest

from vgsim.lessons import markdown
from vgsim.lessons.lesson import (
    Bullets,
    DisplayFormula,
    InlineFormula,
    LessonFigure,
    LessonLink,
    Paragraph,
    Prose,
    Quoted,
    SubHeading,
    Target,
    TextTable,
)
from vgsim.lessons.problems import LessonError


def _parts(text: str):
    return markdown.inline(text, "page.md", 1)


def test_words_formulas_and_values_are_told_apart():
    assert _parts("So $h_1$ gets **{{ dh[1] | plain }}**, *little*.") == (
        Prose("So "),
        InlineFormula("h_1"),
        Prose(" gets "),
        Quoted("dh[1]", "plain", 1),
        Prose(", "),
        Prose("little", emphasis=True),
        Prose("."),
    )


def test_the_bar_of_a_form_is_the_last_one():
    assert _parts("{{ ratio }}") == (Quoted("ratio", "", 1),)
    assert _parts("{{ field('network.depth') | whole }}")[0].form == "whole"


def test_a_price_is_no_formula():
    assert _parts("from $5 to $10") == (Prose("from $5 to $10"),)


def test_a_link_leads_into_the_window():
    link = LessonLink(Target.SYMBOL, "product", (InlineFormula(r"\prod"),))
    assert _parts(r"see [$\prod$](symbol:product)") == (Prose("see "), link)


def test_every_kind_of_block():
    text = "## Head\n\nText\n\n* one\n* two\n\n$$a = b$$\n\n| x | y |\n|---|---|\n| 1 | 2 |\n"
    kinds = [type(block) for block in markdown.blocks(text, "page.md")]
    assert kinds == [SubHeading, Paragraph, Bullets, DisplayFormula, TextTable]


def test_a_figure_has_settings_and_a_line():
    text = "Words\n\n```figure calculator\nhops = 10\n```\n"
    assert markdown.blocks(text, "page.md")[1] == LessonFigure("calculator", {"hops": 10}, 3)


def test_values_know_their_line():
    (paragraph,) = markdown.blocks("one\ntwo {{ J }}\nthree {{ N }}", "page.md")
    assert [part.line for part in paragraph.parts if isinstance(part, Quoted)] == [2, 3]


@pytest.mark.parametrize(
    ("text", "line", "allowed"),
    [
        ("Hello\n\n<b>bold</b>", 3, "paragraphs"),
        ("<script>x</script>", 1, "paragraphs"),
        ("![a picture](x.png)", 1, "paragraphs"),
        ("a\n[away](https://example.org)", 2, "symbol:NAME"),
        ("a\n\n    code", 3, "paragraphs"),
        ("> quoted", 1, "paragraphs"),
        ("# Title", 1, "## for a heading"),
        ("```python\nprint()\n```", 1, "figure NAME"),
        ("```figure ledger\nx = \n```", 1, "TOML"),
    ],
)
def test_what_is_not_allowed_is_refused_with_its_line(text, line, allowed):
    with pytest.raises(LessonError) as refused:
        markdown.blocks(text, "page.md")
    (problem,) = refused.value.problems
    assert problem.line == line
    assert problem.file == "page.md"
    assert allowed in problem.allowed


@pytest.mark.parametrize("bar", ["|", r"\|"])
def test_a_form_in_a_table_ends_no_cell(bar):
    (table,) = markdown.blocks(
        f"| a | b |\n|---|---|\n| {{{{ dh[1] {bar} plain }}}} | x |\n", "p.md"
    )
    assert table.rows[1] == ((Quoted("dh[1]", "plain"),), (Prose("x"),))


def test_a_value_may_go_on_in_the_next_line():
    (paragraph,) = markdown.blocks("It is {{ dh[1] /\ndh[2] | plain }}, {{ J }}.", "p.md")
    first, second = (part for part in paragraph.parts if isinstance(part, Quoted))
    assert (first.expression, first.form, first.line) == ("dh[1] / dh[2]", "plain", 1)
    assert second.line == 2


@pytest.mark.parametrize("text", ["{{ J", "J }}", "{{ }}", "{{ {J} }}"])
def test_a_value_that_is_none_is_refused(text):
    with pytest.raises(LessonError, match=r"p\.md, line 3: .*allowed is \{\{ expression \}\}"):
        markdown.blocks(f"First.\n\nSecond {text}", "p.md")
