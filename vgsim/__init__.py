"""vgsim: see why the learning signal of a deep or recurrent network fades, and what cures it."""

__version__ = "0.1.0"
