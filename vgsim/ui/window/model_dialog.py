"""Whether the simulated experiment like a recording is to be opened, and what it takes over."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPushButton, QVBoxLayout, QWidget

from vgsim.diagnosis.nearest import NearestSpec
from vgsim.nn.spec import Spec
from vgsim.text.modeling import BESIDE, BESIDE_TIP, IN_ITS_PLACE, IN_ITS_PLACE_TIP, MODELING
from vgsim.ui.style.application import ui_font
from vgsim.ui.widgets.card import VerticalScroll
from vgsim.ui.widgets.text import WrappedLabel, tool_tip

_BAR = 14
_Roles = QDialogButtonBox.ButtonRole


class ModelDialog(QDialog):
    """Says sentence by sentence what stands for what, before anything is opened."""

    wanted = Signal(Spec)
    """The model is to take the place of the recording."""
    wanted_beside = Signal(Spec)
    """It is to run beside it, as B."""

    def __init__(self, nearest: NearestSpec, parent: QWidget) -> None:
        super().__init__(parent)
        self.nearest = nearest
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Model it")
        self.title = WrappedLabel("", ui_font(14, 600, tabular=False))
        self.title.show_text(nearest.spec.name)
        self.about = WrappedLabel("muted", ui_font(12, tabular=False))
        self.about.show_text(f"{MODELING}.")
        self.sentences: list[WrappedLabel] = []
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.open_button = self._button(IN_ITS_PLACE, IN_ITS_PLACE_TIP)
        self.open_button.setDefault(True)
        self.beside_button = self._button(BESIDE, BESIDE_TIP)
        self.open_button.clicked.connect(self._open)
        self.beside_button.clicked.connect(self._open_beside)
        self.buttons.rejected.connect(self.reject)
        self._lay_out()

    def _button(self, text: str, tip: str) -> QPushButton:
        made = self.buttons.addButton(text, _Roles.ActionRole)
        made.setToolTip(tool_tip(tip))
        return made

    def _lay_out(self) -> None:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(7)
        for sentence in self.nearest.sentences:
            label = WrappedLabel("", ui_font(13, tabular=False))
            label.show_text(sentence)
            self.sentences.append(label)
            column.addWidget(label)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(20, 18, 20, 16)
        outer.setSpacing(8)
        outer.addWidget(self.title)
        outer.addWidget(self.about)
        outer.addWidget(VerticalScroll(content, _BAR), 1)
        outer.addWidget(self.buttons)

    def sizeHint(self) -> QSize:
        """Room for some ten sentences."""
        return QSize(480, 400)

    @Slot()
    def _open(self) -> None:
        self.wanted.emit(self.nearest.spec)
        self.accept()

    @Slot()
    def _open_beside(self) -> None:
        self.wanted_beside.emit(self.nearest.spec)
        self.accept()
