"""What a worker does: some members of a map, computed as stacked ensembles.

A task is plain data and :func:`run_task` an installed function, so that both travel by name to a
process here or to a machine elsewhere; neither needs Qt.
"""

from __future__ import annotations

import hashlib
import math
import platform
import threading
import time
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import NamedTuple

import numpy as np

import vgsim
from vgsim.core import machine
from vgsim.core.errors import SpecError, reason_of
from vgsim.nn.ensemble import Ensemble, cost, members_at_once, stacking_key
from vgsim.nn.ensemble.keys import stackable
from vgsim.nn.experiment import Experiment
from vgsim.nn.moments import Phase
from vgsim.nn.spec import Spec
from vgsim.nn.spec import dumps as spec_text
from vgsim.sweep.plan import Index, SweepPlan, loads
from vgsim.sweep.results import MemberResult

Member = tuple[Index, int]
"""A cell, and the number of the seed."""


class Versions(NamedTuple):
    """What decides the bits of a figure, and whether a worker understands a task."""

    vgsim: str
    numpy: str
    python: str

    def __str__(self) -> str:
        return f"vgsim {self.vgsim}, NumPy {self.numpy}, Python {self.python}"


def versions() -> Versions:
    """Those of this process."""
    python = ".".join(platform.python_version_tuple()[:2])
    return Versions(vgsim.__version__, np.__version__, python)


@dataclass(frozen=True, slots=True)
class SweepTask:
    """``members`` of the map whose plan is the TOML text ``plan``, as ``versions`` read it."""

    versions: tuple[str, str, str]
    plan: str
    members: tuple[Member, ...]


class OtherVersions(Exception):
    """A worker has other versions than who sent it a task."""


def run_task(task: SweepTask) -> list[MemberResult]:
    """What comes of each member, in any order; one that fails says why and leaves the others alone.

    The same task gives the same figures wherever and however often it runs. OtherVersions where
    this process has others than the sender.
    """
    here = versions()
    if tuple(task.versions) != here:
        raise OtherVersions(f"A worker has {here}; here are {Versions(*task.versions)}.")
    with _computing:
        return _run(task)


_computing = Lock()
"""Only one thread of a process computes: ensembles take over what earlier ones have made."""


def _run(task: SweepTask) -> list[MemberResult]:
    plan = _plan(task.plan)
    results = []
    groups: dict[Hashable, list[Given]] = {}
    for index, seed in task.members:
        try:
            spec = plan.member(index, seed)
        except SpecError as error:
            results.append(MemberResult(index, seed, failure=str(error)))
        else:
            groups.setdefault(stacking_key(spec), []).append(Given(index, seed, spec))
    for group in groups.values():
        for part in _parts(group):
            results += _measured(plan, part)
    return results


@dataclass(frozen=True, slots=True)
class Given:
    """A member as a worker has it."""

    index: Index
    seed: int
    spec: Spec

    def measured(
        self, plan: SweepPlan, dh_rms: Sequence[float], loss: float, accuracy: float, reached: int,
        verdict: str, seconds: float,
    ) -> MemberResult:  # fmt: skip
        """What came of it; ``dh_rms`` has every stage, of which the last is the output."""
        last = max(len(dh_rms) - 1, 1)
        return MemberResult(
            self.index, self.seed, dh_rms[0], dh_rms[last - 1], last - 1, loss, accuracy, reached,
            verdict, "", seconds, experiment_key(plan, self.spec),
        )  # fmt: skip

    def failed(self, plan: SweepPlan, why: str) -> MemberResult:
        """It could not be computed."""
        key = experiment_key(plan, self.spec)
        return MemberResult(self.index, self.seed, failure=why, experiment=key)


