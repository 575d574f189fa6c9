"""Mean-field theory of wide random networks (Poole et al. 2016; Schoenholz et al. 2017).

Weights have variance σ_w² / fan_in and biases σ_b². In a wide network z is Gaussian, and

    variance map      q′ = σ_w² ∫ Dz f(√q z)² + σ_b²                fixed point q*
    slope             χ₁ = σ_w² ∫ Dz f′(√q* z)²                     of gradient variance per hop
    correlation map   c′ = (σ_w² ∫∫ Dz₁ Dz₂ f(u₁) f(u₂) + σ_b²) / q*  fixed point c*

with u₁, u₂ of variance q* and correlation c. χ₁ < 1 is the ordered phase: all inputs grow alike
(c* = 1) and gradients vanish. χ₁ > 1 is the chaotic one: inputs grow apart and gradients explode.
Correlations approach c* as exp(−layers / ξ); at the critical χ₁ = 1, ξ is infinite and a network
of any depth can be trained.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vgsim.nn.activations import Activation
from vgsim.nn.arrays import quiet

Floats = NDArray[np.float64]

REACH = 12.0
"""Beyond this many standard deviations a Gaussian holds less than 1e-32."""
PIECE = 0.5
"""Longest piece, in standard deviations."""
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)


@lru_cache(maxsize=256)
def gaussian_nodes(scale: float, kinks: tuple[float, ...] = ()) -> tuple[Floats, Floats]:
    """Nodes z and weights with Σ w g(z) ≈ ∫ Dz g(z), for g(z) = f(``scale`` z) with those kinks."""
    z, weights = _nodes_between(np.unique(_cuts(np.array([scale]), kinks)))
    for shared in (z, weights):
        shared.setflags(write=False)
    return z, weights


def _cuts(scales: Floats, kinks: tuple[float, ...]) -> Floats:
    """(scales, ends) where the pieces end, in order: ever finer towards 0, and at every kink."""
    steps = REACH * scales.max(initial=0.0)
    ladder = 2.0 ** np.arange(-2, np.log2(steps) if steps > 0.25 else -2)
    with np.errstate(divide="ignore", invalid="ignore"):
        own = np.concatenate([ladder, -ladder, kinks]) / scales[:, None]
    own[scales == 0] = REACH  # f(0 z) is the same everywhere
    uniform = np.arange(-REACH, REACH + PIECE / 2, PIECE)
    ends = np.hstack([np.broadcast_to(uniform, (len(scales), uniform.size)), own])
    return np.sort(np.clip(ends, -REACH, REACH), axis=1)


def _nodes_between(ends: Floats) -> tuple[Floats, Floats]:
    """Gauss-Legendre nodes and weights, with the Gaussian's, of the pieces along the last axis."""
    middle = (ends[..., 1:] + ends[..., :-1]) / 2
    half = np.diff(ends) / 2
    shape = (*ends.shape[:-1], -1)
    z = (middle[..., None] + half[..., None] * _NODES).reshape(shape)
    weights = (half[..., None] * _WEIGHTS).reshape(shape) * np.exp(-z * z / 2)
    return z, weights / np.sqrt(2 * np.pi)


def values_and_derivatives(activation: Activation, z: Floats) -> tuple[Floats, Floats]:
    """(f(z), f′(z))."""
    h = np.empty_like(z)
    derivative = np.empty_like(z)
    with quiet():
        activation.forward(z, h)
        activation.derivative(z, h, derivative)
    return h, derivative


def mean_square(activation: Activation, q: float) -> float:
    """∫ Dz f(√q z)²: mean square of h where z has variance ``q``; nan unless that is finite."""
    return _moment(activation, q, 0)


def mean_square_derivative(activation: Activation, q: float) -> float:
    """∫ Dz f′(√q z)²: what the derivative makes of the mean square of a gradient."""
    return _moment(activation, q, 1)


