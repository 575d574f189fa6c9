"""The guess of a page's question in the plot that will answer it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, Qt, Signal, Slot

from vgsim.lessons.answers import Answer
from vgsim.lessons.lesson import (
    ChoiceQuestion,
    CurveQuestion,
    LessonPage,
    NumberQuestion,
    Question,
    Quoted,
)
from vgsim.ui.plots.gradient import GradientPlot
from vgsim.ui.window.workspace import Workspace

_GRADIENT = re.compile(r"(?:^|\.)dh\[(\d+)\](?:$|\s*[<>=])")


class PageGuess(QObject):
    """Lets one draw in *Gradient by stage*, or shows there what one has guessed.

    ``drawn`` tells the magnitudes by stage that are drawn so far.
    """

    drawn = Signal(object)

    def __init__(self, space: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._space = space
        self._shown: tuple[LessonPage, int, Answer | None] | None = None

    def forget(self) -> None:
        """Show it anew the next time, even if nothing has changed."""
        self._shown = None

    def show(
        self, page: LessonPage, stages: int, answer: Answer | None, values: Mapping[Quoted, str]
    ) -> None:
        """The guess of ``page`` in a network of ``stages``; ``values`` are those of its text."""
        plot = self._space.plots.get("gradient")
        if not isinstance(plot, GradientPlot):
            return
        if self._space.docks["guide"].isHidden():  # the plot is the user's again
            plot.guess.clear()
            self._shown = None
            return
        if (page, stages, answer) == self._shown:
            return
        self._shown = page, stages, answer
        question = page.question
        if isinstance(question, CurveQuestion) and answer is None:
            plot.guess.ask(stages)
            plot.guess.changed.connect(self._draw, Qt.ConnectionType.UniqueConnection)
        elif isinstance(question, CurveQuestion) and answer is not None and answer.curve:
            plot.guess.show_values(answer.curve)
        else:
            stage, value = _expected(question, answer, values)
            if 0 < stage <= stages:
                plot.guess.show_value(stage, value, stages)
            else:
                plot.guess.clear()
        still_open = question is not None and (answer is None or not answer.shown)
        told_later = question is None and "why" in page.scene.hidden
        plot.guess.withhold(still_open or told_later)

    @Slot(object)
    def _draw(self, values: Sequence[float]) -> None:
        self.drawn.emit(tuple(float(each) for each in values))


def _expected(
    question: Question | None, answer: Answer | None, values: Mapping[Quoted, str]
) -> tuple[int, float]:
    """The ∂J/∂h of one stage that was answered: (stage, value), the former 0 if it was none.

    Of a choice it is the value in its words.
    """
    if answer is None:
        return 0, 0.0
    if isinstance(question, NumberQuestion) and answer.number:
        return _stage_asked(question.answer), answer.number
    if isinstance(question, ChoiceQuestion) and answer.choice is not None:
        choice = question.choices[answer.choice]
        told = [part for part in choice.words if isinstance(part, Quoted)]
        words = "".join(values.get(part, "") for part in told)
        try:
            return _stage_asked(choice.right), float(words.replace("−", "-"))
        except ValueError:  # no value, or several
            return 0, 0.0
    return 0, 0.0


def _stage_asked(expression: str) -> int:
    """The stage whose ∂J/∂h an answer is about; 0 for any other answer."""
    found = _GRADIENT.search(expression)
    if found is None:
        return 0
    return int(found[1])
