"""What ``vgsim render`` is asked for: one picture, reel or table, from a command line or a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import fields as dataclass_fields
from pathlib import Path
from typing import Any

from vgsim.core.atomic import obstacle
from vgsim.core.errors import Missing, Problem, SpecError, refuse
from vgsim.export.animation import ALL_THE_WAY_BACK, OnePass, Route, Training
from vgsim.export.compose import panel_names, view_names
from vgsim.export.entries import FORMATS
from vgsim.export.exporting import EXPORTERS
from vgsim.export.picture import Picture, parse
from vgsim.export.provenance.record import MOST_STEPS
from vgsim.export.reel_files import FILMS, REELS
from vgsim.export.reel_request import ReelRequest
from vgsim.export.sources import Source, find
from vgsim.nn.spec import Spec

DATA = (".csv", ".npz", ".jsonl")
"""Suffixes of the numbers behind a plot."""
SECONDS = {"pass": 0.6, "training": 0.1}
"""How long a picture of a reel stays, unless said otherwise."""
_PICTURE = tuple(field.name for field in dataclass_fields(Picture))
OPAQUE = frozenset(form.suffix for form in FORMATS.values() if not form.see_through)
"""Suffixes of what cannot be seen through."""
_MOMENTS = "start, forward:2, loss, backward:3, update or the like"
_TEXTS = {
    "source": "a preset's name or a file", "compare": "a preset's name or a file",
    "out": "a file name", "moment": _MOMENTS, "from": _MOMENTS, "to": _MOMENTS,
}  # fmt: skip
"""What the fields take that are text."""
KEYS = (
    "source", "set", "seed", "steps", "moment", "compare", "every", "pass", "from", "to",
    "seconds", "out",
    *_PICTURE,
)  # fmt: skip
"""What a table of a batch may say."""


_NOWHERE = OnePass()


@dataclass(frozen=True, slots=True)
class Task:
    """One file to be made. ``moment`` is empty for where ``steps`` updates lead.

    ``reel`` is None for a single picture or a table; ``route`` is where a reel leads.
    """

    spec: Spec
    picture: Picture
    out: Path
    steps: int = 0
    moment: str = ""
    rival: Spec | None = None
    reel: ReelRequest | None = None
    route: Route = _NOWHERE


def parse_task(given: Mapping[str, object], folder: Path = Path()) -> Task:
    """A task from fields by name; files are looked for in ``folder``.

    SpecError lists every problem; OSError when a file cannot be read.
    """
    problems = [
        Problem(key, given[key], "one of " + ", ".join(KEYS)) for key in given if key not in KEYS
    ]
    source = Source(Spec())
    spec, picture, out = source.spec, Picture(), Path()
    try:
        source = _source(given, folder)
        spec = _changed(source.spec, given)
    except SpecError as error:
        problems += error.problems
    try:
        picture = _picture(given, source)
    except SpecError as error:
        problems += error.problems
    try:
        out = _out(given, folder)
    except SpecError as error:
        problems += error.problems
    if problems:
        raise SpecError(*problems)
    return _task(given, source, spec, picture, out, folder)


def _task(
    given: Mapping[str, object],
    source: Source,
    spec: Spec,
    picture: Picture,
    out: Path,
    folder: Path,
) -> Task:
    """The task whose source, picture and target are allowed."""
    steps = _whole(given, "steps", source.step, 0)
    # a source's own moment belongs to its own step
    moment = _text(given, "moment") or ("" if "steps" in given else source.moment)
    compare = _text(given, "compare")
    rival = find(_located(compare, folder)).spec if compare else source.rival
    reel = _reel(given, picture, out, steps)
    _check_read(given, reel, out)
    if reel is None and out.suffix.lower() in FILMS:
        allowed = 'with a film "every" N steps of training, or "pass" for the moments of a pass'
        raise refuse("out", str(out), allowed)
    route = _route(given, reel, steps) if reel else _NOWHERE
    return Task(spec, picture, out, steps, moment, rival, reel, route)


def _source(given: Mapping[str, object], folder: Path) -> Source:
    if "source" not in given:
        raise SpecError(Missing("source", None, _TEXTS["source"]))
    return find(_located(_text(given, "source"), folder))


def _located(name: str, folder: Path) -> str:
    """A preset's name as it is; a file's as seen from ``folder``."""
    there = folder / name
    return str(there) if there.is_file() or Path(name).suffix else name


def _changed(spec: Spec, given: Mapping[str, object]) -> Spec:
    """``spec`` with what "set" and "seed" change."""
    changes = given.get("set", {})
    if not isinstance(changes, Mapping):
        raise refuse("set", changes, 'a table, for example {"network.depth" = 20}')
    spec = _replaced(spec, _flat(changes))
    if "seed" not in given:
        return spec
    try:
        return _replaced(spec, {"training.seed": given["seed"]})
    except SpecError as error:
        raise error.renamed({"training.seed": "seed"}) from None


def _replaced(spec: Spec, changes: Mapping[str, object]) -> Spec:
    """``spec`` with ``changes``, of which a command line has only the text."""
    texts = {path: value for path, value in changes.items() if isinstance(value, str)}
    others = {path: value for path, value in changes.items() if path not in texts}
    return spec.replace(others).with_text(texts)


def _flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, object]:
    """Fields by dotted path, for TOML reads ``network.depth = 20`` as a table in a table."""
    found: dict[str, object] = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{prefix}{key}.")
        else:
            found[prefix + key] = value
    return found


def _picture(given: Mapping[str, object], source: Source) -> Picture:
    """What is asked for on top of what the source itself shows."""
    # settings that only a later vgsim knows do no harm
    own = {name: value for name, value in source.picture.items() if name in _PICTURE}
    asked = {name: given[name] for name in _PICTURE if name in given}
    return parse({**own, **asked}, view_names(), panel_names())


def _out(given: Mapping[str, object], folder: Path) -> Path:
    known = tuple(dict.fromkeys([*EXPORTERS.names(), *REELS, *DATA]))
    allowed = "a file name that ends in " + ", ".join(known)
    if "out" not in given:
        raise SpecError(Missing("out", None, allowed))
    name = _text(given, "out")
    path = folder / Path(name)
    if path.suffix.lower() not in known:
        raise refuse("out", name, allowed)
    if why_not := obstacle(path):
        raise refuse("out", name, why_not)
    return path


def _check_read(given: Mapping[str, object], reel: ReelRequest | None, out: Path) -> None:
    """SpecError for what is asked for and would be heeded by nothing."""
    whole_pass = reel is not None and reel.kind == "pass"
    suffix = out.suffix.lower()
    for name in ("from", "to"):
        if name in given and not whole_pass:
            raise refuse(name, given[name], "nothing but with the moments of a pass")
    if "moment" in given and whole_pass:
        raise refuse("moment", given["moment"], 'with "pass" nothing; "from" and "to" bound it')
    if "seconds" in given and not (reel is not None and suffix in FILMS):
        raise refuse("seconds", given["seconds"], "only with a film: " + ", ".join(FILMS))
    if given.get("transparent") is True and suffix in OPAQUE:
        raise refuse("transparent", True, f"nothing with {suffix}, which has a ground always")


def _reel(
    given: Mapping[str, object], picture: Picture, out: Path, steps: int
) -> ReelRequest | None:
    """What the reel is, when one is asked for."""
    bounded = "from" in given or "to" in given
    whole_pass = given.get("pass", bounded and "every" not in given)
    if type(whole_pass) is not bool:
        raise refuse("pass", whole_pass, "true or false")
    if "every" in given and whole_pass:
        raise refuse("every", given["every"], "either every or pass, not both")
    if "every" not in given and not whole_pass:
        return None
    if out.suffix.lower() not in REELS:
        raise refuse("out", str(out), "for a reel a file name that ends in " + ", ".join(REELS))
    kind = "pass" if whole_pass else "training"
    every = 1 if whole_pass else _whole(given, "every", 1, 1)
    seconds = given.get("seconds", SECONDS[kind])
    if not isinstance(seconds, (int, float)) or isinstance(seconds, bool):
        raise refuse("seconds", seconds, "a number")
    if kind == "training" and not steps:
        raise refuse("steps", steps, "with every a whole number of at least 1")
    length = max(steps, 1)
    return ReelRequest(picture, kind, every, length, float(seconds), out)  # type: ignore[arg-type]


def _route(given: Mapping[str, object], reel: ReelRequest, steps: int) -> Route:
    """Where a reel leads."""
    if reel.kind == "training":
        return Training(reel.steps, reel.every, _text(given, "moment") or ALL_THE_WAY_BACK)
    first, last = _text(given, "from") or "start", _text(given, "to") or "update"
    return OnePass(steps, first, last)


def _whole(given: Mapping[str, object], name: str, default: int, least: int) -> int:
    value = given.get(name, default)
    if type(value) is not int or not least <= value <= MOST_STEPS:
        raise refuse(name, value, f"a whole number from {least} to {MOST_STEPS}")
    return value


def _text(given: Mapping[str, object], name: str) -> str:
    """What ``given`` says there; empty when it says nothing of it."""
    if name not in given:
        return ""
    value = given[name]
    if not isinstance(value, str) or not value.strip():
        raise refuse(name, value, _TEXTS[name])
    return value
