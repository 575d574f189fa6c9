"""The shipped lessons say what the engine computes, and nothing else."""

from __future__ import annotations

import pytest

from vgsim.lessons import shelf
from vgsim.lessons.checking import check
from vgsim.ui.window.lesson_names import known_names


@pytest.mark.slow
@pytest.mark.parametrize("name", shelf.names())
def test_every_name_exists_and_every_figure_is_computed(name):
    found = check(shelf.shipped(name), known_names())
    assert found.pages >= 4
    assert [str(problem) for problem in found.typed] == []


def test_a_lesson_has_between_four_and_ten_pages():
    lengths = {lesson.name: len(lesson.pages) for lesson in shelf.titles()}
    assert {name: pages for name, pages in lengths.items() if not 4 <= pages <= 10} == {}
