"""Two experiments that are compared, and the moment they stand at, as one TOML file.

``[pair]`` says where they stand; ``[a]`` and ``[b]`` with their sections are specs as they stand
alone in a file of their own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from vgsim.core import toml
from vgsim.core.errors import Missing, Problem, SpecError
from vgsim.core.fields import FieldInfo, Value
from vgsim.nn.spec import Spec, dumps, parse

MOST_STEPS = 10_000_000
PLACE = (
    FieldInfo("pair", "step", int, 0, low=0, high=MOST_STEPS),
    FieldInfo("pair", "moment", str, "start"),
)
"""What ``[pair]`` holds: updates done before the pass, and the moment of A as it is written."""
_SECTION = re.compile(r"^\[(\w+)\]$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class SavedPair:
    """A and B where they stand: ``step`` updates are done, ``moment`` is A's in the next pass."""

    a: Spec
    b: Spec
    step: int = 0
    moment: str = "start"


def dumps_pair(pair: SavedPair) -> str:
    """TOML text of ``pair``, which :func:`pair_in` reads back."""
    place = f'[pair]\nstep = {pair.step}\nmoment = "{pair.moment}"\n'
    parts = [place]
    for name, spec in (("a", pair.a), ("b", pair.b)):
        sections = _SECTION.sub(rf"[{name}.\1]", dumps(spec))
        parts.append(f"[{name}]\n{sections}")
    return "\n".join(parts)


def pair_in(text: str) -> SavedPair | None:
    """The pair in TOML ``text``; None where it is not one, be it that it is no TOML at all.

    SpecError lists everything in a pair that is missing or not allowed.
    """
    try:
        document = toml.parse(text)
    except ValueError:
        return None
    if "pair" not in document:
        return None
    problems: list[Problem] = [
        Problem(name, "…", "pair, a or b: the file holds two experiments")
        for name in document
        if name not in ("pair", "a", "b")
    ]
    step, moment = _place(document["pair"], problems)
    specs = [_spec(document, name, problems) for name in ("a", "b")]
    if problems:
        raise SpecError(*problems)
    return SavedPair(specs[0], specs[1], step, moment)


def _place(table: object, problems: list[Problem]) -> tuple[int, str]:
    """Step and moment; what is wrong with them goes to ``problems``."""
    found: dict[str, Value] = {info.name: info.default for info in PLACE}
    if not isinstance(table, Mapping):
        problems.append(Problem("pair", table, "a table"))
        table = {}
    for name, value in table.items():
        if name not in found:
            problems.append(Problem(f"pair.{name}", value, "step or moment"))
    for info in PLACE:
        try:
            found[info.name] = info.check(table.get(info.name, info.default))
        except SpecError as error:
            problems += error.problems
    return int(found["step"]), str(found["moment"])


def _spec(document: Mapping[str, object], name: str, problems: list[Problem]) -> Spec:
    """One of the two; what is wrong with it goes to ``problems``, with its letter before it."""
    table = document.get(name)
    if not isinstance(table, Mapping):
        problems.append(Missing(name, table, "an experiment: a table with its sections"))
        return Spec()
    try:
        return parse(table)
    except SpecError as error:
        problems += [replace(it, path=f"{name}.{it.path}") for it in error.problems]
        return Spec()
