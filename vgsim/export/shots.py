"""Animations: what their writers share. A writer takes shots one by one and keeps few."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vgsim.core.errors import refuse
from vgsim.export.progress import Canceled, Stop
from vgsim.measure.source import FrameSource
from vgsim.nn.places import find_moment
from vgsim.text.moments import Place

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

ALL_THE_WAY_BACK = "backward:1"
FIRST = "start"
LAST = "update"


@dataclass(frozen=True, slots=True)
class OnePass:
    """Every moment of the pass that follows update ``step``, from ``first`` to ``last``."""

    step: int = 0
    first: str = FIRST
    last: str = LAST

    def places(self, source: FrameSource) -> list[Place]:
        """The places in order; SpecError when there is no such moment, or they are in disorder."""
        called = names_of(source)
        first = find_moment(source, self.first, "from", called)
        last = find_moment(source, self.last, "to", called)
        if first.position > last.position:
            allowed = f"a moment up to {last}, where it ends, in the order of the pass"
            raise refuse("from", str(first), allowed)
        return [(self.step, at) for at in range(first.position, last.position + 1)]

    def judged_at(self, count: int) -> frozenset[int]:
        """Numbers of the pictures that may get a verdict of their own: its state changes once."""
        return frozenset(range(count))


@dataclass(frozen=True, slots=True)
class Training:
    """The initial network and that after every ``every`` of ``steps`` updates, the last included.

    Of a recording those steps that were recorded.

    All show the same ``moment`` of the pass that follows: the gradient all the way back, unless
    another is requested. ``every`` = ``steps`` is before and after.
    """

    steps: int
    every: int = 1
    moment: str = ALL_THE_WAY_BACK

    def places(self, source: FrameSource) -> list[Place]:
        """The places in order; SpecError when there is no such moment or no such rhythm."""
        if not 1 <= self.every <= self.steps:
            raise refuse("every", self.every, f"a whole number from 1 to the {self.steps} steps")
        position = find_moment(source, self.moment, called=names_of(source)).position
        return [(step, position) for step in source.passes(self.steps, self.every)]

    def judged_at(self, count: int) -> frozenset[int]:
        """Numbers of the pictures that may get a verdict of their own, spread evenly."""
        spread = np.linspace(0, count - 1, min(count, MOST_VERDICTS)).round()
        return frozenset(spread.astype(int).tolist())


def names_of(source: FrameSource) -> tuple[str, ...]:
    """What its stages are called, where they have names."""
    return tuple(stage.name for stage in source.subject.named)


MOST_VERDICTS = 20
"""Verdicts in an animation of training: each takes longer than a picture, and time to be read."""
PictureSequence = OnePass | Training


Pixels = NDArray[np.uint8]
SHORTEST, LONGEST = 0.02, 60.0
"""Seconds of a shot. Browsers show what is shorter at a tenth of a second instead."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture and how many seconds it stays; ValueError outside SHORTEST to LONGEST."""

    image: QImage
    seconds: float

    def __post_init__(self) -> None:
        """ValueError for a null image or a time out of range."""
        if not SHORTEST <= self.seconds <= LONGEST or self.image.isNull():
            raise ValueError(f"a shot is a picture for {SHORTEST} to {LONGEST} seconds")


def shots_of(images: Iterable[QImage], seconds: float) -> Iterator[Shot]:
    """Each image for as many ``seconds``."""
    for image in images:
        yield Shot(image, seconds)


def checked(shots: Iterable[Shot], stop: Stop) -> Iterator[Shot]:
    """The shots; Canceled when stopped, ValueError when sizes differ or there is no shot."""
    size = None
    for shot in shots:
        if stop():
            raise Canceled
        size = size or shot.image.size()
        if shot.image.size() != size:
            raise ValueError("the shots of an animation are of one size")
        yield shot
    if size is None:
        raise ValueError("an animation has at least one shot")


class Ticker:
    """Seconds to whole ticks, so that the rounding never adds up over an animation."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._exact = 0.0
        self._given = 0

    def ticks(self, seconds: float) -> int:
        """Ticks of the next shot, at least one."""
        self._exact += seconds * self._rate
        ticks = max(math.floor(self._exact + 0.5) - self._given, 1)
        self._given += ticks
        return ticks


def opaque(image: QImage) -> QImage:
    """``image`` without transparency, on white where one could see through."""
    if not image.hasAlphaChannel():
        return image
    from PySide6.QtGui import QColor, QImage, QPainter

    ground = QImage(image.size(), QImage.Format.Format_RGB32)
    ground.fill(QColor("white"))
    painter = QPainter(ground)
    try:
        painter.drawImage(ground.rect(), image)
    finally:
        painter.end()
    return ground


def pixels(image: QImage) -> Pixels:
    """(height, width, 4) of red, green, blue, alpha, not premultiplied; a copy."""
    from PySide6.QtGui import QImage

    converted = image.convertToFormat(QImage.Format.Format_RGBA8888)
    height = converted.height()
    width = converted.width()
    rows = np.frombuffer(converted.constBits(), np.uint8).reshape(height, converted.bytesPerLine())
    return rows[:, : 4 * width].reshape(height, width, 4).copy()


class Region(NamedTuple):
    """A rectangle of whole pixels."""

    left: int
    top: int
    width: int
    height: int


def patch(before: Pixels | None, now: Pixels, see_through: bool) -> tuple[Pixels, Region]:
    """What turns ``before`` into ``now``: a part (H, W, 4) and where it goes.

    Laid over ``before``, the part's pixels with alpha 0 change nothing; if the animation is
    ``see_through``, the part replaces what was there. One corner pixel when nothing changes.
    """
    changed = _changes(before, now)
    box = _bounds(changed)
    part = _cut(now, box)
    if not see_through:
        part[~_cut(changed, box)] = 0
    return part, box


def _changes(before: Pixels | None, now: Pixels) -> NDArray[np.bool_]:
    """(height, width), true where ``now`` is not as ``before``; everywhere for the first."""
    if before is None:
        return np.ones(now.shape[:2], np.bool_)
    differs: NDArray[np.bool_] = before.view(np.uint32) != now.view(np.uint32)
    return differs[..., 0]


def _bounds(changed: NDArray[np.bool_]) -> Region:
    """The smallest rectangle around what changed, from even pixels on, as WebP counts them."""
    rows = np.flatnonzero(changed.any(axis=1))
    columns = np.flatnonzero(changed.any(axis=0))
    if not len(rows):
        return Region(0, 0, 1, 1)
    left = int(columns[0]) & ~1
    top = int(rows[0]) & ~1
    return Region(left, top, int(columns[-1]) + 1 - left, int(rows[-1]) + 1 - top)


def _cut(picture: NDArray[Any], box: Region) -> NDArray[Any]:
    """A copy of the part of ``picture`` inside ``box``."""
    return picture[box.top : box.top + box.height, box.left : box.left + box.width].copy()
