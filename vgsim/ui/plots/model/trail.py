"""What a view remembers of the frames that it has seen: values by step, in bounded memory."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

ROWS = 256
"""Most rows kept; when they are full every second one goes."""


class Trail:
    """Rows of values by step, of one run. A new generation or number of values begins anew."""

    def __init__(self, most: int = ROWS) -> None:
        self._most = most
        self._key: tuple[int, int] | None = None
        self._steps: list[int] = []
        self._rows: list[NDArray[np.float64]] = []

    def add(self, generation: int, step: int, values: NDArray[np.float64]) -> None:
        """Remember the values of ``step``, in place of any that were known of it or later ones."""
        key = generation, len(values)
        if key != self._key:
            self._key = key
            self._steps = []
            self._rows = []
        self.cut(generation, step - 1)
        self._steps.append(step)
        self._rows.append(values)
        if len(self._steps) > self._most:
            # the newest row stays, the others thin out evenly
            self._steps = self._steps[::-2][::-1]
            self._rows = self._rows[::-2][::-1]

    def cut(self, generation: int, step: int) -> None:
        """Forget what came after ``step``, and everything of another generation."""
        if self._key is not None and self._key[0] != generation:
            self._key = None
            self._steps = []
            self._rows = []
        while self._steps and self._steps[-1] > step:
            self._steps.pop()
            self._rows.pop()

    def __len__(self) -> int:
        return len(self._steps)

    @property
    def steps(self) -> NDArray[np.int64]:
        """(R,) steps, oldest first."""
        return np.array(self._steps, dtype=np.int64)

    @property
    def values(self) -> NDArray[np.float64]:
        """(R, values), a row for each step."""
        return np.array(self._rows, dtype=np.float64)
