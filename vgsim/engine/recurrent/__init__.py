"""Recurrent cells, one file each; a new one is a new file that registers its class."""

from vgsim.engine.recurrent.base import CELLS, Cell
from vgsim.registry import discover

__all__ = ["CELLS", "Cell"]

discover(__name__, list(__path__))
