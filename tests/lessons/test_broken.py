"""Broken lessons: each is told with file, line and what is allowed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from vgsim.lessons.checking import check
from vgsim.lessons.problems import LessonError, LessonProblem
from vgsim.lessons.reading import read_lesson
from vgsim.lessons.template import write_template
from vgsim.ui.window.lesson_names import known_names


@dataclass(frozen=True)
class Breakage:
    """A change of the template: in ``file``, ``new`` takes the place of ``old``.

    The problem is told of the first line of ``new`` that has ``marked``, or of a line in another
    file, ``told``.
    """

    file: str
    old: str
    new: str
    allowed: str
    marked: str = ""
    told: str = ""


BROKEN = {
    "an unknown key": Breakage(
        "lesson.toml", "minutes = 5", "minuets = 5", "one of the keys title, about, minutes"
    ),
    "an unknown key of a scene": Breakage(
        "lesson.toml", 'panels = ["loss"] ', 'panel = ["loss"]', "one of the keys experiment, set"
    ),
    "no TOML": Breakage("lesson.toml", 'moment = "loss"', "moment = loss", "TOML"),
    "a text that is missing": Breakage(
        "lesson.toml", 'text = "one-hop.md"', 'text = "two-hops.md"', "a file of the lesson"
    ),
    "a text outside of the folder": Breakage(
        "lesson.toml", 'text = "one-hop.md"', 'text = "../one-hop.md"', "the plain name of a file"
    ),
    "a page without a title": Breakage(
        "lesson.toml", 'title = "One hop"', "", "a text", marked="[[page]]"
    ),
    "an unknown preset": Breakage(
        "lesson.toml", 'experiment = "sigmoid-stack"         #', 'experiment = "sigmoid-stock" #',
        "one of worked-example, sigmoid-stack",
    ),
    "a setting that is too large": Breakage(
        "lesson.toml", '4 }        # changes', '4000 } # changes', "a whole number from 0 to 1000"
    ),
    "an unknown moment": Breakage(
        "lesson.toml", 'moment = "backward:4"', 'moment = "backward:9"', "backward:5 to backward:1"
    ),
    "an unknown panel": Breakage(
        "lesson.toml", 'panels = ["loss"] ', 'panels = ["losses"]', "one of form, why, inspector"
    ),
    "an unknown point": Breakage(
        "lesson.toml", 'points = ["stage:1"]', 'points = ["layer:1"]', "stage:K, hop:K, panel:NAME"
    ),
    "an unknown symbol to point at": Breakage(
        "lesson.toml", 'points = ["stage:1"]', 'points = ["symbol:zeta"]', "one of loss,"
    ),
    "no right choice": Breakage(
        "lesson.toml", "right = \"other.at(until, 'update').J_heldout <", "right = \"0 * T >",
        "exactly one choice that is right", marked="[page.question]",
    ),
    "two right choices": Breakage(
        "lesson.toml", "right = \"at(until, 'update').J_heldout <", "right = \"0 <",
        "exactly one choice that is right", marked="[page.question]",
    ),
    "a choice that is a number": Breakage(
        "lesson.toml", "right = \"at(until, 'update').J_heldout <", "right = \"dh # <",
        "true, false, or a comparison",
    ),
    "an unknown kind of question": Breakage(
        "lesson.toml", 'kind = "number"', 'kind = "guess"', "one of choice, number, curve"
    ),
    "a number question of both kinds": Breakage(
        "lesson.toml", "factor = 2.0", "tolerance = 0.1\nfactor = 2.0", "either factor = 2.0",
        marked="[page.question]",
    ),
    "an answer that is infinite": Breakage(
        "lesson.toml", "answer = \"at(0, 'backward:3').dh[3]\"", "answer = \"1 / log10(1)\"",
        "without a division by zero",
    ),
    "an answer with one number for a curve": Breakage(
        "lesson.toml", "answer = \"at(0, 'update').dh\" ", "answer = \"J\"",
        "one number for each stage",
    ),
    "an unknown plot": Breakage(
        "lesson.toml", 'plot = "gradient"', 'plot = "slopes"', "one of gradient"
    ),
    "an unknown command": Breakage(
        "lesson.toml", 'do = "step"  ', 'do = "leap"', "one of start_page, open, "
    ),
    "training without an end": Breakage(
        "lesson.toml", "steps = 200\n", "", "a whole number from 1 to 5,000", marked="[page.action]"
    ),
    "a bad expression": Breakage(
        "one-hop-answer.md", "{{ factor[4] | factor }}", "{{ factor[4 | factor }}",
        "an expression such as dh[1] / dh[7]",
    ),
    "an unknown quantity": Breakage(
        "four-layers.md", "{{ last }}", "{{ lost_all }}", "one of J, accuracy"
    ),
    "a stage that there is not": Breakage(
        "one-hop-answer.md", ".dh[3]", ".dh[30]", "a stage of dh from 1 to 5"
    ),
    "an unknown form": Breakage(
        "four-layers.md", "N | whole", "N | roman", "a form, one of about, magnitude"
    ),
    "code to be run": Breakage(
        "one-hop.md", "dsigma(0)", "__import__('os').getcwd()", "one of J, accuracy"
    ),
    "HTML": Breakage(
        "all-hops.md", "A figure is", "<b>A</b> figure is", "paragraphs, ## headings, lists"
    ),
    "a script": Breakage(
        "all-hops.md", "A figure is", "<script>alert(1)</script>", "paragraphs, ## headings, lists"
    ),
    "a picture": Breakage(
        "all-hops.md", "A figure is", "![](a.png) is", "paragraphs, ## headings, lists"
    ),
    "a foreign link": Breakage(
        "four-layers.md", "(panel:gradient)", "(https://example.com/)", "a link to symbol:NAME"
    ),
    "a link to a panel that there is not": Breakage(
        "four-layers.md", "(panel:gradient)", "(panel:slopes)", "a panel, one of "
    ),
    "an unknown figure": Breakage(
        "all-hops.md", "```figure ledger", "```figure edger", "a figure, one of "
    ),
    "an unknown setting of a figure": Breakage(
        "all-hops.md", "hops = 4", "hop = 4", "factor, hops", marked="```figure calculator"
    ),
    "a title in Markdown": Breakage(
        "four-layers.md", "## What", "# What", "## for a heading"
    ),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_template(tmp_path / "mine")
    return tmp_path / "mine"


def _break(folder: Path, broken: Breakage) -> int:
    """Change the lesson; the line that is to be told."""
    path = folder / broken.file
    before, found, after = path.read_text("utf-8").partition(broken.old)
    assert found, f"the template has no {broken.old!r} any more"
    path.write_text(before + broken.new + after, "utf-8")
    if broken.marked:
        head = before + broken.new
        if broken.marked in after.split("```")[0] and broken.marked not in head:
            head += after.split(broken.marked)[0]
        else:
            head = head[: head.rindex(broken.marked)]
        return head.count("\n") + 1
    return before.count("\n") + 1


def _problems(folder: Path) -> list[LessonProblem]:
    with pytest.raises(LessonError) as refused:
        check(read_lesson(folder), known_names())
    return [it for it in refused.value.problems if isinstance(it, LessonProblem)]


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_told_with_file_line_and_what_is_allowed(folder, name):
    broken = BROKEN[name]
    line = _break(folder, broken)
    problems = _problems(folder)
    told = [it for it in problems if (it.file, it.line) == (broken.file, line)]
    assert told, f"line {line} expected: {'; '.join(map(str, problems))}"
    assert broken.allowed in str(told[0])
    assert str(told[0]).startswith(f"{broken.file}, line {line}: ")


def test_all_that_is_wrong_is_told_at_once(folder):
    lines = [
        _break(folder, BROKEN[name])
        for name in ("an unknown moment", "an unknown panel", "an unknown command")
    ]
    assert {it.line for it in _problems(folder)} == set(lines)


def test_the_template_has_nothing_wrong_and_nothing_typed(folder):
    found = check(read_lesson(folder), known_names())
    assert found.pages == 4 and found.values > 10
    assert found.typed == ()
