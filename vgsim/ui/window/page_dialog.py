"""A page of a lesson in a window of its own: read without a lesson, and changing nothing."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from vgsim.lessons.lesson import LessonPage
from vgsim.text.scale import Scale
from vgsim.ui.guide.page import BlockColumn
from vgsim.ui.style.theme import Theme
from vgsim.ui.widgets.card import VerticalScroll

_BAR = 14


class PageDialog(QDialog):
    """The text of ``page``; ``link_asked`` tells the link that was clicked."""

    link_asked = Signal(object)

    def __init__(self, page: LessonPage, theme: Theme, scale: Scale, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(page.title)
        self.setModal(False)
        self.column = BlockColumn(page.blocks, theme, scale)
        self.column.link_asked.connect(self.link_asked)
        self.column.add_stretch()
        scroll = VerticalScroll(self.column, _BAR)
        scroll.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        scroll.setAccessibleName(page.title)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(20, 16, 8, 12)
        outer.addWidget(scroll)

    def sizeHint(self) -> QSize:
        """A readable column."""
        return QSize(560, 600)
