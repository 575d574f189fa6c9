"""Where a learner writes three sentences of their own and makes a slide of them."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout

from vgsim.ui.guide.figures.base import FIGURES, LessonFigureView
from vgsim.ui.guide.model.takeaway import LONGEST_TITLE, PARTS, Takeaway, dumps, facts, loads
from vgsim.ui.plots.kinds import PLOTS
from vgsim.ui.style.application import ui_font
from vgsim.ui.widgets.buttons import SmallButton
from vgsim.ui.widgets.entries import Chooser, LineEntry
from vgsim.ui.widgets.paragraph_entry import ParagraphEntry

HINTS = (
    "In this network the learning signal …",
    "At every hop it is multiplied by …",
    "It would help to …, but then …",
)
"""How each sentence may begin."""
NO_PLOT = ("", "No plot", "The network alone")


@FIGURES.register("composer", "three sentences of one's own, and a slide of them to export")
class ComposerFigure(LessonFigureView):
    """Title, three sentences, a plot; figures of this network can be put into the sentences.

    What is written is kept by ``noted`` and comes back by :meth:`set_note`.
    """

    def set_up(self) -> None:
        """Make the entries."""
        self.takeaway = Takeaway()
        self.title = LineEntry()
        self.title.setPlaceholderText("Title of the slide")
        self.title.setAccessibleName("Title of the slide")
        self.title.setMaxLength(LONGEST_TITLE)
        self.sentences = [ParagraphEntry(lines=2, one=True) for _ in PARTS]
        self.numbers = Chooser()
        self.numbers.setPlaceholderText("Put in a number of this network…")
        self.numbers.setAccessibleName("Number of this network")
        self.plot = Chooser([NO_PLOT, *((it.name, it.label, it.summary) for it in PLOTS)])
        self.plot.setAccessibleName("Plot on the slide")
        self.count = QLabel()
        self.count.setFont(ui_font(12, tabular=False))
        self.count.setProperty("role", "muted")
        self.button = SmallButton("Export slide…", "Choose where, with a preview")
        self._into = self.sentences[0]
        """The sentence that was written in last."""
        self._lay_out()
        self._connect()
        self._show()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.title)
        for at, (part, entry) in enumerate(zip(PARTS, self.sentences, strict=True)):
            label = QLabel(f"{at + 1}  {part}")
            label.setFont(ui_font(12, 500, tabular=False))
            label.setProperty("role", "muted")
            label.setBuddy(entry)
            entry.setPlaceholderText(HINTS[at])
            entry.setAccessibleName(part)
            column.addSpacing(4)
            column.addWidget(label)
            column.addWidget(entry)
        column.addSpacing(4)
        column.addWidget(self.numbers)
        column.addWidget(self.plot)
        row = QHBoxLayout()
        row.addWidget(self.count, 1)
        row.addWidget(self.button)
        column.addSpacing(4)
        column.addLayout(row)

    def _connect(self) -> None:
        self.title.settled.connect(self._take)
        self.plot.chosen.connect(self._take)
        self.numbers.chosen.connect(self._put_in)
        self.button.clicked.connect(self._export)
        for entry in self.sentences:
            entry.settled.connect(self._take)
            entry.textChanged.connect(partial(self._write_in, entry))
            entry.cursorPositionChanged.connect(partial(self._write_in, entry))

    def sizeHint(self) -> QSize:
        """As high as its entries."""
        layout = self.layout()
        assert layout is not None
        return QSize(380, layout.sizeHint().height())

    def show_frame(self) -> None:
        """Offer the figures of this moment; a list that is open stays as it is."""
        view = self.numbers.view()
        if not view.isVisible():
            found = facts(self.frame)
            items = [(text, f"{text}   {about}", about) for text, about in found]
            self.numbers.set_items(items)
            self.numbers.show_name("")

    def set_note(self, text: str) -> None:
        """Show what was written the last time."""
        self.takeaway = loads(text)
        self._show()

    def _show(self) -> None:
        self.title.show_text(self.takeaway.title)
        for entry, sentence in zip(self.sentences, self.takeaway.sentences, strict=True):
            entry.show_text(sentence)
        self.plot.show_name(self.takeaway.plot)
        self._tell_count()

    def _tell_count(self) -> None:
        written = self.takeaway.written
        self.count.setText(f"{written} of {len(PARTS)} sentences written")
        self.button.setEnabled(written > 0)

    def _take(self) -> None:
        """Take over what is entered, and have it kept."""
        sentences = tuple(entry.toPlainText().strip() for entry in self.sentences)
        now = Takeaway(self.title.text(), sentences, self.plot.name())
        if now != self.takeaway:
            self.takeaway = now
            self.noted.emit(dumps(now))
        self._tell_count()

    def _write_in(self, entry: ParagraphEntry) -> None:
        if entry.hasFocus():
            self._into = entry

    def _put_in(self, text: str) -> None:
        """Put a figure where the cursor was."""
        self._into.insertPlainText(text)
        self._into.setFocus(Qt.FocusReason.OtherFocusReason)
        self.numbers.show_name("")
        self._take()

    def _export(self) -> None:
        self._take()
        self.export_asked.emit(dict(self.takeaway.entries))
