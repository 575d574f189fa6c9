"""Random numbers that members of equal seed draw alike, drawn once.

Members of a map mostly differ in what the same normal numbers are multiplied by.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Any

import numpy as np

from vgsim.nn.arrays import Array
from vgsim.nn.streams import Stream, generator

BYTES = 64 * 2**20
"""Memory that remembered numbers may take; the latest are kept."""
STARTS = 4096
"""Beginnings of streams that are remembered."""

State = dict[str, Any]
Key = tuple[object, ...]


class Drawn:
    """Numbers by the state in which they were drawn, with the state after them."""

    def __init__(self) -> None:
        self._known: OrderedDict[Key, tuple[Array, State]] = OrderedDict()
        self._size = 0
        self._one_at_a_time = Lock()  # a worker of a cluster may have several threads

    def get(self, key: Key) -> tuple[Array, State] | None:
        """What was drawn there, if it is still known."""
        with self._one_at_a_time:
            found = self._known.get(key)
            if found is not None:
                self._known.move_to_end(key)
            return found

    def keep(self, key: Key, values: Array, after: State) -> None:
        """Remember a copy of ``values``."""
        with self._one_at_a_time:
            if key in self._known:
                return
            self._known[key] = values.copy(), after
            self._size += values.nbytes
            while self._size > BYTES:
                _, (oldest, _) = self._known.popitem(last=False)
                self._size -= oldest.nbytes


_drawn = Drawn()
_starts: dict[tuple[int, ...], State] = {}


class Redrawn(np.random.Generator):
    """A generator that remembers normal numbers by the state in which they were drawn.

    From one state the same numbers always follow, and the same state after them, so whoever draws
    gets the bits that a fresh generator gives.
    """

    def at(self, seed: int, stream: Stream, *key: int) -> Redrawn:
        """Itself, where the stream of that seed and key begins."""
        place = (seed, int(stream), *key)
        state = _starts.get(place)
        if state is None:
            if len(_starts) >= STARTS:
                _starts.clear()
            state = dict(generator(seed, stream, *key).bit_generator.state)
            _starts[place] = state
        self.bit_generator.state = state
        return self

    def standard_normal(self, size: Any = None, dtype: Any = np.float64, out: Any = None) -> Any:
        """Normal numbers, as :class:`numpy.random.Generator` draws them."""
        if not isinstance(size, tuple) or dtype is not np.float64 or out is not None:
            return super().standard_normal(size, dtype, out)
        state = self.bit_generator.state
        inner = state["state"]
        key = (inner["state"], inner["inc"], state["has_uint32"], state["uinteger"], size)
        found = _drawn.get(key)
        if found is None:
            drawn = super().standard_normal(size)
            _drawn.keep(key, drawn, dict(self.bit_generator.state))
            return drawn
        values, self.bit_generator.state = found
        return values.copy()


def redrawn() -> Redrawn:
    """A generator that stands nowhere yet."""
    return Redrawn(np.random.PCG64(0))
