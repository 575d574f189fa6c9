"""Which stages and samples a measurement of a large network takes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from vgsim.nn.arrays import Array
from vgsim.nn.network import Network

VALUES_MOST = 2**16
"""Values that one histogram takes in, about; of more, every n-th sample."""
STAGES_MOST = 24
"""Stages that are shown one by one; of more, this many evenly chosen ones."""

Stages = NDArray[np.intp]


def chosen(count: int) -> Stages:
    """Numbers (from 1) of at most ``STAGES_MOST`` of ``count`` stages, first and last included."""
    return np.linspace(1, count, min(count, STAGES_MOST)).round().astype(np.intp)


def stride(network: Network, stages: Stages) -> int:
    """Distance between the samples that are taken, for about ``VALUES_MOST`` values in all."""
    values = sum(int(network.views[stage - 1].h.size) for stage in stages.tolist())
    return max(1, -(-values // VALUES_MOST))


def tables(
    network: Network, stages: Stages, first: int, last: int, name: str, every: int
) -> Iterator[tuple[Stages, Array]]:
    """By stack, (places in ``stages``, a row of values for each) of the buffer ``name``.

    Only stages from ``first`` to ``last`` are there, and of them no padding.
    """
    for stack in network.stacks:
        low = max(stack.first + 1, first)
        high = min(stack.first + stack.count, last)
        here = np.flatnonzero((low <= stages) & (stages <= high))
        if len(here):
            buffer: Array = getattr(stack, name)
            if network.shares() is not None:
                yield from _without_padding(network, buffer, stages, here, stack.first, every)
                continue
            values = buffer[stages[here] - 1 - stack.first, ::every]
            yield here, values.reshape(len(here), -1)


def _without_padding(
    network: Network, buffer: Array, stages: Stages, here: Stages, first: int, every: int
) -> Iterator[tuple[Stages, Array]]:
    """The same one by one, without the rows that are padding; none where all are."""
    for place in here:
        at = int(stages[place]) - 1
        there = network.there(at)
        values = buffer[at - first] if there is None else buffer[at - first][there]
        if len(values):
            yield np.array([place]), values[::every].reshape(1, -1)
