"""Norms of networks that keep ∂J/∂h of one stage alone: taken while it is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from vgsim.nn.arrays import Array
from vgsim.nn.layered import in_turn
from vgsim.nn.network import Network
from vgsim.nn.telemetry import Telemetry


class RollingTelemetry(Telemetry):
    """The same figures, bit for bit; where squares of ∂J/∂h may be lost, the way back runs again.

    It can, as parameters and the loss are still those of the pass.
    """

    def __init__(self, network: Network) -> None:
        super().__init__(network)
        # the last change is not asked for any more once a pass is measured, which saves a cache
        # from one more array of this size
        self._squares = np.asarray(network.flat.change)

    def along(self, calls: Sequence[Callable[[], None]]) -> Sequence[Callable[[], None]]:
        """With the squares of each stage."""
        takers = reversed([taker for rows, part in self._rows for taker in _takers(rows, part)])
        return [in_turn(both) for both in zip(calls, takers, strict=True)]

    def _take_signal(self) -> None:
        """They were taken along the way."""

    def _signal(self) -> Sequence[Array]:
        """Once more from the loss down, and all of it kept."""
        kept = [np.empty(rows.shape, rows.dtype) for rows, _ in self._rows]
        ways = iter(self.ways)
        for (rows, _), own in reversed(list(zip(self._rows, kept, strict=True))):
            for at in reversed(range(len(rows))):
                next(ways)()
                own[at] = rows[at]
        return kept


def _takers(rows: Array, part: Array) -> list[Callable[[], None]]:
    """The sums of squares of each stage of a stack."""
    return [_taker(row, part[at : at + 1]) for at, row in enumerate(rows)]


def _taker(row: Array, part: Array) -> Callable[[], None]:
    rows = row[None]

    def take() -> None:
        np.vecdot(rows, rows, out=part)

    return take


def telemetry_of(network: Network) -> Telemetry:
    """What measures ``network``."""
    if network.rolling:
        return RollingTelemetry(network)
    return Telemetry(network)
