"""Which probe makes which reading."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from vgsim.measure.readings.wish import Wish

if TYPE_CHECKING:
    from vgsim.nn.experiment import Experiment

Probe = Callable[["Experiment", Wish], object | None]
P = TypeVar("P", bound=Probe)

PROBES: dict[type, Probe] = {}


def probe(kind: type) -> Callable[[P], P]:
    """Decorator: the function makes readings of class ``kind``, or None when there is none now."""

    def register(function: P) -> P:
        PROBES[kind] = function
        return function

    return register


def readings(experiment: Experiment, wish: Wish) -> tuple[object, ...]:
    """Every reading that ``wish`` asks for and that there is in this moment."""
    found = (PROBES[kind](experiment, wish) for kind in PROBES if kind in wish.kinds)
    return tuple(reading for reading in found if reading is not None)
