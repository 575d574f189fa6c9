"""The moment that one picture shows: an experiment run up to it, with all that is drawn."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from vgsim.diagnosis import judge
from vgsim.diagnosis.effects import measured
from vgsim.diagnosis.verdict import Verdict
from vgsim.export.animation import Share, verdict_of
from vgsim.export.compose import advised, judged, wants
from vgsim.export.picture import PictureRequest
from vgsim.export.progress import never, silent
from vgsim.export.shots import names_of
from vgsim.measure.frame import Frame
from vgsim.measure.other_run import OtherRun
from vgsim.measure.request import Request
from vgsim.measure.source import FrameSource, Goal, experiment_of, open_source
from vgsim.nn.continuing import origin_of
from vgsim.nn.experiment import Experiment, copy_of
from vgsim.nn.places import find_moment


def still(
    goal: Goal,
    steps: int,
    moment: str,
    picture: PictureRequest,
    other_run: Goal | None = None,
    share: Share = silent,
    also: frozenset[type] = frozenset(),
) -> tuple[Frame, Verdict | None]:
    """The frame of ``goal`` after ``steps`` updates, gone on to ``moment`` if there is one.

    It has the measurements that ``picture`` draws and those in ``also``, and so has the other
    run's; a recording shows the nearest recorded step up to that. Beside it the verdict, None for a
    picture that shows none. SpecError for an experiment that cannot be run, or a moment that it
    does not have; OSError for a recording that cannot be read.
    """
    source = open_source(goal)
    experiment = experiment_of(source)
    position = None
    if moment:
        position = find_moment(source, moment, called=names_of(source)).position
    if experiment is not None:
        for done in _run(experiment, steps):
            share(done)
        if position is not None:
            experiment.seek(experiment.step, position)
        experiment.evaluate()
    else:
        source.seek(steps, position or 0)
    request = Request(wants(picture) | also)
    frame = source.frame(request=request)
    if other_run is not None:
        other = OtherRun(other_run)
        other.follow(source)
        frame = dataclasses.replace(frame, other=other.frame(request=request))
    return frame, _verdict(source, picture)


def _verdict(source: FrameSource, picture: PictureRequest) -> Verdict | None:
    """What the picture says of what it shows, with measured remedies where it shows any."""
    if not judged(picture):
        return None
    experiment = experiment_of(source)
    if experiment is None:
        return verdict_of(source, never)
    judged_copy = copy_of(experiment)
    origin = origin_of(judged_copy)
    verdict = judge(judged_copy)
    if advised(picture):
        return measured(verdict, experiment.spec, never, origin=origin)
    return verdict


def _run(experiment: Experiment, steps: int) -> Iterator[float]:
    """Take ``steps`` updates, and report now and then which share is done."""
    chunk = max(steps // 100, 1)
    while experiment.step < steps:
        experiment.run(min(chunk, steps - experiment.step))
        yield experiment.step / steps
