"""The moment that one picture shows: an experiment run up to it, with all that is drawn."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from vgsim.diagnosis import judge
from vgsim.diagnosis.effects import measured
from vgsim.diagnosis.verdict import Verdict
from vgsim.export.animation import Share
from vgsim.export.compose import advised, judged, wants
from vgsim.export.picture import PictureRequest
from vgsim.export.progress import never, silent
from vgsim.measure.frame import Frame
from vgsim.measure.other_run import OtherRun
from vgsim.measure.request import Request
from vgsim.measure.snapshot import frame_of
from vgsim.nn.continuing import origin_of
from vgsim.nn.experiment import Experiment, copy_of
from vgsim.nn.places import find_moment
from vgsim.nn.spec import Spec


def still(
    spec: Spec,
    steps: int,
    moment: str,
    picture: PictureRequest,
    other_run: Spec | None = None,
    share: Share = silent,
    also: frozenset[type] = frozenset(),
) -> tuple[Frame, Verdict | None]:
    """The frame after ``steps`` updates, gone on to ``moment`` if that is not empty; and a verdict.

    The frame has the measurements that ``picture`` draws and those in ``also``, and so has the
    other run's. The verdict is None
    for a picture that shows none. SpecError for an experiment that cannot be run, or a moment
    that it does not have.
    """
    experiment = Experiment(spec)
    if moment:
        goal = find_moment(experiment, moment)
    else:
        goal = None
    for done in _run(experiment, steps):
        share(done)
    if goal is not None:
        experiment.seek(experiment.step, goal.position)
    experiment.evaluate()
    request = Request(wants(picture) | also)
    frame = frame_of(experiment, request=request)
    if other_run is not None:
        other = OtherRun(other_run)
        other.follow(experiment)
        frame = dataclasses.replace(frame, other=other.frame(request=request))
    return frame, _verdict(experiment, picture)


def _verdict(experiment: Experiment, picture: PictureRequest) -> Verdict | None:
    """What the picture says of the experiment, with measured remedies where it shows any."""
    if not judged(picture):
        return None
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
