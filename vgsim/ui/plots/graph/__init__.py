"""pyqtgraph's own classes as every plot uses them: axes that know decades, a view with a home.

The library takes longer to import than all else at start, so the modules of this package, the
only ones that import it, are loaded when the first plot asks for one of their classes.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vgsim.ui.plots.graph.axes import (
        DecadeAxis,
        NameAxis,
        NumberAxis,
        PercentAxis,
        StageAxis,
        StepAxis,
        TickAxis,
    )
    from vgsim.ui.plots.graph.items import Curve, Image
    from vgsim.ui.plots.graph.view import HomeViewBox, Panel, PlotItem, PlotView

_AXES = "DecadeAxis NameAxis NumberAxis PercentAxis StageAxis StepAxis TickAxis"
_MODULES = {
    "axes": _AXES.split(),
    "items": ["Curve", "Image"],
    "view": ["HomeViewBox", "Panel", "PlotItem", "PlotView"],
}

__all__ = [
    "Curve",
    "DecadeAxis",
    "HomeViewBox",
    "Image",
    "NameAxis",
    "NumberAxis",
    "Panel",
    "PercentAxis",
    "PlotItem",
    "PlotView",
    "StageAxis",
    "StepAxis",
    "TickAxis",
]


def __getattr__(name: str) -> object:
    for module, names in _MODULES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(name)
