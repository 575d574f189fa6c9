"""Presentation mode: the picture that a lecture hall sees, on a whole screen."""

from vgsim.ui.presentation.window import PresentingWindow

__all__ = ["PresentingWindow"]
