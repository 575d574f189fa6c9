"""What an exported file carries, so that it opens as the experiment it shows: the provenance."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from vgsim.core.errors import Problem, SpecError, refuse, shorten
from vgsim.nn import spec as specs
from vgsim.nn.spec import Spec
from vgsim.sweep import plan as plans
from vgsim.sweep.plan import SweepPlan

FORMAT = "vgsim"
VERSION = 1
LIMIT = 1 << 20
"""Longest provenance in characters; a real one has about a thousand."""
MOST_STEPS = 10_000_000
MOST_SETTINGS = 100
LONGEST_SETTING = 1000
LONGEST_STARTED = 100

_MOMENT = re.compile(r"start|loss|update|(forward|backward):[1-9][0-9]{0,5}")
_KEYS = ("format", "version", "step", "moment", "view", "picture")
_SHOWN = ("spec", "recording", "map")
"""And one of these."""
_NAME = re.compile(r"[^/\\\x00-\x1f\x7f]{1,255}")
"""Of a file, without a folder."""


@dataclass(frozen=True, slots=True)
class FileProblem(Problem):
    """What is wrong with a file as a whole: ``path`` is its name, ``value`` the sentence."""

    def __str__(self) -> str:
        return f"{shorten(self.path)}: {self.value}"


def refuse_file(name: str, why: str, allowed: str) -> SpecError:
    """A :class:`SpecError` about the file ``name``, which reads "name: why".

    What a terminal would obey, for a file may hold anything, is shown as �.
    """
    shown = "".join(letter if letter.isprintable() else "�" for letter in " ".join(why.split()))
    return SpecError(FileProblem(name, shown, allowed))


@dataclass(frozen=True, slots=True)
class RecordingName:
    """A recording as an exported file tells of it: the name of its file, and when it was begun."""

    name: str
    started: str

    def __post_init__(self) -> None:
        """SpecError for anything but the name of a file, and a short text."""
        _check_name("provenance.recording", self.name)
        if not isinstance(self.started, str) or len(self.started) > LONGEST_STARTED:
            allowed = f"text of up to {LONGEST_STARTED} characters"
            raise refuse("provenance.recording.started", self.started, allowed)


@dataclass(frozen=True, slots=True)
class MapName:
    """A map as an exported file tells of it: the name of its file, and its plan.

    The plan says all that is computed, so that files of one plan are one map, however much of it
    is computed already. ``name`` is empty for a map without a file.
    """

    name: str
    plan: SweepPlan

    def __post_init__(self) -> None:
        """SpecError for anything but the name of a file, or none."""
        if self.name != "":
            _check_name("provenance.map", self.name)


def _check_name(path: str, name: object) -> None:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise refuse(path, name, "the name of a file, without a folder")


@dataclass(frozen=True, slots=True)
class Provenance:
    """The experiment, step and moment that a picture shows, and how the picture was made.

    Of a recording ``spec`` is None and ``recording`` says which, of a map ``map`` does. ``moment``
    is a moment's text
    ("backward:3"), ``view`` the name of the view that was exported and ``picture`` the settings of
    the picture as pairs. SpecError when a part is not allowed; whether the experiment has that
    moment only the experiment can tell.
    """

    spec: Spec | None
    step: int
    moment: str
    view: str = ""
    picture: tuple[tuple[str, str], ...] = ()
    recording: RecordingName | None = None
    map: MapName | None = None

    def __post_init__(self) -> None:
        """SpecError when the step, the moment, the view or the settings are not valid."""
        _check_step(self.step)
        if not isinstance(self.moment, str) or not _MOMENT.fullmatch(self.moment):
            allowed = "start, forward:k, loss, backward:k or update"
            raise refuse("provenance.moment", self.moment, allowed)
        if not _is_setting(self.view):
            raise refuse(
                "provenance.view", self.view, f"text of up to {LONGEST_SETTING} characters"
            )
        _check_picture(self.picture)

    def dumps(self) -> str:
        """One line of JSON in ASCII, fit for any format's metadata; SpecError when too long."""
        document: dict[str, object] = {
            "format": FORMAT, "version": VERSION, "step": self.step, "moment": self.moment,
            "view": self.view, "picture": self.picture,
        }  # fmt: skip
        if self.spec is not None:
            document["spec"] = specs.dumps(self.spec)
        if self.recording is not None:
            document["recording"] = [self.recording.name, self.recording.started]
        if self.map is not None:
            document["map"] = [self.map.name, plans.dumps(self.map.plan)]
        return _within_limit(json.dumps(document, separators=(",", ":")))


