"""Importing this module registers every figure in ``FIGURES``: those beside it, one file each."""

from vgsim.core.registry import discover
from vgsim.ui.guide.figures.base import FIGURES, LessonFigureView, checked_settings

discover(__package__)

__all__ = ["FIGURES", "LessonFigureView", "checked_settings"]
