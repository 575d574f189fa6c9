"""Activations h = f(z), their derivatives f′(z), and all that follows from these alone.

One file per family; a new family is a new file that registers its activations. It comes last in
every menu unless it is named here.
"""

from vgsim.core.registry import discover
from vgsim.nn.activations.base import ACTIVATIONS, Activation, shaped_name

__all__ = ["ACTIVATIONS", "Activation", "shaped_name"]

_IN_ORDER = (
    "sigmoidal", "rectified", "learned", "exponential", "gated", "bounded", "linear",
)  # fmt: skip

discover(__name__, first=_IN_ORDER)