def loads(text: str) -> Provenance:
    """What :meth:`Provenance.dumps` wrote; SpecError when it is something else or not allowed."""
    document = _document(_within_limit(text))
    missing = [key for key in _KEYS if key not in document]
    unknown = [key for key in document if key not in (*_KEYS, *_SHOWN)]
    shown = [key for key in _SHOWN if key in document]
    if not shown:
        missing.append("spec")
    if missing or unknown or len(shown) > 1:
        told = ", ".join(missing or unknown or shown)
        raise refuse("provenance", told, f"the fields {', '.join(_KEYS)} and {' or '.join(_SHOWN)}")
    return Provenance(
        _spec_of(document),
        document["step"],
        document["moment"],
        document["view"],
        _pairs(document["picture"]),
        _recording_of(document),
        _map_of(document),
    )


def _spec_of(document: dict[str, Any]) -> Spec | None:
    text = document.get("spec")
    if "spec" not in document:
        return None
    if not isinstance(text, str):
        raise refuse("provenance.spec", text, "TOML text")
    return specs.loads(text)


def _recording_of(document: dict[str, Any]) -> RecordingName | None:
    told = document.get("recording")
    if "recording" not in document:
        return None
    if not isinstance(told, list) or len(told) != 2:
        raise refuse("provenance.recording", told, "a list of name and start")
    return RecordingName(*told)


def _map_of(document: dict[str, Any]) -> MapName | None:
    told = document.get("map")
    if "map" not in document:
        return None
    if not isinstance(told, list) or len(told) != 2 or not isinstance(told[1], str):
        raise refuse("provenance.map", told, "a list of name and plan")
    return MapName(told[0], plans.loads(told[1]))


def _document(text: str) -> dict[str, Any]:
    """The JSON object in ``text``, of this format and version."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:  # also numbers too long and brackets too deep
        allowed = f"JSON ({shorten(str(error), 200)})"
        raise refuse("provenance", shorten(text), allowed) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise refuse("provenance", shorten(text), f'a JSON object with "format": "{FORMAT}"')
    version = document.get("version")
    if type(version) is not int or version != VERSION:
        allowed = f"{VERSION}; another vgsim wrote the file"
        raise refuse("provenance.version", version, allowed)
    return document


def _within_limit(text: str) -> str:
    if len(text) > LIMIT:
        raise refuse("provenance", f"{len(text)} characters", f"text of up to {LIMIT} characters")
    return text


def _check_step(step: object) -> None:
    if type(step) is not int or not 0 <= step <= MOST_STEPS:
        raise refuse("provenance.step", step, f"a whole number from 0 to {MOST_STEPS}")


def _pairs(value: object) -> Any:
    """Lists of JSON as tuples; what is not a list is left for the check to refuse."""
    if not isinstance(value, list):
        return value
    return tuple(tuple(pair) if isinstance(pair, list) else pair for pair in value)


def _check_picture(picture: object) -> None:
    if (
        not isinstance(picture, tuple)
        or len(picture) > MOST_SETTINGS
        or not all(_is_pair(pair) for pair in picture)
    ):
        allowed = f"up to {MOST_SETTINGS} pairs of short texts"
        raise refuse("provenance.picture", picture, allowed)


def _is_pair(pair: object) -> bool:
    return isinstance(pair, tuple) and len(pair) == 2 and all(_is_setting(part) for part in pair)


def _is_setting(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_SETTING
