"""Where one is, in the words that are always in sight: banner, readout, status bar."""

from __future__ import annotations

import math
from dataclasses import dataclass

from vgsim.core.numbers import plain, superscript
from vgsim.measure.frame import Frame
from vgsim.text.moments import moment_title, pass_of, seed_words
from vgsim.text.recordings import recorded_title, recording_line, step_among


@dataclass(frozen=True, slots=True)
class StatusLine:
    """``text`` for the status bar; ``readout`` (step, loss, rate) for the transport."""

    text: str
    readout: tuple[str, str, str]


def banner(frame: Frame) -> str:
    """What has just happened, and what comes next or in which recorded step."""
    if frame.track is not None:
        return recorded_title(frame)
    return moment_title(frame.moment, frame.stages, frame.subject)


def status_line(frame: Frame) -> StatusLine:
    """The words for ``frame``."""
    if math.isnan(frame.loss):
        loss = ""
    elif frame.other is not None:
        loss = f"J  A {plain(frame.loss)} · B {plain(frame.other.loss)}"
    else:
        loss = f"J = {plain(frame.loss)}"
    if frame.track is not None:
        text = recording_line(frame, frame.track)
        return StatusLine(text, (step_among(frame, frame.track), loss, ""))
    if math.isnan(frame.steps_per_second):
        rate = ""
    else:
        rate = f"{frame.steps_per_second:,.0f} steps/s"
    parts = [
        moment_title(frame.moment, frame.stages, frame.subject).split(" · ")[0],
        pass_of(frame),
        f"step {frame.step:,}",
        rate,
        seed_words(frame.subject),
        _number_type(frame),
    ]
    return StatusLine(" · ".join(filter(None, parts)), (f"step {frame.step:,}", loss, rate))


def _number_type(frame: Frame) -> str:
    """ "float16, loss scale 2¹⁶", "float64"."""
    if frame.loss_scale == 1:
        return frame.subject.precision
    log2 = round(math.log2(frame.loss_scale))
    return f"{frame.subject.precision}, loss scale 2{superscript(log2)}"
