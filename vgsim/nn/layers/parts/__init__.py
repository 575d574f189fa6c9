"""Parts that a composed stage is made of; a new file may register a norm, a skip path or an
output."""

from vgsim.core.registry import discover
from vgsim.nn.layers.parts.base import Part
from vgsim.nn.layers.parts.norms import NORMS
from vgsim.nn.layers.parts.outputs import OUTPUTS
from vgsim.nn.layers.parts.skips import SKIPS

__all__ = ["NORMS", "OUTPUTS", "SKIPS", "Part"]

discover(__name__)
