"""The curves of a run by step, in bounded memory: when it is full, every second row goes.

Going back to an earlier state is in :mod:`vgsim.nn.checkpoints`."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vgsim.nn.arrays import Array, Place, Shape

Floats = NDArray[np.floating]

BYTES = 16 * 2**20
"""Memory that the rows of one history may take."""


@dataclass(frozen=True, slots=True)
class HistoryView:
    """The recorded steps so far, oldest first; R rows of N stages. Read-only copies.

    ``steps`` (R,) are step numbers; ``loss`` and ``accuracy`` (R,) are those of the training
    batch; ``dh_rms`` (R, N) is the RMS of ∂J/∂h_k. ``held_steps``, ``held_loss`` and
    ``held_accuracy`` (E,) are the held-out evaluations. Accuracy is nan where there are no classes.
    """

    steps: NDArray[np.int64]
    loss: Floats
    accuracy: Floats
    dh_rms: Floats
    held_steps: NDArray[np.int64]
    held_loss: Floats
    held_accuracy: Floats


def capacity(stages: int) -> int:
    """Rows that a history of that many stages may have, an even number."""
    return int(np.clip(BYTES // (8 * (stages + 3)), 256, 4096)) // 2 * 2


class History:
    """Rows of (step, loss, accuracy, RMS of ∂J/∂h by stage), thinned by halves when full.

    The loss of a row is the mean over the steps since the row before; everything else is that of
    the row's own step. Going back forgets nothing: a step that is run again is the same again, so
    it is not recorded twice, and readers say up to which step they want rows.

    Of stacked members losses and accuracies are (members,) and RMS (stages, members).
    """

    def __init__(self, stages: int, lead: Shape = ()) -> None:
        self.capacity = capacity(stages)
        self._steps = np.zeros(self.capacity, dtype=np.int64)
        self._loss, self._accuracy = np.zeros((2, self.capacity, *lead))
        self._dh = np.zeros((self.capacity, stages, *lead))
        self._held: list[tuple[int, float | Array, float | Array]] = []
        self.rows = 0
        self.stride = 1
        self._through = 0
        self._sum: float | Array = 0.0
        self._count = 0

    def due(self, step: int) -> bool:
        """Whether ``step`` gets a row of its own."""
        return step > self._through and step % self.stride == 0

    def skip(self, step: int, loss: float | Array) -> None:
        """Count a step that gets no row; its loss goes into the next row's mean."""
        if step > self._through:
            self._through = step
            self._sum = self._sum + loss
            self._count += 1

    def record(
        self, step: int, loss: float | Array, accuracy: float | Array, dh_rms: Array
    ) -> None:
        """Add the row of ``step``, which is due; halves what there is when that fills it."""
        row = self.rows
        self._steps[row] = step
        self._loss[row] = (self._sum + loss) / (self._count + 1)
        self._accuracy[row] = accuracy
        self._dh[row] = dh_rms
        self.rows += 1
        self._through = step
        self._sum, self._count = 0.0, 0
        if self.rows == self.capacity:
            self._thin()

    def judged(self, step: int) -> bool:
        """Whether there is a held-out evaluation of ``step``."""
        at = bisect_left(self._held, step, key=_step)
        return at < len(self._held) and self._held[at][0] == step

    def record_held_out(self, step: int, loss: float | Array, accuracy: float | Array) -> None:
        """Add an evaluation on the held-out samples; they get rarer as training goes on."""
        if self.judged(step):
            return
        self._held.insert(bisect_left(self._held, step, key=_step), (step, loss, accuracy))
        if len(self._held) > self.capacity:
            del self._held[1:-1:2]

    def _thin(self) -> None:
        pairs = self._loss.reshape(-1, 2, *self._loss.shape[1:])
        self._loss[: self.capacity // 2] = pairs.mean(axis=1)
        for column in (self._steps, self._accuracy, self._dh):
            column[: self.capacity // 2] = column[1::2].copy()
        self.rows //= 2
        self.stride *= 2

    def adopt(self, view: HistoryView) -> None:
        """Take the rows of another history of as many stages in place of the own ones."""
        self.rows = len(view.steps)
        for column, values in (
            (self._steps, view.steps),
            (self._loss, view.loss),
            (self._accuracy, view.accuracy),
            (self._dh, view.dh_rms),
        ):
            column[: self.rows] = values
        held = (view.held_steps, view.held_loss, view.held_accuracy)
        self._held = list(zip(*(column.tolist() for column in held), strict=True))
        if self.rows > 1:
            self.stride = int(np.diff(view.steps).min())
        else:
            self.stride = 1
        self._through = int(view.steps[-1]) if self.rows else 0
        self._sum, self._count = 0.0, 0

    def dh_rms(self, stage: int, step: int) -> tuple[NDArray[np.int64], Array]:
        """Steps (R,) up to ``step`` and (R,) RMS of ∂J/∂h of one stage (from 0): copies."""
        rows = self._rows(step)
        return _frozen(self._steps[rows]), _frozen(self._dh[rows, stage])

    def _rows(self, step: int) -> slice:
        """Rows up to ``step``."""
        return slice(0, int(np.searchsorted(self._steps[: self.rows], step, side="right")))

    def view(self, step: int | None = None, place: Place = ...) -> HistoryView:
        """Read-only copies of all rows, or of those up to ``step``, of the member at ``place``."""
        last = self._through if step is None else step
        rows = self._rows(last)
        if step is None:
            known = len(self._held)
        else:
            known = bisect_right(self._held, step, key=_step)
        rows_held = self._held[:known]
        if place is not ...:
            rows_held = [
                (at, np.asarray(loss)[place], np.asarray(right)[place])
                for at, loss, right in rows_held
            ]
        held = np.array(rows_held, dtype=np.float64).reshape(-1, 3)
        return HistoryView(
            steps=_frozen(self._steps[rows]),
            loss=_frozen(self._loss[rows, place]),
            accuracy=_frozen(self._accuracy[rows, place]),
            dh_rms=_frozen(self._dh[rows, :, place]),
            held_steps=_frozen(held[:, 0].astype(np.int64)),
            held_loss=_frozen(held[:, 1]),
            held_accuracy=_frozen(held[:, 2]),
        )


def _step(row: tuple[int, float | Array, float | Array]) -> int:
    return row[0]


def _frozen(values: NDArray[np.generic]) -> Array:
    copy = values.copy()
    copy.setflags(write=False)
    return copy
