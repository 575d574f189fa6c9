"""What a page of a lesson quotes and asks, computed in a thread while the window goes on."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal, Slot

from vgsim.core.errors import SpecError
from vgsim.core.untrusted import GivenUp
from vgsim.lessons.answers import Truth, truth_of
from vgsim.lessons.expressions import ExpressionError
from vgsim.lessons.facts import Engine, Facts
from vgsim.lessons.lesson import LessonPage, Quoted
from vgsim.lessons.quoting import quote
from vgsim.measure.frame import Frame
from vgsim.nn.spec import Spec

NOW = "now"
"""What an expression that follows the window names."""
PATIENCE = 0.15
"""Seconds after which values that are known are shown, while those of long runs are computed."""


class PageValues(QObject):
    """Computes one page at a time; another one takes its place.

    ``written`` (values) comes with those that are known by then, the last time with all;
    ``settled`` (:class:`Truth`) with the true answer of the page's question, after all values.
    """

    written = Signal(object)
    settled = Signal(object)
    _told = Signal(int, object, bool)
    _answered = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.engine = Engine()
        self.known: Mapping[Quoted, str] = {}
        """The values of the page so far."""
        self.complete = False
        """Whether these are all."""
        self._number = 0
        self._threads: list[threading.Thread] = []
        self._told.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self._answered.connect(self._take_truth, Qt.ConnectionType.QueuedConnection)

    def compute(self, page: LessonPage, spec: Spec, quoted: Sequence[Quoted]) -> None:
        """Begin with what ``page`` quotes; ``spec`` is the experiment where it names none."""
        self._number += 1
        self.known = {}
        self.complete = False
        wanted = [value for value in quoted if not _is_live(value)]
        self.engine.stop = partial(self._outdated, self._number)
        facts = Facts(self.engine, page.scene, spec, None, page.action)
        work = partial(self._run, self._number, page, facts, wanted)
        thread = threading.Thread(target=work, daemon=True)
        self._threads = [*filter(threading.Thread.is_alive, self._threads), thread]
        thread.start()

    def close(self) -> None:
        """End what is still computed: a thread must not tell it to a window that is gone."""
        self._number += 1
        self.engine.stop = partial(self._outdated, -1)
        for thread in self._threads:
            thread.join()

    def live(
        self, page: LessonPage, spec: Spec, frame: Frame | None, quoted: Sequence[Quoted]
    ) -> dict[Quoted, str]:
        """Those of the values that follow the window, as they are in ``frame``."""
        facts = Facts(self.engine, page.scene, spec, frame, page.action)
        return {value: _words(value, facts) for value in quoted if _is_live(value)}

    def _outdated(self, number: int) -> bool:
        return number != self._number

    def _run(self, number: int, page: LessonPage, facts: Facts, wanted: list[Quoted]) -> None:
        """What the thread does: what is near first, and shown before what takes long."""
        values: dict[Quoted, str] = {}
        shown = -math.inf
        try:
            for value in sorted(wanted, key=_is_far):
                if self._outdated(number):
                    return
                if _is_far(value) and time.monotonic() - shown > PATIENCE:
                    self._tell(number, dict(values), whole=False)
                    shown = time.monotonic()
                values[value] = _words(value, facts)
            self._tell(number, values, whole=True)
            if page.question is not None:
                truth = truth_of(page.question, facts)
                with suppress(RuntimeError):
                    self._answered.emit(number, truth)
        except (GivenUp, SpecError, ExpressionError):
            return  # a broken answer is found when the lesson is written: "vgsim lesson check"

    def _tell(self, number: int, values: Mapping[Quoted, str], whole: bool) -> None:
        with suppress(RuntimeError):  # the window has gone meanwhile
            self._told.emit(number, values, whole)

    @Slot(int, object, bool)
    def _take(self, number: int, values: Mapping[Quoted, str], whole: bool) -> None:
        if number == self._number:
            self.known = values
            self.complete = whole
            self.written.emit(values)

    @Slot(int, object)
    def _take_truth(self, number: int, truth: Truth) -> None:
        if number == self._number:
            self.settled.emit(truth)


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
