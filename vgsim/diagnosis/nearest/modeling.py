"""A spec that comes together from what a recording has."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vgsim.core.errors import SpecError, shorten
from vgsim.diagnosis.nearest.weights import Changes
from vgsim.diagnosis.recorded_form import (
    RecordedForm,
    found_in,
)
from vgsim.nn.initializers import INITIALIZERS
from vgsim.nn.spec import Spec, field_at

LONGEST = 300
"""Letters of a sentence."""


def _within(path: str, value: object) -> object:
    """A number that a field allows, the nearest one."""
    info = field_at(path)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    if info.low is not None and value < info.low:
        return type(value)(info.low)
    if info.high is not None and value > info.high:
        return type(value)(info.high)
    return value


class Modeling:
    """Collects fields and sentences; each part is tried, and left out where a spec refuses it."""

    def __init__(self, form: RecordedForm, row: int) -> None:
        self.form = form
        self.run = form.run
        self.row = row
        self.sentences: list[str] = []
        self.spec = Spec()

    def take(self, changes: Changes) -> bool:
        """Change the spec; False where that is not allowed, and then nothing is changed."""
        within: Changes = {}
        for path, value in changes.items():
            within[path] = _within(path, value)
        try:
            self.spec = self.spec.replace(within)
        except SpecError:
            return False
        return True

    def say(self, sentence: str) -> None:
        """One more sentence, in one line: kinds and names in it may come from anybody's file."""
        self.sentences.append(shorten(sentence, LONGEST))

    def at(self, name: str) -> NDArray[np.float64] | None:
        """A figure of the step that is modeled; None where it was not recorded."""
        if name not in self.run or self.row < 0:
            return None
        found: NDArray[np.float64] = self.run[name][self.row]
        return found

    def default(self) -> str:
        """The initializer of the framework, where it has one here; empty where it has none."""
        framework = self.run.about.get("framework", "").partition(" ")[0]
        entry = found_in(INITIALIZERS, framework) if framework else None
        return entry.name if entry is not None else ""
