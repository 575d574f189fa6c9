"""Whether a painter paints pixels, or marks that stay sharp at any size."""

from __future__ import annotations

from PySide6.QtGui import QPaintEngine, QPainter


def keeps_marks(painter: QPainter) -> bool:
    """Whether lines and letters stay such, as in a PDF; an image of them would blur."""
    return painter.paintEngine().type() is not QPaintEngine.Type.Raster


def needs_words(painter: QPainter) -> bool:
    """Whether text has to come as words: Qt tells an engine of our own no bare glyphs."""
    return painter.paintEngine().type() is QPaintEngine.Type.User
