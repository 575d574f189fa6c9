"""Animated GIF: any program plays it. One palette serves all pictures, so that nothing flickers."""

from __future__ import annotations

import struct
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from vgsim.core.atomic import written
from vgsim.export.format import Drawable, FileKind, Format, Output, register
from vgsim.export.progress import Canceled, Progress, Stop, never, silent
from vgsim.export.provenance.gif import GIF_COMMENT, find_in_gif
from vgsim.export.provenance.record import Provenance
from vgsim.export.shots import Pixels, Shot, Ticker, checked, opaque, patch, pixels, shots_of

RATE = 100
"""Ticks a second."""
UNCHANGED = 255
"""The palette's last entry, seen through to the shot before."""
COMMON, EVEN = 64, 144
"""The most common colors, which stay as they are; and with them those of even marks that stay too,
however small the mark: a legend's cell says what it says by its very color. Median cut makes the
others."""
RUN, ALIKE = 4, 5.0
"""Pixels in a row that make an even mark; and how far apart colors are that both are kept."""
EVEN_MOST = 4096
"""Colors of even marks that are counted in a shot."""
LARGEST = 65535
"""Pixels a side that the format can say."""


def save_gif(
    shots: Iterable[Shot],
    path: Path,
    provenance: Provenance | None = None,
    *,
    progress: Progress = silent,
    stop: Stop = never,
) -> None:
    """Write the shots as a GIF that plays indefinitely; only what changes is stored.

    Shots go to a temporary file first, for the palette is known only after the last of them.
    Canceled when stopped, OSError when it cannot be written: then nothing is left.
    """
    census = Census()
    with written(path) as scratch, tempfile.TemporaryFile() as spool:
        size, count = _spooled(checked(shots, stop), spool, census, progress)
        palette = GifPalette(census)
        spool.seek(0)
        with scratch.open("wb") as out:
            out.write(_header(size, palette, provenance))
            for at in range(count):
                if stop():
                    raise Canceled
                out.writelines(_encoded(_Patch.load(spool), palette))
                progress((count + at + 1) / 2)
            out.write(b";")


class Census:
    """How often every color occurs in an animation, all of them at six bits.

    The common ones are counted exactly, and those of even marks: what was filled, not smoothed.
    """

    def __init__(self) -> None:
        self.bins: NDArray[np.int64] = np.zeros(1 << 18, np.int64)
        self.common: Counter[int] = Counter()
        self.even: Counter[int] = Counter()

    def add(self, part: Pixels) -> None:
        """Count the colors of ``part`` (H, W, 4) where it is opaque."""
        colors = _packed(part)[part[..., 3] > 0]
        self.bins += np.bincount(_bins(colors), minlength=len(self.bins))
        _count(self.common, colors, COMMON)
        packed = part.view("<u4")[..., 0]
        for across in (packed, packed.T):
            _count(self.even, _in_runs(across), EVEN_MOST)


def _count(counter: Counter[int], colors: NDArray[np.uint32], most: int) -> None:
    """Add how often the ``most`` common of ``colors`` (N,) occur."""
    found, counts = np.unique(colors, return_counts=True)
    chosen = np.argsort(counts)[-most:]
    for color, count in zip(found[chosen].tolist(), counts[chosen].tolist(), strict=True):
        counter[color] += count


