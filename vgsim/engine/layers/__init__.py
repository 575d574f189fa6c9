"""Layer kinds, one file each; a new one is a new file that registers its class."""

from vgsim.engine.layers.base import LAYERS, Layer, Site, StageArrays, StagePlan
from vgsim.registry import discover

__all__ = ["LAYERS", "Layer", "Site", "StageArrays", "StagePlan"]

discover(__name__, list(__path__))
