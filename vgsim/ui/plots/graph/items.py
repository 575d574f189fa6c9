"""Curves and images: made once and then given data."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pyqtgraph import ImageItem, PlotCurveItem
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPen

Array = NDArray[np.float64]


class Curve(PlotCurveItem):
    """A line with the settings that keep drawing it fast.

    Its pen is cosmetic: the width is in device pixels. Segments are drawn one by one with round
    caps, ten times faster than a wide polyline; ``smooth`` is for short curves, on which those
    caps would look like beads.
    """

    def __init__(self, *, smooth: bool = False) -> None:
        super().__init__(skipFiniteCheck=True)
        self._smooth = smooth

    def set_ink(self, color: str, width: float, dash: Sequence[float] = ()) -> None:
        """Give the line another color, width and pattern of dashes (in widths)."""
        pen = QPen(color)
        pen.setWidthF(width)
        pen.setCosmetic(True)
        whole = self._smooth or len(dash) > 0
        # round caps would close the gaps between dashes
        pen.setCapStyle(Qt.PenCapStyle.FlatCap if whole else Qt.PenCapStyle.RoundCap)
        if dash:
            pen.setDashPattern(list(dash))
        self.setSegmentedLineMode("off" if whole else "on")
        self.setPen(pen)

    def set_points(self, x: Array, y: Array) -> None:
        """Show these points; nan breaks the line."""
        whole = bool(np.isfinite(y).all())
        connect = "all" if whole else "finite"
        self.setData(x, y, connect=connect, skipFiniteCheck=whole)


class Image(ImageItem):
    """A picture in fixed colors, drawn without interpolation."""

    def __init__(self) -> None:
        # levels of its own would map the colors of a constant picture anew
        super().__init__(autoLevels=False)

    def set_rgb(self, rgb: NDArray[np.uint8], place: QRectF) -> None:
        """Show (rows, columns, 3) pixels over ``place``, in data units, the first row lowest."""
        self.setImage(rgb, autoLevels=False)
        self.setRect(place)
