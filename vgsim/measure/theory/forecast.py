"""Layer by layer: the gradient factor of each hop of a real network, before it is run."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vgsim.measure.theory.mean_field import square_moments, values_and_derivatives
from vgsim.nn.activations import ACTIVATIONS, Activation
from vgsim.nn.arrays import Array, quiet
from vgsim.nn.initializers import BIASES, settled, weight_variance

if TYPE_CHECKING:
    from vgsim.nn.layers import StagePlan
    from vgsim.nn.spec import InitSpec


def activation_bound(bound: float, hops: int) -> float:
    """What activation derivatives alone leave of a gradient at most: boundʰᵒᵖˢ.

    0.25⁵ = 0.0009765625 for five sigmoids (Hochreiter 1991).
    """
    return float(bound**hops)


def recurrent_bound(weights: Array, bound: float, steps: int) -> float:
    """(γ ‖W‖₂)ˢᵗᵉᵖˢ, which ‖∂h_t/∂h_{t−steps}‖ cannot exceed (Pascanu, Mikolov and Bengio 2013).

    ``weights`` is the recurrent W (n, n), γ = ``bound`` that of |f′|: 1 for tanh, 1/4 for sigmoid.
    """
    largest = float(np.linalg.norm(weights.astype(np.float64), 2))
    with quiet():
        return float(np.float64(bound * largest) ** steps)


def spectral_radius(weights: Array) -> float:
    """Largest absolute eigenvalue of a recurrent W (n, n)."""
    return float(np.abs(np.linalg.eigvals(weights.astype(np.float64))).max())


Floats = NDArray[np.float64]


GROUPS = 16
"""Samples are told apart by the size of their inputs in this many groups."""


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """For stages 1 to N of an untrained dense network.

    ``q`` (N,) is the mean square of z, ``h`` (N,) that of h. ``factors`` (N − 1,) is what the hop
    from stage k + 1 to stage k multiplies the RMS of ∂J/∂h by, at index k − 1.
    """

    q: Floats
    h: Floats
    factors: Floats


def forecast(
    activations: Sequence[Activation],
    widths: Sequence[int],
    variances: Sequence[float],
    *,
    bias_variance: float | Sequence[float] = 0.0,
    input_square: ArrayLike = 1.0,
) -> Forecast:
    """Mean-field recursion with each stage's own width and weights (Schoenholz et al. 2017).

    q_k = n_{k−1} Var(W_k) E[h_{k−1}²] + σ_b², and one hop multiplies the mean square of ∂J/∂h by
    n_{k+1} Var(W_{k+1}) E[f′(z_{k+1})²]. ``widths`` are n_0 (inputs) to n_N, the others one for
    each stage. ``input_square`` is the mean square over the features of each sample's input, (B,),
    or one number for all: large inputs meet other derivatives than small ones.
    All it takes is that the layers are wide.
    """
    square = grouped(input_square)
    q = []
    h = []
    gains = []
    noises = np.broadcast_to(bias_variance, len(activations))
    stages = zip(activations, pairwise(widths), variances, noises, strict=True)
    for activation, (below, here), variance, noise in stages:
        q.append(below * variance * square + noise)
        square, derivatives = square_moments(activation, q[-1])
        h.append(square)
        gains.append(here * variance * derivatives)
    return Forecast(np.mean(q, axis=1), np.mean(h, axis=1), _factors(np.array(gains[1:])))


def grouped(squares: ArrayLike) -> Floats:
    """Means of at most ``GROUPS`` groups of samples of about one size."""
    ordered = np.sort(np.ravel(squares)).astype(np.float64)
    parts = np.array_split(ordered, min(GROUPS, ordered.size))
    return np.array([part.mean() for part in parts])


def _factors(gains: Floats) -> Floats:
    """(hops,) factors on the RMS over all groups, from each group's (hops, groups) own gain.

    The groups start alike at the last stage, and one that fades counts ever less on the way down.
    """
    sizes = np.ones(gains.shape[1:])
    factors = np.zeros(len(gains))
    for hop in reversed(range(len(gains))):
        sizes = sizes / sizes.mean() * gains[hop]
        factors[hop] = math.sqrt(sizes.mean())
        if not factors[hop] > 0:
            factors[:hop] = math.nan  # nothing is left that a factor could change
            break
    return factors


def dense_forecast(plans: Sequence[StagePlan], init: InitSpec, input_square: ArrayLike) -> Forecast:
    """:func:`forecast` for the dense stages of a spec; all nan where theory says nothing.

    That is with biases whose mean is not 0, which are no random field.
    """
    stages = [field_stage(plan, init) for plan in plans]
    return forecast(
        [stage.activation for stage in stages],
        [plans[0].inputs, *(plan.outputs for plan in plans)],
        [stage.variance for stage in stages],
        bias_variance=[stage.noise for stage in stages],
        input_square=input_square,
    )


@dataclass(frozen=True, slots=True)
class FieldStage:
    """What mean field knows of a dense stage at its start.

    ``variance`` is that of one weight and ``noise`` that of the biases, nan where their mean is
    not 0. ``below`` and ``here`` are the units that it joins.
    """

    activation: Activation
    below: int
    here: int
    variance: float
    noise: float


def field_stage(plan: StagePlan, init: InitSpec) -> FieldStage:
    """What mean field knows of the dense stage of ``plan``."""
    biases = BIASES[init.bias]
    variance = weight_variance((plan.inputs, plan.outputs), init, plan.activation)
    noise = math.nan if biases.mean(init) else biases.variance(init, plan.inputs)
    return FieldStage(
        ACTIVATIONS[plan.activation],
        plan.inputs,
        plan.outputs,
        plan.start_scale**2 * variance,
        noise,
    )


def copied_forecast(plans: Sequence[StagePlan], init: InitSpec, inputs: Array) -> Floats:
    """(N − 1,) factors for dense stages whose weights are the identity times a gain.

    There is nothing random that a field could be the mean of: unit j of a stage hears of unit j
    below alone, z_k = gain h_(k−1) + b. So the ``inputs`` (samples, features) themselves go up,
    each on its own, and a hop multiplies the mean square of ∂J/∂h by gain² f′(z_k)², weighted by
    what has come so far; a unit that no unit above copies gets nothing. The output's own gradient
    is taken to be alike for all samples and units. nan with random biases.
    """
    biases = BIASES[init.bias]
    if any(biases.variance(init, plan.inputs) for plan in plans):
        return np.full(len(plans) - 1, math.nan)
    widths = [plan.outputs for plan in plans]
    h = np.zeros((len(inputs), max(widths)))
    h[:, : inputs.shape[1]] = inputs[:, : h.shape[1]]
    passed = []
    for plan in plans:
        h[:, plan.outputs :] = 0
        gain = plan.start_scale * settled(init, plan.activation).gain
        z = gain * h + biases.mean(init)
        h, derivative = values_and_derivatives(ACTIVATIONS[plan.activation], z)
        with quiet():
            passed.append(np.square(gain * derivative))
    sizes = np.ones((len(inputs), widths[-1]))
    factors = np.full(len(plans) - 1, math.nan)
    for hop in reversed(range(len(factors))):
        with quiet():
            sizes = sizes / sizes.mean() * passed[hop + 1][:, : widths[hop + 1]]
        handed = np.zeros((len(inputs), widths[hop]))
        both = min(widths[hop], widths[hop + 1])
        handed[:, :both] = sizes[:, :both]
        sizes = handed
        factors[hop] = math.sqrt(sizes.mean())
        if not factors[hop] > 0:
            break  # nothing is left that a factor could change
    return factors
