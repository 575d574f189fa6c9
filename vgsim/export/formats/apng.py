"""Animated PNG: any browser plays it, with all colors and transparency (PNG, 3rd edition, 2025)."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from vgsim.core.atomic import written
from vgsim.export.format import Drawable, FileKind, Format, Output, register
from vgsim.export.formats.png import encoded
from vgsim.export.progress import Progress, Stop, never, silent
from vgsim.export.provenance.png import (
    PNG_SIGNATURE,
    chunk,
    find_in_png,
    international_text,
    png_chunks,
)
from vgsim.export.provenance.record import Provenance
from vgsim.export.shots import Pixels, Shot, Ticker, checked, patch, pixels, shots_of

RATE = 1000
"""Ticks a second."""


def save_apng(
    shots: Iterable[Shot],
    path: Path,
    provenance: Provenance | None = None,
    *,
    progress: Progress = silent,
    stop: Stop = never,
) -> None:
    """Write the shots as a PNG that plays indefinitely; only what changes is stored.

    Canceled when stopped, OSError when it cannot be written: then nothing is left.
    """
    with written(path) as scratch, scratch.open("wb") as out:
        _Writer(out, provenance).write(checked(shots, stop), progress)


class _Writer:
    """One file being written; counts the chunks, which APNG numbers through."""

    def __init__(self, out: IO[bytes], provenance: Provenance | None) -> None:
        self._out = out
        self._provenance = provenance
        self._number = 0
        self._see_through = False

    def write(self, shots: Iterator[Shot], progress: Progress) -> None:
        ticker = Ticker(RATE)
        before = None
        count = 0
        at = 0
        for count, shot in enumerate(shots, 1):
            if before is None:
                at = self._begin(shot.image)
            before = self._shot(shot, before, ticker.ticks(shot.seconds))
            progress(count)
        self._out.write(chunk(b"IEND", b""))
        self._out.seek(at)  # how many there are is known only now, and stands before them
        self._out.write(chunk(b"acTL", struct.pack(">II", count, 0)))

    def _begin(self, image: Any) -> int:
        """Write what stands before the shots; gives where their count belongs."""
        self._see_through = image.hasAlphaChannel()
        with_alpha = (8, 6, 0, 0, 0)  # eight bits of red, green, blue and alpha
        header = struct.pack(">IIBBBBB", image.width(), image.height(), *with_alpha)
        self._out.write(PNG_SIGNATURE + chunk(b"IHDR", header))
        if self._provenance:
            self._out.write(international_text(self._provenance.dumps()))
        at = self._out.tell()
        self._out.write(chunk(b"acTL", struct.pack(">II", 1, 0)))
        return at

    def _shot(self, shot: Shot, before: Pixels | None, ticks: int) -> Pixels:
        now = pixels(shot.image)
        part, box = patch(before, now, self._see_through)
        place = struct.pack(">IIII", box.width, box.height, box.left, box.top)
        laid_over = not self._see_through  # else it replaces what was there
        self._numbered(b"fcTL", place + struct.pack(">HHBB", ticks, RATE, 0, laid_over))
        for data in _compressed(part):
            if before is None:
                self._out.write(chunk(b"IDAT", data))
            else:
                self._numbered(b"fdAT", data)
        return now

    def _numbered(self, kind: bytes, data: bytes) -> None:
        self._out.write(chunk(kind, struct.pack(">I", self._number) + data))
        self._number += 1


def _compressed(part: Pixels) -> Iterator[bytes]:
    """What the IDAT chunks of ``part`` as a PNG hold."""
    from PySide6.QtGui import QImage

    height, width = part.shape[:2]
    data = encoded(QImage(part.data, width, height, 4 * width, QImage.Format.Format_RGBA8888))
    for kind, start, length in png_chunks(io.BytesIO(data)):
        if kind == b"IDAT":
            yield data[start : start + length]


def compose(drawable: Drawable) -> Any:
    """A page: a ``QImage``."""
    return drawable.image()


def write(pages: Iterator[Any], output: Output) -> None:
    """The pages one after another."""
    save_apng(
        shots_of(pages, output.seconds), output.path, output.provenance,
        progress=output.progress, stop=output.stop,
    )  # fmt: skip


def starts(head: bytes) -> bool:
    """Whether a file that starts with ``head`` is a PNG."""
    return head.startswith(PNG_SIGNATURE)


register(
    Format(
        "apng", ".apng", "APNG animation", "All colors without loss, for browsers",
        FileKind.ANIMATION, compose, write, starts, find_in_png, several=True,
    )
)  # fmt: skip
