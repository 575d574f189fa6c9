"""What of the window a lesson may name."""

from __future__ import annotations

from functools import partial

from vgsim.lessons import shelf
from vgsim.lessons.checking import KnownNames, check_names
from vgsim.lessons.lesson import Lesson
from vgsim.ui.commands import COMMANDS
from vgsim.ui.guide.figures.kinds import FIGURES, checked_settings
from vgsim.ui.plots.gradient import GradientPlot
from vgsim.ui.plots.kinds import PLOTS

OWN_PANELS = ("form", "why", "inspector", "hop", "comparison", "calculator", "guide")
"""Panels that are no plots."""


def known_names() -> KnownNames:
    """All panels, plots, commands and figures."""
    return KnownNames(
        panels=(*OWN_PANELS, *PLOTS.names()),
        plots=tuple(entry.name for entry in PLOTS if issubclass(entry.value, GradientPlot)),
        commands=tuple(command.name for command in COMMANDS),
        figures={entry.name: partial(checked_settings, entry.value) for entry in FIGURES},
    )


def load_known(name_or_path: str) -> Lesson:
    """A lesson, shipped or in a folder or zip, that names nothing which the window has not.

    SpecError when it does, is broken, or is none.
    """
    lesson = shelf.load(name_or_path)
    if name_or_path not in shelf.names():  # of those the tests see to it
        check_names(lesson, known_names())
    return lesson
