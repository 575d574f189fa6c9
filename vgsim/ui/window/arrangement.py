"""Which panels are open at first, and where, in a wide and in a narrow window."""

from __future__ import annotations

from dataclasses import dataclass

from vgsim.ui.plots.kinds import PLOTS, Place, placed

NARROW = 1240
"""Under this width the panels of the right side are tabs behind the form, at first, and those
below stand in two groups."""


@dataclass(frozen=True, slots=True)
class Places:
    """Panels that are open at first, those behind one another as tabs together.

    ``shares`` is how the groups of the ``bottom`` share its width.
    """

    side: tuple[str, ...]
    bottom: tuple[tuple[str, ...], ...]
    shares: tuple[int, ...]

    @property
    def shown(self) -> frozenset[str]:
        """Names of all of them."""
        return frozenset([*self.side, *(name for group in self.bottom for name in group)])


WIDE_PLACES = Places(
    ("why", "inspector", *placed(Place.SIDE)),
    (placed(Place.LEFT), ("hop",), placed(Place.RIGHT)),
    (400, 620, 400),
)
NARROW_PLACES = Places(
    ("why", "inspector"),
    (placed(Place.LEFT, narrow=True), ("hop", *placed(Place.RIGHT, narrow=True))),
    (290, 440),
)
FIRST_PLOTS = tuple(name for name in PLOTS.names() if name in WIDE_PLACES.shown)
"""Plots that are open at first in a wide window."""
