"""Activations h = f(z), their derivatives f′(z), and all that follows from these alone.

One file per family; a new family is a new file that registers its activations, and a line here
that gives it its place in every menu.
"""

# ruff: noqa: I001  # the order of these is the order of every menu
from vgsim.nn.activations.base import ACTIVATIONS, Activation
from vgsim.nn.activations import sigmoidal
from vgsim.nn.activations import rectified
from vgsim.nn.activations import learned
from vgsim.nn.activations import exponential
from vgsim.nn.activations import gated
from vgsim.nn.activations import bounded
from vgsim.nn.activations import linear

__all__ = [
    "ACTIVATIONS", "Activation", "bounded", "exponential", "gated", "learned", "linear",
    "rectified", "sigmoidal",
]  # fmt: skip
