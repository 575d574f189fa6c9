"""The numbers behind a plot, saved as a table or put on the clipboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from vgsim.core.errors import refuse
from vgsim.export.exporting import passport_of
from vgsim.export.picture import Picture
from vgsim.export.table import PASSPORT, Table, save_csv, save_jsonl, save_npz, tabbed
from vgsim.measure.frame import Frame
from vgsim.text.jumps import place_of
from vgsim.ui.plots import PLOTS

WRITERS: dict[str, Callable[[Table, Path], None]] = {
    ".csv": save_csv,
    ".npz": save_npz,
    ".jsonl": save_jsonl,
}
"""How a table is written, by the suffix of its file."""


def table_of(name: str, frame: Frame) -> Table:
    """What the plot ``name`` draws of ``frame``, which has the readings that the plot wants.

    Its meta say which plot and moment, and hold the passport. SpecError when there is no such
    plot, or it has nothing to show at this moment.
    """
    if name not in PLOTS:
        raise refuse("view", name, "one of " + ", ".join(PLOTS.names()))
    columns = PLOTS[name].data(frame)
    if not columns or not len(next(iter(columns.values()))):
        raise refuse("view", name, "a plot that has numbers at this moment")
    return Table(columns, _meta(name, frame))


def save_data(name: str, frame: Frame, path: Path) -> None:
    """Write the numbers behind a plot as CSV, NPZ or JSON Lines, by the suffix of ``path``.

    SpecError as in :func:`table_of` or for another suffix, OSError when it cannot be written.
    """
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        raise refuse("--out", str(path), "a file name that ends in " + ", ".join(WRITERS))
    writer(table_of(name, frame), path)


def data_text(name: str, frame: Frame) -> str:
    """The numbers behind a plot with tabs, as spreadsheets paste them; SpecError as above."""
    return tabbed(table_of(name, frame))


def _meta(name: str, frame: Frame) -> dict[str, str]:
    step, _ = place_of(frame)
    moment = str(frame.moment)
    plot = PLOTS.entry(name)
    return {
        "plot": plot.value.title,
        "shows": plot.summary,
        "experiment": frame.spec.name,
        "updates done": str(step),
        "moment": moment,
        PASSPORT: passport_of(frame, Picture(view=name)).dumps(),
    }
