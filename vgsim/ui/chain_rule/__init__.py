"""The chain rule of the present moment with its numbers: formula, matrices, what they add up to."""
