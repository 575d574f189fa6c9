"""Who collects which measurement.

A measurement is asked for by its class (:class:`~vgsim.measure.request.Request`), made by a
collector and carried by the frame: ``frame.measurement(Hop)``. A collector reads buffers as they
are in the present moment and changes nothing but ``flat.gradients``, which the update computes
anew. What the pass has not reached is nan. A recorded collector makes the same measurement of what
was recorded of a step, where that is enough for it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TypeVar

from vgsim.core.registry import discover
from vgsim.measure.recording.passed import RecordedMoment
from vgsim.measure.request import Request
from vgsim.nn.experiment import Experiment
from vgsim.record.reader import RecordedRun

Collector = Callable[[Experiment, Request], object | None]
RecordedCollector = Callable[[RecordedMoment, Request], object | None]
C = TypeVar("C", bound=Collector)
R = TypeVar("R", bound=RecordedCollector)

COLLECTORS: dict[type, Collector] = {}
RECORDED_COLLECTORS: dict[type, RecordedCollector] = {}
_NEEDS: dict[type, tuple[str, ...]] = {}


def collector(kind: type) -> Callable[[C], C]:
    """Decorator: the function makes measurements of class ``kind``, or None when there is none."""

    def register(function: C) -> C:
        COLLECTORS[kind] = function
        return function

    return register


def recorded_collector(kind: type, *figures: str) -> Callable[[R], R]:
    """Decorator: the function makes them of a recorded step, or None when there is none in it.

    It needs ``figures`` to have been recorded (:data:`vgsim.record.figures.FIGURES`).
    """

    def register(function: R) -> R:
        RECORDED_COLLECTORS[kind] = function
        _NEEDS[kind] = figures
        return function

    return register


def collect(experiment: Experiment, request: Request) -> tuple[object, ...]:
    """Every measurement that ``request`` asks for and that there is in this moment."""
    _discover()
    found = []
    for kind, made_by in COLLECTORS.items():
        if kind in request.kinds:
            measurement = made_by(experiment, request)
            if measurement is not None:
                found.append(measurement)
    return tuple(found)


def collect_recorded(here: RecordedMoment, request: Request) -> tuple[object, ...]:
    """Every measurement that ``request`` asks for and that the recorded step is enough for."""
    _discover()
    found = []
    for kind, made_by in RECORDED_COLLECTORS.items():
        recorded = all(name in here.run for name in _NEEDS[kind])
        if recorded and kind in request.kinds:
            measurement = made_by(here, request)
            if measurement is not None:
                found.append(measurement)
    return tuple(found)


def not_recorded(run: RecordedRun) -> frozenset[str]:
    """Names of the classes of measurements that a recording is not enough for."""
    _discover()
    lacking = set()
    for kind in COLLECTORS:
        if kind not in _NEEDS or any(name not in run for name in _NEEDS[kind]):
            lacking.add(kind.__name__)
    return frozenset(lacking)


@cache
def _discover() -> None:
    """Import the package, once: its modules register what they collect."""
    package = __name__.rpartition(".")[0]
    discover(package)
    discover(f"{package}.chain_rule")
    discover(f"{package}.inspection")
