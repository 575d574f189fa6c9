"""What was entered for an export -> a picture and a format, or what is wrong field by field."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vgsim.core.errors import Problem, SpecError, refuse
from vgsim.export.compose import panel_names, view_names
from vgsim.export.exporting import EXPORTERS, file_name
from vgsim.export.picture import Picture, parse
from vgsim.export.reel_request import ReelRequest
from vgsim.measure.frame import Frame


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file: pictures one after another for a ``reel``, else a single one."""

    label: str
    about: str
    suffix: str
    reel: bool = False
    see_through: bool = True


FORMATS: Mapping[str, Format] = {
    entry.name.lstrip("."): Format(entry.label, entry.summary, entry.name) for entry in EXPORTERS
} | {
    "gif": Format("GIF film", "256 colors, plays everywhere", ".gif", True, False),
    "webp": Format("WebP film", "All colors, small, for browsers", ".webp", True),
    "apng": Format("APNG film", "All colors without loss, for browsers", ".apng", True),
    "mp4": Format("MP4 film", "Smallest, for slides and video players", ".mp4", True, False),
    "deck": Format("PowerPoint deck", "A slide for every picture", ".pptx", True),
}
"""Formats by the name that entries have."""
DEFAULTS: Mapping[str, object] = {
    "format": "png", "kind": "pass", "every": 10, "steps": 200, "seconds": 0.5,
} | {field.name: field.default for field in dataclasses.fields(Picture)}  # fmt: skip
"""Every entry there is, as it is at first."""
_REEL = ("kind", "every", "steps", "seconds")
_PICTURE = tuple(field.name for field in dataclasses.fields(Picture))


@dataclass(frozen=True, slots=True)
class Wanted:
    """A picture in a format; ``reel`` is for films and decks, with a path to be replaced."""

    picture: Picture
    format: Format
    reel: ReelRequest | None = None

    def reel_to(self, path: Path) -> ReelRequest:
        """The film or deck, written to ``path``; ValueError when it is a single picture."""
        if self.reel is None:
            raise ValueError("a single picture")
        return dataclasses.replace(self.reel, path=path)


def completed(entries: Mapping[str, object]) -> dict[str, object]:
    """All entries: those given that are known, the others as they are at first."""
    return {name: entries.get(name, default) for name, default in DEFAULTS.items()}


def read(entries: Mapping[str, object], compared: bool = True) -> Wanted:
    """What the entries ask for; SpecError lists every problem, each with its field.

    ``compared`` is whether there is a comparison to be drawn.
    """
    entries = completed(entries)
    problems: list[Problem] = []
    chosen, picture, reel = _format(entries, problems), Picture(), None
    try:
        picture = _picture(entries, chosen, compared)
    except SpecError as error:
        problems += error.problems
    try:
        reel = _reel(entries, picture, chosen)
    except SpecError as error:
        problems += error.problems
    if problems:
        raise SpecError(*problems)
    return Wanted(picture, chosen, reel)


def _format(entries: Mapping[str, object], problems: list[Problem]) -> Format:
    name = entries["format"]
    if isinstance(name, str) and name in FORMATS:
        return FORMATS[name]
    problems.append(Problem("format", name, "one of " + ", ".join(FORMATS)))
    return FORMATS["png"]


def _picture(entries: Mapping[str, object], chosen: Format, compared: bool) -> Picture:
    given = {name: entries[name] for name in _PICTURE}
    if given["transparent"] is True and not chosen.see_through:
        given["transparent"] = False
    picture = parse(given, view_names(), panel_names())
    if picture.view == "comparison" and not compared:
        raise refuse("view", "comparison", "any other view while nothing is compared")
    return picture


def _reel(entries: Mapping[str, object], picture: Picture, chosen: Format) -> ReelRequest | None:
    if not chosen.reel:
        return None
    given: dict[str, Any] = {name: entries[name] for name in _REEL}
    if not isinstance(given["seconds"], (int, float)):
        raise refuse("seconds", given["seconds"], "a number")
    if given["kind"] == "pass":  # these say nothing then, and must not be in the way
        given |= {"every": DEFAULTS["every"], "steps": DEFAULTS["steps"]}
    return ReelRequest(picture, **given, path=Path("reel" + chosen.suffix))


def name_for(frame: Frame, wanted: Wanted) -> str:
    """The name of the file that an export makes unless told otherwise."""
    what = ""
    if wanted.reel is not None:
        what = "pass" if wanted.reel.kind == "pass" else f"training-{wanted.reel.steps}"
    return file_name(frame, wanted.picture, wanted.format.suffix, what)
