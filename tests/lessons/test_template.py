"""The lesson that one starts from works, and nothing is written over."""

from __future__ import annotations

import pytest

from vgsim.core.errors import SpecError
from vgsim.lessons.lesson import ChoiceQuestion, CurveQuestion, NumberQuestion
from vgsim.lessons.reading import read_lesson
from vgsim.lessons.template import write_template


def test_the_template_is_a_lesson_with_every_kind_of_question(tmp_path):
    write_template(tmp_path / "mine")
    lesson = read_lesson(tmp_path / "mine")
    asked = {type(page.question) for page in lesson.pages}
    assert lesson.name == "mine"
    assert asked >= {ChoiceQuestion, NumberQuestion, CurveQuestion}


def test_an_empty_folder_takes_it(tmp_path):
    assert "lesson.toml" in {file.name for file in write_template(tmp_path)}


@pytest.mark.parametrize("there", ["a file in it", "a file"])
def test_nothing_is_written_over(tmp_path, there):
    folder = tmp_path / "mine"
    if there == "a file":
        folder.write_text("x")
    else:
        folder.mkdir()
        (folder / "lesson.toml").write_text("x")
    with pytest.raises(SpecError, match="nothing is written over"):
        write_template(folder)
    kept = folder if there == "a file" else folder / "lesson.toml"
    assert kept.read_text() == "x"
