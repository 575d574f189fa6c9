"""The numbers behind a plot as a table that says where they come from."""

from __future__ import annotations

from vgsim.core.errors import refuse
from vgsim.export.picture import PictureRequest
from vgsim.export.sources import provenance_of
from vgsim.export.table import PROVENANCE, Table
from vgsim.measure.frame import Frame
from vgsim.text.moments import place_of
from vgsim.ui.plots.kinds import PLOTS


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
    return Table(columns, _meta(name, frame))


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