def _moment(activation: Activation, q: float, which: int) -> float:
    if not np.isfinite(q):
        return float("nan")
    scale = float(np.sqrt(q))
    z, weights = gaussian_nodes(scale, activation.kinks)
    value = values_and_derivatives(activation, scale * z)[which]
    with quiet():
        return float(weights @ (value * value))


AT_ONCE = 64
"""Variances that are worked on at once, so that their nodes stay within the cache."""


def square_moments(activation: Activation, q: ArrayLike) -> tuple[Floats, Floats]:
    """:func:`mean_square` and :func:`mean_square_derivative` of many variances, of their shape."""
    given = np.asarray(q, np.float64)
    # a stage has few different variances where many networks have the same one
    variances, where = np.unique(given, return_inverse=True)
    squares = np.full((2, variances.size), np.nan)
    finite = np.flatnonzero(np.isfinite(variances))
    for begin in range(0, finite.size, AT_ONCE):
        part = finite[begin : begin + AT_ONCE]
        scales = np.sqrt(variances[part])
        z, weights = _nodes_between(_cuts(scales, activation.kinks))
        both = values_and_derivatives(activation, scales[:, None] * z)
        for found, value in zip(squares, both, strict=True):
            with quiet():
                found[part] = np.einsum("qn,qn,qn->q", weights, value, value)
    h, derivative = squares[:, where.reshape(given.shape)]
    return h, derivative


CRITICAL = 0.005
"""χ₁ within this of 1 counts as critical."""
LARGEST, SMALLEST = 1e12, 1e-30
"""A variance beyond these is taken as infinite, or as 0."""
TERMS = 400
"""Terms of the series of the correlation map."""


@dataclass(frozen=True, slots=True)
class MeanField:
    """What an infinitely wide and deep network settles to.

    ``q`` is the variance of z (0 or inf where it has no other), ``chi`` is χ₁ there. ``c`` is the
    correlation of two inputs after many layers and ``depth`` is ξ, in layers; both are nan where
    q is inf. ``factor`` is what one hop multiplies the RMS of a gradient by, layers being equally
    wide. ``phase`` is "ordered", "critical" or "chaotic".
    """

    q: float
    chi: float
    c: float
    depth: float
    factor: float
    phase: str


def variance_map(
    activation: Activation, q: float, weight_variance: float, bias_variance: float = 0.0
) -> float:
    """Variance of z of the next layer, for variance ``q`` of this one (Poole et al. 2016, eq. 3).

    ``weight_variance`` is σ_w², that is fan_in times the variance of one weight.
    """
    return weight_variance * mean_square(activation, q) + bias_variance


def chi(activation: Activation, q: float, weight_variance: float) -> float:
    """χ = σ_w² ∫ Dz f′(√q z)² (Poole et al. 2016, eq. 6; Schoenholz et al. 2017)."""
    return weight_variance * mean_square_derivative(activation, q)


def fixed_point(
    activation: Activation, weight_variance: float, bias_variance: float = 0.0, start: float = 1.0
) -> float:
    """The q* that the variance map leads to from ``start``; 0 or inf if it leads there.

    ``start`` itself where the map leaves every q as it is, as it does for ReLU with He's rule.
    """

    def excess(q: float) -> float:
        mapped = variance_map(activation, q, weight_variance, bias_variance)
        if math.isclose(mapped, q, rel_tol=1e-13):
            return 0.0
        return mapped - q

    if excess(start) == 0:
        return start
    near = start
    factor = 2.0 if excess(start) > 0 else 0.5
    while (excess(near * factor) > 0) == (factor > 1):
        near *= factor
        if near > LARGEST:
            return math.inf
        if near < SMALLEST:
            return 0.0
    low, high = sorted((near, near * factor))
    return math.exp(_root(lambda x: excess(math.exp(x)), math.log(low), math.log(high)))


