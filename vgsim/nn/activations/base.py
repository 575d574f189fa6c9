"""What an activation is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vgsim.core.registry import Entry, Registry
from vgsim.nn.arrays import Array
from vgsim.nn.roles import Role
from vgsim.nn.spec import Spec, field_at

SATURATED = 0.05
"""A unit counts as saturated where |f′| is at most this share of its bound, by default."""


@dataclass(frozen=True, slots=True)
class Activation:
    """One activation; its functions write into ``out``, of the shape of ``z``, in place.

    ``forward(z, out)`` computes h; ``derivative(z, h, out)`` computes f′(z) and may use h = f(z).
    Where f has a kink, the derivative is the one that PyTorch takes.
    ``bound`` is the supremum of |f′|.
    ``symbol`` is how f is written in a formula, empty for h = z.
    ``gain`` is what weights of variance 1 / fan_in are multiplied by to make up for f: PyTorch's
    ``calculate_gain`` where that knows f, else 1 / √E[f(z)²] for a standard normal z.
    ``flat`` is the |f′| up to which a unit counts as saturated; None for 5 % of the bound, 0 for
    those that are either linear or shut. ``kinks`` are the z where f′ jumps.
    ``squashes`` says that f levels off at both ends: only such units saturate, and what the others
    cut, weights make up for. ``shuts`` says that f′ is exactly 0 on one whole side: such a unit
    can be dead. ``linear`` says that h = z. ``learned`` is the slope left of zero before training,
    where that is a parameter of each stage. ``suits`` is the role of the initializer that belongs
    to it. ``from_output`` says that ``derivative`` reads h alone, so that z need not be kept.
    ``inverse`` gives z for h, which the gates of a cell need: of them only h is kept.
    ``shape`` is the path of a field of the spec that it has a number from, and ``shaped`` makes the
    activation of another number; the activation itself is that of the field's default.
    """

    forward: Callable[[Array, Array], object]
    derivative: Callable[[Array, Array, Array], object]
    bound: float
    symbol: str
    gain: float = 1.0
    flat: float | None = None
    kinks: tuple[float, ...] = ()
    squashes: bool = False
    shuts: bool = False
    linear: bool = False
    learned: float | None = None
    suits: Role = Role.KEEPS_VARIANCE
    from_output: bool = False
    inverse: Callable[[Array], Array] | None = None
    shape: str = ""
    shaped: Callable[[float], Activation] | None = None

    @property
    def limit(self) -> float:
        """The |f′| up to which a unit counts as saturated."""
        if self.flat is None:
            return SATURATED * self.bound
        return self.flat

    def saturated(self, derivative: Array) -> NDArray[np.bool_]:
        """Where a unit lets next to nothing through, by its ``derivative`` f′(z); false for nan."""
        return np.abs(derivative) <= self.limit


class ActivationRegistry(Registry[Activation]):
    """Activations by name, and those of another number by :func:`shaped_name`."""

    def __init__(self) -> None:
        super().__init__("activation")
        self._shaped: dict[tuple[str, Activation], Entry[Activation]] = {}

    def __getitem__(self, name: str) -> Activation:
        """The activation of that name; KeyError when there is none."""
        return self.entry(name).value

    def entry(self, name: str) -> Entry[Activation]:
        """The entry of that name, always the same one; KeyError when there is none."""
        plain, _, number = name.partition(SHAPED)
        entry = super().entry(plain)
        if not number or entry.value.shaped is None:
            return entry
        key = (name, entry.value)
        if key not in self._shaped:
            self._shaped[key] = replace(entry, value=entry.value.shaped(float(number)))
        return self._shaped[key]


SHAPED = "@"
"""Between the name of an activation and its number."""


def shaped_name(name: str, spec: Spec) -> str:
    """The name of the activation ``name`` with what ``spec`` says of its shape."""
    path = ACTIVATIONS[name].shape
    if not path or spec[path] == field_at(path).default:
        return name
    return f"{name}{SHAPED}{spec[path]!r}"


ACTIVATIONS = ActivationRegistry()
