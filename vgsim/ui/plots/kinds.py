"""Importing this module registers every plot in ``PLOTS``: those beside it, one file each.

Then those of other packages, which name them under the entry points ``vgsim.plots``.
"""

from vgsim.core import plugins
from vgsim.core.registry import discover
from vgsim.ui.plots.base import PLOTS, Place, Plot, first_plot, placed

discover(__package__)
plugins.load(plugins.PLOTS)

__all__ = ["PLOTS", "Place", "Plot", "first_plot", "placed"]
