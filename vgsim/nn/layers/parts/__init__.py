"""Parts that a composed stage is made of, one file each."""

from vgsim.nn.layers.parts.base import Part
from vgsim.nn.layers.parts.norms import NORMS
from vgsim.nn.layers.parts.skips import SKIPS

__all__ = ["NORMS", "SKIPS", "Part"]
