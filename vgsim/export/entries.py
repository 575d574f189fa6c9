"""What the Export dialog and the presets in the settings hold: every field, chosen or not.

They name one thing as a request does not: ``kind`` is "pass" or "training", and what either of
them does not need is there, too, so that it is remembered. :func:`read` takes what counts.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from vgsim.core.errors import Problem, SpecError, refuse
from vgsim.export.format import FileKind
from vgsim.export.formats import FORMATS
from vgsim.export.picture import OF_MAP, PictureRequest
from vgsim.export.request import (
    MAP_FIELDS,
    PICTURE_FIELDS,
    ExportRequest,
    noted,
    parse_map_request,
    parse_request,
)

KINDS = ("pass", "training")
DEFAULTS: Mapping[str, object] = {
    "format": FORMATS.names()[0], "kind": "pass", "every": 10, "steps": 200, "seconds": 0.5,
} | {field.name: field.default for field in dataclasses.fields(PictureRequest)}  # fmt: skip
"""Every entry there is, as it is at first."""


def format_names() -> tuple[str, ...]:
    """The formats that are offered: all but tables, which are copied from a plot."""
    return tuple(entry.name for entry in FORMATS if entry.value.kind is not FileKind.TABLE)


def completed(entries: Mapping[str, object]) -> dict[str, object]:
    """All entries: those given that are known, the others as they are at first."""
    return {name: entries.get(name, default) for name, default in DEFAULTS.items()}


def read(entries: Mapping[str, object], compared: bool = True) -> ExportRequest:
    """What the entries ask for; SpecError lists every problem, each with its field.

    ``compared`` is whether there is a comparison to be drawn.
    """
    entries = completed(entries)
    problems: list[Problem] = []
    request: ExportRequest | None = None
    with noted(problems):
        _check_kind(entries)
    with noted(problems):
        request = parse_request(_counting(entries), compared=compared)
    if problems or request is None:
        raise SpecError(*problems)
    return request


def map_format_names() -> tuple[str, ...]:
    """The formats that are offered for a map: those of one picture, and tables."""
    return tuple(entry.name for entry in FORMATS if not entry.value.several)


def read_of_map(entries: Mapping[str, object]) -> ExportRequest:
    """What the entries ask for of a map; SpecError as :func:`read`."""
    entries = completed(entries)
    given = {name: entries[name] for name in ("format", *MAP_FIELDS)}
    name = entries["format"]
    if isinstance(name, str) and name in FORMATS and not FORMATS[name].transparent:
        given["transparent"] = False
    return parse_map_request(given)


def _check_kind(entries: Mapping[str, object]) -> None:
    if entries["kind"] not in KINDS and _of_several(entries):
        raise refuse("kind", entries["kind"], "one of " + ", ".join(KINDS))


def _of_several(entries: Mapping[str, object]) -> bool:
    """Whether the format chosen holds several pictures."""
    name = entries["format"]
    return isinstance(name, str) and name in FORMATS and FORMATS[name].several


def _counting(entries: Mapping[str, object]) -> dict[str, object]:
    """Those of the entries that say something for the format, as a request has them."""
    given = {name: entries[name] for name in ("format", *PICTURE_FIELDS) if name not in OF_MAP}
    name = entries["format"]
    if not isinstance(name, str) or name not in FORMATS:
        return given
    form = FORMATS[name]
    if not form.transparent:
        given["transparent"] = False
    if form.timed:
        given["seconds"] = entries["seconds"]
    if form.several and entries["kind"] == "training":
        given["every"] = entries["every"]
        given["steps"] = entries["steps"]
    elif form.several:
        given["pass"] = True
    return given
