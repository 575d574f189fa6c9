"""What ``vgsim render`` is asked for: one file, from a command line or a table of a batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from vgsim.core.atomic import obstacle
from vgsim.core.errors import Missing, Problem, SpecError, refuse
from vgsim.export.request import (
    MOMENTS,
    PICTURE_FIELDS,
    SEQUENCE_FIELDS,
    ExportRequest,
    noted,
    parse_map_request,
    parse_request,
    text_of,
    whole_number,
)
from vgsim.export.shots import ALL_THE_WAY_BACK
from vgsim.export.sources import (
    MAP,
    RECORDING,
    MapSource,
    Source,
    allow,
    find,
    named_by_user,
    refuse_unasked,
    unlike,
)
from vgsim.measure.source import Goal, RecordingFile, open_source
from vgsim.nn.spec import Spec, reading

NAME = "a preset's name or a file"
KEYS = ("source", "set", "seed", "compare", "out", *SEQUENCE_FIELDS, *PICTURE_FIELDS)
"""What a table of a batch may say."""
_OF_EXPERIMENT = ("seed", "compare")


@dataclass(frozen=True, slots=True)
class Task:
    """One file to be made. ``moment`` is empty for where ``steps`` updates lead.

    With ``map`` it is of that map, and ``goal`` is the experiment that it varies. ``notes`` are
    sentences on what is otherwise than one might expect.
    """

    goal: Goal
    request: ExportRequest
    out: Path
    steps: int = 0
    moment: str = ""
    other_run: Goal | None = None
    notes: tuple[str, ...] = ()
    map: MapSource | None = None


def parse_task(given: Mapping[str, object], folder: Path = Path()) -> Task:
    """A task from fields by name; files are looked for in ``folder``.

    SpecError lists every problem; OSError when a file cannot be read.
    """
    problems = [
        Problem(name, value, "one of " + ", ".join(KEYS))
        for name, value in given.items()
        if name not in KEYS
    ]
    notes: list[str] = []
    source = Source(Spec())
    goal = source.goal
    request: ExportRequest | None = None
    out = Path()
    with noted(problems):
        source = _source(given, folder, notes)
        _refuse_unasked(source)
        if source.map is not None:
            _refuse_changes_of_map(given)
        else:
            source = _at_the_end(source)
            goal = _changed(source.goal, given)
    with noted(problems):
        if source.map is not None:
            request = parse_map_request({**_own(source), **given})
        else:
            request = parse_request({"steps": source.step, **_own(source), **given})
    with noted(problems):
        out = _out(given, folder)
    if problems or request is None:
        raise SpecError(*_once(problems))
    if source.map is not None:
        return Task(source.goal, request, out, notes=tuple(notes), map=source.map)
    steps = whole_number(given, "steps", source.step, 0)
    # a source's own moment belongs to its own step
    recorded = isinstance(goal, RecordingFile)
    own = "" if "steps" in given and not recorded else source.moment
    moment = text_of(given, "moment", MOMENTS) or own
    compare = text_of(given, "compare", NAME)
    other_run = _compared(compare, folder) if compare else source.other_run
    notes += _of_step(source, steps)
    return Task(goal, request, out, steps, moment, other_run, tuple(notes))


def _compared(name: str, folder: Path) -> Goal:
    """What to compare with; SpecError when its file asks for data of its own."""
    source = find(_located(name, folder))
    if source.map is not None:
        raise refuse("compare", name, "an experiment or a recording, not a map of many")
    if source.asks_for:
        allowed = "a preset, a TOML file or a recording; a picture reads no file unasked"
        raise refuse("compare", name, allowed)
    return source.goal


def _once(problems: list[Problem]) -> list[Problem]:
    """The problems, those that were found twice once."""
    return list(dict.fromkeys(problems))


def _own(source: Source) -> dict[str, object]:
    """How the source itself is drawn, under what is asked for.

    Settings of the source that only a later vgsim knows do no harm.
    """
    return {name: value for name, value in source.picture.items() if name in PICTURE_FIELDS}


def _source(given: Mapping[str, object], folder: Path, notes: list[str]) -> Source:
    """What is asked for, with the files that the user names; ``notes`` get what is unlike."""
    if "source" not in given:
        raise SpecError(Missing("source", None, NAME))
    source = find(_located(text_of(given, "source", NAME), folder))
    changes = given.get("set", {})
    named = _flat(changes) if isinstance(changes, Mapping) else {}
    answers = named_by_user(source, named)
    for name, path in answers.items():
        if name.endswith(RECORDING) or name == MAP:
            answers[name] = str(folder / path)
    notes += unlike(source, answers)
    return allow(source, answers)


def _refuse_unasked(source: Source) -> None:
    """SpecError when files are still asked for, or a map is only planned."""
    refuse_unasked(source)
    if source.map is not None and source.map.file is None:
        raise refuse("source", "a map's plan", "a map (.vgmap), which vgsim sweep computes of it")


def _refuse_changes_of_map(given: Mapping[str, object]) -> None:
    """SpecError for what would change cells that are computed already."""
    allowed = "nothing with a map, whose cells are computed already"
    changes = given.get("set", {})
    problems = [
        Problem(name, value, allowed)
        for name, value in (_flat(changes) if isinstance(changes, Mapping) else {}).items()
        if name != MAP
    ]
    problems += [Problem(name, given[name], allowed) for name in _OF_EXPERIMENT if name in given]
    if problems:
        raise SpecError(*problems)


def _located(name: str, folder: Path) -> str:
    """A preset's name as it is; a file's as seen from ``folder``."""
    there = folder / name
    return str(there) if there.is_file() or Path(name).suffix else name


def _out(given: Mapping[str, object], folder: Path) -> Path:
    """Where to; that it is there, and of which format, the request has seen to."""
    name = given.get("out")
    if not isinstance(name, str):
        return Path()
    path = folder / Path(name)
    if why_not := obstacle(path):
        raise refuse("out", name, why_not)
    return path


def _at_the_end(source: Source) -> Source:
    """A recording at the end of its last pass, unless a picture of it says where.

    OSError, BadContainer among them, when it cannot be read, or nothing is recorded yet.
    """
    if not isinstance(source.goal, RecordingFile) or source.moment:
        return source
    _, last = open_source(source.goal).reach()
    return replace(source, step=last, moment=ALL_THE_WAY_BACK)


def _of_step(source: Source, steps: int) -> list[str]:
    """That a step was not recorded, and which one is shown instead."""
    if not isinstance(source.goal, RecordingFile):
        return []
    recorded = open_source(source.goal)
    recorded.seek(steps, 0)
    if recorded.step == steps:
        return []
    return [f"step {steps:,} was not recorded: step {recorded.step:,} is shown"]


def _changed(goal: Goal, given: Mapping[str, object]) -> Goal:
    """``goal`` with what "set" and "seed" change; a recording is as it is."""
    changes = given.get("set", {})
    if not isinstance(changes, Mapping):
        raise refuse("set", changes, 'a table, for example {"network.depth" = 20}')
    if isinstance(goal, RecordingFile):
        _refuse_changes(_flat(changes), given)
        return goal
    spec = _replaced(goal, _flat(changes))
    if "seed" not in given:
        return spec
    try:
        return _replaced(spec, {"training.seed": given["seed"]})
    except SpecError as error:
        raise error.renamed({"training.seed": "seed"}) from None


def _refuse_changes(changes: Mapping[str, object], given: Mapping[str, object]) -> None:
    """SpecError for what would change a training that is over."""
    allowed = "nothing with a recording, whose training was made elsewhere"
    for name, value in changes.items():
        if not name.endswith(RECORDING):
            raise refuse(name, value, allowed)
    if "seed" in given:
        raise refuse("seed", given["seed"], allowed)


def _replaced(spec: Spec, changes: Mapping[str, object]) -> Spec:
    """``spec`` with ``changes``, of which a command line has only the text; all must be read."""
    texts = {path: value for path, value in changes.items() if isinstance(value, str)}
    others = {path: value for path, value in changes.items() if path not in texts}
    return reading(spec.replace(others).with_text(texts), others)


def _flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, object]:
    """Fields by dotted path, for TOML reads ``network.depth = 20`` as a table in a table."""
    found: dict[str, object] = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{prefix}{key}.")
        else:
            found[prefix + key] = value
    return found
