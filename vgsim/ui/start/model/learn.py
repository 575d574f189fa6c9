"""The list of lessons: how far one has come in each, and which one is next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vgsim.lessons.lesson import Lesson
from vgsim.lessons.progress import LessonProgress


@dataclass(frozen=True, slots=True)
class LearnRow:
    """One lesson. ``page`` counts from 1; ``share`` of its pages have been seen."""

    name: str
    number: int
    title: str
    about: str
    minutes: int
    page: int
    pages: int
    share: float

    @property
    def done(self) -> bool:
        """Whether every page has been seen."""
        return self.share >= 1

    @property
    def begun(self) -> bool:
        """Whether some pages have been seen, and not all."""
        return 0 < self.share < 1

    @property
    def right(self) -> str:
        """What stands at the right of its title."""
        if self.begun:
            return f"page {self.page} of {self.pages}"
        return f"{self.minutes} min"

    @property
    def short(self) -> str:
        """The same where there is little room."""
        if self.begun:
            return f"{self.page} of {self.pages}"
        return ""


def rows_of(
    lessons: Sequence[Lesson], progress: Mapping[str, LessonProgress]
) -> tuple[LearnRow, ...]:
    """A row for each lesson, numbered from 1 as they stand."""
    rows = []
    for number, lesson in enumerate(lessons, 1):
        mark = progress.get(lesson.name, LessonProgress())
        pages = len(lesson.pages)
        seen = len(mark.seen & set(range(pages)))
        page = min(mark.page + 1, pages)
        row = LearnRow(
            lesson.name, number, lesson.title, lesson.about, lesson.minutes, page, pages,
            seen / pages if pages else 0.0,
        )  # fmt: skip
        rows.append(row)
    return tuple(rows)


def next_row(rows: Sequence[LearnRow]) -> LearnRow | None:
    """The lesson that one is in the middle of, else the first that is not done, else the first."""
    for row in rows:
        if row.begun:
            return row
    for row in rows:
        if not row.done:
            return row
    return rows[0] if rows else None


def next_words(rows: Sequence[LearnRow]) -> str:
    """What the button under the list says."""
    row = next_row(rows)
    if row is None:
        return ""
    if all(each.done for each in rows):
        return f"Read lesson {row.number} again"
    if not any(each.share for each in rows):
        return f"Start lesson {row.number}"
    return f"Go on with lesson {row.number}"


def done_words(rows: Sequence[LearnRow]) -> str:
    """How many are done: "1 of 10 done"; nothing before the first is."""
    done = sum(row.done for row in rows)
    return f"{done} of {len(rows)} done" if done else f"{len(rows)} lessons"
