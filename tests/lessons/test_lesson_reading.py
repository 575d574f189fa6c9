"""A lesson is read from a folder or a zip, and all that is wrong has a file and a line."""

import zipfile

import pytest

from vgsim.core.errors import SpecError
from vgsim.lessons import shelf
from vgsim.lessons.lesson import NumberQuestion
from vgsim.lessons.lines import TomlLines
from vgsim.lessons.problems import LessonError
from vgsim.lessons.reading import read_lesson

SCRIPT = """\
title = "Mine"
about = "A lesson"
minutes = 5

[[page]]
title = "First"
text = "first.md"

[page.scene]
experiment = "sigmoid-stack"
set = { "network.depth" = 12 }
compare_set = { "network.activation" = "relu" }
moment = "loss"

[page.question]
kind = "number"
ask = "How large is $J$?"
answer = "J"
factor = 2.0

[page.action]
do = "train"
label = "Train"
steps = 50
"""


@pytest.fixture
def folder(tmp_path):
    lesson = tmp_path / "mine"
    lesson.mkdir()
    (lesson / "lesson.toml").write_text(SCRIPT, "utf-8")
    (lesson / "first.md").write_text("Text with {{ J }}.\n", "utf-8")
    return lesson


def _refused(path):
    with pytest.raises(LessonError) as refused:
        read_lesson(path)
    return refused.value.problems


def test_a_folder_is_a_lesson(folder):
    lesson = read_lesson(folder)
    (page,) = lesson.pages
    assert (lesson.name, lesson.title) == ("mine", "Mine")
    assert page.scene.spec["network.depth"] == 12
    assert page.scene.other["network.activation"] == "relu"
    assert page.scene.other["network.depth"] == 12
    assert isinstance(page.question, NumberQuestion)
    assert page.action.steps == 50


def _zipped(folder, names):
    path = folder.parent / "mine.zip"
    with zipfile.ZipFile(path, "w") as package:
        for name in names:
            package.write(folder / name.rpartition("/")[2], name)
    return path


@pytest.mark.parametrize("where", ["", "mine/"])
def test_a_zip_is_the_same_lesson(folder, where):
    path = _zipped(folder, [f"{where}lesson.toml", f"{where}first.md"])
    assert read_lesson(path) == read_lesson(folder)


@pytest.mark.parametrize("name", ["../first.md", "/first.md", "a/b/first.md", "C:/first.md"])
def test_a_zip_has_no_files_elsewhere(folder, name):
    path = folder.parent / "mine.zip"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("lesson.toml", SCRIPT)
        package.writestr(name, "Text")
    (problem,) = _refused(path)
    assert "outside of the lesson's folder" in str(problem)


def test_a_zip_is_bounded(folder, monkeypatch):
    monkeypatch.setattr("vgsim.lessons.reading.MOST_UNPACKED", 100)
    (problem,) = _refused(_zipped(folder, ["lesson.toml", "first.md"]))
    assert "may have 100" in str(problem)


def test_a_link_out_of_the_folder_is_not_followed(folder):
    (folder / "first.md").unlink()
    (folder.parent / "secret.md").write_text("Secret", "utf-8")
    (folder / "first.md").symlink_to(folder.parent / "secret.md")
    (problem,) = _refused(folder)
    assert "leads out of the lesson's folder" in str(problem)


def test_lines_of_tables_in_lists():
    lines = TomlLines('a = """\nx = 1\n"""\n[[page]]\nt = 1\n[[page]]\n[page.q]\nt = 2\n')
    assert lines.line("page", 0, "t") == 5
    assert lines.line("page", 1, "q", "t") == 8
    assert lines.line("page", 1, "q", "absent") == 7
    assert lines.line("x") == 0


def test_every_shipped_lesson_is_read():
    for name in shelf.names():
        assert shelf.shipped(name).pages


def test_shipped_lessons_are_numbered_without_a_gap_or_pair():
    numbers = [lesson.number for lesson in shelf.titles()]
    assert len(set(numbers)) == len(numbers)


def test_what_macos_adds_to_a_zip_is_passed_over(folder):
    path = _zipped(folder, ["mine/lesson.toml", "mine/first.md"])
    with zipfile.ZipFile(path, "a") as package:
        package.writestr("__MACOSX/mine/._first.md", b"\0\5\26\7")
    assert read_lesson(path) == read_lesson(folder)


def test_a_zip_with_two_files_of_one_name_is_refused(folder):
    path = _zipped(folder, ["mine/lesson.toml", "mine/first.md", "first.md"])
    (problem,) = _refused(path)
    assert "two files first.md" in str(problem)


def test_a_name_that_is_no_lesson_is_told_which_there_are():
    with pytest.raises(SpecError, match=r"lesson = absent: allowed is the folder or zip of one"):
        shelf.load("absent")
