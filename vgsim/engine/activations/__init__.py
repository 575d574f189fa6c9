"""Activations h = f(z), their slopes f′(z), and all that follows from the slope alone.

One file per family; a new family is a new file that registers its activations, and a line here
that gives it its place in every menu.
"""

# ruff: noqa: I001  # the order of these is the order of every menu
from vgsim.engine.activations.base import ACTIVATIONS, Activation
from vgsim.engine.activations import (
    sigmoidal,
    rectified,
    learned,
    exponential,
    gated,
    bounded,
    linear,
)

__all__ = [
    "ACTIVATIONS", "Activation", "bounded", "exponential", "gated", "learned", "linear",
    "rectified", "sigmoidal",
]  # fmt: skip
