"""The chip in the diagram's heading that says what the experiment is compared with."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from vgsim.ui.style.application import ui_font
from vgsim.ui.widgets.buttons import IconButton
from vgsim.ui.widgets.text import ElidedLabel


class OtherRunChip(QWidget):
    """ "B: ReLU, He normal" and a button that ends the comparison; hidden when there is none."""

    ended = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = ElidedLabel("", ui_font(12, 500))
        self._label.setProperty("role", "accent")
        self._label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._label.setMaximumWidth(340)
        close = IconButton("close", "End the comparison", 14)
        close.clicked.connect(self.ended)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self._label)
        row.addWidget(close)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.set_difference("")

    def set_difference(self, difference: str) -> None:
        """Say in which fields B differs; nothing ends the comparison."""
        self._label.setText(f"compared with B: {difference}" if difference else "")
        self.setAccessibleName(self._label.text())
        self.setVisible(bool(difference))
