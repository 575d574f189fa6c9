"""The inspector: every figure of the stage, unit or edge that is picked, and a history."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from vgsim.measure.frame import Frame
from vgsim.measure.inspection.look import Inspection
from vgsim.measure.request import Focus
from vgsim.nn.moments import Phase
from vgsim.text.inspection import (
    EMPTY,
    NO_NUMBER_NOTE,
    UNREACHED_NOTE,
    any_unreached,
    sample_text,
    way_words,
)
from vgsim.ui.diagram.model.picking import Shape, ways
from vgsim.ui.inspector.history_plot import HistoryPlot
from vgsim.ui.style.application import ui_font
from vgsim.ui.style.theme import Theme
from vgsim.ui.widgets.buttons import IconButton
from vgsim.ui.widgets.figure_table import FigureTable
from vgsim.ui.widgets.text import ElidedLabel, WrappedLabel

WIDE = 460
"""Pixels from which the history stands beside the figures."""
LEAST = 182
"""Pixels of width that the panel needs, with the history below."""
_ICONS = {"up": "chevron-up", "previous": "chevron-left", "next": "chevron-right",
          "down": "chevron"}  # fmt: skip


class InspectorPanel(QWidget):
    """Shows one :class:`Inspection`; ``focus_requested`` tells the :class:`Focus` to show next."""

    wants: ClassVar[tuple[type, ...]] = (Inspection,)
    """Measurements that the panel shows."""
    focus_requested = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Inspector")
        self._inspection: Inspection | None = None
        self._shape = Shape(0, ())
        self._sample_text = ""
        self._pass_done = False
        self._targets: dict[str, Focus] = {}
        self.title = ElidedLabel(font=ui_font(14, 600, tabular=False))
        self.subtitle = ElidedLabel(font=ui_font(12, tabular=False))
        self.subtitle.setProperty("role", "muted")
        self.buttons = {name: self._button(name) for name in _ICONS}
        self.table, self.history = FigureTable(theme), HistoryPlot(theme)
        self.note = WrappedLabel("muted", ui_font(11, tabular=False))
        self.empty = WrappedLabel("muted", ui_font(12, tabular=False))
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.empty)
        self.empty.show_text(EMPTY)
        self._stack.addWidget(self._content())
        self.set_inspection(None)

    def _button(self, name: str) -> IconButton:
        button = IconButton(_ICONS[name], name, 14)
        button.clicked.connect(lambda: self.focus_requested.emit(self._targets[name]))
        return button

    def _content(self) -> QWidget:
        content = QWidget()
        content.setMinimumWidth(LEAST)  # side by side is no reason to widen the dock
        column = QVBoxLayout(content)
        column.setContentsMargins(6, 0, 6, 0)
        column.setSpacing(2)
        column.addWidget(self.title)
        column.addLayout(self._second_row())
        self._body = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._body.setSpacing(8)
        figures = QVBoxLayout()
        figures.setSpacing(2)
        figures.addWidget(self.table, 1)
        figures.addWidget(self.note)
        self._body.addLayout(figures, 3)
        self._body.addWidget(self.history, 2)
        column.addLayout(self._body, 1)
        return content

    def _second_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.subtitle, 1)
        for button in self.buttons.values():
            row.addWidget(button)
        return row

    def set_frame(self, frame: Frame | None) -> None:
        """Show what ``frame`` carries of the picked thing."""
        if frame is not None:
            self._pass_done = frame.moment.phase is Phase.UPDATE
            self.set_shape(Shape(frame.input_width, frame.widths))
        self.set_inspection(frame.measurement(Inspection) if frame else None)

    def set_shape(self, shape: Shape) -> None:
        """Set what the buttons can go to; before that they are disabled."""
        if shape != self._shape:
            self._shape = shape
            self._offer()

    def set_inspection(self, inspection: Inspection | None) -> None:
        """Show these figures, or how to get some."""
        moved = (inspection and inspection.focus) != (self._inspection and self._inspection.focus)
        self._inspection = inspection
        self._stack.setCurrentIndex(0 if inspection is None else 1)
        self.table.set_inspection(inspection)
        self.history.set_inspection(inspection)
        if inspection is not None:
            self.title.setText(inspection.title)
            self.subtitle.setText(self._sample_text or sample_text(inspection.sample))
            note = NO_NUMBER_NOTE if self._pass_done else UNREACHED_NOTE
            self.note.show_text(note if any_unreached(inspection.figures) else "")
        if moved:
            self._offer()

    def set_sample_text(self, text: str) -> None:
        """Set whose figures these are; empty for those that the inspector asked for."""
        self._sample_text = text
        self.set_inspection(self._inspection)

    def set_theme(self, theme: Theme) -> None:
        """Paint in other colors."""
        self.table.set_theme(theme)
        self.history.set_theme(theme)

    def _offer(self) -> None:
        """Set where each button leads; those that lead nowhere are disabled."""
        focus = self._inspection.focus if self._inspection else None
        self._targets = ways(focus, self._shape) if focus else {}
        for name, button in self.buttons.items():
            button.setEnabled(name in self._targets)
            words = way_words(focus, name) if focus else ""
            button.setToolTip(words)
            button.setAccessibleName(words or name)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the history beside the figures when the panel is wide, below when it is not."""
        super().resizeEvent(event)
        sideways = self.width() >= WIDE and self.width() > self.height()
        ways = QBoxLayout.Direction
        self._body.setDirection(ways.LeftToRight if sideways else ways.TopToBottom)
