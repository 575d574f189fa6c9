"""Every plot, one file each; importing this package registers them all in ``PLOTS``."""

from vgsim.registry import discover
from vgsim.views.plots.base import PLOTS, Plot

discover(__name__, list(__path__))

__all__ = ["PLOTS", "Plot"]
