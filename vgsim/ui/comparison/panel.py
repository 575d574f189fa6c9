"""The panel of a comparison: what differs, what came of it, and what one can do next."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from vgsim.core.errors import SpecError
from vgsim.core.fields import FieldInfo
from vgsim.core.numbers import typed
from vgsim.measure.frame import Frame
from vgsim.text.moments import place_of
from vgsim.ui.comparison.model import (
    OF_RECORDINGS,
    level_row,
    pin_line,
    preface,
    rows_of_results,
    rows_of_subjects,
    rows_that_differ,
    usual_levels,
    verdict_on_both,
)
from vgsim.ui.comparison.pins import PinList
from vgsim.ui.comparison.table import PairTable
from vgsim.ui.style.application import set_look, ui_font
from vgsim.ui.style.theme import Theme
from vgsim.ui.widgets.buttons import SmallButton
from vgsim.ui.widgets.card import VerticalScroll
from vgsim.ui.widgets.entries import LineEntry
from vgsim.ui.widgets.text import WrappedLabel

_WIDTHS = QSize(236, 160), QSize(296, 520)
_MARGIN, _ROOM = 5, 11
_LEVEL = FieldInfo("", "level", float, 1.0, low=0.0, high=1e12)
ALONE = (
    "Two networks side by side: the same data, batches and initial weights, and one thing "
    "changed. Both are stepped and trained together."
)
BUTTONS = (
    ("swap", "Swap", "Let A and B change places"),
    ("promote", "Go on with B alone", "B becomes the experiment, with all it has learned"),
    ("save_pair", "Save the pair…", "A, B and this moment as one file"),
    ("compare_end", "End", "End the comparison: A goes on alone"),
)
"""What stands below the panel: commands, their words, and what they do."""


class LevelLabel(QWidget):
    """ "J ≤ 0.5", whose number can be typed over."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.level = 1.0
        words = QLabel("J ≤")
        words.setFont(ui_font(12, tabular=False))
        words.setProperty("role", "muted")
        self.entry = LineEntry()
        self.entry.setAccessibleName("Loss to be reached")
        self.entry.setProperty("number", True)
        self.entry.setFixedWidth(50)
        self.entry.settled.connect(self._settle)
        self.entry.abandoned.connect(self._show)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(words)
        row.addWidget(self.entry)
        row.addStretch(1)

    def set_level(self, level: float) -> None:
        """Show another number."""
        self.level = level
        self._show()

    def _show(self) -> None:
        self.entry.show_text(typed(self.level))
        set_look(self.entry, "invalid", False)

    def _settle(self) -> None:
        try:
            level = _LEVEL.check(_LEVEL.from_text(self.entry.text().strip().replace(",", ".")))
        except SpecError as error:
            set_look(self.entry, "invalid", True)
            self.entry.setToolTip(str(error))
            return
        set_look(self.entry, "invalid", False)
        self.entry.setToolTip("")
        assert isinstance(level, float)  # a field of numbers lets nothing else through
        if level != self.level:
            self.level = level
            self.changed.emit()


