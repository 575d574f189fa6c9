"""Presentation mode: the picture that a lecture hall sees, on a whole screen."""

from vgsim.views.presenting.stage import CHAIN_RULE
from vgsim.views.presenting.window import PresentingWindow

__all__ = ["CHAIN_RULE", "PresentingWindow"]
