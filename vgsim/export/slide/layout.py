"""How a slide of any size is divided among diagram, panels and caption. Pixels; no Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from vgsim.ui.plots.model.geometry import Box

GAP = 18.0
"""Pixels between two things."""
CELL = 250.0
"""Least width of a caption that stands beside panels."""
_SHARES = tuple(at / 100 for at in range(36, 74))

Size = tuple[float, float]
Height = Callable[[float], float]
"""Height of a caption by its width."""


@dataclass(frozen=True, slots=True)
class Extent:
    """What a part can do with at ``least`` (width, height), and where it looks its best."""

    least: Size
    best: Size


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Where everything stands; ``score`` tells how well it stands there, 1 at best."""

    main: Box
    panels: tuple[Box, ...]
    caption: Box | None
    score: float
    fits: bool


def arrange(
    room: Box, main: Extent, panels: Sequence[Extent], caption: Height | None
) -> Arrangement:
    """The best of all divisions of ``room``.

    ``caption`` is None where there is none. ``Arrangement.fits`` is false where something
    has less room than it can do with.
    """
    sizes = [panel.least for panel in panels]
    found = (_judged(*boxes, main, panels, caption) for boxes in _all(room, sizes, caption))
    return max(found, key=lambda layout: (layout.fits, layout.score))


Division = tuple[Box, tuple[Box, ...], Box | None]


def _all(room: Box, panels: Sequence[Size], caption: Height | None) -> Iterator[Division]:
    """Every division that is tried."""
    if caption is not None:
        yield from _with_cell(room, panels)
        high = min(caption(room.width), room.height / 2)
        strip = Box(room.left, room.bottom - high, room.width, high)
        room = Box(room.left, room.top, room.width, room.height - high - GAP)
        yield from ((main, rest, strip) for main, rest in _divided(room, panels))
    else:
        yield from ((main, rest, None) for main, rest in _divided(room, panels))


def _with_cell(room: Box, panels: Sequence[Size]) -> Iterator[Division]:
    """The caption stands beside the panels, like one of them."""
    cells = [*panels, (CELL, 130.0)]
    for main, rest in _divided(room, cells):
        yield main, rest[:-1], rest[-1]


def _divided(room: Box, panels: Sequence[Size]) -> Iterator[tuple[Box, tuple[Box, ...]]]:
    """The main thing on top of a row or of a pile of the others, or left of a pile."""
    if not panels:
        yield room, ()
        return
    for share in _SHARES:
        top, below = _split(room, share, across=False)
        yield top, _row(below, panels)
        left, right = _split(room, share, across=True)
        yield left, _pile(right, panels)
        yield top, _pile(below, panels)
        if len(panels) > 1:
            yield from _cornered(top, below, panels)
        if len(panels) > 2:
            upper, lower = _split(below, 0.5, across=False)
            yield top, (*_row(upper, panels[:-2]), *_row(lower, panels[-2:]))
            yield top, (*_row(upper, panels[:2]), *_row(lower, panels[2:]))


def _cornered(
    top: Box, below: Box, panels: Sequence[Size]
) -> Iterator[tuple[Box, tuple[Box, ...]]]:
    """The first panel beside the main thing, as wide as it needs, the others in a row below."""
    left, right = _split(top, max(1 - (panels[0][0] + GAP) / top.width, 0.05), across=True)
    yield left, (right, *_row(below, panels[1:]))
    left, right = _split(top, 0.5, across=True)
    yield left, (right, *_row(below, panels[1:]))


def _split(room: Box, share: float, across: bool) -> tuple[Box, Box]:
    if across:
        wide = (room.width - GAP) * share
        rest = Box(room.left + wide + GAP, room.top, room.width - wide - GAP, room.height)
        return Box(room.left, room.top, wide, room.height), rest
    high = (room.height - GAP) * share
    rest = Box(room.left, room.top + high + GAP, room.width, room.height - high - GAP)
    return Box(room.left, room.top, room.width, high), rest


def _row(room: Box, panels: Sequence[Size]) -> tuple[Box, ...]:
    """Side by side, each as wide as its share of what all would like."""
    each = _shares([width for width, _ in panels], room.width)
    return tuple(Box(room.left + at, room.top, wide, room.height) for at, wide in each)


def _pile(room: Box, panels: Sequence[Size]) -> tuple[Box, ...]:
    each = _shares([height for _, height in panels], room.height)
    return tuple(Box(room.left, room.top + at, room.width, high) for at, high in each)


def _shares(preferred: Sequence[float], room: float) -> list[tuple[float, float]]:
    """(start, length) of each."""
    scale = (room - GAP * (len(preferred) - 1)) / sum(preferred)
    lengths = [scale * length for length in preferred]
    starts = accumulate((length + GAP for length in lengths), initial=0.0)
    return list(zip(starts, lengths, strict=False))


def _judged(
    main: Box,
    rest: tuple[Box, ...],
    caption: Box | None,
    preferred: Extent,
    panels: Sequence[Extent],
    height: Height | None,
) -> Arrangement:
    goods = [_good(main, preferred, 3.0, 1.5), *map(_good, rest, panels)]
    fits = all(map(_holds, (main, *rest), (preferred, *panels)))
    if caption is not None and height is not None:
        need = height(caption.width)
        fits = fits and need <= caption.height + 0.5
        goods.append(min(1.0, need / max(caption.height, 1.0)) ** 0.3)
    score = 1.0
    for good in goods:
        score *= good
    return Arrangement(main, rest, caption, score, fits)


def _holds(box: Box, preferred: Extent) -> bool:
    return box.width >= preferred.least[0] and box.height >= preferred.least[1]


def _good(box: Box, preferred: Extent, across: float = 1.0, down: float = 1.0) -> float:
    """1 where there is all the room that it looks its best in, less where there is less.

    ``across`` and ``down`` are exponents: how much it minds.
    """
    wide = box.width / preferred.best[0]
    high = box.height / preferred.best[1]
    good = max(min(wide, 1.0), 1e-3) ** across * max(min(high, 1.0), 1e-3) ** down
    return float(good)
