"""One frame as the words of the status bar and the transport."""

from __future__ import annotations

import math
from dataclasses import dataclass

from vgsim.core.numbers import plain
from vgsim.measure.frame import Frame
from vgsim.text.moments import is_recurrent, moment_title


@dataclass(frozen=True, slots=True)
class StatusLine:
    """``text`` for the status bar; ``readout`` (step, loss, rate) for the transport."""

    text: str
    readout: tuple[str, str, str]


def status_line(frame: Frame) -> StatusLine:
    """The words for ``frame``."""
    rate = "" if math.isnan(frame.steps_per_second) else f"{frame.steps_per_second:,.0f} steps/s"
    training = frame.spec.training
    parts = [
        moment_title(frame.moment, frame.stages, is_recurrent(frame.spec)).split(" · ")[0],
        f"step {frame.step:,}",
        rate,
        f"seed {training.seed}",
        training.precision,
    ]
    loss = "" if math.isnan(frame.loss) else f"J = {plain(frame.loss)}"
    return StatusLine(" · ".join(filter(None, parts)), (f"step {frame.step:,}", loss, rate))
