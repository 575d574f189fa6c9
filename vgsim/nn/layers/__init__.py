"""Layer kinds, one file each; a new one is a new file that registers its class."""

from vgsim.core.registry import discover
from vgsim.nn.layers.base import LAYERS, Layer
from vgsim.nn.layers.site import Site, StageArrays, StagePlan

__all__ = ["LAYERS", "Layer", "Site", "StageArrays", "StagePlan"]

discover(__name__)
