"""``vgsim lesson``: check a lesson, begin one, and make slides or a handout of one."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from vgsim.cli.arguments import BAD_USE
from vgsim.core import atomic
from vgsim.core.errors import refuse
from vgsim.lessons import shelf
from vgsim.lessons.problems import LessonError
from vgsim.lessons.template import write_template

SUFFIXES = (".pptx", ".pdf")
"""What a lesson is exported as: slides, a handout."""


def check(arguments: argparse.Namespace) -> int:
    """Say what is wrong, a line each, or how much was looked at; 2 when anything is wrong."""
    from vgsim.lessons.checking import check as checked
    from vgsim.ui.window.lesson_names import known_names

    try:
        found = checked(shelf.load(arguments.lesson), known_names())
    except LessonError as error:
        for problem in error.problems:
            print(f"vgsim: {problem}", file=sys.stderr)
        return BAD_USE
    for warning in found.typed:
        print(f"vgsim: not computed: {warning}", file=sys.stderr)
    print(f"{_counted(found.pages, 'page')}, {_counted(found.values, 'value')} computed")
    return 0


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def new(arguments: argparse.Namespace) -> int:
    """Write the template and say what to do with it."""
    files = write_template(arguments.folder)
    print(f"{arguments.folder}: {', '.join(file.name for file in files)}")
    print(f"Now change them, and look for mistakes with: vgsim lesson check {arguments.folder}")
    return 0


def export(arguments: argparse.Namespace) -> int:
    """Write slides or a handout. SpecError for what is not allowed, OSError from the disk."""
    suffix = Path(arguments.out).suffix.lower()
    if suffix not in SUFFIXES:
        raise refuse("--out", arguments.out, f"a file name that ends in {' or '.join(SUFFIXES)}")
    why_not = atomic.obstacle(arguments.out)
    if why_not:
        raise refuse("--out", arguments.out, why_not)
    lesson = shelf.load(arguments.lesson)
    from vgsim.cli.render import application
    from vgsim.export.lesson.deck import write_deck
    from vgsim.export.lesson.handout import write_handout
    from vgsim.ui.style.application import apply_theme
    from vgsim.ui.style.theme import load_theme

    if suffix == ".pptx":
        theme = load_theme("light")
        write = write_deck
    else:
        theme = load_theme("print")
        write = write_handout
    apply_theme(application(), theme)
    write(lesson, atomic.expanded(arguments.out), theme)
    return 0


TASKS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "check": check, "new": new, "export": export,
}  # fmt: skip
"""What ``vgsim lesson`` does, by its second word."""
DRAWING = ("check", "export")
"""Those among them that need Qt's libraries."""
