"""One change that should help: what it is, what it does, and two buttons."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QPalette,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from vgsim.diagnosis.verdict import Effect, Remedy
from vgsim.text.modeling import MODELING
from vgsim.text.verdicts import (
    FIRST_MEASURED,
    MEASURING,
    NOT_MEASURED,
    Comparison,
    catch_words,
    changes_words,
    comparisons,
    effect_note,
    effect_tip,
    effect_words,
    not_from_here,
    refusal_words,
    remedy_tips,
    ruling_words,
    spike_words,
)
from vgsim.ui.style.application import app_color, ui_font
from vgsim.ui.why.code import CodeBlock
from vgsim.ui.widgets.buttons import SmallButton
from vgsim.ui.widgets.text import WrappedLabel, breakable, tool_tip

_LINE, _GAP = 18, 8
_Role = QPalette.ColorRole


class EffectLines(QWidget):
    """Name at the left, figures at the right; or that they are being measured, or cannot be.

    Below them what they were measured over, and what speaks against the remedy.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.effect: Effect | None = None
        self._measuring = True
        self._fonts = ui_font(12), ui_font(12, 600)
        self._rows = 2
        self.set_started(False)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_started(self, started: bool) -> None:
        """Keep room for the figures from here, which are others than those from a fresh start."""
        self._rows = 3 if started else 2
        self.setFixedHeight((self._rows + 1) * _LINE)

    def show_effect(self, effect: Effect | None, measuring: bool = True) -> None:
        """Show figures; None when there are none yet, and whether they are ``measuring``."""
        self.effect = effect
        self._measuring = measuring
        self.setAccessibleName(effect_words(effect) if effect or measuring else NOT_MEASURED)
        self.setToolTip(tool_tip(*effect_tip(effect)) if effect else "")
        self.update()

    def minimumSizeHint(self) -> QSize:
        """It elides."""
        return QSize(60, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a line for each figure, and the note below them."""
        painter = QPainter(self)
        if self.effect is None:
            self._paint_waiting(painter)
        elif self.effect.refused:
            self._paint_refusal(painter, breakable(refusal_words(self.effect)))
        else:
            self._paint_effect(painter, self.effect)
        painter.end()

    def _paint_effect(self, painter: QPainter, effect: Effect) -> None:
        found = comparisons(effect)
        for row, comparison in enumerate(found):
            self._paint_row(painter, row, comparison)
        warned = bool(ruling_words(effect) or spike_words(effect))
        role = _Role.BrightText if warned else _Role.PlaceholderText
        if effect.here is None and self._rows > len(found):
            self._paint_note(painter, len(found), not_from_here(effect), _Role.PlaceholderText)
        self._paint_note(painter, self._rows, effect_note(effect), role)

    def _paint_note(self, painter: QPainter, row: int, words: str, role: _Role) -> None:
        """Words of a line of their own, elided."""
        plain = self._fonts[0]
        shown = QFontMetrics(plain).elidedText(words, Qt.TextElideMode.ElideRight, self.width())
        _draw(painter, QRectF(0, row * _LINE, self.width(), _LINE), plain, role, shown)

    def _paint_waiting(self, painter: QPainter) -> None:
        painter.setFont(ui_font(12, italic=True, tabular=False))
        painter.setPen(QColor(app_color(_Role.PlaceholderText)))
        words = MEASURING if self._measuring else NOT_MEASURED
        painter.drawText(self.rect(), _align(Qt.AlignmentFlag.AlignRight), words)

    def _paint_row(self, painter: QPainter, row: int, comparison: Comparison) -> None:
        """Figures from the right, then as much of the name as fits."""
        plain, bold = self._fonts
        right = float(self.width())
        y = row * _LINE
        for text, font, role in (
            (comparison.after, bold, _Role.WindowText),
            (f"{comparison.before} → ", plain, _Role.PlaceholderText),
        ):
            width = QFontMetrics(font).horizontalAdvance(text)
            right -= width
            _draw(painter, QRectF(right, y, width, _LINE), font, role, text)
        room = max(right - _GAP, 0.0)
        name = QFontMetrics(plain).elidedText(
            comparison.name, Qt.TextElideMode.ElideRight, int(room)
        )
        _draw(painter, QRectF(0, y, room, _LINE), plain, _Role.PlaceholderText, name)

    def _paint_refusal(self, painter: QPainter, text: str) -> None:
        """The sentence in two lines, the second one elided."""
        plain = ui_font(12, tabular=False)
        first = _first_line(text, plain, self.width())
        rest = QFontMetrics(plain).elidedText(
            text[len(first) :], Qt.TextElideMode.ElideRight, self.width()
        )
        for row, line in enumerate((first, rest)):
            room = QRectF(0, row * _LINE, self.width(), _LINE)
            _draw(painter, room, plain, _Role.PlaceholderText, line)


def _first_line(text: str, font: QFont, width: int) -> str:
    """As much of ``text`` as fits into one line, broken between words."""
    layout = QTextLayout(text, font)
    layout.setTextOption(QTextOption(Qt.AlignmentFlag.AlignLeft))
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(width)
    line.setPosition(QPointF(0, 0))
    layout.endLayout()
    return text[: line.textLength()]


def _draw(
    painter: QPainter, room: QRectF, font: QFont, role: QPalette.ColorRole, text: str
) -> None:
    painter.setFont(font)
    painter.setPen(QColor(app_color(role)))
    painter.drawText(room, _align(Qt.AlignmentFlag.AlignLeft), text)


def _align(side: Qt.AlignmentFlag) -> int:
    return int(side | Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextSingleLine)


class RemedyRow(QFrame):
    """Shows a remedy and its effect, whose room is there before it is measured.

    One for a training that was recorded elsewhere has code instead, to be copied.
    """

    tried = Signal(object)
    applied = Signal(object)
    copied = Signal(object)
    modeled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("tile", True)
        self.remedy = self._offer = Remedy("", ())
        self._recorded = False
        self.title = WrappedLabel("", ui_font(13, 600, tabular=False))
        self.changes = WrappedLabel("muted", ui_font(12, tabular=False))
        self.catch = WrappedLabel("muted", ui_font(12, tabular=False))
        self.effect = EffectLines()
        self.code = CodeBlock()
        self.copy_button = SmallButton("Copy code", "Copy code", accented=True)
        self.copy_button.clicked.connect(self._copy)
        self.model_button = SmallButton("Model it…", MODELING)
        self.model_button.clicked.connect(self.modeled)
        self.try_button = SmallButton("Try", "Try", accented=True)
        self.apply_button = SmallButton("Apply", "Apply")
        self.try_button.clicked.connect(self._try)
        self.apply_button.clicked.connect(self._apply)
        self._lay_out()

    def show_remedy(
        self, remedy: Remedy, measuring: bool, started: bool = False, recorded: bool = False
    ) -> None:
        """Show this one, not measured yet; ``measuring`` says that it is being done.

        With ``recorded`` it is for a training elsewhere, of which nothing can be measured.

        ``started`` says that it is measured from the present state, too, which is not the start.
        """
        self.remedy = remedy
        self._recorded = recorded
        self.effect.set_started(started)
        self._show_offer(remedy)
        self._show(None, measuring)

    def _show_offer(self, remedy: Remedy) -> None:
        """What the buttons do: the remedy as it is offered."""
        self._offer = remedy
        self.setAccessibleName(remedy.title)
        self.title.show_text(remedy.title)
        self.changes.show_text(changes_words(remedy.changes))
        self.catch.show_text(catch_words(remedy))
        self._show_code(remedy)
        for button, tip in zip(self._buttons(), remedy_tips(remedy), strict=True):
            button.setAccessibleName(f"{button.text()} {remedy.title}")
            button.setAccessibleDescription(tip)

    def _show_code(self, remedy: Remedy) -> None:
        """Code in the place of what is measured of an experiment."""
        self.code.show_code(remedy.code)
        for part in (self.changes, self.effect, *self._buttons()):
            part.setVisible(not (remedy.code or self._recorded))
        for button in (self.copy_button, self.model_button):
            button.setVisible(bool(remedy.code))
        self.copy_button.setAccessibleName(f"Copy the code of {remedy.title}")

    def show_effect(self, effect: Effect) -> None:
        """Show what was measured; what does not help is not offered to be tried."""
        if effect.offer != self._offer:
            self._show_offer(effect.offer)
        self._show(effect, False)

    def _show(self, effect: Effect | None, measuring: bool) -> None:
        self.effect.show_effect(effect, measuring)
        offered = effect is not None and effect.helps
        for button, tip in zip(self._buttons(), remedy_tips(self._offer), strict=True):
            button.setEnabled(offered)
            button.setToolTip(tool_tip(tip if effect else FIRST_MEASURED))

    def _buttons(self) -> tuple[SmallButton, SmallButton]:
        return self.try_button, self.apply_button

    @Slot()
    def _try(self) -> None:
        self.tried.emit(self._offer)

    @Slot()
    def _apply(self) -> None:
        self.applied.emit(self._offer)

    @Slot()
    def _copy(self) -> None:
        self.copied.emit(self._offer)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        buttons.addStretch(1)
        buttons.addWidget(self.try_button)
        buttons.addWidget(self.apply_button)
        buttons.addWidget(self.model_button)
        buttons.addWidget(self.copy_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(11, 8, 11, 9)
        column.setSpacing(2)
        column.addWidget(self.title)
        column.addWidget(self.changes)
        column.addSpacing(2)
        column.addWidget(self.effect)
        column.addWidget(self.code)
        column.addSpacing(2)
        column.addWidget(self.catch)
        column.addSpacing(4)
        column.addLayout(buttons)
