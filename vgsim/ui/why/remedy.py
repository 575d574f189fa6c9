"""One change that should help: what it is, what it does, and two buttons."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from vgsim.diagnosis.verdict import Effect, Remedy
from vgsim.text.verdicts import changes_words, remedy_tips
from vgsim.ui.style.application import ui_font
from vgsim.ui.why.effect_lines import EffectLines
from vgsim.ui.widgets.buttons import SmallButton
from vgsim.ui.widgets.text import WrappedLabel, tool_tip


class RemedyRow(QFrame):
    """Shows a remedy and its effect, whose room is there before it is measured."""

    tried = Signal(object)
    applied = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("tile", True)
        self.remedy = Remedy("", ())
        self.title = WrappedLabel("", ui_font(13, 600, tabular=False))
        self.changes = WrappedLabel("muted", ui_font(12, tabular=False))
        self.effect = EffectLines()
        self.try_button = SmallButton("Try", "Try", accented=True)
        self.apply_button = SmallButton("Apply", "Apply")
        self.try_button.clicked.connect(self._try)
        self.apply_button.clicked.connect(self._apply)
        self._lay_out()

    def show_remedy(self, remedy: Remedy, measuring: bool) -> None:
        """Show this one, not measured yet; ``measuring`` says that it is being done."""
        self.remedy = remedy
        self.setAccessibleName(remedy.title)
        self.title.show_text(remedy.title)
        self.changes.show_text(changes_words(remedy.changes))
        buttons = (self.try_button, self.apply_button)
        for button, tip in zip(buttons, remedy_tips(remedy), strict=True):
            button.setToolTip(tool_tip(tip))
            button.setAccessibleName(f"{button.text()} {remedy.title}")
            button.setAccessibleDescription(tip)
        self._show(None, measuring)

    def show_effect(self, effect: Effect) -> None:
        """Show what was measured; what cannot be cannot be tried either."""
        self._show(effect, False)

    def _show(self, effect: Effect | None, measuring: bool) -> None:
        self.effect.show_effect(effect, measuring)
        possible = effect is None or not effect.refused
        self.try_button.setEnabled(possible)
        self.apply_button.setEnabled(possible)

    @Slot()
    def _try(self) -> None:
        self.tried.emit(self.remedy)

    @Slot()
    def _apply(self) -> None:
        self.applied.emit(self.remedy)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        buttons.addStretch(1)
        buttons.addWidget(self.try_button)
        buttons.addWidget(self.apply_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(11, 8, 11, 9)
        column.setSpacing(2)
        column.addWidget(self.title)
        column.addWidget(self.changes)
        column.addSpacing(2)
        column.addWidget(self.effect)
        column.addSpacing(4)
        column.addLayout(buttons)
