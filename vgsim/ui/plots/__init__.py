"""Every plot, one file each; importing this package registers them all in ``PLOTS``.

Then those of other packages, which name them under the entry points ``vgsim.plots``.
"""

from vgsim.core import plugins
from vgsim.core.registry import discover
from vgsim.ui.plots.base import PLOTS, Place, Plot, first_plot, placed

discover(__name__)
plugins.load(plugins.PLOTS)

__all__ = ["PLOTS", "Place", "Plot", "first_plot", "placed"]
