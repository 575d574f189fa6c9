"""The chain rule of the present moment with its numbers: formula, matrices, what they add up to."""

from vgsim.views.hop.panel import HopPanel

__all__ = ["HopPanel"]
