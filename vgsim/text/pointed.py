"""What one points at: a symbol, a stage, a hop or a panel; one state for all views. No Qt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from vgsim.core.errors import refuse

BETWEEN = {"weights", "weight"}
"""What is drawn in the gap below its stage."""


@dataclass(frozen=True, slots=True)
class Pointed:
    """What is pointed at; what is empty or 0 is left open.

    ``symbol`` is a name in the glossary. ``stage`` is counted from 1. ``hop`` k is the one from
    stage k to stage k − 1. ``panel`` is the name of a panel.
    """

    symbol: str = ""
    stage: int = 0
    hop: int = 0
    panel: str = ""

    def lights(self, other: Pointed) -> bool:
        """Whether pointing at this lights a place that shows ``other``.

        A hop lights all that is of this hop, a stage all that is of this stage, and a symbol
        without either every place that shows it. A symbol of one stage or hop also lights where
        it stands for any of them. Weights lie between the stages: those of a stage light no node
        of it.
        """
        if self.panel:
            return other.panel == self.panel
        if other == Pointed(self.symbol):
            return bool(self.symbol)
        if self.hop:
            return other.hop == self.hop
        if self.stage:
            between = self.symbol in BETWEEN, other.symbol in BETWEEN
            return other.stage == self.stage and between[0] == between[1]
        return bool(self.symbol) and other.symbol == self.symbol


def parse_point(text: str) -> Pointed:
    """The point that a lesson names: "stage:3", "hop:4", "panel:loss", "symbol:product".

    SpecError for anything else. Whether there is such a panel or symbol is for others to say.
    """
    kind, _, name = text.partition(":")
    if kind in ("stage", "hop") and name.isdecimal() and 0 < int(name) < 10**6:
        if kind == "stage":
            return Pointed(stage=int(name))
        return Pointed(hop=int(name))
    if kind == "panel" and name:
        return Pointed(panel=name)
    if kind == "symbol" and name:
        return Pointed(symbol=name)
    raise refuse("point", text, "stage:K, hop:K, panel:NAME or symbol:NAME")


def lit(points: Iterable[Pointed], other: Pointed) -> bool:
    """Whether any of ``points`` lights a place that shows ``other``."""
    return any(point.lights(other) for point in points)
