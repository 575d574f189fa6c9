"""Recurrent cells, one file each; a new one is a new file that registers its class."""

from vgsim.core.registry import discover
from vgsim.nn.cells.base import CELLS, Cell, Equation, Share

__all__ = ["CELLS", "Cell", "Equation", "Share"]

discover(__name__, first=("rnn", "lstm"))
