"""Where lessons are found: those that vgsim ships, by their names, and those in files."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from vgsim.core.atomic import expanded
from vgsim.core.errors import refuse
from vgsim.core.resources import resource
from vgsim.lessons.lesson import Lesson
from vgsim.lessons.reading import SCRIPT, FolderFiles, heading, read, read_lesson

_FOLDER = "lessons"


@cache
def titles() -> tuple[Lesson, ...]:
    """Every shipped lesson in order, with the titles of its pages only: quick, for a list."""
    folders = [found.parent for found in resource(_FOLDER).glob(f"*/{SCRIPT}")]
    lessons = [heading(FolderFiles(folder), folder.name) for folder in folders]
    return tuple(sorted(lessons, key=lambda lesson: (lesson.number, lesson.name)))


def names() -> tuple[str, ...]:
    """Names of the shipped lessons in order."""
    return tuple(lesson.name for lesson in titles())


@cache
def shipped(name: str) -> Lesson:
    """The shipped lesson of that name; LessonError if it is broken."""
    return read(FolderFiles(resource(_FOLDER, name)), name)


def load(name_or_path: str | Path) -> Lesson:
    """A shipped lesson by its name, else the one in a folder or a zip.

    LessonError when it is broken; SpecError when there is nothing of that name.
    """
    if str(name_or_path) in names():
        return shipped(str(name_or_path))
    if not expanded(name_or_path).exists():
        allowed = "the folder or zip of one, or one of " + ", ".join(names())
        raise refuse("lesson", str(name_or_path), allowed)
    return read_lesson(name_or_path)
