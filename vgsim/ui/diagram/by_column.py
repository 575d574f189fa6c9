"""Plots by stage that show the columns of a diagram, where groups of stages are folded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from vgsim.measure.frame import Frame
from vgsim.ui.diagram.model.folded import folded_frame
from vgsim.ui.diagram.model.folding import (
    FoldColumn,
    bands_of,
    columns_of,
    group_paths,
    opened_to,
)
from vgsim.ui.plots.base import Plot


def show_by_column(plot: Plot, frame: Frame | None, columns: Sequence[FoldColumn]) -> None:
    """Give a plot the frame, with one stage a column and a ground behind each open group.

    A plot that is not by stage, or of stages without names, gets the frame as it is.
    """
    if not plot.by_column or frame is None or not frame.subject.named or not columns:
        plot.set_columns((), ())
        plot.set_frame(frame)
        return
    bands = [band for band in bands_of(columns) if band.level == 0]
    plot.set_columns(
        [column.last for column in columns], [(band.first, band.last) for band in bands]
    )
    plot.set_frame(folded_frame(_with_other_folded(frame, len(columns)), columns))


def _with_other_folded(frame: Frame, room: int) -> Frame:
    """Another network that runs beside it has columns of its own, about as many."""
    other = frame.other
    if other is None or not other.subject.named or other.subject.named == frame.subject.named:
        return frame
    return replace(frame, other=folded_frame(other, columns_with_room(other, room)))


def columns_with_room(frame: Frame, room: int) -> tuple[FoldColumn, ...]:
    """The columns of a diagram with room for so many, where none is shown."""
    paths = group_paths(frame.subject.named, frame.stages)
    return tuple(columns_of(paths, opened_to(paths, room)))
