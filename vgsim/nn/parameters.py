"""One flat vector of parameters and one of gradients, with a view for each parameter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from vgsim.nn.arrays import Array, Place, Shape
from vgsim.nn.precision import Numbers

Shapes = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Segment:
    """Where one parameter lies in the flat vectors. ``stage`` counts from 0."""

    stage: int
    name: str
    shape: tuple[int, ...]
    start: int
    stop: int


class FlatParameters:
    """``values``, ``gradients`` and last ``change``: (parameters,) each, in one layout.

    ``running`` is the flat vector of what training keeps without a gradient, in a layout of its
    own; it may be empty. Of stacked ``members`` each vector is (members, parameters), and the
    views have that axis first; ``lead`` is (members,), and () for one network alone. ``places``
    index each member in all of them.
    """

    def __init__(
        self,
        shapes: Sequence[Shapes],
        precision: str,
        running: Sequence[Shapes] = (),
        members: int | None = None,
    ) -> None:
        self.lead: Shape = () if members is None else (members,)
        self.places: Sequence[Place] = [...] if members is None else range(members)
        self.segments = _lay_out(shapes)
        self.stages = len(shapes)
        self.size = self.segments[-1].stop
        self.numbers = Numbers(precision)
        self.values = self.numbers.zeros(*self.lead, self.size)
        self.gradients = self.numbers.gradients(*self.lead, self.size)
        self.change = self.numbers.zeros(*self.lead, self.size)
        self._kept = _lay_out(running)
        kept = self._kept[-1].stop if self._kept else 0
        self.running = np.zeros((*self.lead, kept), self.numbers.dtype)
        self._of_stage: list[list[Segment]] = [[] for _ in shapes]
        for segment in self.segments:
            self._of_stage[segment.stage].append(segment)
        self.starts = np.array([segment.start for segment in self.segments])
        self.stage_starts = np.array([own[0].start for own in self._of_stage])

    def views(self, vector: Array, stage: int) -> dict[str, Array]:
        """View of each parameter of ``stage`` (from 0) in one of the flat vectors."""
        return {segment.name: _part(vector, segment) for segment in self._of_stage[stage]}

    def joined(self, vector: Array, stage: int) -> Array:
        """The first two parameters of ``stage``, a matrix and a row, as one matrix."""
        first, second = self._of_stage[stage][:2]
        whole = vector[..., first.start : second.stop]
        return whole.reshape(*self.lead, first.shape[0] + 1, first.shape[1])

    def segment(self, stage: int, name: str) -> Segment:
        """Where the parameter ``name`` of ``stage`` (from 0) lies; KeyError when it has none."""
        for segment in self._of_stage[stage]:
            if segment.name == name:
                return segment
        raise KeyError(name)

    @contextmanager
    def as_passed(self, updated: bool) -> Iterator[None]:
        """For the time being the values that the pass had, where it was ``updated`` since."""
        after = self.values.copy() if updated else None
        if after is not None:
            self.values -= self.change
        try:
            yield
        finally:
            if after is not None:
                self.values[:] = after

    def running_views(self, stage: int) -> dict[str, Array]:
        """View of each running number of ``stage`` (from 0)."""
        return {kept.name: _part(self.running, kept) for kept in self._kept if kept.stage == stage}

    def blocks(self, vector: Array, first: int, count: int) -> dict[str, Array]:
        """Views (count, *lead, *shape) over ``count`` stages of equal shapes from ``first`` on."""
        own = self._of_stage[first]
        start = own[0].start
        size = own[-1].stop - own[0].start
        table = vector[..., start : start + count * size].reshape(*self.lead, count, size)
        by_stage = np.moveaxis(table, -2, 0)
        return {
            segment.name: by_stage[..., segment.start - start : segment.stop - start].reshape(
                count, *self.lead, *segment.shape
            )
            for segment in own
        }

    def matrices(self) -> Array:
        """(parameters,) 1 for the entries of matrices, 0 for biases, γ, β and single slopes."""
        marks = np.zeros_like(self.values, shape=self.size)
        for segment in self.segments:
            if len(segment.shape) > 1:
                marks[segment.start : segment.stop] = 1
        return marks

    def columns(self, name: str) -> tuple[Array, Array]:
        """(stages, segments): which stages have a parameter ``name`` and at which segment."""
        found = [(s.stage, at) for at, s in enumerate(self.segments) if s.name == name]
        stages, segments = np.array(found, dtype=np.intp).reshape(-1, 2).T
        return stages, segments


def _part(vector: Array, segment: Segment) -> Array:
    """View (*lead, *shape) of one parameter in a flat vector (*lead, parameters)."""
    own = vector[..., segment.start : segment.stop]
    return own.reshape(*vector.shape[:-1], *segment.shape)


def _lay_out(shapes: Sequence[Shapes]) -> tuple[Segment, ...]:
    segments: list[Segment] = []
    start = 0
    for stage, named in enumerate(shapes):
        for name, shape in named.items():
            stop = start + int(np.prod(shape))
            segments.append(Segment(stage, name, shape, start, stop))
            start = stop
    return tuple(segments)
