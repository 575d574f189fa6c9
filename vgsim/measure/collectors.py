"""Who collects which measurement.

A measurement is asked for by its class (:class:`~vgsim.measure.request.Request`), made by a
collector and carried by the frame: ``frame.measurement(Hop)``. A collector reads buffers as they
are in the present moment and changes nothing but ``flat.gradients``, which the update computes
anew. What the pass has not reached is nan.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TypeVar

from vgsim.core.registry import discover
from vgsim.measure.request import Request
from vgsim.nn.experiment import Experiment

Collector = Callable[[Experiment, Request], object | None]
C = TypeVar("C", bound=Collector)

COLLECTORS: dict[type, Collector] = {}


def collector(kind: type) -> Callable[[C], C]:
    """Decorator: the function makes measurements of class ``kind``, or None when there is none."""

    def register(function: C) -> C:
        COLLECTORS[kind] = function
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


@cache
def _discover() -> None:
    """Import the package, once: its modules register what they collect."""
    package = __name__.rpartition(".")[0]
    discover(package)
    discover(f"{package}.chain_rule")
    discover(f"{package}.inspection")
