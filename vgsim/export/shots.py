"""Animations: what their writers share. A writer takes shots one by one and keeps few."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vgsim.export.progress import Canceled, Stop

if TYPE_CHECKING:  # Qt is imported only once something is drawn
    from PySide6.QtGui import QImage

Pixels = NDArray[np.uint8]
SHORTEST, LONGEST = 0.02, 60.0
"""Seconds of a shot. Browsers show what is shorter at a tenth of a second instead."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture and how many seconds it stays; ValueError outside SHORTEST to LONGEST."""

    image: QImage
    seconds: float

    def __post_init__(self) -> None:
        """ValueError for a picture that is none or a time that cannot be."""
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
            raise ValueError("the shots of a film are of one size")
        yield shot
    if size is None:
        raise ValueError("a film has at least one shot")


class Ticker:
    """Seconds to whole ticks, so that the rounding never adds up over a film."""

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
    height, width = converted.height(), converted.width()
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

    Laid over ``before``, the part's pixels with alpha 0 change nothing; if the film is
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
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    if not len(rows):
        return Region(0, 0, 1, 1)
    left, top = int(columns[0]) & ~1, int(rows[0]) & ~1
    return Region(left, top, int(columns[-1]) + 1 - left, int(rows[-1]) + 1 - top)


def _cut(picture: NDArray[Any], box: Region) -> NDArray[Any]:
    """A copy of the part of ``picture`` inside ``box``."""
    return picture[box.top : box.top + box.height, box.left : box.left + box.width].copy()
