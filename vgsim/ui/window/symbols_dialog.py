"""Help ▸ Every symbol: the guide to all symbols and words, beside the window that goes on."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from vgsim.ui.widgets.symbol_list import SymbolList


class SymbolsDialog(QDialog):
    """The list of all entries; ``chosen`` tells the one that is looked at."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Every symbol")
        self.setModal(False)
        self.symbols = SymbolList()
        self.symbols.chosen.connect(self.chosen)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.addWidget(self.symbols)

    def sizeHint(self) -> QSize:
        """The list and a readable column of words."""
        return QSize(760, 520)
