"""What a page of a lesson quotes and asks, computed in a thread while the window goes on."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal

from vgsim.core.errors import SpecError
from vgsim.lessons.answers import truth_of
from vgsim.lessons.expressions import ExpressionError
from vgsim.lessons.facts import Engine, Facts
from vgsim.lessons.lesson import LessonPage, Quoted
from vgsim.lessons.quoting import quote
from vgsim.measure.frame import Frame
from vgsim.nn.spec import Spec
from vgsim.ui.latest import Call, LatestAnswer, Outdated

NOW = "now"
"""What an expression that follows the window names."""
PATIENCE = 0.15
"""Seconds after which values that are known are shown, while those of long runs are computed."""


class PageValues(QObject):
    """Computes one page at a time; another one takes its place.

    ``written`` (values) comes with those that are known by then, the last time with all;
    ``settled`` (:class:`~vgsim.lessons.answers.Truth`) with the true answer of its question, last.
    """

    written = Signal(object)
    settled = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.engine = Engine()
        self.known: Mapping[Quoted, str] = {}
        """The values of the page so far."""
        self.complete = False
        """Whether these are all."""
        self._latest = LatestAnswer(self)

    def compute(self, page: LessonPage, spec: Spec, quoted: Sequence[Quoted]) -> None:
        """Begin with what ``page`` quotes; ``spec`` is the experiment where it names none."""
        self.known = {}
        self.complete = False
        wanted = [value for value in quoted if not _is_live(value)]
        facts = Facts(self.engine, page.scene, spec, None, page.action)
        self._latest.ask(partial(self._begin, page, facts, wanted))

    def close(self) -> None:
        """End what is still computed."""
        self._latest.close()

    def live(
        self, page: LessonPage, spec: Spec, frame: Frame | None, quoted: Sequence[Quoted]
    ) -> dict[Quoted, str]:
        """Those of the values that follow the window, as they are in ``frame``."""
        facts = Facts(self.engine, page.scene, spec, frame, page.action)
        return {value: _words(value, facts) for value in quoted if _is_live(value)}

    def _begin(
        self, page: LessonPage, facts: Facts, wanted: list[Quoted], outdated: Outdated
    ) -> Iterator[Call]:
        self.engine.stop = outdated
        return self._answers(page, facts, wanted, outdated)

    def _answers(
        self, page: LessonPage, facts: Facts, wanted: list[Quoted], outdated: Outdated
    ) -> Iterator[Call]:
        """What the thread does: what is near first, and shown before what takes long."""
        values: dict[Quoted, str] = {}
        shown = -math.inf
        try:
            for value in sorted(wanted, key=_is_far):
                if outdated():
                    return
                if _is_far(value) and time.monotonic() - shown > PATIENCE:
                    yield partial(self._take, dict(values), False)
                    shown = time.monotonic()
                values[value] = _words(value, facts)
            yield partial(self._take, values, True)
            if page.question is not None:
                yield partial(self.settled.emit, truth_of(page.question, facts))
        except (SpecError, ExpressionError):
            return  # a broken answer is found when the lesson is written: "vgsim lesson check"

    def _take(self, values: Mapping[Quoted, str], whole: bool) -> None:
        self.known = values
        self.complete = whole
        self.written.emit(values)


def _is_live(value: Quoted) -> bool:
    return NOW in value.expression


def _is_far(value: Quoted) -> bool:
    """Whether a value is of another pass, to which a run may lead."""
    return "at(" in value.expression


def _words(value: Quoted, facts: Facts) -> str:
    """What stands for a value; a broken one shows its source."""
    try:
        return quote(value, facts)
    except (ExpressionError, SpecError):
        return f"{{{{ {value.expression} }}}}"
