"""The stages of a recording, numbered so that the gradient goes from N down to 1.

A recorded stage is one of a frame's. A recurrent layer whose timesteps were recorded is as many as
it has timesteps: ``lstm`` becomes ``lstm.layer 1.t=1`` … ``lstm.layer 2.t=64``, as its gradient
goes through them one by one; what else it puts out, such as its last state, is one of those.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vgsim.measure.subject import NamedStage, Subject
from vgsim.record.reader import RecordedParameter, RecordedRun, RecordedStep

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

TIMESTEPS_MOST = 256
"""Timesteps of one recurrent layer that are stages, of all its sub-layers and directions; of more
this many evenly chosen ones."""
_LAYER = re.compile(r"_l(\d+)(_reverse)?$")
"""How ``torch.nn`` ends the names of a recurrent layer's parameters."""


@dataclass(frozen=True, slots=True)
class RecordedPlace:
    """Where the figures of one stage of a frame are: in a recorded stage, or a timestep of it.

    ``stage`` counts as :attr:`RecordedRun.stages`, ``row`` and ``time`` are those of its tables by
    timestep, −1 for a stage as a whole.
    """

    stage: int
    row: int = -1
    time: int = -1


@dataclass(frozen=True, slots=True, eq=False)
class RecordedLayout:
    """The N stages of the frames of one recording.

    ``stages`` (N,) are the recorded stages they are of, ``rows`` and ``times`` (N,) say which
    timestep, −1 for a stage as a whole. ``weights``, ``biases`` and ``all_parameters`` are pairs of
    arrays: parameters, and the stages (from 0) whose they are. ``widths`` are nodes by stage.
    ``directions`` by recorded stage is 2 for a recurrent layer that reads a sequence both ways.
    """

    subject: Subject
    stages: Indices
    rows: Indices
    times: Indices
    weights: tuple[Indices, Indices]
    biases: tuple[Indices, Indices]
    all_parameters: tuple[Indices, Indices]
    widths: tuple[int, ...]
    directions: tuple[int, ...]

    @property
    def count(self) -> int:
        """N."""
        return len(self.stages)


def layout_of(run: RecordedRun, first: RecordedStep) -> RecordedLayout:
    """The stages of ``run`` in the order of the backward pass of ``first``, a recorded step."""
    opened = opened_layers(run)
    places = _in_order(run, first, opened)
    numbers = _numbers(run, places, opened)
    both_ways = {it.stage for it in run.parameter_list if it.name.endswith("_reverse")}
    return RecordedLayout(
        subject=_subject(run, places, opened, numbers),
        stages=np.array([place.stage for place in places], np.intp),
        rows=np.array([place.row for place in places], np.intp),
        times=np.array([place.time for place in places], np.intp),
        weights=_pairs(run, places, [not is_bias(it) for it in run.parameter_list], False),
        biases=_pairs(run, places, [is_bias(it) for it in run.parameter_list], False),
        all_parameters=_pairs(run, places, [True] * len(run.parameter_list), True),
        widths=tuple(_widths(places, first)),
        directions=tuple(2 if name in both_ways else 1 for name in run.stages),
    )


def is_bias(parameter: RecordedParameter) -> bool:
    """Whether a parameter is added, not multiplied with, by what it is called."""
    last = parameter.name.rpartition(".")[2].lower()
    return last.startswith("bias") or last in ("b", "beta")


def opened_layers(run: RecordedRun, first_row: int = 0) -> dict[int, tuple[int, int]]:
    """(rows, timesteps) of the recurrent layers that are opened to their timesteps.

    Where sequences differ in length as many as the longest one has, from ``first_row`` on.
    """
    found = run.largest("dh_t", first_row)
    opened = {}
    for at, (rows, steps) in found.items():
        if rows and steps:
            opened[at] = (min(rows, TIMESTEPS_MOST), steps)
    return opened


def _in_order(
    run: RecordedRun, first: RecordedStep, opened: Mapping[int, tuple[int, int]]
) -> list[RecordedPlace]:
    """Where the gradient comes last stands first; what none comes to keeps its place."""
    calls = {(run.stage_list[at].module, run.stage_list[at].call): at for at in opened}
    order = np.full(len(run.stage_list), np.nan)
    if "backward_order" in first:
        order = np.asarray(first["backward_order"], np.float64)
    came: dict[int, float] = {}
    silent: list[tuple[int, int | None]] = []
    before: int | None = None
    for at, stage in enumerate(run.stage_list):
        whole = calls.get((stage.module, stage.call), at)
        if np.isfinite(order[at]):
            came[whole] = max(came.get(whole, -1.0), float(order[at]))
        elif whole == at:
            silent.append((at, before))
        before = whole
    sequence = sorted(came, key=lambda at: -came[at])
    for at, previous in silent:
        if at in came:
            continue
        place = sequence.index(previous) + 1 if previous in sequence else 0
        sequence.insert(place, at)
    return [place for at in sequence for place in _places(run, at, opened.get(at))]