def _parts(group: list[Given]) -> list[list[Given]]:
    """Members that may be stacked, as many at once as is good."""
    if len(group) == 1:
        return [group]
    try:
        most = most_together(group[0].spec)
    except SpecError:  # said of each member when it is built
        most = len(group)
    number = -(-len(group) // most)
    return [group[at::number] for at in range(number)]


@lru_cache(maxsize=4)
def _plan(text: str) -> SweepPlan:
    return loads(text)


def _measured(plan: SweepPlan, group: Sequence[Given]) -> list[MemberResult]:
    """What comes of members that may be stacked; where that fails, of each half by itself."""
    try:
        if not stackable(group[0].spec):  # it is the only one
            return [_alone(plan, group[0])]
        return _stacked(plan, group)
    except Exception as error:
        if len(group) == 1:
            return [group[0].failed(plan, reason_of(error))]
    half = len(group) // 2
    return _measured(plan, group[:half]) + _measured(plan, group[half:])


class _Latest(threading.local):
    """The last ensemble of a thread, whose buffers the next one may take over."""

    ensemble: Ensemble | None = None


_latest = _Latest()


def _ensemble(specs: Sequence[Spec], judged: bool) -> Ensemble:
    """An ensemble of ``specs``; in memory that was used already a start is much faster.

    One whose members are to be judged keeps their histories, which verdicts look at.
    """
    if judged:
        return Ensemble(specs, history=True)
    last, _latest.ensemble = _latest.ensemble, None
    if last is not None and last.fits(specs):
        last.restart(specs)
        return last
    return Ensemble(specs)


def _stacked(plan: SweepPlan, group: Sequence[Given]) -> list[MemberResult]:
    """Members as one ensemble: their updates, and the pass that follows them."""
    began = time.perf_counter()
    ensemble = _ensemble([given.spec for given in group], plan.judged)
    reached = np.full(len(group), -1)

    def note(step: int) -> None:
        reached[(reached < 0) & (ensemble.values <= plan.reach)] = step

    if math.isnan(plan.reach):
        ensemble.run(plan.steps)
    else:
        ensemble.run(plan.steps, lambda: note(ensemble.step - 1))
    ensemble.forward_backward()
    note(plan.steps)
    if plan.judged:
        verdicts = [_judged(ensemble, member) for member in range(len(group))]
    else:
        verdicts = [""] * len(group)
        _latest.ensemble = ensemble
    share = (time.perf_counter() - began) / len(group)
    figures = zip(
        group, ensemble.dh_rms.tolist(), ensemble.values.tolist(), ensemble.accuracy().tolist(),
        reached.tolist(), verdicts, strict=True,
    )  # fmt: skip
    return [
        given.measured(plan, dh_rms, loss, accuracy, first, verdict, share)
        for given, dh_rms, loss, accuracy, first, verdict in figures
    ]


def _judged(ensemble: Ensemble, member: int) -> str:
    """The outcome of a member, from an experiment in its state and with its history."""
    experiment = Experiment(ensemble.specs[member])
    experiment.history.adopt(ensemble.history(member))
    experiment.restore(ensemble.state(member))
    return _outcome(experiment)


def _outcome(experiment: Experiment) -> str:
    """What is the matter with it."""
    from vgsim.diagnosis import judge  # half of what a worker imports, which few maps need

    return judge(experiment).outcome


def _alone(plan: SweepPlan, given: Given) -> MemberResult:
    """A member as an experiment by itself: the same, and its verdict."""
    began = time.perf_counter()
    experiment = Experiment(given.spec)
    reached = -1
    for step in range(plan.steps + 1):
        if step < plan.steps:
            experiment.run(1)
        else:
            while experiment.moment.phase is not Phase.BACKWARD or experiment.moment.stage > 1:
                experiment.advance()
        if reached < 0 and experiment.value <= plan.reach:
            reached = step
    experiment.telemetry.measure_signal()
    dh_rms = experiment.telemetry.dh_rms.tolist()
    loss = experiment.value
    accuracy = experiment.accuracy()
    verdict = _outcome(experiment) if plan.judged else ""
    seconds = time.perf_counter() - began
    return given.measured(plan, dh_rms, loss, accuracy, reached, verdict, seconds)


def experiment_key(plan: SweepPlan, spec: Spec) -> bytes:
    """16 bytes that tell apart what is measured: the experiment's canonical TOML, and how far.

    Its name and what is said of it count for nothing.
    """
    text = spec_text(spec)
    told = f"{text[text.index('[data]') :]}{plan.steps} {plan.reach!r} {plan.judged}"
    return hashlib.sha256(told.encode()).digest()[:16]


LEAST_TOGETHER = 4
"""Members that are stacked however large they are: what they share is made only once."""
MOST_TOGETHER = 512
"""Members of an ensemble, of which each has to be begun before the first can go on."""


def most_together(spec: Spec) -> int:
    """How many members such as ``spec`` make one ensemble."""
    size = cost(spec)
    room = machine.memory_of_one() // (machine.cores() * max(size.memory, 1))
    most = max(1, min(room, MOST_TOGETHER))
    return min(most, max(LEAST_TOGETHER, members_at_once(size, most)))
