"""The calculator itself: two sliders, the product that they make, and its plot."""

from __future__ import annotations

import math
from typing import ClassVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QGridLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from vgsim.core.numbers import short
from vgsim.measure.frame import Frame
from vgsim.ui.calculator.model import FLOAT_ENDS, REFERENCES, Power, factor_words, own_factor
from vgsim.ui.calculator.plot import DECADES, MOST_HOPS, PowersPlot
from vgsim.ui.style.application import ui_font
from vgsim.ui.style.theme import Theme
from vgsim.ui.widgets.card import VerticalScroll
from vgsim.ui.widgets.slider import SliderTrack, ValueSlider
from vgsim.ui.widgets.text import ElidedLabel

FACTORS = SliderTrack(0.0, 2.5)
"""In steps of 0.05."""
HOPS = SliderTrack(0, MOST_HOPS, whole=True)
BESIDE_FROM, COMPACT_FROM = 400, 330
"""Width from which the plot stands beside the sliders, in a panel and on a page, in pixels."""
CONTROLS, COMPACT = (216, 270), (194, 270)
"""Least and largest width of the sliders then, in pixels."""
PLOT_LEAST = 100
"""Least height of the plot below the sliders, in pixels."""
WHATEVER = 16777215
"""Qt's largest width: none is set."""
FIGURE_SPACE = "\N{FIGURE SPACE}"
RESULT = 20
"""Size of the result, in pixels."""


class CalculatorPanel(QWidget):
    """What is left of 1 after some hops that each multiply by the same factor.

    It is a panel of the window as well as, ``compact``, a figure on a page: there the list of
    factors is left to the plot, which leaves the wheel to the page.
    """

    wants: ClassVar[tuple[type, ...]] = ()
    changed = Signal()
    """Another factor or number of hops was chosen."""

    def __init__(self, theme: Theme, pen_scale: float = 1.0, *, compact: bool = False) -> None:
        super().__init__()
        self._compact = compact
        self.power = Power(0.5, 10)
        self.factor = self._slider("Factor", FACTORS)
        self.hops = self._slider("Hops", HOPS)
        self.result = ElidedLabel(font=ui_font(RESULT, 600))
        self.exactly = _muted(12)
        self.words = _muted(11)
        self.limits = [_muted(11) for _ in FLOAT_ENDS]
        self.references = [_reference_button() for _ in range(len(REFERENCES) + 1)]
        self.plot = PowersPlot(theme, DECADES, pen_scale, still=compact)
        self.plot.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._own = float("nan")
        self._numbers = QLabel(), QLabel()
        self._lay_out()
        for at, reference in enumerate(REFERENCES):
            self._offer(at, reference.factor, reference.about)
        self._offer(len(REFERENCES), self._own, "")
        for button in self.references:
            button.clicked.connect(self._use_reference)
        self.factor.moved.connect(self._choose)
        self.hops.moved.connect(self._choose)
        self._show()

    def _slider(self, name: str, track: SliderTrack) -> ValueSlider:
        slider = ValueSlider(track)
        slider.setAccessibleName(name)
        slider.setMinimumWidth(70)
        return slider

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        rows = zip(("Factor", "Hops"), (self.factor, self.hops), self._numbers, strict=True)
        for row, (name, slider, number) in enumerate(rows):
            grid.setRowMinimumHeight(row, 22)
            label = QLabel(name)
            label.setFont(ui_font(12, tabular=False))
            label.setProperty("role", "muted")
            number.setFont(ui_font(13, 600))
            number.setMinimumWidth(34)
            number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            for at, widget in enumerate((label, slider, number)):
                grid.addWidget(widget, row, at)
        self._controls = QWidget()
        column = QVBoxLayout(self._controls)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(grid)
        column.addSpacing(4)
        column.addWidget(self.result)
        for label in (self.exactly, self.words, *self.limits):
            column.addWidget(label)
        column.addSpacing(4)
        for button in self.references:
            column.addWidget(button)
        column.addStretch(1)
        self._side: QWidget = self._controls
        if not self._compact:
            self._side = VerticalScroll(self._controls, room=12)
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._box.setContentsMargins(6, 4, 6, 0)
        self._box.setSpacing(14)
        self._box.addWidget(self._side, 1)
        self._box.addWidget(self.plot, 1)

    def set_power(self, power: Power) -> None:
        """Show another factor and number of hops."""
        self.power = power
        self._show()

    def set_frame(self, frame: Frame | None) -> None:
        """Offer the network's own factor, too."""
        own = own_factor(frame)
        if own != self._own:
            self._own = own
            self._offer(len(REFERENCES), own, "this network, on average")
            self.plot.set_frame(frame)

    def set_theme(self, theme: Theme) -> None:
        """Paint in other colors."""
        self.plot.set_theme(theme)

    def _offer(self, at: int, factor: float, about: str) -> None:
        button = self.references[at]
        button.setVisible(not math.isnan(factor) and not self._compact)
        button.setProperty("factor", factor)
        words = factor_words(factor)
        button.setText(f"{words.ljust(4, FIGURE_SPACE)}  {about}")
        button.setAccessibleName(f"Factor {words}: {about}")

    def _use_reference(self) -> None:
        factor = float(self.sender().property("factor"))
        self.set_power(Power(float(f"{factor:.2g}"), self.power.hops))
        self.changed.emit()

    def _choose(self, _: object) -> None:
        self.set_power(Power(float(self.factor.number()), int(self.hops.number())))
        self.changed.emit()

    def _show(self) -> None:
        power = self.power
        self.factor.show_number(power.factor)
        self.hops.show_number(power.hops)
        self._numbers[0].setText(short(power.factor))
        self._numbers[1].setText(short(power.hops))
        self.result.setText(f"{power.name()} = {power.result()}")
        exactly = power.exactly()
        self.exactly.setText(f"exactly {exactly}")
        self.exactly.setVisible(bool(exactly))
        self.words.setText(power.words())
        for ends, label in zip(FLOAT_ENDS, self.limits, strict=True):
            label.setText(ends.words(power.factor))
        self.plot.set_power(power)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the plot beside the sliders where there is room, else below them."""
        super().resizeEvent(event)
        beside = self.width() >= (COMPACT_FROM if self._compact else BESIDE_FROM)
        if beside:
            self._box.setDirection(QBoxLayout.Direction.LeftToRight)
            least, most = COMPACT if self._compact else CONTROLS
        else:
            self._box.setDirection(QBoxLayout.Direction.TopToBottom)
            least, most = 0, WHATEVER
        self._side.setMinimumWidth(least)
        self._side.setMaximumWidth(most)
        self.plot.setMinimumSize(120, PLOT_LEAST)
        self._box.activate()  # else it is painted once as it was


def _muted(size_px: int) -> ElidedLabel:
    label = ElidedLabel(font=ui_font(size_px))
    label.setProperty("role", "muted")
    return label


def _reference_button() -> QPushButton:
    """A line of the list of factors; a press chooses it."""
    button = QPushButton()
    button.setProperty("reference", True)
    button.setFont(ui_font(12))
    button.setFlat(True)
    button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    return button
