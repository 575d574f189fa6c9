"""What of a diagram another moment changes, so that no more is painted. No Qt."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from vgsim.ui.diagram.model.geometry import Geometry
from vgsim.ui.diagram.model.picture import Gap, Picture

REACH = 44.0
"""Pixels that a number, a frame or a name may reach beyond the middle of its column."""


def changed_span(geometry: Geometry, before: Picture, after: Picture) -> tuple[float, float] | None:
    """(left, right) x between which the two pictures differ, in one geometry; None if nowhere."""
    last = len(after.looks)
    words = _words(before) != _words(after)
    # one image for all columns: a part of it would be scaled a little otherwise, and it is cheap
    if geometry.crowded or words or len(before.gaps) != len(after.gaps):
        return 0.0, geometry.width
    stages = set(_columns(before, after)) | set(_gaps(before, after)) | set(_marks(before, after))
    if before.current != after.current:
        stages |= geometry.labeled(before.current) ^ geometry.labeled(after.current)
    if (before.loss, before.at_loss) != (after.loss, after.at_loss):
        stages.add(last)
    if not stages:
        return None
    low, high = min(stages), max(stages)
    reach = max(geometry.spacing, REACH)
    left = 0.0 if low <= 1 else geometry.columns[low].x - reach
    # the lines to the loss have the colors of the last stage
    if high >= last:
        right = geometry.width
    else:
        right = geometry.columns[high].x + reach
    return left, right


def _words(shown: Picture) -> tuple[bool, bool]:
    """What the words at the left depend on: the gradient has set out, it has come a hop."""
    stages = len(shown.looks)
    return shown.backward_from <= stages, shown.backward_from < stages


def _columns(before: Picture, after: Picture) -> Iterator[int]:
    """Stages whose units or numbers differ, 0 for the inputs."""
    if not np.array_equal(before.inputs, after.inputs):
        yield 0
    known = (before.backward_from, after.backward_from)
    numbers = zip(before.numbers, after.numbers, strict=True)
    forward = zip(before.forward_numbers, after.forward_numbers, strict=True)
    looks = zip(before.looks, after.looks, strict=True)
    for stage, (units, *texts) in enumerate(zip(looks, numbers, forward, strict=True), start=1):
        reached = min(known) <= stage < max(known)
        if reached or any(a != b for a, b in texts) or not np.array_equal(*units):
            yield stage


def _gaps(before: Picture, after: Picture) -> Iterator[int]:
    """Stages at both ends of the edges that differ."""
    for stage, (old, new) in enumerate(zip(before.gaps, after.gaps, strict=True), start=1):
        if not _same_edges(old, new):
            yield from (stage - 1, stage)


def _same_edges(old: Gap, new: Gap) -> bool:
    """Whether the edges of a gap look alike: by their shade, or before that by their strength."""
    if old.shade is None or new.shade is None:
        return old.shade is new.shade and np.array_equal(old.strength, new.strength)
    return np.array_equal(old.shade, new.shade)


def _marks(before: Picture, after: Picture) -> Iterator[int]:
    """Stages whose frame comes or goes, and those at both ends of a factor that differs."""
    if before.current != after.current:
        yield from (stage for stage in (before.current, after.current) if stage)
    old, new = (zip(shown.factors, shown.marked, strict=True) for shown in (before, after))
    for stage, (was, now) in enumerate(zip(old, new, strict=True), start=1):
        if was != now:
            yield from (stage, stage + 1)
