"""The line under the diagram: the chain rule of this hop, with its numbers."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from vgsim.text.chain_rule import ChainRule
from vgsim.ui.style.application import ui_font
from vgsim.ui.widgets.spots import SymbolSource, SymbolSpot, label_spots, moved

HEIGHT, SHORT = 66, 30
"""Pixels of both lines, and of the first alone."""
_EDGE = 6
"""Room above and below both lines; one line alone needs it for sub- and superscripts."""
_STRIDE = 24
"""Changes of width under this many pixels move nothing."""


class ChainRuleStrip(QWidget, SymbolSource):
    """Shows one :class:`ChainRule`; no rule changes its height, so that nothing jumps."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(HEIGHT)
        self.title = _label(ui_font(12, 500), muted=True)
        self.formula = _label(ui_font(15))
        self.numbers = _label(ui_font(13))
        self.note = _label(ui_font(12), muted=True)
        for label in (self.numbers, self.note):
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        grid = self._grid = QGridLayout(self)
        grid.setContentsMargins(0, _EDGE, 0, _EDGE)
        grid.setVerticalSpacing(2)
        grid.addWidget(self.title, 0, 0)
        grid.addWidget(self.formula, 0, 1)
        grid.addWidget(self.numbers, 0, 2)
        grid.addWidget(self.note, 1, 1, 1, 2)
        grid.setColumnMinimumWidth(0, 64)
        self._share_width()

    def set_short(self, short: bool) -> None:
        """Leave the note out, where there is room for one line only."""
        self.note.setVisible(not short)
        edge = 0 if short else _EDGE  # sums and transposes are higher than plain symbols
        self._grid.setContentsMargins(0, edge, 0, edge)
        self.setFixedHeight(SHORT if short else HEIGHT)

    def set_rule(self, rule: ChainRule) -> None:
        """Show ``rule``."""
        for label, text in (
            (self.title, rule.title),
            (self.formula, rule.formula),
            (self.numbers, rule.numbers or rule.hint),
            (self.note, rule.note),
        ):
            if label.text() != text:
                label.setText(text)
        for label in (self.formula, self.numbers):  # the note, too, where there is no line for it
            label.setToolTip("<br>".join(filter(None, (label.text(), rule.note))))
        self._share_width()

    first = True
    is_formula = True

    def symbol_spots(self) -> list[SymbolSpot]:
        """What the formula, its numbers and the note mention."""
        spots = []
        for label in (self.formula, self.numbers, self.note):
            spots += moved(label_spots(label), label.pos())
        return spots

    def _share_width(self) -> None:
        """Formula and numbers share the width as they need it; only great changes count."""
        for column, label in ((1, self.formula), (2, self.numbers)):
            share = 1 + label.sizeHint().width() // _STRIDE
            if self._grid.columnStretch(column) != share:
                self._grid.setColumnStretch(column, share)


def _label(font: QFont, muted: bool = False) -> QLabel:
    label = QLabel()
    label.setFont(font)
    label.setProperty("role", "muted" if muted else "")
    label.setTextFormat(Qt.TextFormat.RichText)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
