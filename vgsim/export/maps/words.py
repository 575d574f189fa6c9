"""What the picture of a map says: its title, what is shown, what was held. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from vgsim.export.maps.choice import IN_PLANE, figure_of, layer_of, layer_words
from vgsim.export.picture import PictureRequest
from vgsim.export.slide.content import Caption, SlideWords, settings_words
from vgsim.export.slide.words import SlideText, settings_text
from vgsim.sweep.axes import Axis
from vgsim.sweep.figures import SHOWN, MapScale, Shown
from vgsim.sweep.grid import MapGrid
from vgsim.sweep.plan import Index, SweepPlan
from vgsim.text.maps import axis_value, figure_words, outcome_label, shown_words

NAMELESS = "Map"
_AT_THE_START = frozenset({"training.optimizer", "training.learning_rate"})
"""What does nothing to a map without updates."""


@dataclass(frozen=True, slots=True)
class MapWords:
    """The words of one map: ``grid`` as ``picture`` shows it, from ``file``.

    ``lines`` are what the lines over it are called, ``notes`` sentences about what is drawn.
    """

    grid: MapGrid
    file: Path | None
    picture: PictureRequest
    lines: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def plan(self) -> SweepPlan:
        """The plan."""
        return self.grid.plan

    @property
    def name(self) -> str:
        """The figure that is shown."""
        return figure_of(self.plan, self.picture)

    @property
    def layer(self) -> Index:
        """Which map of the stack."""
        return layer_of(self.plan, self.picture)

    def title(self) -> str:
        """The user's own, or that of the map."""
        return self.picture.title or self.plan.spec.name or NAMELESS

    def subtitle(self) -> str:
        """What is shown, over how many seeds, and which map of a stack it is."""
        shown = shown_words(SHOWN.entry(self.name), self.plan)
        return " · ".join(filter(None, (shown, layer_words(self.plan, self.layer))))

    def source(self) -> str:
        """Where the picture comes from."""
        name = self.file.name if self.file is not None else ""
        first = f"seed {self.plan.spec.training.seed}"
        return " · ".join(filter(None, ("vgsim", name, first, measured_words(self.grid))))

    def slide(self) -> SlideWords:
        """What stands around the map on a slide."""
        held = held_settings(self.plan)
        said = Caption(
            sentences=self.picture.sentences,
            settings=f"Held: {held}" if held else "",
        )
        return SlideWords(self.title(), upper_first(self.subtitle()), self.source(), said)

    def text(self) -> SlideText:
        """What a slide has as text."""
        caption = ""
        if self.picture.caption:
            caption = "\n".join(self.picture.sentences) or self._facts()
        return SlideText(self.title(), caption, self.alt(), self._notes())

    def _facts(self) -> str:
        held = held_settings(self.plan)
        shown = upper_first(self.subtitle())
        return "\n".join(filter(None, (shown, f"Held: {held}" if held else "")))

    def alt(self) -> str:
        """What a screen reader says in place of the picture."""
        across, *rest = [axis_words(axis) for axis in self.plan.axes[:IN_PLANE]]
        over = " and ".join((f"across {across}", *(f"up {up}" for up in rest)))
        sentences = [
            f"{self.title()}: a map of {SHOWN.entry(self.name).summary}, {over}.",
            range_words(self.grid, SHOWN[self.name], self.layer),
            f"{measured_words(self.grid).capitalize()}.",
        ]
        if self.lines:
            sentences.append(f"Lines over it: {', '.join(self.lines)}.")
        return " ".join(filter(None, sentences))

    def _notes(self) -> str:
        axes = "\n".join(f"{axis.field.label}: {axis_words(axis)}" for axis in self.plan.axes)
        computed = f"{seeds_words(self.plan).capitalize()}, {moment_words(self.plan)}."
        parts = (
            "\n".join(self.picture.sentences),
            self.alt(),
            "\n".join(self.notes),
            axes,
            computed,
            settings_text(self.plan.spec),
        )
        return "\n\n".join(filter(None, parts))


def upper_first(text: str) -> str:
    """``text`` as the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def seeds_words(plan: SweepPlan) -> str:
    """Over how many seeds each cell is the median."""
    if plan.seeds == 1:
        return "one seed"
    return f"median of {plan.seeds:,} seeds"


def moment_words(plan: SweepPlan) -> str:
    """When it was measured."""
    if plan.steps == 0:
        return "at the start"
    return f"after {plan.steps:,} update" + ("" if plan.steps == 1 else "s")


def measured_words(grid: MapGrid) -> str:
    """How much of it is measured."""
    count = int(np.count_nonzero(grid.measured))
    if count == grid.plan.cells:
        return f"{count:,} cells measured"
    return f"{count:,} of {grid.plan.cells:,} cells measured"


def held_settings(plan: SweepPlan) -> str:
    """What is the same in every cell, of what matters."""
    varied = {axis.path for axis in plan.axes}
    if plan.steps == 0:
        varied |= _AT_THE_START
    return settings_words(plan.spec, varied)


def axis_words(axis: Axis) -> str:
    """An axis and how far it goes: "depth from 2 to 64", "activation: ReLU, tanh"."""
    label = axis.field.label.lower()
    if axis.of_choices:
        told = ", ".join(axis_value(axis, value) for value in axis.values)
        return f"{label}: {told}"
    first, last = (axis_value(axis, axis.values[at]) for at in (0, -1))
    return f"{label} from {first} to {last}"


def range_words(grid: MapGrid, shown: Shown, layer: Index) -> str:
    """From where to where the figure goes on that map; empty while nothing is measured."""
    where: tuple[Any, ...] = (..., *layer)
    median = grid.median(shown)[where]
    known = median[~np.isnan(median)]
    if not len(known):
        return ""
    if shown.scale is MapScale.REGIONS:
        places, counts = np.unique(known.astype(np.intp), return_counts=True)
        told = [
            f"{count:,} {outcome_label(grid.names[at])}"
            for at, count in zip(places.tolist(), counts.tolist(), strict=True)
        ]
        return f"Cells: {', '.join(told)}."
    ends = (figure_words(shown, float(end)) for end in (known.min(), known.max()))
    return f"From {' to '.join(ends)}."