def _places(run: RecordedRun, at: int, table: tuple[int, int] | None) -> list[RecordedPlace]:
    """One stage, or its timesteps in the order in which they are computed."""
    if table is None:
        return [RecordedPlace(at)]
    rows, steps = table
    shown = min(steps, max(TIMESTEPS_MOST // rows, 2))
    times = np.linspace(0, steps - 1, shown).round().astype(np.intp).tolist()
    both_ways = _directions(run, at) == 2
    found = []
    for row in range(rows):
        backwards = both_ways and row % 2 == 1
        ordered = times[::-1] if backwards else times
        found += [RecordedPlace(at, row, time) for time in ordered]
    return found


def _directions(run: RecordedRun, at: int) -> int:
    name = run.stage_list[at].name
    both = any(it.stage == name and it.name.endswith("_reverse") for it in run.parameter_list)
    return 2 if both else 1


def _row_name(run: RecordedRun, at: int, row: int, rows: int) -> str:
    """ "layer 2", "layer 2 reverse"; empty for the only one."""
    directions = _directions(run, at)
    if rows == 1:
        return ""
    if directions == 1:
        return f"layer {row + 1}"
    return f"layer {row // 2 + 1}" + (" reverse" if row % 2 else "")


def _named(
    run: RecordedRun, place: RecordedPlace, opened: Mapping[int, tuple[int, int]]
) -> NamedStage:
    stage = run.stage_list[place.stage]
    if place.row < 0:
        return NamedStage(stage.name, stage.parent, stage.kind, stage.shape)
    parent = _holder(run, place, opened)
    return NamedStage(f"{parent}.t={place.time + 1}", parent, stage.kind, stage.shape)


def _holder(run: RecordedRun, place: RecordedPlace, opened: Mapping[int, tuple[int, int]]) -> str:
    """What holds a timestep: the recurrent layer, or one of those that it has."""
    name = run.stage_list[place.stage].name
    row = _row_name(run, place.stage, place.row, opened[place.stage][0])
    return f"{name}.{row}" if row else name


def _numbers(
    run: RecordedRun, places: Iterable[RecordedPlace], opened: Mapping[int, tuple[int, int]]
) -> dict[str, tuple[int, int]]:
    """(first, last) stage from 1 of everything that was recorded, by name: where edges end."""
    spans: dict[int, tuple[int, int]] = {}
    for number, place in enumerate(places, start=1):
        first, _ = spans.get(place.stage, (number, number))
        spans[place.stage] = (first, number)
    calls = {(run.stage_list[at].module, run.stage_list[at].call): at for at in opened}
    found = {}
    for at, stage in enumerate(run.stage_list):
        whole = at if at in spans else calls.get((stage.module, stage.call), -1)
        if whole in spans:
            found[stage.name] = spans[whole]
    return found


def _subject(
    run: RecordedRun,
    places: list[RecordedPlace],
    opened: Mapping[int, tuple[int, int]],
    numbers: Mapping[str, tuple[int, int]],
) -> Subject:
    named = tuple(_named(run, place, opened) for place in places)
    holders = dict(run.modules)
    for place in places:
        if place.row >= 0:
            kind = run.stage_list[place.stage].kind
            holders[run.stage_list[place.stage].name] = kind
            holders[_holder(run, place, opened)] = kind
    arcs = set()
    for source, target in run.edges:
        if source in numbers and target in numbers:
            begin, end = numbers[source][1], numbers[target][0]
            if end > begin + 1:
                arcs.add((begin, end))
    about = run.about
    return Subject(
        name=run.path.stem,
        named=named,
        holders=holders,
        arcs=tuple(sorted(arcs)),
        heard=_heard(run, places, opened),
        loss=about.get("loss", ""),
        precision=_precision(run),
        batch=_batch(run),
        seed=_whole(about.get("seed", "")),
        optimizer=about.get("optimizer", ""),
        learning_rate=_learning_rate(run),
        recording=run.path.name,
        started=about.get("started", ""),
    )


def _heard(
    run: RecordedRun, places: list[RecordedPlace], opened: Mapping[int, tuple[int, int]]
) -> dict[int, tuple[int, ...]]:
    """The stages that take the output of a stage, from 1, where that is not the next one alone.

    A stage below a layer that is opened to its timesteps feeds all of them.
    """
    whole = {(run.stage_list[at].module, run.stage_list[at].call): at for at in opened}
    named = {stage.name: whole.get((stage.module, stage.call), at)
             for at, stage in enumerate(run.stage_list)}  # fmt: skip
    first: dict[int, list[int]] = {}
    last: dict[int, list[int]] = {}
    following: dict[int, set[int]] = {number: set() for number in range(1, len(places) + 1)}
    number_of = {(it.stage, it.row, it.time): number for number, it in enumerate(places, start=1)}
    for number, place in enumerate(places, start=1):
        if place.row < 0:
            first[place.stage] = last[place.stage] = [number]
            continue
        directions = _directions(run, place.stage)
        if place.row < directions:
            first.setdefault(place.stage, []).append(number)
        if place.row >= opened[place.stage][0] - directions:
            last.setdefault(place.stage, []).append(number)
        after = places[number : number + 1]
        if after and (after[0].stage, after[0].row) == (place.stage, place.row):
            following[number].add(number + 1)
        layer = place.row // directions + 1
        for side in range(directions):
            above = number_of.get((place.stage, layer * directions + side, place.time))
            if above is not None:
                following[number].add(above)
    for source, target in run.edges:
        if source in named and target in named and named[source] != named[target]:
            for number in last.get(named[source], ()):
                following[number].update(first.get(named[target], ()))
    found = {}
    for number, stages in following.items():
        if not stages:
            continue
        taker, own = places[min(stages) - 1], places[number - 1]
        fans_out = taker.row >= 0 and taker.stage != own.stage and len(stages) > 1
        if fans_out or number + 1 not in stages:
            found[number] = tuple(sorted(stages))
    return found


def _precision(run: RecordedRun) -> str:
    """The number type of most outputs, unless the recording says it."""
    said = run.about.get("precision", "")
    if said:
        return said
    kinds = [stage.dtype for stage in run.stage_list if stage.dtype]
    return max(sorted(set(kinds)), key=kinds.count, default="")


def _batch(run: RecordedRun) -> int:
    """Samples of a step: as said, or where first and last output begin with the same number."""
    said = _whole(run.about.get("batch", ""))
    if said is not None:
        return said
    shapes = [stage.shape for stage in run.stage_list if stage.shape]
    if shapes and shapes[0][0] == shapes[-1][0]:
        return shapes[0][0]
    return 0


def _whole(text: str) -> int | None:
    if text.isdecimal() and len(text) < 16:
        return int(text)
    return None


def _learning_rate(run: RecordedRun) -> float:
    if "learning_rate" in run and len(run.groups):
        rates = run["learning_rate"][:, 0]
        known = rates[~np.isnan(rates)]
        if len(known):
            return float(known[0])
    return float("nan")


def _pairs(
    run: RecordedRun, places: list[RecordedPlace], wanted: list[bool], shared: bool
) -> tuple[Indices, Indices]:
    """(parameters, the stages from 0 whose they are), of those that are ``wanted``.

    Timesteps share the parameters of their layer: they have them only where ``shared``.
    """
    whole = {run.stages[place.stage]: at for at, place in enumerate(places) if place.row < 0}
    timesteps: dict[str, list[int]] = {}
    for at, place in enumerate(places):
        if place.row >= 0:
            timesteps.setdefault(run.stages[place.stage], []).append(at)
    pairs = []
    for number, parameter in enumerate(run.parameter_list):
        if not wanted[number]:
            continue
        if parameter.stage in whole:
            pairs.append((number, whole[parameter.stage]))
        elif shared:
            for at in timesteps.get(parameter.stage, ()):
                if _is_of_row(run, parameter, places[at]):
                    pairs.append((number, at))
    table = np.array(pairs, np.intp).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _is_of_row(run: RecordedRun, parameter: RecordedParameter, place: RecordedPlace) -> bool:
    """Whether a parameter is one of the layer and direction of a timestep."""
    found = _LAYER.search(parameter.name)
    if found is None:
        return True
    row = int(found[1])
    if _directions(run, place.stage) == 2:
        row = 2 * row + bool(found[2])
    return row == place.row


def _widths(places: list[RecordedPlace], first: RecordedStep) -> Iterable[int]:
    """Nodes by stage: the units that are recorded, or one."""
    tables = [first.tables(name) for name in ("h_units", "dh_units") if name in first]
    for place in places:
        sizes = [1]
        for table in tables:
            found = table[place.stage]
            if place.row < 0 and found is not None:
                sizes.append(found.size)
        yield max(sizes)
