"""Every plot, one file each; importing this package registers them all in ``PLOTS``."""

from vgsim.core.registry import discover
from vgsim.ui.plots.base import PLOTS, Plot

discover(__name__)

__all__ = ["PLOTS", "Plot"]
