"""The verdict as a sheet of text: nothing to press, nothing to scroll."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtGui import QColor, QFontDatabase, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QFrame

from vgsim.diagnosis.pytorch import CodeLine, code_lines
from vgsim.diagnosis.verdict import Effect, Remedy, Verdict
from vgsim.export.slide.parts import TONE_ROLES, Words
from vgsim.text.verdicts import (
    EVIDENCE,
    NOTHING_YET,
    REMEDIES,
    catch_words,
    changes_words,
    effect_words,
    offered,
    sureness_of_pass,
)
from vgsim.ui.style.application import app_color

_TWO_COLUMNS = 560
_GUTTER = 28
_PAD = 14
MOST_LINES = 16
"""Lines of code of a remedy."""
_TINTS = {"-": QPalette.ColorRole.BrightText, "+": QPalette.ColorRole.Accent}
_TINT = 0.14
Group = list[Words]
"""Paragraphs that stand together or not at all."""


class WhySheet(QFrame):
    """Title and sentences, what would help, the evidence; the last give way where room is short."""

    def __init__(self, verdict: Verdict | None) -> None:
        super().__init__()
        self._answer = [[words] for words in _answer(verdict)]
        self._helps = _helps(verdict) if verdict else []
        self._facts = _facts(verdict) if verdict else []
        for group in (*self._answer, *self._helps, *self._facts):
            for words in group:
                words.setParent(self)
        self.setProperty("tone", str(verdict.tone) if verdict else "neutral")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One column, or two where they are wide enough."""
        wide = self.width() - 2 * _PAD
        high = self.height() - 2 * _PAD
        if self.width() < _TWO_COLUMNS or not self._helps:
            _fill((*self._answer, *self._helps, *self._facts), _PAD, wide, high)
            return
        each = (wide - _GUTTER) // 2
        _fill((*self._answer, *self._facts), _PAD, each, high)
        _fill(self._helps, _PAD + each + _GUTTER, each, high)


def _answer(verdict: Verdict | None) -> Group:
    if verdict is None:
        return [Words(NOTHING_YET.said(still=True), 15, 400, "muted")]
    found = [Words(verdict.title, 18, 600, TONE_ROLES[verdict.tone])]
    found += [Words(sentence, 15) for sentence in verdict.sentences]
    return [*found, Words(sureness_of_pass(verdict), 13, 400, "muted")]


def _helps(verdict: Verdict) -> list[Group]:
    groups = [_help(remedy, verdict.effects) for remedy in offered(verdict)[0]]
    return _headed(REMEDIES, groups)


def _help(remedy: Remedy, effects: Iterable[Effect]) -> Group:
    """A remedy, what it changes, and what it does where that was measured."""
    own = [effect for effect in effects if effect.remedy == remedy]
    found = [effect_words(effect) for effect in own]
    if own:
        remedy = own[0].offer
    changes: Group = [Words(changes_words(remedy.changes), 14, 400, "muted")]
    if remedy.code:
        changes = _code(remedy.code)
    figures = [Words(words, 14) for words in found]
    catch = [Words(words, 14, 400, "muted") for words in (catch_words(remedy),) if words]
    return [Words(remedy.title, 15, 600), *changes, *figures, *catch]


def _code(code: str) -> Group:
    """The change in the user's own program, line by line; of a long one its beginning."""
    lines = list(code_lines(code))
    if len(lines) > MOST_LINES:
        lines[MOST_LINES - 1 :] = [CodeLine("…")]
    if any(line.sign for line in lines):
        lines = [CodeLine(f"{line.sign or ' '} {line.text}", line.sign) for line in lines]
    return [CodeWords(line) for line in lines]


class CodeWords(Words):
    """A line of code; one that goes or comes is tinted."""

    def __init__(self, line: CodeLine) -> None:
        super().__init__(line.text or " ", 12)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(12)
        self.setFont(font)
        self._role = _TINTS.get(line.sign)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground, then the text."""
        if self._role is not None:
            color = QColor(app_color(self._role))
            color.setAlphaF(_TINT)
            painter = QPainter(self)
            painter.fillRect(self.rect(), color)
            painter.end()
        super().paintEvent(event)


def _facts(verdict: Verdict) -> list[Group]:
    return _headed(EVIDENCE, [[Words(f"•\u2002{fact.text}", 14)] for fact in verdict.evidence])


def _headed(title: str, groups: list[Group]) -> list[Group]:
    """The first of the groups, under a title, and the others."""
    if groups:
        groups[0] = [Words(title, 13, 600, "muted"), *groups[0]]
    return groups


def _fill(groups: Iterable[Group], left: int, width: int, height: int) -> None:
    """As many whole groups as fit, one below the other; the others are hidden."""
    top = 0
    full = False
    for group in groups:
        need = sum(words.height_at(width) + 3 for words in group)
        full = full or top + need > height
        for words in group:
            words.setVisible(not full)
            if not full:
                high = words.height_at(width)
                words.setGeometry(left, _PAD + top, width, high)
                top += high + 3
        top += 6
