"""The tinted box with the verdict itself."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from vgsim.diagnosis.verdict import Tone, Verdict
from vgsim.text.verdicts import FAILED, JUDGING, NOTHING_YET, paragraphs, sureness
from vgsim.ui.style.application import set_look, ui_font
from vgsim.ui.widgets.text import ElidedLabel, WrappedLabel

_ROLES = {Tone.GOOD: "accent", Tone.NEUTRAL: "", Tone.WARNING: "warning"}


class VerdictBox(QFrame):
    """Title, sentences and confidence of a verdict, or why there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = WrappedLabel("", ui_font(14, 600, tabular=False))
        self.text = WrappedLabel("", ui_font(13, tabular=False))
        self.more = WrappedLabel("", ui_font(12, tabular=False))
        self.confidence = ElidedLabel(font=ui_font(12, tabular=False))
        self.status = ElidedLabel(font=ui_font(12, italic=True, tabular=False))
        for label in (self.confidence, self.status):
            label.setProperty("role", "muted")
        self.status.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._lay_out()
        self.show_idle(False)

    def show_verdict(self, verdict: Verdict, busy: bool) -> None:
        """A verdict; ``busy`` says that a newer one is on its way."""
        self._show(verdict.tone, verdict.title, *paragraphs(verdict))
        set_look(self.title, "role", _ROLES[verdict.tone])
        self._foot(sureness(verdict), JUDGING if busy else "")

    def show_idle(self, busy: bool) -> None:
        """Nothing is judged yet; ``busy`` says that it is being done."""
        self._show(
            Tone.NEUTRAL, "", JUDGING.capitalize() if busy else NOTHING_YET.said(still=False)
        )
        set_look(self.text, "role", "muted")
        self._foot("", "")

    def show_failure(self, sentence: str) -> None:
        """Judging went wrong."""
        self._show(Tone.NEUTRAL, FAILED, sentence)
        set_look(self.title, "role", "error")
        self._foot("", "")

    def _show(self, tone: Tone, title: str, text: str, more: str = "") -> None:
        set_look(self, "tone", str(tone))
        set_look(self.text, "role", "")
        self.title.show_text(title)
        self.text.show_text(text)
        self.more.show_text(more)
        self.setAccessibleName(" ".join(filter(None, (title and f"{title}.", text, more))))

    def _foot(self, confidence: str, status: str) -> None:
        self.confidence.setText(confidence)
        self.status.setText(status)
        self.confidence.setVisible(bool(confidence))
        self.status.setVisible(bool(confidence))

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.confidence, 1)
        foot.addWidget(self.status)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(5)
        column.addWidget(self.title)
        column.addWidget(self.text)
        column.addWidget(self.more)
        column.addLayout(foot)
