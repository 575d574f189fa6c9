"""One picture after another of an experiment of its own, with axes that never jump.

An animation yields stills; the window's thread composes a page of each, and the writer of the
format takes the pages as they come. A deck is an animation written by the format of slides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from vgsim.diagnosis import judge, judge_recording
from vgsim.diagnosis.stopping import Stopped
from vgsim.diagnosis.verdict import Verdict
from vgsim.export.compose import judged, wants
from vgsim.export.drawn_moment import DrawnMoment
from vgsim.export.format import Output
from vgsim.export.progress import Canceled, Stop, never, silent
from vgsim.export.request import ExportRequest
from vgsim.export.shots import OnePass, PictureSequence
from vgsim.export.sources import provenance_of
from vgsim.measure.frame import Frame
from vgsim.measure.other_run import OtherRun
from vgsim.measure.recorded import RecordingSource
from vgsim.measure.request import Request
from vgsim.measure.source import FrameSource, Goal, experiment_of, open_source
from vgsim.nn.experiment import copy_of
from vgsim.nn.places import place
from vgsim.text.moments import Place
from vgsim.ui.style.theme import Theme

Share = Callable[[float], None]
"""Told how much is done, from 0 to 1."""
Paint = Callable[["Still"], Any]
"""Composes the page of a still. Qt's widgets are touched there alone, so in the main thread."""
REHEARSAL = 0.15
"""Share of the work that going to the last picture, and back to the first, counts for."""


@dataclass(frozen=True, slots=True)
class Script:
    """What is shown of which experiment or recording, and what it is compared with."""

    goal: Goal
    sequence: PictureSequence
    request: Request
    judged: bool = False
    other_run: Goal | None = None


@dataclass(frozen=True, slots=True)
class Still:
    """One picture to be composed."""

    frame: Frame
    verdict: Verdict | None


class Animation:
    """The stills of a script, one by one: iterate to make the next. No Qt, so on any thread.

    Building one raises SpecError when the experiment or the sequence is not allowed. Iterating
    raises Canceled once ``stop`` says so; a long way to the next picture asks it at every update.
    """

    def __init__(self, script: Script, *, share: Share = silent, stop: Stop = never) -> None:
        self._script = script
        self._share = share
        self._stop = stop
        self._source = open_source(script.goal)
        self._other = OtherRun(script.other_run) if script.other_run is not None else None
        self._places = script.sequence.places(self._source)
        self._judged_at = script.sequence.judged_at(len(self._places))
        self._verdict: tuple[int, Verdict] | None = None
        self._rehearsed = False

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[Still]:
        """From the first to the last; axes have the range of the last."""
        self._go(self._places[-1])
        ahead = self._frame()
        self._rehearsed = True
        for number, where in enumerate(self._places):
            self._go(where)
            frame = _facing(self._frame(), ahead)
            yield Still(frame, self._judge(number))

    def _go(self, goal: Place) -> None:
        """Stand at ``goal``; Canceled when stopped on the way."""
        source, (step, position) = self._source, goal
        here, at = place(source)
        if here == step and at <= position:  # most often one moment on
            for _ in range(position - at):
                source.advance()
        else:
            source.seek(step, position, self._on_the_way)
        if self._other is not None:
            self._other.follow(source, self._stop)
        if self._stop():
            raise Canceled

    def _on_the_way(self) -> bool:
        """Tell how far the rehearsal is; whether to end the way."""
        if not self._rehearsed:
            last = max(self._places[-1][0], 1)
            self._share(REHEARSAL * min(self._source.step / last, 1.0))
        return self._stop()

    def _frame(self) -> Frame:
        frame = self._source.frame(request=self._script.request)
        if self._other is None:
            return frame
        return replace(frame, other=self._other.frame(request=self._script.request))

    def _judge(self, number: int) -> Verdict | None:
        """The verdict on the pass that is shown; in training a new one now and then."""
        if not self._script.judged:
            return None
        step, _ = place(self._source)
        stale = self._verdict is None or (self._verdict[0] != step and number in self._judged_at)
        if stale:
            try:
                self._verdict = step, verdict_of(self._source, self._stop)
            except Stopped:
                raise Canceled from None
        return self._verdict[1] if self._verdict else None


def verdict_of(source: FrameSource, stop: Stop) -> Verdict:
    """The verdict on the pass that a source shows; Stopped when ``stop`` says so on the way."""
    if isinstance(source, RecordingSource):
        return judge_recording(source.run, place(source)[0])
    experiment = experiment_of(source)
    assert experiment is not None  # a source is one of the two
    return judge(copy_of(experiment), stop)


def _facing(frame: Frame, ahead: Frame) -> Frame:
    """``frame``, and the one that it is compared with, with the range of what is to come."""
    other = frame.other
    if other is not None:
        other = replace(other, ahead=ahead.other)
    return replace(frame, other=other, ahead=ahead)


def script_of(
    goal: Goal, request: ExportRequest, step: int | None = None, other_run: Goal | None = None
) -> Script:
    """The script whose frames have all that the request draws.

    ``step`` takes the place of the update that its pass follows. ValueError for a single picture.
    """
    sequence = request.sequence
    if sequence is None:
        raise ValueError("a single picture")
    if isinstance(sequence, OnePass) and step is not None:
        sequence = replace(sequence, step=step)
    picture = request.picture
    return Script(goal, sequence, Request(wants(picture)), judged(picture), other_run)


def painter(request: ExportRequest, current: Callable[[], Theme]) -> Paint:
    """What composes the pages of a request; the application wears ``current``."""

    def page_of(still: Still) -> Any:
        scene = DrawnMoment(still.frame, request.picture, current(), still.verdict)
        return request.format.compose(scene)

    return page_of


def write_animation(
    script: Script,
    request: ExportRequest,
    path: Path,
    paint: Paint,
    *,
    share: Share = silent,
    stop: Stop = never,
) -> None:
    """Make every still, have its page composed, and write them all as they come.

    SpecError for what is not allowed, Canceled when stopped, OSError when the file cannot be
    written: then nothing is left, and a file that was there is as it was.
    """
    animation = Animation(script, share=share, stop=stop)
    stills = iter(animation)
    first = next(stills)  # the file opens where it begins

    def pages() -> Iterator[Any]:
        yield paint(first)
        for still in stills:
            yield paint(still)

    def done(count: float) -> None:
        share(REHEARSAL + (1 - REHEARSAL) * count / len(animation))

    provenance = provenance_of(first.frame, request.picture)
    output = Output(path, request.picture, provenance, request.seconds, done, stop)
    request.format.write(pages(), output)
