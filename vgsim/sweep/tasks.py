"""What a worker does: some members of a map, computed as stacked ensembles.

A task is plain data and :func:`run_task` an installed function, so that both travel by name to a
process here or to a machine elsewhere; neither needs Qt.
"""

from __future__ import annotations

import hashlib
import math
import platform
import time
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

import vgsim
from vgsim.core.errors import SpecError, reason_of
from vgsim.diagnosis import judge
from vgsim.nn.experiment import Experiment
from vgsim.nn.moments import Phase
from vgsim.nn.norms import rms
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
    plan = _plan(task.plan)
    results = []
    groups: dict[Hashable, list[tuple[Member, Spec]]] = {}
    for index, seed in task.members:
        try:
            spec = plan.member(index, seed)
        except SpecError as error:
            results.append(MemberResult(index, seed, failure=str(error)))
        else:
            groups.setdefault(alike(spec), []).append(((index, seed), spec))
    for group in groups.values():
        results += _measured(plan, group)
    return results


@lru_cache(maxsize=4)
def _plan(text: str) -> SweepPlan:
    return loads(text)


def _measured(plan: SweepPlan, group: Sequence[tuple[Member, Spec]]) -> list[MemberResult]:
    """What comes of members that can be stacked; where that fails, of each half by itself."""
    try:
        return _together(plan, group)
    except Exception as error:
        if len(group) == 1:
            ((index, seed), spec) = group[0]
            key = experiment_key(plan, spec)
            return [MemberResult(index, seed, failure=reason_of(error), experiment=key)]
    half = len(group) // 2
    return _measured(plan, group[:half]) + _measured(plan, group[half:])


def _together(plan: SweepPlan, group: Sequence[tuple[Member, Spec]]) -> list[MemberResult]:
    return [_alone(plan, member, spec) for member, spec in group]


def _alone(plan: SweepPlan, member: Member, spec: Spec) -> MemberResult:
    """One member as an experiment: its updates, the pass that follows them, its verdict."""
    began = time.perf_counter()
    experiment = Experiment(spec)
    reached = -1
    for step in range(plan.steps):
        experiment.run(1)
        if reached < 0 and experiment.value <= plan.reach:
            reached = step
    while experiment.moment.phase is not Phase.BACKWARD or experiment.moment.stage > 1:
        experiment.advance()
    if reached < 0 and experiment.value <= plan.reach:
        reached = plan.steps
    views = experiment.network.views
    last = max(len(views) - 1, 1)
    figures = [rms(views[0].dh), rms(views[last - 1].dh)]
    loss = experiment.value
    accuracy = experiment.accuracy()
    verdict = ""
    if plan.judged:
        verdict = judge(experiment).outcome
    index, seed = member
    return MemberResult(
        index, seed, figures[0], figures[1], last - 1, loss, accuracy, reached, verdict,
        seconds=time.perf_counter() - began, experiment=experiment_key(plan, spec),
    )  # fmt: skip


def experiment_key(plan: SweepPlan, spec: Spec) -> bytes:
    """16 bytes that tell apart what is measured: the experiment's canonical TOML, and how far.

    Its name and what is said of it count for nothing.
    """
    text = spec_text(spec)
    told = f"{text[text.index('[data]') :]}{plan.steps} {plan.reach!r} {plan.judged}"
    return hashlib.sha256(told.encode()).digest()[:16]


def alike(spec: Spec) -> Hashable:
    """Equal for experiments that can be stacked."""
    return spec.network


def work(spec: Spec) -> float:
    """About how many multiplications one pass of an experiment takes: to compare experiments."""
    network = spec.network
    depth = network.depth + 2 if network.kind == "layers" else network.depth * spec.data.length
    return spec.training.batch * depth * (network.width**2 + 64.0) + 1e5 * math.sqrt(depth)
