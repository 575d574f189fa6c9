"""The calculator of powers, on a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QVBoxLayout

from vgsim.core.errors import refuse
from vgsim.ui.calculator.model import Power
from vgsim.ui.calculator.panel import FACTORS, CalculatorPanel
from vgsim.ui.calculator.plot import MOST_HOPS
from vgsim.ui.guide.figures.base import FIGURES, LessonFigureView, Setting
from vgsim.ui.style.theme import Theme

HEIGHT = 182


@FIGURES.register("calculator", "a factor to the power of some hops: two sliders and a log plot")
class CalculatorFigure(LessonFigureView):
    """``factor`` and ``hops`` are those that it begins with."""

    defaults: ClassVar[Mapping[str, Setting]] = {"factor": 0.5, "hops": 10}

    @classmethod
    def check(cls, settings: Mapping[str, Setting]) -> None:
        """What the sliders can be put to."""
        factor = float(settings["factor"])
        if not FACTORS.low <= factor <= FACTORS.high:
            raise refuse("factor", factor, f"{FACTORS.low:g} to {FACTORS.high:g}")
        if not 0 <= int(settings["hops"]) <= MOST_HOPS:
            raise refuse("hops", settings["hops"], f"0 to {MOST_HOPS}")

    def set_up(self) -> None:
        """Put the panel in."""
        self.panel = CalculatorPanel(self.theme, compact=True)
        self.panel.set_power(Power(float(self.settings["factor"]), int(self.settings["hops"])))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.panel)

    def show_frame(self) -> None:
        """Draw the network's own factor as well."""
        self.panel.set_frame(self.frame)

    def set_theme(self, theme: Theme) -> None:
        """Paint in other colors."""
        super().set_theme(theme)
        self.panel.set_theme(theme)

    def sizeHint(self) -> QSize:
        """Sliders and plot beside each other."""
        return QSize(380, HEIGHT)
