"""The chosen experiment: its curve, its description, and what to do with it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from vgsim.nn.plain import plain_of
from vgsim.nn.presets import PresetCard, load_preset, preset_card
from vgsim.ui.start.model.facts import size_words, special_words
from vgsim.ui.start.model.sketch import Sketch
from vgsim.ui.start.sketcher import Sketcher
from vgsim.ui.start.thumbnail import paint_curve
from vgsim.ui.style.application import ui_font
from vgsim.ui.style.theme import Theme
from vgsim.ui.widgets.buttons import TextButton
from vgsim.ui.widgets.card import VerticalScroll
from vgsim.ui.widgets.text import ElidedLabel, WrappedLabel, hairline

_LEAST_LINES = 4
_WIDE_FIGURE, _LOW_FIGURE = QSize(200, 150), QSize(232, 120)


class SketchFigure(QWidget):
    """The curve of a sketch, with its decades and stages."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._sketch: Sketch | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("RMS of ∂J/∂h by stage in the first pass")

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        self.update()

    def show_sketch(self, sketch: Sketch | None) -> None:
        """Draw this one."""
        self._sketch = sketch
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The curve, as soon as it is there."""
        if self._sketch is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_curve(painter, QRectF(self.rect()), self._sketch, self._theme, large=True)
        painter.end()


class ChosenPanel(QFrame):
    """What the gallery has chosen. Beside it stands everything in a column, below it in a row."""

    open_asked = Signal(str)
    compare_asked = Signal(str)

    def __init__(self, sketcher: Sketcher, theme: Theme) -> None:
        super().__init__()
        self.setProperty("card", True)
        self.setAccessibleName("Chosen")
        self._sketcher = sketcher
        self._card: PresetCard | None = None
        self.title = ElidedLabel("", ui_font(15, 600, tabular=False))
        self.figure = SketchFigure(theme)
        self.caption = ElidedLabel("RMS of ∂J/∂h by stage, first pass", ui_font(11, tabular=False))
        self.caption.setProperty("role", "muted")
        self.description = WrappedLabel("", ui_font(13, tabular=False))
        self.description.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._scroll = _Paragraph(self.description)
        self._facts = _Facts()
        self.open_button = TextButton("Open", "Open in the window", accented=True)
        self.compare_button = TextButton("Compare with plain", "Compare with the plain network")
        self._lay_out()
        self.open_button.clicked.connect(self._ask_open)
        self.compare_button.clicked.connect(self._ask_compare)
        sketcher.drawn.connect(self._refresh_figure)
        self.set_below(False)

    def _lay_out(self) -> None:
        above = QLabel("CHOSEN")
        above.setFont(ui_font(11, 500, tabular=False))
        above.setProperty("role", "muted")
        picture = QVBoxLayout()
        picture.setSpacing(2)
        picture.addWidget(self.figure)
        picture.addWidget(self.caption)
        picture.addStretch(1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.open_button, self.compare_button):
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            buttons.addWidget(button, 1)
        words = QVBoxLayout()
        words.setSpacing(8)
        words.addWidget(self._scroll, 1)
        words.addWidget(self._facts)
        words.addLayout(buttons)
        self._sides = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._sides.setSpacing(14)
        self._sides.addLayout(picture)
        self._sides.addLayout(words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(15, 11, 15, 14)
        column.setSpacing(4)
        column.addWidget(above)
        column.addWidget(self.title)
        column.addSpacing(4)
        column.addLayout(self._sides, 1)
        self._above = above

    def set_below(self, below: bool) -> None:
        """Stand under the grid, low and wide, or beside it."""
        way = QBoxLayout.Direction
        self._sides.setDirection(way.LeftToRight if below else way.TopToBottom)
        self.figure.setFixedHeight((_LOW_FIGURE if below else _WIDE_FIGURE).height())
        if below:
            self.figure.setFixedWidth(_LOW_FIGURE.width())
        else:
            self.figure.setMinimumWidth(_WIDE_FIGURE.width())
            self.figure.setMaximumWidth(16_777_215)
        self._above.setVisible(not below)

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self.figure.set_theme(theme)

    @Slot(str)
    def show_preset(self, name: str) -> None:
        """Say what there is to say of a preset; of none, nothing."""
        self._card = preset_card(name) if name else None
        card = self._card
        self.title.setText(card.title if card else "")
        self.description.show_text(card.description if card else "")
        self._scroll.updateGeometry()
        self._facts.setVisible(card is not None)
        self._refresh_figure()
        self.open_button.setEnabled(card is not None)
        plain = card is None or plain_of(load_preset(card.name)) == load_preset(card.name)
        self.compare_button.setEnabled(not plain)
        if plain:
            reason = "It is plain already"
        else:
            reason = "The same network without what makes it special, as B"
        self.compare_button.setToolTip(reason)

    @Slot()
    def _refresh_figure(self) -> None:
        if self._card is None:
            self.figure.show_sketch(None)
            return
        spec = load_preset(self._card.name)
        sketch = self._sketcher.sketch(spec)
        self.figure.show_sketch(sketch)
        self._facts.show_rows([size_words(spec, sketch), special_words(spec)])

    @Slot()
    def _ask_open(self) -> None:
        if self._card is not None:
            self.open_asked.emit(self._card.name)

    @Slot()
    def _ask_compare(self) -> None:
        if self._card is not None:
            self.compare_asked.emit(self._card.name)


class _Paragraph(VerticalScroll):
    """Text that is scrolled only where a window is too low for it."""

    def __init__(self, text: WrappedLabel) -> None:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(text)
        column.addStretch(1)
        super().__init__(content, room=8)
        self._text = text
        self._least = _LEAST_LINES * QFontMetrics(text.font()).lineSpacing() + 2

    def sizeHint(self) -> QSize:
        """The whole of it, and a few lines at least."""
        whole = self._text.heightForWidth(max(self._text.width(), 160))
        return QSize(160, max(whole, self._least))

    def minimumSizeHint(self) -> QSize:
        """A few lines."""
        return QSize(160, self._least)


class _Facts(QWidget):
    """Two rows of a name and what it is, under hairlines."""

    def __init__(self) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 4)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 1)
        self._rows: list[tuple[QLabel, WrappedLabel]] = []
        for row in range(2):
            name = QLabel()
            name.setFont(ui_font(12, tabular=False))
            name.setProperty("role", "muted")
            value = WrappedLabel("", ui_font(12, 500, tabular=False))
            value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(hairline(), 2 * row, 0, 1, 2)
            grid.addWidget(name, 2 * row + 1, 0)
            grid.addWidget(value, 2 * row + 1, 1)
            self._rows.append((name, value))

    def show_rows(self, rows: list[tuple[str, str]]) -> None:
        """Show these."""
        for (name, value), (said, words) in zip(self._rows, rows, strict=True):
            name.setText(said)
            value.show_text(words)
