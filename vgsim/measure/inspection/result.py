"""What the inspector shows of one stage, unit or edge."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vgsim.measure.request import Focus


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with its name.

    ``symbol`` is LaTeX ("f'(z)"), ``about`` says in plain words what it is. ``trace`` is where
    ``vgsim trace`` has the same number, "dh3[0, 5]", empty where it is a mean or a norm of those.
    nan where the pass has not come so far.
    """

    symbol: str
    value: float
    about: str
    trace: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Inspection:
    """Every figure of ``focus``, and the history of the one that matters most.

    ``title`` is plain text, "Stage 3", "Unit 5 of stage 3", "Edge 2 → 5 below stage 3".
    ``steps`` and ``values`` (H,) are the history of ``history_of`` (plain text with its unit).
    ``signed`` says that the history is of values with a sign, not of magnitudes.
    """

    focus: Focus
    title: str
    sample: int | None
    figures: tuple[Figure, ...]
    history_of: str
    steps: NDArray[np.int64]
    values: NDArray[np.float64]
    signed: bool = False
