"""Parts that a composed stage is made of, one file each."""

from vgsim.engine.layers.parts.base import Part
from vgsim.engine.layers.parts.norms import NORMS
from vgsim.engine.layers.parts.skips import SKIPS

__all__ = ["NORMS", "SKIPS", "Part"]
