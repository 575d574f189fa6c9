"""A point on an activation's curve: what goes up there, and what comes down."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vgsim.core.errors import refuse
from vgsim.core.numbers import fixed, magnitude, percent, plain
from vgsim.measure.frame import Frame
from vgsim.measure.saturation import Saturation
from vgsim.nn.activations import ACTIVATIONS, Activation

Array = NDArray[np.float64]

REACH = 6.0
"""z goes from minus to plus this."""
POINTS = 241
LOWEST, HIGHEST = -1.25, 2.25
"""Of a curve that has no bound this much is shown."""
DOTS_MOST = 400


@dataclass(frozen=True, slots=True, eq=False)
class ExploredCurve:
    """f and f′ of a registered activation at (P,) points ``z``."""

    name: str
    activation: Activation
    z: Array
    f: Array
    derivative: Array

    @property
    def symbol(self) -> str:
        """How f is written: "σ"; "f" where it has no sign of its own."""
        return self.activation.symbol or "f"

    @property
    def span(self) -> tuple[float, float]:
        """The y that both curves need, with some room."""
        low = max(float(min(self.f.min(), self.derivative.min(), 0.0)), LOWEST)
        high = min(float(max(self.f.max(), self.derivative.max())), HIGHEST)
        return low - 0.08 * (high - low), high + 0.12 * (high - low)


def explored(name: str) -> ExploredCurve:
    """The curves of the activation of that name; SpecError if there is none."""
    if name not in ACTIVATIONS:
        raise refuse("activation", name, ", ".join(ACTIVATIONS.names()))
    activation = ACTIVATIONS[name]
    even = np.linspace(-REACH, REACH, POINTS)
    # both sides of a kink, else its jump would look like a slope
    beside = [np.nextafter(kink, end) for kink in activation.kinks for end in (-np.inf, np.inf)]
    z = np.sort(np.concatenate([even, beside]))
    return ExploredCurve(name, activation, z, *values_at(activation, z))


def values_at(activation: Activation, z: Array) -> tuple[Array, Array]:
    """(h, f′) at ``z``."""
    f = np.empty_like(z)
    derivative = np.empty_like(z)
    activation.forward(z, f)
    activation.derivative(z, f, derivative)
    return f, derivative


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One unit at ``z``: its output ``h``, its ``derivative``, and a gradient on the way down.

    ``incoming`` is ∂J/∂h of the unit.
    """

    z: float
    h: float
    derivative: float
    bound: float
    incoming: float

    @classmethod
    def at(cls, curve: ExploredCurve, z: float, incoming: float) -> CurvePoint:
        """The point of ``curve`` at ``z``, kept within its reach."""
        inside = float(np.clip(z, -REACH, REACH))
        h, derivative = values_at(curve.activation, np.array([inside]))
        return cls(inside, float(h[0]), float(derivative[0]), curve.activation.bound, incoming)

    @property
    def arriving(self) -> float:
        """∂J/∂z: what is handed on to the weights and the stage below."""
        return self.incoming * self.derivative

    def place_words(self, symbol: str) -> str:
        """Where it is: "z = 2.0 · h = 0.88 · σ′ = 0.105"."""
        h = fixed(self.h, 3)
        return f"z = {fixed(self.z, 1)} · h = {h} · {symbol}′ = {_size(self.derivative, 3)}"

    def arriving_words(self) -> str:
        """What becomes of the gradient: "1.0 × 0.105 = 0.105"."""
        derivative = _size(self.derivative, 3)
        return f"{_size(self.incoming, 2)} × {derivative} = {_size(self.arriving, 3)}"

    def share_words(self) -> str:
        """How much of the most that could pass does: "42 % of the most it can let by"."""
        return f"{percent(abs(self.derivative) / self.bound)} of the most it can let by"


def _size(value: float, digits: int) -> str:
    """Small ones with an exponent, as gradients are written everywhere."""
    if 0 < abs(value) < 0.01:
        return magnitude(value)
    return plain(value, digits) if value else "0"


def unit_inputs(frame: Frame | None, curve: ExploredCurve) -> tuple[int, Array]:
    """z of the units whose curve the gradient crosses now: (stage, values), none if it is another.

    At most a few hundred: all units of evenly taken samples.
    """
    found = None if frame is None else frame.measurement(Saturation)
    if found is None:
        return 0, np.empty(0)
    for curves in found.curves:
        if curves.symbol == curve.activation.symbol:
            total = sum(group.z.size for group in curves.inputs)
            every = max(1, -(-total // DOTS_MOST))
            # whole samples: every n-th value would be that of the same units always
            kept = [group.z[::every].ravel() for group in curves.inputs]
            return found.stage, np.concatenate(kept).astype(np.float64)
    return 0, np.empty(0)
