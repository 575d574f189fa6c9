"""MP4 with H.264, which slides and browsers play. Needs PyAV, the extra ``video``.

PyAV (BSD-3; its wheels bundle FFmpeg with x264, GPL) is 103 MB installed and encodes in this
process; imageio-ffmpeg is 165 MB and pipes every picture to a program of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from vgsim.core.atomic import written
from vgsim.export.format import Drawable, FileKind, Format, Output, register
from vgsim.export.progress import Progress, Stop, never, silent
from vgsim.export.provenance.mp4 import find_in_mp4
from vgsim.export.provenance.record import Provenance, refuse_file
from vgsim.export.shots import Pixels, Shot, Ticker, checked, opaque, pixels, shots_of

RATE = 1000
"""Ticks a second."""
QUALITY = {"crf": "18", "preset": "veryfast", "tune": "animation"}
"""x264's settings: visually lossless, quick, and for flat colors with sharp edges."""
BT709 = 1
"""Color primaries, transfer and matrix of HD video (ITU-R BT.709-6, 2015), as H.264 counts them."""


def save_mp4(
    shots: Iterable[Shot],
    path: Path,
    provenance: Provenance | None = None,
    *,
    progress: Progress = silent,
    stop: Stop = never,
) -> None:
    """Write the shots as an animation; an odd width or height gets one more row or column.

    Canceled when stopped, SpecError when PyAV is not installed, OSError when it cannot be written:
    then nothing is left.
    """
    try:
        import av
    except ImportError:
        raise missing_extra(path) from None
    with written(path) as scratch:
        try:
            # the scratch file's name may end in anything
            with av.open(str(scratch), "w", "mp4", options={"movflags": "+faststart"}) as container:
                if provenance:
                    container.metadata["comment"] = provenance.dumps()
                _write(container, checked(shots, stop), progress)
        except av.FFmpegError as error:
            raise OSError(getattr(error, "errno", None), error.strerror, str(path)) from error


def missing_extra(path: Path) -> Exception:
    """What to raise when PyAV is not there: one sentence that says how to get it."""
    why = "MP4 needs PyAV, which is not installed; pip install 'vgsim[video]' adds it"
    return refuse_file(Path(path).name, why, "PNG, APNG, GIF or WebP")


def _write(container: Any, shots: Iterator[Shot], progress: Progress) -> None:
    ticker = Ticker(RATE)
    stream = None
    at = 0
    ticks = 0
    last: Any = None
    for count, shot in enumerate(shots, 1):
        picture = _even(pixels(opaque(shot.image)))
        if stream is None:
            stream = _stream(container, picture)
        last = picture
        ticks = ticker.ticks(shot.seconds)
        container.mux(stream.encode(_frame(picture, at)))
        at += ticks
        progress(count)
    assert stream is not None  # there is at least one shot
    if ticks > 1:  # an animation ends with the start of its last picture: show that to its end
        container.mux(stream.encode(_frame(last, at - 1)))
    container.mux(stream.encode())


def _even(picture: Pixels) -> Pixels:
    """(H, W, 3) with even sides, which halved color planes need, the edge drawn out."""
    height, width = picture.shape[:2]
    padding = ((0, height % 2), (0, width % 2), (0, 0))
    return np.ascontiguousarray(np.pad(picture[..., :3], padding, mode="edge"))


def _stream(container: Any, picture: Pixels) -> Any:
    stream: Any = container.add_stream("libx264", rate=30, options=QUALITY)
    stream.height, stream.width = picture.shape[:2]
    stream.pix_fmt = "yuv420p"
    stream.time_base = stream.codec_context.time_base = Fraction(1, RATE)
    context = stream.codec_context
    context.colorspace = context.color_primaries = context.color_trc = BT709
    return stream


def _frame(picture: Pixels, at: int) -> Any:
    """``picture`` in the colors of HD video, shown from tick ``at`` on."""
    import av

    frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
    frame = frame.reformat(format="yuv420p", dst_colorspace="ITU709")
    frame.pts, frame.time_base = at, Fraction(1, RATE)
    return frame


def compose(drawable: Drawable) -> Any:
    """A page: a ``QImage``."""
    return drawable.image()


def write(pages: Iterator[Any], output: Output) -> None:
    """The pages one after another."""
    save_mp4(
        shots_of(pages, output.seconds), output.path, output.provenance,
        progress=output.progress, stop=output.stop,
    )  # fmt: skip


def starts(head: bytes) -> bool:
    """Whether a file that starts with ``head`` is an MP4."""
    return head[4:8] == b"ftyp"


register(
    Format(
        "mp4", ".mp4", "MP4 animation", "Smallest, for slides and video players",
        FileKind.ANIMATION, compose, write, starts, find_in_mp4, several=True, transparent=False,
    )
)  # fmt: skip
