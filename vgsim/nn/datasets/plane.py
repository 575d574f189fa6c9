"""Classes in the plane, which one sees at a glance: circles, Gaussians, moons, spirals, XOR."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vgsim.nn.datasets.base import DATASETS, Dataset

if TYPE_CHECKING:
    from vgsim.nn.spec import DataSpec

USES = ("data.samples", "data.noise")
"""The fields of a spec that every synthetic dataset reads."""


def alternate(samples: int, count: int = 2) -> NDArray[np.int64]:
    """(samples,) numbers 0, 1, ..., count - 1, 0, 1, ...: as equally frequent as can be."""
    return np.arange(samples, dtype=np.int64) % count


def planar(
    points: NDArray[np.float64],
    labels: NDArray[np.int64],
    noise: float,
    rng: np.random.Generator,
    classes: tuple[str, str] = ("0", "1"),
) -> Dataset:
    """Two classes of ``points`` (samples, 2) with normal noise of that standard deviation.

    The noise is drawn even when it is 0, so that changing its size moves no other draw.
    """
    x = points + noise * rng.standard_normal(points.shape)
    return Dataset(x, labels, classes=classes, features=("x1", "x2"))


@DATASETS.register("circles", "Two circles, one inside the other", label="Circles", uses=USES)
def circles(spec: DataSpec, rng: np.random.Generator) -> Dataset:
    """x (samples, 2) on circles of radius 1 and 2 at uniform angles, plus noise; y (samples,)."""
    labels = alternate(spec.samples)
    angle = 2 * np.pi * rng.random(spec.samples)
    points = (1.0 + labels)[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return planar(points, labels, spec.noise, rng, classes=("inner", "outer"))


SPREAD = 0.5


@DATASETS.register("gaussians", "Two normal clouds", label="Gaussians", uses=USES)
def gaussians(spec: DataSpec, rng: np.random.Generator) -> Dataset:
    """x (samples, 2) of deviation 0.5 around (-1, -1) and (1, 1), plus noise; y (samples,)."""
    labels = alternate(spec.samples)
    points = (2.0 * labels - 1.0)[:, None] + SPREAD * rng.standard_normal((spec.samples, 2))
    return planar(points, labels, spec.noise, rng)


@DATASETS.register("moons", "Two interleaving half-moons", label="Moons", uses=USES)
def moons(spec: DataSpec, rng: np.random.Generator) -> Dataset:
    """x (samples, 2) on two half circles of radius 1 at uniform angles, plus noise; y (samples,).

    The upper one is around (0, 0), the lower one around (1, 0.5).
    """
    labels = alternate(spec.samples)
    angle = np.pi * rng.random(spec.samples)
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    lower = np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)
    points = np.where(labels[:, None] == 0, upper, lower)
    return planar(points, labels, spec.noise, rng, classes=("upper", "lower"))


RADIUS = 3.0
TURNS = 1.5


@DATASETS.register("spirals", "Two interleaved spirals", label="Spirals", uses=USES)
def spirals(spec: DataSpec, rng: np.random.Generator) -> Dataset:
    """x (samples, 2) on two arms of 1.5 turns that end at radius 3, plus noise; y (samples,).

    The second arm is the first turned by half a turn. The square root spreads the samples
    evenly along an arm rather than crowding the center.
    """
    labels = alternate(spec.samples)
    along = np.sqrt(rng.random(spec.samples))
    angle = 2 * np.pi * TURNS * along + np.pi * labels
    points = RADIUS * along[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return planar(points, labels, spec.noise, rng)


@DATASETS.register("xor", "Four squares, labeled by exclusive or", label="XOR", uses=USES)
def xor(spec: DataSpec, rng: np.random.Generator) -> Dataset:
    """x (samples, 2) uniform in [-1, 1]², plus noise; y (samples,) is 1 where the signs differ.

    The label is that of the point before the noise moved it.
    """
    quadrant = alternate(spec.samples, 4)
    right = quadrant % 2
    top = quadrant // 2
    size = 1.0 - rng.random((spec.samples, 2))  # in (0, 1]: no point on an axis
    points = size * (2.0 * np.stack([right, top], axis=1) - 1.0)
    return planar(points, right ^ top, spec.noise, rng)
