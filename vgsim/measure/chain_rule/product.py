"""A product as it is multiplied, from right to left, for one sample or for the mean over a batch.

The mean of a product is not the product of the means. So wherever a factor has other values for
every sample, the mean is taken of all that stands from there to the right, and is one vector. What
the user sees is then exact: the factors left over are the same for every sample.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vgsim.measure.chain_rule import symbols as tex
from vgsim.measure.chain_rule.result import Factor, FactorKind, Term
from vgsim.nn.arrays import Array

Floats = NDArray[np.float64]

MOST = 1_000_000
"""Entries of the largest matrix that is copied."""
TOO_LARGE = "Too large to be shown: {} × {} entries."
NOTHING: Floats = np.zeros(0)
NOTHING.setflags(write=False)


def frozen(values: Array) -> Floats:
    """A read-only float64 copy."""
    copy = np.array(values, dtype=np.float64)
    copy.setflags(write=False)
    return copy


@dataclass(frozen=True, slots=True)
class Pick:
    """Which rows of the batch are looked at: those of one ``sample``, or all for None.

    Arrays with more rows than the ``batch`` are those of many timesteps, of which the last counts.
    Without ``values`` a product is written and not multiplied: every array of it is empty.
    """

    sample: int | None
    batch: int
    values: bool = True

    @classmethod
    def of(cls, sample: int | None, batch: int) -> Pick:
        """The requested row, or the last one where the batch is smaller."""
        return cls(None if sample is None else min(max(sample, 0), batch - 1), batch)

    def row(self, values: Array) -> int:
        """Index of the sample in ``values`` (rows, units), of its last timestep."""
        return len(values) - self.batch + (self.sample or 0)

    def rows(self, values: Array) -> Floats:
        """(1, n) of the sample, or (batch, n)."""
        if not self.values:
            return np.zeros((1, 0))
        first = self.row(values)
        if self.sample is not None:
            kept = values[first : first + 1]
        else:
            kept = values[first:]
        return kept.astype(np.float64)

    def one(self, values: Array) -> Floats:
        """(n,) of the sample, or the mean over the batch; read-only."""
        return frozen(self.rows(values).mean(axis=0))

    def vector(self, name: str, values: Array, signal: bool = False) -> Factor:
        """The sample's values as a factor of their own."""
        written = tex.mean(name) if self.sample is None else name
        return Factor(written, FactorKind.VECTOR, self.one(values), signal=signal)


class Chain:
    """A product that begins with the vector ``values`` (rows, n) and grows to the left."""

    def __init__(self, pick: Pick, name: str, values: Array, *, signal: bool = True) -> None:
        self._pick, self._signal = pick, signal
        self._names = [name]
        self._rows = pick.rows(values)
        self._factors = [self._vector()]

    def _vector(self) -> Factor:
        """All so far as one vector."""
        name = " ".join(self._names)
        if self._pick.sample is None:
            written = tex.mean(name)
        else:
            written = name
        values = frozen(self._rows.mean(axis=0))
        return Factor(written, FactorKind.VECTOR, values, signal=self._signal)

    def _shared(self, name: str, rows: Floats, factor: Factor) -> Chain:
        """One more factor, the same for every sample."""
        self._names.insert(0, name)
        self._rows = rows
        self._factors.insert(0, factor)
        return self

    def _own(self, name: str, rows: Floats, make: Callable[[], Factor]) -> Chain:
        """One more factor, a different one for every sample."""
        if self._pick.sample is not None:
            return self._shared(name, rows, make())
        self._names.insert(0, name)
        self._rows = rows
        self._factors = [self._vector()]
        return self

    def _written(self, name: str, kind: FactorKind, part: str = "") -> Chain:
        """One more factor by its name alone."""
        return self._shared(name, self._rows, Factor(name, kind, NOTHING, part))

    def diagonal(self, name: str, values: Array, part: str) -> Chain:
        """Entry by entry; ``values`` (rows, n) are the sample's own."""
        entries = self._pick.rows(values)
        kind = FactorKind.DIAGONAL
        return self._own(
            name, entries * self._rows, lambda: Factor(name, kind, frozen(entries[0]), part)
        )

    def scaled(self, name: str, by: float, part: str = "", note: str = "") -> Chain:
        """All entries by one number."""
        values = frozen(np.full(self._rows.shape[1], by))
        factor = Factor(name, FactorKind.DIAGONAL, values, part, note)
        return self._shared(name, by * self._rows, factor)

    def matrix(self, name: str, values: Array, part: str) -> Chain:
        """By a matrix (rows, columns) that all samples share."""
        if not self._pick.values:
            return self._written(name, FactorKind.MATRIX, part)
        if values.size > MOST:
            rows = self._rows @ values.T
            return self._shared(name, rows, _hidden(name, part, values.shape, rows.mean(axis=0)))
        wide = frozen(values)
        return self._shared(name, self._rows @ wide.T, Factor(name, FactorKind.MATRIX, wide, part))

    def own_row(self, name: str, values: Array) -> Chain:
        """By a row that differs by sample: the result is one number."""
        if not self._pick.values:
            return self._written(name, FactorKind.MATRIX)
        entries = self._pick.rows(values)
        rows = (entries * self._rows).sum(axis=1, keepdims=True)
        return self._own(name, rows, lambda: Factor(name, FactorKind.MATRIX, frozen(entries[:1])))

    def own_matrix(self, name: str, make: Callable[[], Floats], out: Array, part: str) -> Chain:
        """By a square matrix that differs by sample; ``out`` (rows, n) is the result."""
        if not self._pick.values:
            return self._written(name, FactorKind.MATRIX, part)
        rows = self._pick.rows(out)
        units = rows.shape[1]
        if units * units > MOST:
            return self._own(name, rows, lambda: _hidden(name, part, (units, units), rows[0]))
        return self._own(name, rows, lambda: Factor(name, FactorKind.MATRIX, frozen(make()), part))

    def operator(self, name: str, out: Array, part: str, note: str) -> Chain:
        """By an operator that is not a matrix for one sample; ``out`` (rows, n) is the result."""
        rows = self._pick.rows(out)
        kind = FactorKind.OPERATOR
        return self._own(
            name, rows, lambda: Factor(name, kind, NOTHING, part, note, out=frozen(rows[0]))
        )

    def term(self, name: str) -> Term:
        """The finished product."""
        return Term(name, tuple(self._factors), frozen(self._rows.mean(axis=0)))


def _hidden(name: str, part: str, shape: tuple[int, ...], out: Array) -> Factor:
    note = TOO_LARGE.format(*shape)
    return Factor(name, FactorKind.OPERATOR, NOTHING, part, note, out=frozen(out))
