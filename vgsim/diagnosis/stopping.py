"""How judging and measuring are ended before they are done: a large network's pass takes long."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from vgsim.nn.experiment import Experiment
from vgsim.nn.moments import Moment

Stop = Callable[[], bool]
"""Asked after every moment; true ends the work."""


class Stopped(Exception):
    """A judgment or measurement was ended before it was done."""


def never() -> bool:
    """A stop that never comes."""
    return False


def moments(experiment: Experiment, stop: Stop) -> Iterator[Moment]:
    """Those to come, one taken at a time, indefinitely; :class:`Stopped` when ``stop`` says so."""
    for moment in experiment.moments():
        if stop():
            raise Stopped
        yield moment
