"""Animated WebP: small, sharp, transparent where wanted, played by every browser (RFC 9649)."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from vgsim.core.atomic import written
from vgsim.export.format import Drawable, FileKind, Format, Output, register
from vgsim.export.progress import Progress, Stop, never, silent
from vgsim.export.provenance.markup import packet
from vgsim.export.provenance.record import Provenance
from vgsim.export.provenance.webp import find_in_webp
from vgsim.export.shots import Pixels, Shot, Ticker, checked, patch, pixels, shots_of

RATE = 1000
"""Ticks a second."""
LARGEST = 16383
"""Pixels a side that the format can say."""
EFFORT = 20
"""Of 100. Always lossless: lines and letters stay sharp, and flat colors even pack better."""
_XMP = 0x04
_ALPHA = 0x10
_MOVES = 0x02


def save_webp(
    shots: Iterable[Shot],
    path: Path,
    provenance: Provenance | None = None,
    *,
    progress: Progress = silent,
    stop: Stop = never,
) -> None:
    """Write the shots as a WebP that plays indefinitely; only what changes is stored.

    Canceled when stopped, ValueError when larger than LARGEST, OSError when it cannot be written:
    then nothing is left.
    """
    with written(path) as scratch, scratch.open("wb") as out:
        out.write(struct.pack("<4sI4s", b"RIFF", 0, b"WEBP"))
        _write(out, checked(shots, stop), provenance, progress)
        size = out.tell()
        out.seek(4)
        out.write(struct.pack("<I", size - 8))


def _write(
    out: IO[bytes], shots: Iterator[Shot], provenance: Provenance | None, progress: Progress
) -> None:
    ticker, before = Ticker(RATE), None
    for count, shot in enumerate(shots, 1):
        if before is None:
            out.write(_header(shot.image, provenance is not None))
        now = pixels(shot.image)
        out.write(_shot(before, now, shot.image.hasAlphaChannel(), ticker.ticks(shot.seconds)))
        before = now
        progress(count)
    if provenance:
        out.write(_chunk(b"XMP ", packet(provenance).encode()))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack("<4sI", kind, len(data)) + data + b"\0" * (len(data) % 2)


def _three(number: int) -> bytes:
    """A number in three bytes, the lowest first."""
    return struct.pack("<I", number)[:3]


def _header(image: Any, with_text: bool) -> bytes:
    """VP8X, which says what there is, and ANIM: no ground of its own, repeated indefinitely."""
    if max(image.width(), image.height()) > LARGEST:
        raise ValueError(f"a WebP is up to {LARGEST} pixels a side")
    flags = _MOVES | _ALPHA | _XMP * with_text
    size = _three(image.width() - 1) + _three(image.height() - 1)
    return _chunk(b"VP8X", struct.pack("<I", flags) + size) + _chunk(b"ANIM", bytes(6))


def _shot(before: Pixels | None, now: Pixels, see_through: bool, ticks: int) -> bytes:
    part, box = patch(before, now, see_through)
    place = _three(box.left // 2) + _three(box.top // 2)
    size = _three(box.width - 1) + _three(box.height - 1)
    how = b"\2" if see_through else b"\0"  # replaces what was there, or is laid over it
    return _chunk(b"ANMF", place + size + _three(ticks) + how + _picture(part))


def _picture(part: Pixels) -> bytes:
    """The chunks of ``part`` as a WebP that stands alone, after their header."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(part).save(buffer, "WEBP", lossless=True, quality=EFFORT, method=0)
    data = buffer.getvalue()
    kind, length = struct.unpack("<4sI", data[12:20])
    if kind == b"VP8L":
        return data[12:]
    return data[20 + length :]


def compose(drawable: Drawable) -> Any:
    """A page: a ``QImage``."""
    return drawable.image()


def write(pages: Iterator[Any], output: Output) -> None:
    """The pages one after another."""
    save_webp(
        shots_of(pages, output.seconds), output.path, output.provenance,
        progress=output.progress, stop=output.stop,
    )  # fmt: skip


def starts(head: bytes) -> bool:
    """Whether a file that starts with ``head`` is a WebP."""
    return head[:4] == b"RIFF" and head[8:12] == b"WEBP"


register(
    Format(
        "webp", ".webp", "WebP animation", "All colors, small, for browsers", FileKind.ANIMATION,
        compose, write, starts, find_in_webp, several=True,
    )
)  # fmt: skip
