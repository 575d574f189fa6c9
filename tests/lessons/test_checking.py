"""What counts as a figure that was typed rather than computed."""

from __future__ import annotations

import pytest

from vgsim.lessons import markdown
from vgsim.lessons.checking import KnownNames, check, check_names
from vgsim.lessons.lesson import Lesson, LessonPage, LessonScene
from vgsim.lessons.problems import LessonError
from vgsim.nn.presets import load_preset

NONE = KnownNames((), (), (), {})


def _typed(text: str) -> list[object]:
    page = LessonPage("One", markdown.blocks(text, "one.md"))
    return [it.value for it in check(Lesson("m", "M", "A", 1, (page,)), NONE).typed]


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("after {{ 300 | whole }} updates", ["{{ 300 }}"]),
        ("after {{ 2 ** 3 | whole }} hops", []),
        ("a factor of 0.21", ["0.21"]),
        ("95 % of the digits", ["95 %"]),
        ("1,900 updates", ["1,900"]),
        ("| a |\n|---|\n| 13 |", ["13"]),
        ("* in 300 updates", ["300"]),
        ("## After 20", ["20"]),
        ("**0.5** of it", ["0.5"]),
    ],
)
def test_a_result_in_the_text_is_found(text, typed):
    assert _typed(text) == typed


@pytest.mark.parametrize(
    "text", ["six of 7 layers", "12 hops", "$0.25$ is its definition", "`0.5` in code", "float32",
             "(Hinton, 2015)", "$$0.5^{10} = 0.00098$$", "$W_1$ and h3", "1 to 9"],
)  # fmt: skip
def test_a_count_a_year_and_a_definition_may_be_typed(text):
    assert _typed(text) == []


def test_names_are_checked_without_running_anything():
    scene = LessonScene(load_preset("sigmoid-stack"), panels=("nowhere",))
    lesson = Lesson("m", "M", "A", 1, (LessonPage("One", (), scene),))
    with pytest.raises(LessonError, match=r"page 1: scene\.panels = nowhere"):
        check_names(lesson, NONE)
