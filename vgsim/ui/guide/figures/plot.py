"""Any instrument, live on a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QVBoxLayout

from vgsim.core.errors import refuse
from vgsim.ui.guide.figures.base import FIGURES, LessonFigureView, Setting
from vgsim.ui.plots.base import PLOTS
from vgsim.ui.style.theme import Theme


@FIGURES.register("plot", "An instrument of the window, for example of the gradient by stage")
class PlotFigure(LessonFigureView):
    """One plot of the registry."""

    defaults: ClassVar[Mapping[str, Setting]] = {"name": "gradient", "height": 200}

    @classmethod
    def check(cls, settings: Mapping[str, Setting]) -> None:
        """There must be a plot of that name."""
        if settings["name"] not in PLOTS:
            raise refuse("name", settings["name"], "one of " + ", ".join(PLOTS.names()))

    def set_up(self) -> None:
        """Make the plot, and want what it wants."""
        name = str(self.settings["name"])
        self.plot = PLOTS[name](self.theme, self.scale)
        self.wants = self.plot.wants  # type: ignore[misc]  # of this one, not of every figure
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.plot)
        self.setAccessibleName(self.plot.title)

    def sizeHint(self) -> QSize:
        """As high as the page says."""
        return QSize(360, int(self.settings["height"]))

    def show_frame(self) -> None:
        """Hand the frame on."""
        self.plot.set_frame(self.frame)

    def set_theme(self, theme: Theme) -> None:
        """Paint in other colors."""
        super().set_theme(theme)
        self.plot.set_theme(theme)
