"""The numbers behind a plot as a table that says where they come from."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vgsim.core.errors import refuse
from vgsim.export.picture import PictureRequest
from vgsim.export.sources import provenance_of
from vgsim.export.table import PROVENANCE, Table
from vgsim.measure.frame import Frame
from vgsim.text.moments import place_of
from vgsim.text.stages import place_name
from vgsim.ui.plots.kinds import PLOTS
from vgsim.ui.plots.model.table import EXPERIMENT, Columns


def table_of(name: str, frame: Frame) -> Table:
    """What the plot ``name`` draws of ``frame``, which has the measurements that the plot wants.

    Its meta say which plot and moment, and hold the provenance. SpecError when there is no such
    plot, or it has nothing to show at this moment.
    """
    if name not in PLOTS:
        raise refuse("view", name, "with data one of " + ", ".join(PLOTS.names()))
    columns = PLOTS[name].data(frame)
    if not columns or not len(next(iter(columns.values()))):
        raise refuse("view", name, "a plot that has numbers at this moment")
    return Table(_with_names(columns, frame), _meta(name, frame))


def _with_names(columns: Columns, frame: Frame) -> Columns:
    """``columns``, with the names of stages behind their numbers where they have names."""
    if "stage" not in columns or not _any_named(frame):
        return columns
    letters = columns.get(EXPERIMENT, np.full(len(columns["stage"]), "A"))
    names = []
    for stage, letter in zip(columns["stage"].tolist(), letters.tolist(), strict=True):
        shown = frame.other if letter == "B" and frame.other is not None else frame
        names.append(place_name(int(stage), shown.stages, shown.subject))
    found: dict[str, NDArray[Any]] = {}
    for name, values in columns.items():
        found[name] = values
        if name == "stage":
            found["name"] = np.array(names)
    return found


def _any_named(frame: Frame) -> bool:
    both = (frame,) if frame.other is None else (frame, frame.other)
    return any(shown.subject.named for shown in both)


def _meta(name: str, frame: Frame) -> dict[str, str]:
    step, _ = place_of(frame)
    plot = PLOTS.entry(name)
    return {
        "plot": plot.value.title,
        "shows": plot.summary,
        "experiment": frame.subject.name,
        "updates done": str(step),
        "moment": str(frame.moment),
        PROVENANCE: provenance_of(frame, PictureRequest(view=name)).dumps(),
    }
