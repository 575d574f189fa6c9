"""Grid, tick labels and titles around a plot, as marks. Labels that would collide are left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from vgsim.ui.plots.layer import Lines, Text, text_width
from vgsim.ui.plots.model.geometry import Area, Box
from vgsim.ui.plots.model.words import Ticks

GAP = 8.0
"""Least pixels between two labels, and between a label and the data."""

BOTTOM = 22.0
"""Height of the row of tick labels below the data, in pixels."""

TOP = 24.0
"""Height of the row for the title of the y axis above the data, in pixels."""

UNTITLED = 10.0
"""Height above the data without a title: half a tick label."""

TITLE = 8.0
"""Middle of that title, in pixels from the top."""


def widest(labels: Ticks) -> float:
    """Width that the labels of a y axis need, with the gap to the data, in pixels."""
    return max((text_width(label) for _, label in labels), default=0.0) + GAP + 2


def grid_across(places: Sequence[float], area: Area, color: str) -> Lines:
    """Level lines on whole pixels at ``places`` of the y axis."""
    left = area.box.left
    right = area.box.right
    rows = [round(height) + 0.5 for height in area.down(places).tolist()]
    return Lines([(left, row, right, row) for row in rows], color)


def grid_upright(places: Sequence[float], area: Area, color: str) -> Lines:
    """Upright lines on whole pixels at ``places`` of the x axis."""
    top = area.box.top
    bottom = area.box.bottom
    columns = [round(across) + 0.5 for across in area.across(places).tolist()]
    return Lines([(column, top, column, bottom) for column in columns], color)


def base_line(area: Area, color: str) -> Lines:
    """The line below the data."""
    bottom = round(area.box.bottom) + 0.5
    return Lines([(area.box.left, bottom, area.box.right, bottom)], color)


def title_at_the_end(title: str, row: float, bounds: Box, color: str) -> list[Text]:
    """The title of an x axis, at the right of its labels; none of an empty one."""
    if title:
        return [Text(title, bounds.right - 2, row, color, anchor=(1, 0.5))]
    return []


def title_above(title: str, bounds: Box, color: str) -> list[Text]:
    """The title of a y axis, level, at the top of ``bounds``; none of an empty one.

    Where it is too wide, the part before its comma stands alone.
    """
    if text_width(title) > bounds.width - 4:
        title = title.partition(", ")[0]
    if title:
        return [Text(title, bounds.left + 2, bounds.top + TITLE, color)]
    return []


def stage_width(label: str) -> float:
    """Room that the label of a stage needs along an x axis."""
    return text_width(label) + GAP


def labels_below(
    ticks: Ticks,
    area: Area,
    row: float,
    bounds: Box,
    color: str,
    taken: Sequence[Text] = (),
) -> list[Text]:
    """The labels of an x axis, with their middle at the height ``row``, clear of ``taken``.

    They are moved sideways into ``bounds``.
    """
    texts = []
    for x, (_, label) in zip(area.across([at for at, _ in ticks]).tolist(), ticks, strict=True):
        half = text_width(label) / 2
        x = max(min(x, bounds.right - 1 - half), bounds.left + 1 + half)
        texts.append(Text(label, x, row, color, anchor=(0.5, 0.5)))
    first_and_from_the_end = [*texts[:1], *texts[:0:-1]]  # where the ends leave room
    return free(list(taken), first_and_from_the_end, GAP / 2)[len(taken) :]


def labels_beside(ticks: Ticks, area: Area, color: str, taken: Sequence[Text]) -> list[Text]:
    """The labels of a y axis left of ``area``, clear of what is ``taken``."""
    texts = []
    for y, (_, label) in zip(area.down([at for at, _ in ticks]).tolist(), ticks, strict=True):
        texts.append(Text(label, area.box.left - GAP, y, color, anchor=(1, 0.5)))
    return free(list(taken), texts, 0)[len(taken) :]


def inside(text: Text, bounds: Box) -> Text:
    """``text``, moved sideways into ``bounds``."""
    return replace(text, x=text.x + text.box.within(bounds).left - text.box.left)


def free(there: list[Text], more: list[Text], gap: float) -> list[Text]:
    """``there`` and those of ``more`` that keep ``gap`` pixels from all before them."""
    kept = list(there)
    boxes = [text.box for text in there]
    for text in more:
        box = text.box
        if not any(map(box.grown(gap).meets, boxes)):
            kept.append(text)
            boxes.append(box)
    return kept
