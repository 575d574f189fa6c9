"""One page of a lesson: its blocks, one below the other, and its question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from vgsim.core.errors import SpecError
from vgsim.lessons.lesson import (
    Block,
    Bullets,
    DisplayFormula,
    Inline,
    LessonFigure,
    LessonPage,
    Paragraph,
    Prose,
    Quoted,
    SubHeading,
    TextTable,
)
from vgsim.measure.frame import Frame
from vgsim.text.pointed import Pointed
from vgsim.text.scale import Scale
from vgsim.ui.guide.figures.kinds import FIGURES, LessonFigureView
from vgsim.ui.guide.flow import FlowText
from vgsim.ui.guide.formula import FormulaView
from vgsim.ui.guide.model.score import PageScore
from vgsim.ui.guide.question import QuestionBox
from vgsim.ui.style.application import ui_font
from vgsim.ui.style.theme import Theme
from vgsim.ui.widgets.text import WrappedLabel, hairline

GAP = 12


class BlockColumn(QWidget):
    """Blocks of text, formulas and figures in a column.

    ``link_asked`` and ``link_rested`` are those of all texts in it, the others those of its
    figures: ``pointed``, ``action_asked`` (PageAction), ``export_asked`` (entries) and ``noted``
    (text).
    """

    link_asked = Signal(object)
    link_rested = Signal(object)
    pointed = Signal(object)
    action_asked = Signal(object)
    export_asked = Signal(object)
    noted = Signal(str)

    def __init__(self, blocks: Sequence[Block], theme: Theme, scale: Scale) -> None:
        super().__init__()
        self._theme = theme
        self._scale = scale
        self.texts: list[FlowText] = []
        self.figures: list[LessonFigureView] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GAP)
        for block in blocks:
            self._column.addWidget(self._view(block))

    def add(self, widget: QWidget) -> None:
        """Put something below."""
        self._column.addWidget(widget)

    def add_stretch(self) -> None:
        """Leave what room there is at the foot."""
        self._column.addStretch(1)

    def _view(self, block: Block) -> QWidget:
        if isinstance(block, Paragraph):
            return self._text(block.parts)
        if isinstance(block, SubHeading):
            return self._text(block.parts, weight=600)
        if isinstance(block, DisplayFormula):
            return FormulaView(block.tex)
        if isinstance(block, Bullets):
            return self._list(block)
        if isinstance(block, TextTable):
            return self._table(block)
        return self._figure(block)

    def _text(self, parts: Sequence[Inline], size: int = 14, weight: int = 400) -> FlowText:
        text = FlowText(parts, size, weight)
        text.link_asked.connect(self.link_asked)
        text.link_rested.connect(self.link_rested)
        self.texts.append(text)
        return text

    def _list(self, block: Bullets) -> QWidget:
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(2, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(7)
        grid.setColumnStretch(1, 1)
        narrow = 18 if block.ordered else 10
        grid.setColumnMinimumWidth(0, narrow)
        for row, item in enumerate(block.items):
            sign = f"{row + 1}." if block.ordered else "•"
            mark = FlowText((Prose(sign),), role="muted")
            mark.setFixedWidth(narrow)
            grid.addWidget(mark, row, 0, Qt.AlignmentFlag.AlignTop)
            inner = BlockColumn(item, self._theme, self._scale)
            self._adopt(inner)
            grid.addWidget(inner, row, 1)
        return holder

    def _adopt(self, inner: BlockColumn) -> None:
        self.texts += inner.texts
        self.figures += inner.figures
        inner.link_asked.connect(self.link_asked)
        inner.link_rested.connect(self.link_rested)
        inner.pointed.connect(self.pointed)
        inner.action_asked.connect(self.action_asked)
        inner.export_asked.connect(self.export_asked)
        inner.noted.connect(self.noted)

    def _table(self, block: TextTable) -> QWidget:
        frame = QFrame()
        frame.setProperty("tile", True)
        grid = QGridLayout(frame)
        grid.setContentsMargins(12, 9, 12, 9)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(5)
        for number, row in enumerate(block.rows):
            at = number if number == 0 else number + 1
            for column, cell in enumerate(row):
                text = self._text(cell, 13, 600 if number == 0 else 400)
                grid.addWidget(text, at, column, Qt.AlignmentFlag.AlignTop)
                grid.setColumnStretch(column, 1)
        grid.addWidget(hairline(), 1, 0, 1, max(len(block.rows[0]), 1))
        return frame

    def _figure(self, block: LessonFigure) -> QWidget:
        try:
            figure: LessonFigureView = FIGURES[block.name](block.settings, self._theme, self._scale)
        except SpecError as error:
            label = WrappedLabel("error", ui_font(12))
            label.show_text(str(error))
            return label
        figure.pointed.connect(self.pointed)
        figure.asked.connect(self.action_asked)
        figure.export_asked.connect(self.export_asked)
        figure.noted.connect(self.noted)
        self.figures.append(figure)
        return figure

    def quoted(self) -> list[Quoted]:
        """All values in it."""
        return [value for text in self.texts for value in text.quoted()]

    def set_values(self, values: Mapping[Quoted, str]) -> None:
        """Write what stands for the values."""
        for text in self.texts:
            if text.quoted():
                text.set_values(values)


class PageView(BlockColumn):
    """A whole page: its title, its blocks and its question."""

    def __init__(self, page: LessonPage, theme: Theme, scale: Scale) -> None:
        super().__init__(page.blocks, theme, scale)
        self.page = page
        self.question: QuestionBox | None = None
        if page.question is not None:
            explain = BlockColumn(page.question.explain, theme, scale)
            self._adopt(explain)
            self.question = QuestionBox(page.question, explain)
            self.texts += self.question.texts
            for text in self.question.texts:
                text.link_asked.connect(self.link_asked)
                text.link_rested.connect(self.link_rested)
            self.add(self.question)
        self.add_stretch()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def wants(self) -> frozenset[type]:
        """Measurements that its figures draw."""
        return frozenset(kind for figure in self.figures for kind in figure.wants)

    def set_frame(self, frame: Frame | None) -> None:
        """Show one moment in every figure."""
        for figure in self.figures:
            figure.set_frame(frame)

    def set_note(self, text: str) -> None:
        """Show what was written here the last time."""
        for figure in self.figures:
            figure.set_note(text)

    def set_scores(self, scores: tuple[PageScore, ...]) -> None:
        """Show what became of the questions of the lesson."""
        for figure in self.figures:
            figure.set_scores(scores)

    def set_theme(self, theme: Theme) -> None:
        """Paint in other colors."""
        self._theme = theme
        for figure in self.figures:
            figure.set_theme(theme)
        self.update()

    def set_pointed(self, points: tuple[Pointed, ...]) -> None:
        """Light what is pointed at."""
        for figure in self.figures:
            figure.set_pointed(points)
