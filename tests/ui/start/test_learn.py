"""The list of lessons on the start page."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from vgsim.lessons import shelf
from vgsim.lessons.lesson import Lesson, LessonPage
from vgsim.lessons.progress import LessonProgress
from vgsim.ui.start.learn import LearnPanel
from vgsim.ui.start.model.learn import done_words, next_row, next_words, rows_of

LESSONS = tuple(
    Lesson(name, name.title(), f"About {name}", 5, (LessonPage("p", ()),) * 4, number)
    for number, name in enumerate(("one", "two", "three"), 1)
)
ALL = frozenset(range(4))


def rows(**seen: frozenset[int]):
    """Rows of the three lessons, of which these pages were seen."""
    marks = {name: LessonProgress(max(pages), pages) for name, pages in seen.items()}
    return rows_of(LESSONS, marks)


def test_at_first_the_first_lesson_is_next():
    assert next_words(rows()) == "Start lesson 1"
    assert done_words(rows()) == "3 lessons"
    assert [row.right for row in rows()] == ["5 min"] * 3


def test_a_lesson_that_was_begun_goes_on_where_it_was_left():
    found = rows(two=frozenset({0, 1}))
    assert next_words(found) == "Go on with lesson 2" and next_row(found).name == "two"
    assert found[1].right == "page 2 of 4" and found[1].share == 0.5


def test_after_a_lesson_the_one_after_it_is_next():
    found = rows(one=ALL)
    assert next_words(found) == "Go on with lesson 2" and done_words(found) == "1 of 3 done"
    assert found[0].done and found[0].right == "5 min"


def test_when_all_are_done_the_first_can_be_read_again():
    assert next_words(rows(one=ALL, two=ALL, three=ALL)) == "Read lesson 1 again"


def test_a_mark_of_a_lesson_that_has_become_shorter_is_within_it():
    found = rows(one=frozenset({0, 6}))
    assert found[0].right == "page 4 of 4" and found[0].share == 0.25


def test_the_shipped_lessons_have_what_a_row_shows():
    for row in rows_of(shelf.titles(), {}):
        assert row.title and row.about and row.minutes > 0 and row.pages > 0


@pytest.fixture
def panel(styled, qtbot):
    made = LearnPanel()
    made.show_rows(rows(one=ALL, two=frozenset({0})))
    made.resize(340, 400)
    made.show()
    yield made
    made.close()


def test_a_press_opens_a_lesson(panel, qtbot):
    with qtbot.waitSignal(panel.lesson_asked) as told:
        qtbot.mouseClick(panel.rows[2], Qt.MouseButton.LeftButton)
    assert told.args == ["three"]
    with qtbot.waitSignal(panel.lesson_asked) as told:
        qtbot.keyClick(panel.rows[0], Qt.Key.Key_Return)
    assert told.args == ["one"]


def test_the_button_opens_the_next_one(panel, qtbot):
    assert panel.button.text() == "Go on with lesson 2"
    with qtbot.waitSignal(panel.lesson_asked) as told:
        qtbot.mouseClick(panel.button, Qt.MouseButton.LeftButton)
    assert told.args == ["two"]


def test_rows_say_how_far_one_is_to_a_screen_reader(panel):
    assert [row.accessibleName() for row in panel.rows] == [
        "Lesson 1: One, done", "Lesson 2: Two, page 1 of 4", "Lesson 3: Three, 5 min",
    ]  # fmt: skip


@pytest.mark.parametrize(("width", "words"), [
    (340, ["5 min", "page 1 of 4", "5 min"]), (120, ["5 min", "1 of 4", ""]),
    (80, ["", "1 of 4", ""]),
])  # fmt: skip
def test_minutes_give_way_to_a_title(panel, width, words):
    for row in panel.rows:
        row.resize(width, 30)
    assert [row.beside() for row in panel.rows] == words


def test_every_mark_is_painted_in_its_own_way(panel):
    pictures = [row.grab().copy(0, 0, 34, 34).toImage() for row in panel.rows]
    assert pictures[0] != pictures[1] != pictures[2] != pictures[0]
