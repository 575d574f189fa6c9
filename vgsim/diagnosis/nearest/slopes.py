"""Which activation a recorded network has where none of its modules is one.

A function that belongs to no module is seen only by what it does: how large h = f(z) is beside z,
which share of gradients it makes exactly 0, and by what it multiplies the others.
"""

from __future__ import annotations

import math
from itertools import pairwise
from statistics import NormalDist

import numpy as np

from vgsim.core.registry import Entry
from vgsim.diagnosis.recorded_form import RecordedForm
from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.activations.base import Activation

POINTS = 2001
"""Values of z that stand for a normal distribution."""
UNCLEAR = 0.05
"""Share of the square of z that is taken to come from below, where biases seem to make up all."""
SIMPLE = 0.1
"""What a candidate must be nearer by than an earlier one, in log10: the plain ones come first."""


def activation_by_slopes(form: RecordedForm, row: int) -> Entry[Activation] | None:
    """The registered activation whose effect is nearest to what lies between the matrices.

    None where there are too few figures.
    """
    measured = _effects(form, row)
    if measured is None:
        return None
    size, forward, backward, zeros = measured
    best: Entry[Activation] | None = None
    least = math.inf
    for entry in ACTIVATIONS:
        expected = _expected(entry.value, size)
        off = abs(math.log10(forward / expected[0])) + 3 * abs(math.log10(backward / expected[1]))
        off += 2 * abs(zeros - expected[2])
        if off < least - SIMPLE:
            best, least = entry, off
    return best


def _effects(form: RecordedForm, row: int) -> tuple[float, float, float, float] | None:
    """Medians over the hops: RMS of z, RMS of f(z) by it, RMS of f′, share of zeros."""
    run = form.run
    if row < 0 or not all(name in run for name in ("h_rms", "dh_rms", "W_norm")):
        return None
    h = run["h_rms"][row]
    dh = run["dh_rms"][row]
    norms = run["W_norm"][row]
    hops = []
    for lower, upper in pairwise(form.weights):
        if (lower.place, upper.place) not in form.edges or upper.inputs != lower.units:
            continue
        std = norms[run.parameters.index(upper.weight)] / math.sqrt(math.prod(upper.shape))
        into, out = upper.fans
        z = h[lower.place]
        bias = norms[run.parameters.index(upper.bias)] ** 2 / upper.units if upper.bias else 0.0
        from_below = max(h[upper.place] ** 2 - bias, UNCLEAR * h[upper.place] ** 2)
        f = math.sqrt(from_below) / (std * math.sqrt(into))
        with np.errstate(divide="ignore", invalid="ignore"):  # where nothing arrives
            slope = dh[lower.place] / (dh[upper.place] * std * math.sqrt(out))
        hops.append((z, f / z, slope, _zeros(form, row, lower.place)))
    found = np.array([hop for hop in hops if np.all(np.isfinite(hop)) and min(hop[:3]) > 0])
    if not len(found):
        return None
    middle = np.median(found, axis=0)
    return float(middle[0]), float(middle[1]), float(middle[2]), float(middle[3])


def _zeros(form: RecordedForm, row: int, place: int) -> float:
    run = form.run
    if "dh_zero" not in run or "dh_size" not in run:
        return 0.0
    size = run["dh_size"][row, place]
    zero = run["dh_zero"][row, place]
    return float(zero / size) if size > 0 else 0.0


def _expected(activation: Activation, size: float) -> tuple[float, float, float]:
    """The same of f for a normal z of that RMS; where f is nothing at all, the least number."""
    shares = (np.arange(POINTS) + 0.5) / POINTS
    z = size * np.array([NormalDist().inv_cdf(float(share)) for share in shares])
    h = np.empty_like(z)
    slope = np.empty_like(z)
    activation.forward(z, h)
    activation.derivative(z, h, slope)
    tiny = 1e-30
    forward = math.sqrt(float(np.mean(h * h))) / size
    backward = math.sqrt(float(np.mean(slope * slope)))
    return max(forward, tiny), max(backward, tiny), float(np.mean(slope == 0))