class ComparisonPanel(QWidget):
    """Shows the comparison of one frame. It says what is wanted and does nothing by itself."""

    asked = Signal(str)
    """The name of a command."""
    unpinned = Signal(object)
    """The PinnedRun to let go of."""
    wants: ClassVar[tuple[type, ...]] = ()

    def __init__(self) -> None:
        super().__init__()
        self._frame: Frame | None = None
        self._chance = ""
        self.preface = WrappedLabel("muted", ui_font(12, tabular=False))
        self.settings = PairTable()
        self.results = PairTable()
        self.reached = PairTable(headed=False)
        self.levels = LevelLabel(), LevelLabel()
        self.sentence = WrappedLabel("", ui_font(12, tabular=False))
        self.pins = PinList()
        self.pins.unpinned.connect(self.unpinned)
        self.buttons = {
            name: self._button(name, text, about)
            for name, text, about in (
                ("change_one", "Change one thing…", "B as a copy of A with one field changed"),
                ("compare", "Keep this one as B", "Then change A"),
                ("pin_b", "Pin B too", "Keep its curves behind both"),
                ("pin_a", "Pin A", "Keep its curves behind both"),
                *BUTTONS,
            )
        }
        for label in self.levels:
            label.changed.connect(self._refresh)
        self._lay_out()
        self.setAccessibleName("Comparison")
        self._refresh()

    def set_frame(self, frame: Frame | None) -> None:
        """Show the comparison in one moment, or how to begin one."""
        self._frame = frame
        self._refresh()

    def set_theme(self, theme: Theme) -> None:
        """Repaint: the style sheet has changed already."""
        self.update()

    def sizeHint(self) -> QSize:
        """A comfortable size."""
        return _WIDTHS[1]

    def minimumSizeHint(self) -> QSize:
        """The least at which every row is usable."""
        return _WIDTHS[0]

    def _button(self, name: str, text: str, about: str) -> SmallButton:
        button = SmallButton(text, about, accented=name == "change_one")
        button.clicked.connect(partial(self._ask, name))
        return button

    def _ask(self, name: str, checked: bool = False) -> None:
        self.asked.emit(name)

    def _lay_out(self) -> None:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(_MARGIN, 2, _ROOM, 2)
        column.setSpacing(8)
        column.addWidget(self.preface)
        column.addWidget(self.settings)
        column.addLayout(self._row("change_one"))
        column.addLayout(self._row("compare"))
        self._updates = QLabel("Updates until the training loss is")
        self._updates.setFont(ui_font(12, tabular=False))
        self._updates.setProperty("role", "muted")
        self._came = _title("WHAT CAME OF IT")
        column.addWidget(self._came)
        column.addWidget(self.results)
        column.addWidget(self._updates)
        column.addWidget(self.reached)
        column.addWidget(self.sentence)
        self._behind = _title("PINNED BEHIND BOTH")
        column.addWidget(self._behind)
        column.addWidget(self.pins)
        column.addLayout(self._row("pin_a", "pin_b"))
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(8)
        outer.addWidget(VerticalScroll(content, _ROOM), 1)
        outer.addLayout(self._last_rows())

    def _last_rows(self) -> QVBoxLayout:
        """What ends or keeps the comparison, always in sight."""
        rows = QVBoxLayout()
        rows.setContentsMargins(_MARGIN, 0, _ROOM, 0)
        rows.setSpacing(6)
        for names in (("swap", "save_pair"), ("promote", "compare_end")):
            rows.addLayout(self._row(*names))
        return rows

    def _row(self, *names: str) -> QHBoxLayout:
        """A few of the buttons in a line."""
        row = QHBoxLayout()
        row.setSpacing(8)
        for name in names:
            row.addWidget(self.buttons[name])
        row.addStretch(1)
        return row

    def _refresh(self) -> None:
        frame = self._frame
        compared = frame is not None and frame.other is not None
        for widget in (self.settings, self.results, self.reached, self._came, self._updates):
            widget.setVisible(compared)
        for name in ("pin_b", *(name for name, _, _ in BUTTONS)):
            self.buttons[name].setVisible(compared)
        self.buttons["compare"].setVisible(not compared)
        self.buttons["change_one"].setVisible(frame is None or frame.spec is not None)
        if frame is None or frame.other is None:
            self.preface.show_text(ALONE)
            self.sentence.show_text("")
        else:
            self._show_pair(frame, frame.other)
        self._show_pins(frame)

    def _show_pair(self, frame: Frame, other: Frame) -> None:
        experiments = frame.spec is not None and other.spec is not None
        if experiments:
            differing = rows_that_differ(frame.spec, other.spec)
            self.preface.show_text(preface(len(differing)))
        else:
            differing = rows_of_subjects(frame, other)
            self.preface.show_text(OF_RECORDINGS)
        self.buttons["save_pair"].setVisible(experiments)
        self.settings.setVisible(bool(differing))
        self.settings.set_rows(differing)
        chance = f"{frame.chance_loss}"
        if chance != self._chance:  # another problem has losses of another size
            self._chance = chance
            for label, level in zip(self.levels, usual_levels(frame), strict=True):
                label.set_level(level)
        if frame.track is not None:
            when = f"BY STEP {place_of(frame)[0]:,}"
        else:
            when = f"BY UPDATE {frame.step:,}" if frame.step else "IN THE FIRST PASS"
        self._came.setText(f"WHAT CAME OF IT, {when}")
        self.results.set_rows(rows_of_results(frame))
        self.reached.set_rows([level_row(frame, label.level) for label in self.levels], self.levels)
        self.sentence.show_text(verdict_on_both(frame))

    def _show_pins(self, frame: Frame | None) -> None:
        runs = [] if frame is None else [(pin, pin_line(pin, frame.spec)) for pin in frame.pins]
        self.pins.set_runs(runs)
        self._behind.setVisible(bool(runs))


def _title(text: str) -> QLabel:
    title = QLabel(text)
    title.setFont(ui_font(11, 600, tabular=False))
    title.setProperty("role", "muted")
    title.setContentsMargins(0, 10, 0, 0)
    return title
