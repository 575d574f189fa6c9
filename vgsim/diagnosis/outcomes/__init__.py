"""Every outcome, one file each: when it holds, by which threshold and who says so, what is said
of it, what would help. A new one is a new file that registers it."""

from vgsim.core.registry import discover

discover(__name__)