def _in_runs(packed: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Colors (N,) of the pixels, 0xAABBGGRR, that begin a run of as many alike in their row."""
    same = packed[:, 1:] == packed[:, :-1]
    width = same.shape[1] - RUN + 2
    if width < 1:
        return np.empty(0, np.uint32)
    begins = packed[:, :width] >> 24 > 0
    for at in range(RUN - 1):
        begins &= same[:, at : at + width]
    return packed[:, :width][begins] & np.uint32(0xFFFFFF)


def _bins(colors: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The upper six bits of blue, green and red as one number."""
    packed = colors >> 2 & 63 | (colors >> 10 & 63) << 6 | (colors >> 18 & 63) << 12
    return packed.astype(np.uint32, copy=False)


class GifPalette:
    """255 colors that serve a whole animation, and which of them stands for a color."""

    def __init__(self, census: Census) -> None:
        exact = _kept(census)
        occupied = np.flatnonzero(census.bins)
        channels = np.stack([occupied & 63, occupied >> 6 & 63, occupied >> 12], axis=1)
        centers = (channels * 255 // 63).astype(np.uint8)
        kept = _unpacked(exact)
        room = UNCHANGED - len(exact)
        poor = _distances(centers, kept) > ALIKE**2
        if poor.any():
            cut = _median_cut(centers[poor], census.bins[occupied][poor], room)
            kept = np.concatenate([kept, cut])
        self.colors = kept
        self._sorted = np.sort(np.array(exact, np.uint32))
        self._entry = np.argsort(np.array(exact, np.uint32)).astype(np.uint8)
        self._nearest = np.zeros(1 << 18, np.uint8)
        self._nearest[occupied] = _nearest(centers, self.colors)

    def entries(self, colors: NDArray[np.uint32]) -> NDArray[np.uint8]:
        """The palette's entry for every color, packed as 0x00BBGGRR; same shape."""
        place = np.searchsorted(self._sorted, colors).clip(max=len(self._sorted) - 1)
        return np.where(
            self._sorted[place] == colors, self._entry[place], self._nearest[_bins(colors)]
        )

    def table(self) -> bytes:
        """The 768 bytes of a global color table."""
        return self.colors.tobytes().ljust(768, b"\0")


def _kept(census: Census) -> list[int]:
    """The colors that stay exact: common ones, then those of even marks, the least alike first."""
    exact = [color for color, _ in census.common.most_common(COMMON)]
    others = [color for color in census.even if color not in exact]
    if not others:
        return exact
    values = _unpacked(others).astype(np.int32)
    far = _distances(values, _unpacked(exact))
    while len(exact) < EVEN and far.max() > ALIKE**2:
        chosen = int(far.argmax())
        exact.append(others[chosen])
        far = np.minimum(far, ((values - values[chosen]) ** 2).sum(axis=1))
    return exact


def _unpacked(colors: list[int]) -> NDArray[np.uint8]:
    """(N, 3) of red, green, blue."""
    return np.array(colors, "<u4").view(np.uint8).reshape(-1, 4)[:, :3]


def _median_cut(
    centers: NDArray[np.uint8], counts: NDArray[np.int64], room: int
) -> NDArray[np.uint8]:
    """At most ``room`` colors (M, 3) that serve ``centers`` (N, 3), common ones better."""
    from PIL import Image

    weights = np.sqrt(counts / counts.max() * 1000).astype(np.int64) + 1  # few also count
    crowd = np.repeat(centers, weights, axis=0)[None]
    reduced = Image.fromarray(crowd).quantize(room, Image.Quantize.MEDIANCUT)
    return np.array(reduced.getpalette(), np.uint8).reshape(-1, 3)[:room]


def _nearest(colors: NDArray[np.uint8], palette: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The entry (N,) of ``palette`` (M, 3) closest to every one of ``colors`` (N, 3)."""
    found = [squares.argmin(axis=1) for squares in _squares(colors, palette)]
    return np.concatenate(found).astype(np.uint8)


def _distances(colors: NDArray[Any], palette: NDArray[np.uint8]) -> NDArray[np.int32]:
    """How far (N,), squared, every one of ``colors`` (N, 3) is from ``palette`` (M, 3)."""
    return np.concatenate([squares.min(axis=1) for squares in _squares(colors, palette)])


def _squares(colors: NDArray[Any], palette: NDArray[np.uint8]) -> Iterator[NDArray[np.int32]]:
    """Squared distances (n, M), of some of the colors at a time."""
    wide = palette.astype(np.int32)
    for part in np.array_split(colors, len(colors) // 2000 + 1):
        yield ((part.astype(np.int32)[:, None] - wide) ** 2).sum(axis=2, dtype=np.int32)


@dataclass(frozen=True, slots=True)
class _Patch:
    """What one shot changes: ``part`` (H, W, 4) at a place, alpha 0 where it changes nothing."""

    part: Pixels
    place: tuple[int, int]
    ticks: int

    def dump(self, file: IO[bytes]) -> None:
        packed = zlib.compress(self.part.tobytes(), 1)
        head = struct.pack("<6Q", *self.part.shape[:2], *self.place, self.ticks, len(packed))
        file.write(head + packed)

    @classmethod
    def load(cls, file: IO[bytes]) -> _Patch:
        height, width, left, top, ticks, length = struct.unpack("<6Q", file.read(48))
        data = np.frombuffer(zlib.decompress(file.read(length)), np.uint8)
        return cls(data.reshape(height, width, 4), (left, top), ticks)


def _spooled(
    shots: Iterator[Shot], spool: IO[bytes], census: Census, progress: Progress
) -> tuple[tuple[int, int], int]:
    """Put what every shot changes into ``spool``; returns the size and the number of shots."""
    ticker = Ticker(RATE)
    before = None
    count = 0
    size = (0, 0)
    for count, shot in enumerate(shots, 1):
        size = (shot.image.width(), shot.image.height())
        if max(size) > LARGEST:
            raise ValueError(f"a GIF is up to {LARGEST} pixels a side")
        now = pixels(opaque(shot.image))
        part, box = patch(before, now, see_through=False)
        census.add(part)
        _Patch(part, (box.left, box.top), ticker.ticks(shot.seconds)).dump(spool)
        before = now
        progress(count / 2)
    return size, count


def _packed(part: Pixels) -> NDArray[np.uint32]:
    """(H, W) colors as 0x00BBGGRR."""
    return part.view("<u4")[..., 0] & np.uint32(0xFFFFFF)


def _header(size: tuple[int, int], palette: GifPalette, provenance: Provenance | None) -> bytes:
    """Screen, global palette, endless (Netscape's extension) and the provenance as a comment."""
    screen = struct.pack("<6sHHBBB", b"GIF89a", *size, 0xF7, 0, 0)
    endless = b"!\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
    return screen + palette.table() + endless + (_comment(provenance) if provenance else b"")


def _comment(provenance: Provenance) -> bytes:
    text = GIF_COMMENT + provenance.dumps().encode()
    blocks = (text[at : at + 255] for at in range(0, len(text), 255))
    return b"!\xfe" + b"".join(bytes([len(block)]) + block for block in blocks) + b"\0"


def _encoded(patch: _Patch, palette: GifPalette) -> list[bytes]:
    """Graphic control, image descriptor and compressed data of one shot."""
    from PIL import GifImagePlugin, Image

    entries = palette.entries(_packed(patch.part))
    entries[patch.part[..., 3] == 0] = UNCHANGED
    return GifImagePlugin.getdata(
        Image.fromarray(entries),
        patch.place,
        duration=patch.ticks * 10,
        disposal=1,
        transparency=UNCHANGED,
    )


def compose(drawable: Drawable) -> Any:
    """A page: a ``QImage``."""
    return drawable.image()


def write(pages: Iterator[Any], output: Output) -> None:
    """The pages one after another."""
    save_gif(
        shots_of(pages, output.seconds), output.path, output.provenance,
        progress=output.progress, stop=output.stop,
    )  # fmt: skip


def starts(head: bytes) -> bool:
    """Whether a file that starts with ``head`` is a GIF."""
    return head.startswith(b"GIF8")


register(
    Format(
        "gif", ".gif", "GIF animation", "256 colors, plays everywhere", FileKind.ANIMATION,
        compose, write, starts, find_in_gif, several=True, transparent=False,
    )
)  # fmt: skip
