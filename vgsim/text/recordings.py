"""Recordings in words: where one is in them, and what they are of."""

from __future__ import annotations

from vgsim.measure.frame import Frame, Growth, RecordedSteps
from vgsim.nn.moments import Phase
from vgsim.text.moments import moment_title, place_of

_GROWTH = {
    Growth.FINISHED: "",
    Growth.GROWING: "still being written",
    Growth.ENDED: "ended without being finished",
    Growth.GONE: "its file is gone",
}


def recorded_title(frame: Frame) -> str:
    """Which recorded step and which moment of it, for the banner: "… · backward done"."""
    moment = frame.moment
    if moment.phase is Phase.BACKWARD and moment.stage == 1:
        words = "backward done"
    elif moment.phase is Phase.UPDATE:
        words = "update"
    else:
        first, _, rest = moment_title(moment, frame.stages, frame.subject).partition(" · ")
        words = first.lower() if moment.stage else first
        if moment.stage:
            words += f" · {rest}"
    return f"Recorded step {place_of(frame)[0]:,} · {words}"


def step_among(frame: Frame, track: RecordedSteps) -> str:
    """ "step 400 of 1,000"; the last recorded one is named."""
    return f"step {place_of(frame)[0]:,} of {int(track.steps[-1]):,}"


def recording_line(frame: Frame, track: RecordedSteps) -> str:
    """What trained, in which numbers, how often it was recorded, and whether it goes on."""
    name, _, version = track.framework.partition(" ")
    parts = [
        f"{name} {'.'.join(version.split('+')[0].split('.')[:2])}".strip(),
        frame.subject.precision,
        every_words(track.every),
        f"{len(track.steps):,} recorded",
        _GROWTH[track.growth],
    ]
    return " · ".join(filter(None, parts))


def every_words(every: int) -> str:
    """How often steps were recorded; empty where that is not known."""
    if every == 0:
        return ""
    if every == 1:
        return "every step"
    return f"every {every:,} steps"


def growth_news(before: RecordedSteps, now: RecordedSteps, name: str) -> str:
    """What has happened to the file of a recording, in a sentence; empty for nothing to tell."""
    if before.edition != now.edition:
        return f"{name} was replaced by another recording, which is shown now"
    if before.growth is now.growth:
        return ""
    if now.growth is Growth.FINISHED:
        return f"{name} is finished: {len(now.steps):,} steps are recorded"
    if now.growth is Growth.ENDED:
        return f"{name} ended without being finished: its program writes no more steps"
    if now.growth is Growth.GONE:
        return f"{name} is gone; what was read of it stays"
    return f"{name} is being written again"
