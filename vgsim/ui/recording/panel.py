"""The panel of a recording: what it is of, its modules, and what is known of the one picked."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from vgsim.measure.frame import Frame, Growth
from vgsim.measure.module_figures import ModuleFigures
from vgsim.measure.request import Focus
from vgsim.text.moments import place_of
from vgsim.text.scale import Scale
from vgsim.ui.recording.model import Line, ModuleTree, head_words, module_lines, parameter_lines
from vgsim.ui.recording.tree import ModuleView
from vgsim.ui.style.application import set_look, ui_font
from vgsim.ui.style.theme import Theme
from vgsim.ui.widgets.buttons import SmallButton
from vgsim.ui.widgets.card import Card, VerticalScroll
from vgsim.ui.widgets.text import ElidedLabel, hairline

RUNNING, NOT_RUNNING = "running", "not running"
NOTHING_PICKED = "No module is picked"
_WIDTHS = QSize(250, 200), QSize(286, 640)
_CARD_HIGH, _LINE_HIGH = 253, 22
_CARD_SHARE = 0.34
"""Most height of the figures of one module and that of a line; most share of the panel's height."""


class RecordingPanel(Card):
    """Shows the modules of a frame; ``focus_requested`` tells the :class:`Focus` to go to.

    ``beside_asked`` asks for another recording beside this one.
    """

    wants: ClassVar[tuple[type, ...]] = (ModuleFigures,)
    """Measurements that the panel shows."""
    focus_requested = Signal(object)
    beside_asked = Signal()

    def __init__(self, theme: Theme, scale: Scale, parent: QWidget | None = None) -> None:
        super().__init__("Recording", parent=parent)
        self._frame: Frame | None = None
        self._about = ElidedLabel(font=ui_font(12, tabular=False))
        self._about.setProperty("role", "muted")
        self._growth = QLabel(NOT_RUNNING)
        self._growth.setFont(ui_font(12, tabular=False))
        self._growth.setProperty("role", "muted")
        self.add_header_widget(self._growth)
        self.search_line = QLineEdit()
        self.search_line.setPlaceholderText("Find a module")
        self.search_line.setAccessibleName("Find a module")
        self.search_line.setClearButtonEnabled(True)
        self.search_line.textChanged.connect(self._search)
        self.search_line.installEventFilter(self)
        self.view = ModuleView(theme, scale)
        self.view.picked.connect(self._pick)
        self._title = ElidedLabel(font=ui_font(13, 600, tabular=False))
        self._when = QLabel()
        self._when.setFont(ui_font(12))
        self._when.setProperty("role", "muted")
        self._rows: list[FigureRow] = []
        self._shown = 0
        self.beside = SmallButton("Open another recording beside it…", "Compare with another one")
        self.beside.clicked.connect(self.beside_asked)
        self.beside.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._lay_out()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)

    def _lay_out(self) -> None:
        self.body.setSpacing(6)
        self.body.addWidget(self._about)
        self.body.addWidget(self.search_line)
        self.body.addLayout(self._columns())
        self.body.addWidget(self.view, 1)
        self.body.addWidget(hairline())
        titles = QGridLayout()
        titles.addWidget(self._title, 0, 0)
        titles.addWidget(self._when, 0, 1)
        titles.setColumnStretch(0, 1)
        self.body.addLayout(titles)
        holder = QWidget()
        self._column = QVBoxLayout(holder)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._card = VerticalScroll(holder, 8)
        self._card.setAccessibleName("Figures of the module")
        self.body.addWidget(self._card)
        self.body.addWidget(self.beside)

    def _columns(self) -> QGridLayout:
        """What stands in the rows of the tree."""
        row = QGridLayout()
        row.setContentsMargins(2, 2, 8, 0)
        for at, words in enumerate(("Module", "RMS ∂J/∂output")):
            label = QLabel(words)
            label.setFont(ui_font(11, tabular=False))
            label.setProperty("role", "muted")
            row.addWidget(label, 0, at)
        row.setColumnStretch(0, 1)
        return row

    def sizeHint(self) -> QSize:
        """As wide as the form that it stands for."""
        return _WIDTHS[1]

    def minimumSizeHint(self) -> QSize:
        """Names give way before numbers do."""
        return _WIDTHS[0]

    def set_theme(self, theme: Theme) -> None:
        """Paint in other colors."""
        self.view.set_theme(theme)

    def set_frame(self, frame: Frame | None) -> None:
        """Show one moment; its request says what is picked."""
        before = self._frame
        self._frame = frame
        if frame is None or not frame.subject.named:
            return
        if before is None or before.subject.named != frame.subject.named:
            self.view.set_tree(ModuleTree(frame.subject))
        self.view.set_frame(frame)
        self._about.setText(head_words(frame))
        running = frame.track is not None and frame.track.growth is Growth.GROWING
        self._growth.setText(RUNNING if running else NOT_RUNNING)
        self._when.setText(f"step {place_of(frame)[0]:,}")
        self.set_focus(frame.request.focus)

    def set_focus(self, focus: Focus | None) -> None:
        """Mark what is picked: a group stays marked while its last stage is."""
        tree = self.view.modules.tree
        place = self.view.place
        if focus is None:
            place = -1
        elif place < 0 or tree.nodes[place].stage != focus.stage:
            place = self.view.nearest(tree.leaf(focus.stage))
        if place != self.view.place:
            self.view.show_place(place)
        self._show_module()

    @Slot(int)
    def _pick(self, place: int) -> None:
        self._show_module()
        self.focus_requested.emit(Focus(self.view.modules.tree.nodes[place].stage))

    @Slot(str)
    def _search(self, text: str) -> None:
        self.view.search(text)
        if self._frame is not None:
            self.set_focus(self._frame.request.focus)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """From the search Return picks what is found, ↓ goes to the tree, Escape clears it."""
        if event.type() is not QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        keys = Qt.Key
        if event.key() in (keys.Key_Return, keys.Key_Enter):
            found = self.view.modules.tree.first_match(self.search_line.text())
            if found >= 0:
                self.view.show_place(found)
                self._pick(found)
            return True
        if event.key() == keys.Key_Down:
            self.view.setFocus(Qt.FocusReason.TabFocusReason)
            return True
        if event.key() == keys.Key_Escape and self.search_line.text():
            self.search_line.clear()
            return True
        return False

    def _show_module(self) -> None:
        """The figures of what is picked."""
        frame = self._frame
        place = self.view.place
        if frame is None or place < 0:
            self._title.setText(NOTHING_PICKED)
            self._fill([])
            return
        tree = self.view.modules.tree
        self._title.setText(tree.nodes[place].name)
        lines = module_lines(tree, place, frame)
        own = parameter_lines(tree, place, frame)
        if own:
            lines += [Line("Its parameters", "‖∂J/∂W‖", True), *own]
        self._fill(lines)

    def _fill(self, lines: list[Line]) -> None:
        """Give every line its row, of those made before as far as they last."""
        while len(self._rows) < len(lines):
            row = FigureRow()
            self._column.addWidget(row)
            self._rows.append(row)
        for at, row in enumerate(self._rows):
            row.setVisible(at < len(lines))
            if at < len(lines):
                row.show_line(lines[at])
        self._shown = len(lines)
        self._share_height()
        self._card.setVisible(bool(lines))

    def _share_height(self) -> None:
        """The tree has the greater part of a low panel."""
        most = max(min(_CARD_HIGH, int(self.height() * _CARD_SHARE)), 3 * _LINE_HIGH)
        self._card.setFixedHeight(min(self._shown * _LINE_HIGH, most))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the height anew."""
        super().resizeEvent(event)
        self._share_height()


class FigureRow(QWidget):
    """One line of figures: words that give way, and a value that does not."""

    def __init__(self) -> None:
        super().__init__()
        self._words = ElidedLabel(font=ui_font(12, tabular=False))
        self._words.setProperty("role", "muted")
        self._value = QLabel()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._words, 1)
        row.addWidget(self._value)
        self.setFixedHeight(_LINE_HIGH)

    def show_line(self, line: Line) -> None:
        """Show these words and this value."""
        self._words.setText(line.words)
        self._value.setText(line.value)
        self._value.setAccessibleName(f"{line.words}: {line.value}")
        set_look(self._value, "role", "muted" if line.faint else "")
        self._value.setFont(ui_font(12, 400 if line.faint else 600))