def mean_field(
    activation: Activation, weight_variance: float, bias_variance: float = 0.0, start: float = 1.0
) -> MeanField:
    """Fixed points, phase and depth scale for σ_w², σ_b² and the variance ``start`` of z."""
    q = fixed_point(activation, weight_variance, bias_variance, start)
    derivative = _slope_at(activation, q, weight_variance)
    if abs(derivative - 1) <= CRITICAL:
        phase = "critical"
    elif derivative < 1:
        phase = "ordered"
    else:
        phase = "chaotic"
    c, rate = _correlation(activation, q, weight_variance, bias_variance, derivative)
    return MeanField(q, derivative, c, _depth(rate), math.sqrt(derivative), phase)


def critical_weight_variance(activation: Activation, bias_variance: float = 0.0) -> float:
    """σ_w² at which χ₁ = 1 for σ_b²; nan where none between 0.01 and 100 does it."""

    def excess(x: float) -> float:
        return mean_field_slope(activation, math.exp(x), bias_variance) - 1

    low = math.log(0.01)
    high = math.log(100.0)
    if not excess(low) < 0 < excess(high):
        return math.nan
    return math.exp(_root(excess, low, high))


def mean_field_slope(
    activation: Activation, weight_variance: float, bias_variance: float = 0.0
) -> float:
    """χ₁ at the fixed point."""
    q = fixed_point(activation, weight_variance, bias_variance)
    return _slope_at(activation, q, weight_variance)


def _slope_at(activation: Activation, q: float, weight_variance: float) -> float:
    """χ in the limit where q is 0 (f may have its kink right there) or inf."""
    return chi(activation, min(max(q, SMALLEST), LARGEST), weight_variance)


def _depth(rate: float) -> float:
    """ξ = −1 / ln(rate), the layers over which a difference falls to 1/e."""
    if math.isnan(rate):
        return math.nan
    if rate >= 1 - 1e-9:
        return math.inf
    if rate <= 0:
        return 0.0
    return -1 / math.log(rate)


def _correlation(
    activation: Activation,
    q: float,
    weight_variance: float,
    bias_variance: float,
    derivative: float,
) -> tuple[float, float]:
    """(c*, slope of the correlation map there)."""
    if math.isinf(q):
        return math.nan, math.nan
    if derivative <= 1 or q == 0:
        return 1.0, derivative
    squares = weight_variance * _squared_coefficients(activation, q) / q
    # what the series leaves out, and biases, complete it: correlation 1 maps to 1
    squares[0] += bias_variance / q
    powers = np.arange(TERMS + 1)
    squares[-1] = max(1 - squares[:-1].sum(), 0.0)
    if squares[0] < 1e-15:  # an odd f without biases: unrelated inputs stay unrelated
        return 0.0, float(squares[1])

    def excess(c: float) -> float:
        return float(squares @ c**powers) - c

    c = _root(excess, 0.0, 1 - 1e-7)
    return c, float(squares[1:] @ (powers[1:] * c ** powers[:-1]))


def _squared_coefficients(activation: Activation, q: float) -> NDArray[np.float64]:
    """aₙ² for n = 0 to TERMS (the last left 0), with aₙ = ∫ Dz f(√q z) Heₙ(z) / √n!.

    ∫∫ f(u₁) f(u₂) = Σ aₙ² cⁿ (Mehler 1866; Daniely, Frostig and Singer 2016), which turns the
    double integral of the correlation map into a power series.
    """
    scale = math.sqrt(q)
    z, weights = gaussian_nodes(scale, activation.kinks)
    weighted = weights * values_and_derivatives(activation, scale * z)[0]
    squares = np.zeros(TERMS + 1)
    below = np.zeros_like(z)
    here = np.ones_like(z)
    for n in range(TERMS):
        squares[n] = (weighted @ here) ** 2
        below, here = here, (z * here - math.sqrt(n) * below) / math.sqrt(n + 1)
    return squares


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    """A zero between ``low`` and ``high``, by bisection to the last digits."""
    rising = function(high) > 0
    for _ in range(60):
        middle = (low + high) / 2
        value = function(middle)
        if value == 0:
            return middle
        if (value > 0) == rising:
            high = middle
        else:
            low = middle
    return (low + high) / 2
