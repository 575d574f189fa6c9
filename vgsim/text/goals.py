"""What frames are wanted of, in words."""

from __future__ import annotations

from vgsim.measure.source import Goal
from vgsim.nn.spec import Spec
from vgsim.text.specs import SAME, difference


def goal_difference(a: Goal, b: Goal) -> str:
    """What ``b`` has and ``a`` has not; of a recording its name."""
    if isinstance(a, Spec) and isinstance(b, Spec):
        return difference(a, b)
    if a == b:
        return SAME
    return b.name or "an experiment"
