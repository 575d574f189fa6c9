"""What of the window a lesson may name."""

from __future__ import annotations

from functools import partial

from vgsim.lessons.checking import KnownNames
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
