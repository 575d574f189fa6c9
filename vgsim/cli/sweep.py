"""``vgsim sweep``: a map from the words of a line, computed with a progress bar."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from vgsim.cli.arguments import BAD_USE
from vgsim.cli.progress import ShareBar
from vgsim.core import atomic
from vgsim.core.errors import Missing, Problem, SpecError, refuse
from vgsim.core.fields import Value
from vgsim.nn.presets import preset_names, text_of_file, with_data_beside
from vgsim.nn.spec import Spec, field_at
from vgsim.sweep.axes import RANGE, Axis, fewer_words, parse_axis
from vgsim.sweep.checks import MOST_SEEDS, SEED, STEPS, check_given
from vgsim.sweep.driver import Sweep
from vgsim.sweep.executors import DaskWorkers, LocalWorkers, SweepError, Workers
from vgsim.sweep.figures import SHOWN, first_shown
from vgsim.sweep.grid import MapGrid
from vgsim.sweep.plan import SweepPlan, has_plan, loads
from vgsim.sweep.presets import load_map, map_names
from vgsim.sweep.refine import refined, wanted
from vgsim.sweep.store import SUFFIX, MapStore, is_map, read
from vgsim.sweep.trial import check_builds
from vgsim.text.map_listing import listing
from vgsim.text.maps import failed_words, progress_words, time_left

AXIS_WORDS = f"FIELD={RANGE} or FIELD=A,B,…"
TOML = ".toml"


@dataclass(frozen=True, slots=True)
class AskedMap:
    """What a line asks for: the map, the figure to look at, and what is to be said of it."""

    plan: SweepPlan
    shown: str
    notes: tuple[str, ...] = ()


def known_map(name_or_path: str) -> tuple[SweepPlan, str] | None:
    """A shipped map, that of a file, and what it shows; None when it is something else.

    SpecError or OSError when it is one and cannot be used.
    """
    if name_or_path in map_names():
        preset = load_map(name_or_path)
        return preset.plan, preset.shown
    if name_or_path in preset_names():
        return None
    path = Path(name_or_path).expanduser()
    if is_map(path):
        plan, _ = read(path)
        return plan, ""
    if path.suffix.lower() != TOML or not path.is_file():
        return None
    text = text_of_file(path)
    if not has_plan(text):
        return None
    plan = loads(text, str(path))
    return replace(plan, spec=with_data_beside(plan.spec, path)), ""


def asked_map(
    source: Spec | SweepPlan,
    words: argparse.Namespace,
    assignments: Mapping[str, str],
    shown: str = "",
) -> AskedMap:
    """The map over an experiment, or over a map that is there with other words.

    SpecError, in one sentence, when it cannot be computed. ``shown`` is the figure to look at
    where the words name none.
    """
    told: dict[str, int | float] = {}
    there: tuple[Axis, ...] = ()
    judged = bool(words.judge)
    if isinstance(source, SweepPlan):
        spec = source.spec
        there = source.axes
        told = {"seeds": source.seeds, "steps": source.steps, "reach": source.reach}
        judged = judged or source.judged
    else:
        spec = source
    axes = _axes(words, there)
    values = _values(assignments)
    if words.seed is not None:
        values[SEED] = _whole("--seed", words.seed, 0, 2**32 - 1)
    spec = spec.replace(values)
    try:
        plan = SweepPlan(spec, axes, judged=judged, **(told | _counts(words)))  # type: ignore[arg-type]
    except SpecError as error:
        raise error.renamed(_FLAGS) from None
    check_given(spec, axes, values)
    return AskedMap(plan, _shown(words.show or shown, plan), tuple(_notes(words, axes)))


_FLAGS = {"seeds": "--seeds", "steps": "--steps", "reach": "--reach"}
"""What a user typed for the settings of a plan."""


def _axes(words: argparse.Namespace, there: tuple[Axis, ...]) -> tuple[Axis, ...]:
    """Across, up and further ones; those that are not said as they are ``there``."""
    axes = []
    for at, (name, text) in enumerate((("--x", words.x), ("--y", words.y))):
        if text is not None:
            axes.append(parse_axis(text, name))
        elif at < len(there):
            axes.append(there[at])
        else:
            raise SpecError(Missing(name, None, AXIS_WORDS))
    if words.axis:
        return (*axes, *(parse_axis(text, "--axis") for text in words.axis))
    return (*axes, *there[2:])


def _values(assignments: Mapping[str, str]) -> dict[str, Value]:
    """What is set for all cells, as values of its fields."""
    values: dict[str, Value] = {}
    problems: list[Problem] = []
    for path, text in assignments.items():
        info = field_at(path, text)
        try:
            values[path] = info.check(info.from_text(text))
        except SpecError as error:
            problems += error.problems
        if path == STEPS:
            raise refuse(path, text, "--steps, which says how far every cell is trained")
    if problems:
        raise SpecError(*problems)
    return values


def _counts(words: argparse.Namespace) -> dict[str, int | float]:
    """Seeds, updates and the loss to reach, where they are said."""
    told: dict[str, int | float] = {}
    if words.seeds is not None:
        told["seeds"] = _whole("--seeds", words.seeds, 1, MOST_SEEDS)
    if words.steps is not None:
        told["steps"] = _whole("--steps", words.steps, 0, 10_000_000)
    if words.reach is not None:
        try:
            told["reach"] = float(words.reach)
        except ValueError:
            raise refuse("--reach", words.reach, "a loss, which is a number") from None
    return told


def _whole(name: str, text: str, low: int, high: int) -> int:
    if not text.isascii() or not text.isdigit() or not low <= int(text[:12]) <= high:
        raise refuse(name, text, f"a whole number from {low} to {high}")
    return int(text)


def _shown(name: str, plan: SweepPlan) -> str:
    """The figure of that name, or the one that the plan is for; SpecError if it lacks something."""
    if not name:
        return first_shown(plan)
    if name not in SHOWN:
        raise refuse("--show", name, "one of " + ", ".join(SHOWN.names()))
    lacking = SHOWN[name].needs(plan)
    if lacking:
        raise refuse("--show", name, f"another figure, or {lacking}")
    return name


def _notes(words: argparse.Namespace, axes: tuple[Axis, ...]) -> list[str]:
    """What a user should know of how their words were taken."""
    given = [text for text in (words.x, words.y, *words.axis) if text is not None]
    notes = []
    for text in given:
        for axis in axes:
            if text.partition("=")[0].strip() == axis.path:
                notes.append(fewer_words(text, axis))
    return [note for note in notes if note]


def check_target(path: str) -> None:
    """SpecError when there could be no map at ``path``: better before the work than after it."""
    if not path.lower().endswith(SUFFIX):
        raise refuse("--out", path, f"a file name that ends in {SUFFIX}")
    if why_not := atomic.obstacle(path):
        raise refuse("--out", path, why_not)


def workers_of(words: argparse.Namespace) -> Workers:
    """Processes of this machine, as many as it has cores, or the workers of a cluster."""
    if words.scheduler is not None:
        if not words.scheduler.strip():
            raise refuse("--scheduler", words.scheduler, "an address, tcp://HOST:8786")
        return DaskWorkers(words.scheduler)
    if words.workers is None:
        return LocalWorkers()
    return LocalWorkers(_whole("--workers", words.workers, 1, MOST_WORKERS))


MOST_WORKERS = 256
"""Processes of one machine."""


def sweep(asked: AskedMap, out: str, workers: Workers, refine: bool = False) -> int:
    """Compute what is missing of a map in the file ``out``; 0 when some of it could be.

    With ``refine`` only as many cells as make the edges sharp, a tenth of them.
    """
    plan = asked.plan
    check_builds(plan)
    for note in asked.notes:
        print(f"vgsim: {note}", file=sys.stderr)
    grid = MapGrid(plan)
    why_not = ""
    with MapStore.begin(out, plan) as store:
        grid.add_all(store.results())
        try:
            _compute(_sweep(store, workers, grid, asked.shown if refine else ""), grid)
        except SweepError as error:
            why_not = str(error)
        except KeyboardInterrupt:
            done = f"{grid.done:,} of {plan.members:,} experiments are in {out}"
            why_not = f"stopped; {done}, and the same line goes on with it"
    if why_not:
        if grid.done == 0:
            atomic.expanded(out).unlink(missing_ok=True)
        print(f"vgsim: {why_not}", file=sys.stderr)
        return BAD_USE
    for line in listing(grid, out, asked.shown):
        print(line)
    if grid.failures:
        first = next(iter(grid.failures.values()))
        print(f"vgsim: {failed_words(len(grid.failures), first)}", file=sys.stderr)
    return 0 if grid.measured.any() else BAD_USE


def _sweep(store: MapStore, workers: Workers, grid: MapGrid, refined_for: str) -> Sweep:
    """All cells, coarse ones first; or those that matter for a figure."""
    if not refined_for:
        return Sweep(store, workers)
    shown = SHOWN[refined_for]
    rounds = refined(grid.plan, shown, lambda: grid.median(shown))
    most = wanted(grid.plan) * grid.plan.seeds
    return Sweep(store, workers, rounds, in_turn=True, of=most)


def _compute(sweeping: Sweep, grid: MapGrid) -> None:
    """All that is missing, with a bar on a terminal."""
    bar = ShareBar(sys.stderr)
    try:
        for batch in sweeping:
            grid.add_all(batch)
            now = sweeping.progress()
            of = max(now.of, now.done)  # more may be there than a refined map has
            told = progress_words(now.done // grid.plan.seeds, of // grid.plan.seeds)
            left = time_left(now.seconds_left)
            bar.show(now.done / of, f"{told} · {left}" if left else told)
    finally:
        bar.close()
