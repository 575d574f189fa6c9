"""The question of a page: one predicts, sees, and then reads why."""

from __future__ import annotations

import math
from functools import partial

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from vgsim.core.numbers import about, fixed, magnitude, typed
from vgsim.lessons.answers import Answer, Truth, curve_off
from vgsim.lessons.expressions import ExpressionError, compute
from vgsim.lessons.lesson import (
    Choice,
    ChoiceQuestion,
    CurveQuestion,
    NumberQuestion,
    Question,
)
from vgsim.ui.guide.flow import FlowText
from vgsim.ui.style.application import app_color, set_look, ui_font
from vgsim.ui.widgets.text import WrappedLabel

PREDICT = "PREDICT"
NUMBERS = "Allowed is a number, such as 0.001, 1e-3, 0.5^10 or 1/1000."
DRAW = "Draw what you expect into the plot Gradient by stage: drag from right to left."


class ChoiceRow(QWidget):
    """One answer to choose, with its mark, its words and a muted note."""

    chosen = Signal()

    def __init__(self, choice: Choice) -> None:
        super().__init__()
        self.words = FlowText(choice.words, 13, 500)
        self.note = FlowText(choice.note, 12, role="muted")
        self.checked = False
        self.verdict: bool | None = None
        self._open = True
        column = QVBoxLayout(self)
        column.setContentsMargins(34, 6, 10, 6)
        column.setSpacing(1)
        column.addWidget(self.words)
        if choice.note:
            column.addWidget(self.note)
        for text in (self.words, self.note):
            text.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            text.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.name_it()

    def name_it(self) -> None:
        """The name that a screen reader says."""
        states = {None: "chosen" if self.checked else "", True: "right", False: "not right"}
        said = (self.words.plain(), self.note.plain(), states[self.verdict])
        self.setAccessibleName(", ".join(filter(None, said)))

    def set_checked(self, checked: bool) -> None:
        """Be the chosen one, or not."""
        self.checked = checked
        self.name_it()
        self.update()

    def set_open(self, is_open: bool, verdict: bool | None) -> None:
        """Whether it can be chosen, and whether it is right if that is shown."""
        self._open = is_open
        self.verdict = verdict
        if is_open:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        else:
            self.unsetCursor()
        self.name_it()
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Be chosen."""
        if self._open and self.rect().contains(event.position().toPoint()):
            self.chosen.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space and Enter choose."""
        keys = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if self._open and event.key() in keys:
            self.chosen.emit()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Space chooses here; it does not play."""
        overrides = event.type() is QEvent.Type.ShortcutOverride
        if overrides and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space:
            event.accept()
            return True
        return super().event(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show that it can be chosen."""
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Not under the mouse any more."""
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show no focus."""
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The row behind the words, and a ring, a check mark or a cross."""
        role = QPalette.ColorRole
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        accent = QColor(app_color(role.Accent))
        field = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self.checked or (self._open and self.underMouse()):
            soft = QColor(accent)
            soft.setAlphaF(0.13 if self.checked else 0.06)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(soft)
            painter.drawRoundedRect(field, 6, 6)
        if self.hasFocus():
            painter.setPen(QPen(accent, 1.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(field, 6, 6)
        center = QPointF(18.0, 6.0 + self.words.height() / 2)
        if self.verdict is None:
            self._paint_ring(painter, center, accent)
        else:
            self._paint_mark(painter, center, accent)
        painter.end()

    def _paint_ring(self, painter: QPainter, center: QPointF, accent: QColor) -> None:
        edge = accent if self.checked else QColor(app_color(QPalette.ColorRole.PlaceholderText))
        painter.setPen(QPen(edge, 1.6))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(center, 6.5, 6.5)
        if self.checked:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(accent)
            painter.drawEllipse(center, 3.3, 3.3)

    def _paint_mark(self, painter: QPainter, center: QPointF, accent: QColor) -> None:
        """A check mark at what is right, a cross at what was chosen and is not."""
        x = center.x()
        y = center.y()
        if self.verdict:
            painter.setPen(QPen(accent, 2.2))
            painter.drawPolyline(
                [QPointF(x - 5, y), QPointF(x - 1.5, y + 4), QPointF(x + 6, y - 4)]
            )
        elif self.checked:
            gray = QColor(app_color(QPalette.ColorRole.PlaceholderText))
            painter.setPen(QPen(gray, 2.0))
            painter.drawLine(QPointF(x - 4, y - 4), QPointF(x + 4, y + 4))
            painter.drawLine(QPointF(x - 4, y + 4), QPointF(x + 4, y - 4))


class QuestionBox(QFrame):
    """PREDICT: the question, ways to answer, and what came of it.

    ``changed`` is emitted when the answer that is being made changes; :meth:`answer` is that.
    """

    changed = Signal()
    entered = Signal()
    """Enter was pressed in the field of a number."""

    def __init__(self, question: Question, explain: QWidget) -> None:
        super().__init__()
        self.question = question
        self._answer: Answer | None = None
        self._curve: tuple[float, ...] = ()
        self.ask = FlowText(question.ask, 14, 600)
        self.texts: list[FlowText] = [self.ask]
        self.rows: list[ChoiceRow] = []
        self.field = QLineEdit()
        self.explain = explain
        self.verdict = WrappedLabel("", ui_font(13, 600, tabular=False))
        self.hint = WrappedLabel("muted", ui_font(12, tabular=False))
        self.setProperty("tile", True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(14, 11, 14, 12)
        self._column.setSpacing(7)
        label = QLabel(PREDICT)
        label.setFont(ui_font(11, 600, tabular=False))
        label.setProperty("role", "muted")
        self._column.addWidget(label)
        self._column.addWidget(self.ask)
        self._make_ways(question)
        for widget in (self.hint, self.verdict, explain):
            self._column.addWidget(widget)
        self.setAccessibleName("Question")
        self.show_answer(None, None)

    def _make_ways(self, question: Question) -> None:
        if isinstance(question, ChoiceQuestion):
            for number, choice in enumerate(question.choices):
                row = ChoiceRow(choice)
                row.chosen.connect(partial(self._choose, number))
                self.rows.append(row)
                self.texts += [row.words, row.note]
                self._column.addWidget(row)
        elif isinstance(question, NumberQuestion):
            self._column.addWidget(self._number_field(question))

    def _number_field(self, question: NumberQuestion) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(8)
        self.field.setFont(ui_font(13))
        self.field.setMaximumWidth(130)
        self.field.setPlaceholderText("a number")
        self.field.setAccessibleName("Your number" + (f", {question.unit}" * bool(question.unit)))
        self.field.textChanged.connect(self._type)
        self.field.returnPressed.connect(self.entered)
        unit = QLabel(question.unit)
        unit.setTextFormat(Qt.TextFormat.PlainText)
        unit.setProperty("role", "muted")
        row.addWidget(self.field)
        row.addWidget(unit)
        row.addStretch(1)
        return holder

    def _choose(self, number: int) -> None:
        for at, row in enumerate(self.rows):
            row.set_checked(at == number)
        self.changed.emit()

    def _type(self, text: str) -> None:
        set_look(self.field, "invalid", bool(text.strip()) and number_in(text) is None)
        if self._answer is None:
            self.hint.show_text(self._hint(None, shown=False))
        self.changed.emit()

    def set_curve(self, curve: tuple[float, ...]) -> None:
        """What is drawn into the plot by now."""
        self._curve = curve
        self.changed.emit()

    def answer(self) -> Answer | None:
        """The answer that is being made; None while there is none."""
        if isinstance(self.question, ChoiceQuestion):
            found = [at for at, row in enumerate(self.rows) if row.checked]
            return Answer(choice=found[0]) if found else None
        if isinstance(self.question, NumberQuestion):
            number = number_in(self.field.text())
            return None if number is None else Answer(number=number)
        if self._curve and all(math.isfinite(each) for each in self._curve):
            return Answer(curve=self._curve)
        return None

    def show_answer(self, answer: Answer | None, truth: Truth | None) -> None:
        """The answer that was given, and the true one if it is shown by now."""
        self._answer = answer
        shown = answer is not None and answer.shown and truth is not None
        for number, row in enumerate(self.rows):
            if answer is not None:
                row.set_checked(answer.choice == number)
            right = truth.choices[number] if shown and truth is not None else None
            row.set_open(answer is None, right)
        self.field.setReadOnly(answer is not None)
        if answer is not None and answer.number is not None:
            self.field.setText(typed(answer.number))
        self.hint.show_text(self._hint(answer, shown))
        self.verdict.show_text(self._said(answer, truth) if shown else "")
        self.explain.setVisible(shown)

    def clear(self) -> None:
        """No answer any more."""
        for row in self.rows:
            row.set_checked(False)
        self.field.clear()
        self._curve = ()
        self.show_answer(None, None)

    def _hint(self, answer: Answer | None, shown: bool) -> str:
        if answer is None:
            if isinstance(self.question, CurveQuestion):
                return DRAW
            typed_text = self.field.text().strip()
            return NUMBERS if typed_text and number_in(typed_text) is None else ""
        if shown or answer.skipped:
            return ""
        return "Your guess is kept. Now see."

    def _said(self, answer: Answer | None, truth: Truth | None) -> str:
        """Whether it was right, and the true answer where that is not in the text."""
        if answer is None or truth is None:
            return ""
        start = "As you said." if answer.right else "Not so."
        if answer.right and isinstance(self.question, NumberQuestion):
            start = "Close enough."
        if answer.skipped:
            start = "The answer:"
        if isinstance(self.question, NumberQuestion):
            unit = self.question.unit
            number = _number(truth.number)
            words = f"×{number}" if unit == "×" else f"{number} {unit}".strip()
            return f"{start} It is {words}." if not answer.skipped else f"{start} {words}"
        if isinstance(self.question, CurveQuestion) and not answer.skipped:
            off = curve_off(answer.curve, truth.curve)
            return f"{start} Your curve is {fixed(off, 1)} decades off on average."
        return start

    def sizeHint(self) -> QSize:
        """As high as what is in it, at its width."""
        hint = super().sizeHint()
        layout = self.layout()
        if layout is not None and layout.hasHeightForWidth() and self.width():
            hint.setHeight(layout.heightForWidth(self.width()))
        return hint


def _number(value: float) -> str:
    if value and not 0.01 <= abs(value) < 1e6:
        return magnitude(value)
    return about(value)


def number_in(text: str) -> float | None:
    """The number that was typed, with a point or a comma: 2e-6, 2·10^-6, also 1/1024 or 0.5^10."""
    plain = text.strip().replace("−", "-").replace(" ", "").lstrip("×")
    plain = plain.replace("·", "*").replace("x10", "*10").replace("*10^", "e").replace("10^", "1e")
    if plain.endswith("%"):
        inner = number_in(plain[:-1])
        return None if inner is None else inner / 100
    if "," in plain and "." not in plain:
        head, _, tail = plain.partition(",")
        grouped = len(tail) == 3 and head not in ("0", "-0") and tail.isdecimal()
        plain = head + ("" if grouped else ".") + tail
    try:
        found = compute(plain.replace(",", "").replace("^", "**"), _NoNames())
    except ExpressionError:
        return None
    if isinstance(found, (int, float)) and not isinstance(found, bool) and math.isfinite(found):
        return float(found)
    return None


class _NoNames:
    """Arithmetic alone."""

    def value(self, name: str) -> object:
        raise ExpressionError("a number")
