"""What mean field draws over a map, computed once for each map of a stack. No Qt."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from vgsim.sweep.figures import SHOWN
from vgsim.sweep.plan import Index, SweepPlan
from vgsim.sweep.theory import TheoryCurve, theory_of
from vgsim.text.maps import silence_words
from vgsim.ui.map.model.theory import map_lines
from vgsim.ui.map.model.view import MapLine

THEORY, SCALE, CONTOURS = "theory", "scale", "contours"
"""Names of what a request can lay over a map."""
MOST_KEPT = 16


class TheoryOver(NamedTuple):
    """The curves over one map of a stack, and a sentence on why there are none."""

    curves: tuple[TheoryCurve, ...]
    silence: str


@lru_cache(maxsize=MOST_KEPT)
def theory_over(plan: SweepPlan, layer: Index) -> TheoryOver:
    """What mean field knows of that map; of a large one it takes a second."""
    theory = theory_of(plan)
    silence = theory.silence(layer)
    return TheoryOver(theory.curves(layer), silence_words(silence) if silence is not None else "")


def lines_over(
    plan: SweepPlan, layer: Index, name: str, over: tuple[str, ...]
) -> tuple[tuple[MapLine, ...], str]:
    """Those of the lines that ``over`` asks for, and why theory has none where it is asked.

    Nothing over a figure that has no edge.
    """
    if not has_lines(name, over):
        return (), ""
    found = theory_over(plan, layer)
    lines = map_lines(found.curves, theory=THEORY in over, scale=SCALE in over)
    return lines, found.silence if THEORY in over else ""


def has_lines(name: str, over: tuple[str, ...]) -> bool:
    """Whether theory is asked for over a figure that it speaks of."""
    return bool(SHOWN[name].edge) and (THEORY in over or SCALE in over)
