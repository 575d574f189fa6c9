"""The Why panel: the verdict, what it rests on, and what would help by how much."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from vgsim.diagnosis.verdict import Effect, Evidence, Remedy, Undecided, Verdict
from vgsim.text.modeling import MODELING, NOT_MEASURED_HERE
from vgsim.text.verdicts import (
    CHANGES,
    EVIDENCE,
    IN_VAIN,
    REMEDIES,
    UNDECIDED,
    offered,
    undecided_words,
)
from vgsim.ui.style.application import ui_font
from vgsim.ui.style.theme import Theme
from vgsim.ui.why.box import VerdictBox
from vgsim.ui.why.evidence import EvidenceRow
from vgsim.ui.why.fold import FoldButton
from vgsim.ui.why.remedy import RemedyRow
from vgsim.ui.widgets.buttons import SmallButton
from vgsim.ui.widgets.card import VerticalScroll
from vgsim.ui.widgets.text import WrappedLabel, tool_tip

_WIDTHS = QSize(236, 160), QSize(296, 520)
_MARGIN, _ROOM = 5, 11
_PRESS = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class WhyPanel(QWidget):
    """Shows one verdict; rows are made once and given new content. It changes nothing by itself.

    Without a verdict it says when there will be one; while one is made the old one stays.
    """

    evidence_clicked = Signal(str)
    """The plot that shows the evidence."""
    try_requested = Signal(object)
    """The Remedy that is to run as comparison B."""
    apply_requested = Signal(object)
    """The Remedy whose changes the experiment is to take."""
    copy_requested = Signal(object)
    """The Remedy whose code is to be copied."""
    model_requested = Signal()
    """A simulated experiment like the recorded one is wanted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = VerdictBox()
        self.evidence: list[EvidenceRow] = []
        self.remedies: list[RemedyRow] = []
        self._offered: list[RemedyRow] = []
        self._verdict: Verdict | None = None
        self._failure = ""
        self._busy = False
        self._recorded = False
        self._keys = _PressKeys(self)
        self._lay_out()
        self.setAccessibleName("Why")
        self._refresh()

    def set_verdict(self, verdict: Verdict | None, measuring: bool = True) -> None:
        """Show a verdict whose remedies are not measured yet, or that there is none.

        ``measuring`` says that their effects are on their way.
        """
        self._verdict = verdict
        self._failure = ""
        self._show_evidence(verdict.evidence if verdict else ())
        self._show_undecided(verdict.undecided if verdict else ())
        started = verdict is not None and verdict.step > 0
        self._show_remedies(verdict.remedies if verdict else (), measuring, started)
        self._refresh()

    def add_effect(self, effect: Effect) -> None:
        """Show what was measured of a remedy; of one that is not offered any more, nothing."""
        for row in self._offered:
            if row.remedy == effect.remedy:
                row.show_effect(effect)
                if effect.done and not effect.helps:
                    self._put_aside(row)
        self._sort(effect)

    def _sort(self, effect: Effect) -> None:
        """Put those that help in the order of what they do, as everywhere else."""
        if self._verdict is None:
            return
        others = tuple(it for it in self._verdict.effects if it.remedy != effect.remedy)
        self._verdict = replace(self._verdict, effects=(*others, effect))
        if not effect.done:
            return  # what is not known for good moves nothing
        places = {remedy: at for at, remedy in enumerate(offered(self._verdict)[0])}
        rows = [row for row in self._offered if row.remedy in places]
        for row in sorted(rows, key=lambda row: places[row.remedy]):
            self._helps.addWidget(row)

    def _put_aside(self, row: RemedyRow) -> None:
        """Move a remedy without a gain to those that were tried in vain."""
        self._vain.addWidget(row)
        self._show_aside()

    @Slot()
    def _show_aside(self) -> None:
        """Show those tried in vain while their heading is pressed; say how many they are."""
        vain = [row for row in self._offered if self._vain.indexOf(row) >= 0]
        for row in vain:
            row.setVisible(self.vain_title.isChecked())
        self.vain_title.setText(f"{IN_VAIN} ({len(vain)})")
        self.vain_title.setVisible(bool(vain))
        self._helps_title.setVisible(len(vain) < len(self._offered))

    def set_recorded(self, recorded: bool) -> None:
        """Say that nothing can be measured of a training elsewhere, and offer to model it."""
        self._recorded = recorded
        self._helps_title.setText(CHANGES if recorded else REMEDIES)
        self._offer_modeling()

    def _offer_modeling(self) -> None:
        """Below remedies that have it beside their code, only say why none has an effect."""
        coded = any(row.remedy.code for row in self._offered)
        self.model_note.setVisible(self._recorded and bool(self._offered))
        self.model_button.setVisible(self._recorded and not coded)

    def set_busy(self, busy: bool) -> None:
        """Say that a newer verdict is on its way; the present one stays."""
        self._busy = busy
        self._refresh()

    def set_failed(self, sentence: str) -> None:
        """Say that judging went wrong."""
        self.set_verdict(None)
        self._failure = sentence
        self._refresh()

    def set_theme(self, theme: Theme) -> None:
        """Repaint: what is painted here reads the colors of the present theme."""
        for row in (*self.evidence, *self.remedies):
            row.update()

    def sizeHint(self) -> QSize:
        """A comfortable size."""
        return _WIDTHS[1]

    def minimumSizeHint(self) -> QSize:
        """The least at which every row is usable."""
        return _WIDTHS[0]

    def _refresh(self) -> None:
        if self._failure:
            self.box.show_failure(self._failure)
        elif self._verdict is None:
            self.box.show_idle(self._busy)
        else:
            self.box.show_verdict(self._verdict, self._busy)

    def _show_evidence(self, evidence: Iterable[Evidence]) -> None:
        found = tuple(evidence)
        while len(self.evidence) < len(found):
            row = EvidenceRow()
            row.chosen.connect(self.evidence_clicked)
            row.installEventFilter(self._keys)
            self.evidence.append(row)
            self._facts.addWidget(row)
        for row, fact in zip(self.evidence, found, strict=False):
            row.show_evidence(fact)
        _show_first(self.evidence, len(found))
        self._facts_title.setVisible(bool(found))

    def _show_undecided(self, undecided: tuple[Undecided, ...]) -> None:
        """What the source cannot tell, folded behind its number."""
        self.open_title.setText(f"{UNDECIDED} ({len(undecided)})")
        self.open_title.setVisible(bool(undecided))
        self.open_text.show_text("\n".join(f"• {undecided_words(it)}" for it in undecided))
        self._fold_undecided()

    @Slot()
    def _fold_undecided(self) -> None:
        some = self._verdict is not None and bool(self._verdict.undecided)
        self.open_text.setVisible(some and self.open_title.isChecked())

    def _show_remedies(self, remedies: tuple[Remedy, ...], measuring: bool, started: bool) -> None:
        while len(self.remedies) < len(remedies):
            self._add_remedy_row()
        for row, remedy in zip(self.remedies, remedies, strict=False):
            row.show_remedy(remedy, measuring, started, self._recorded)
        for row in self.remedies:
            self._helps.addWidget(row)
        self._offered = self.remedies[: len(remedies)]
        self._offer_modeling()
        self.vain_title.setChecked(False)
        _show_first(self.remedies, len(remedies))
        self._show_aside()

    def _add_remedy_row(self) -> None:
        row = RemedyRow()
        row.tried.connect(self.try_requested)
        row.applied.connect(self.apply_requested)
        row.copied.connect(self.copy_requested)
        row.modeled.connect(self.model_requested)
        for button in (row.try_button, row.apply_button, row.copy_button, row.model_button):
            button.installEventFilter(self._keys)
        self.remedies.append(row)
        self._helps.addWidget(row)

    def _lay_out(self) -> None:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(_MARGIN, 2, _ROOM, 2)
        column.setSpacing(0)
        self._facts_title, self._helps_title = _title(EVIDENCE), _title(REMEDIES)
        self._facts, self._helps = QVBoxLayout(), QVBoxLayout()
        self.vain_title, self._vain = FoldButton(IN_VAIN), QVBoxLayout()
        self.vain_title.toggled.connect(self._show_aside)
        self.vain_title.installEventFilter(self._keys)
        self.vain_title.hide()
        self._vain.setSpacing(8)
        self._facts.setSpacing(0)
        self._helps.setSpacing(8)
        column.addWidget(self.box)
        # what would help comes first: it is what most come for, and stands without scrolling
        for title, rows in ((self._helps_title, self._helps), (self._facts_title, self._facts)):
            column.addWidget(title)
            column.addLayout(rows)
            title.hide()
            if rows is self._helps:
                column.addWidget(self.vain_title)
                column.addLayout(self._vain)
                self._add_modeling(column)
        self.open_title = FoldButton(UNDECIDED)
        self.open_title.toggled.connect(self._fold_undecided)
        self.open_title.installEventFilter(self._keys)
        self.open_text = WrappedLabel("muted", ui_font(12, tabular=False))
        for widget in (self.open_title, self.open_text):
            column.addWidget(widget)
            widget.hide()
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(VerticalScroll(content, _ROOM))

    def _add_modeling(self, column: QVBoxLayout) -> None:
        """Where cures can be measured, below those that were not."""
        self.model_note = WrappedLabel("muted", ui_font(12, tabular=False))
        self.model_note.show_text(NOT_MEASURED_HERE)
        self.model_note.setContentsMargins(0, 10, 0, 6)
        self.model_button = SmallButton("Model it…", "Model it…")
        self.model_button.setToolTip(tool_tip(MODELING))
        self.model_button.clicked.connect(self.model_requested)
        self.model_button.installEventFilter(self._keys)
        row = QHBoxLayout()
        row.setContentsMargins(0, 8, 0, 0)
        row.addWidget(self.model_button)
        row.addStretch(1)
        column.addWidget(self.model_note)
        column.addLayout(row)
        self.set_recorded(False)


class _PressKeys(QObject):
    """Lets Space and Enter press a button that has the focus, whatever shortcuts there are."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Claim these keys; Qt itself presses with Space."""
        if isinstance(event, QKeyEvent) and event.key() in _PRESS:
            if event.type() is QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            enter = event.type() is QEvent.Type.KeyPress and event.key() != Qt.Key.Key_Space
            if enter and isinstance(watched, QAbstractButton):
                watched.click()
                return True
        return False


def _title(text: str) -> QLabel:
    title = QLabel(text)
    title.setFont(ui_font(11, 600, tabular=False))
    title.setProperty("role", "muted")
    title.setContentsMargins(0, 14, 0, 6)
    return title


def _show_first(rows: Iterable[QWidget], count: int) -> None:
    """Show this many of the rows, and hide the others."""
    for number, row in enumerate(rows):
        row.setVisible(number < count)
