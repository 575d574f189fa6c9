"""The chain rule of the present moment with its numbers: formula, matrices, what they add up to."""

from vgsim.ui.chain_rule.panel import HopPanel

__all__ = ["HopPanel"]
