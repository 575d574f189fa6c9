"""What the person names: a preset, a TOML file, or anything that vgsim exported. No Qt."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from vgsim.export.provenance.reading import SUFFIXES, is_export, read_passport
from vgsim.export.provenance.record import Provenance
from vgsim.nn.presets import load, preset_names
from vgsim.nn.spec import Spec, fields


@dataclass(frozen=True, slots=True)
class Source:
    """An experiment and, from an exported file, the place and the picture that it shows.

    ``step`` counts the updates done before the pass; ``moment`` is empty for none. ``picture`` is
    what :func:`vgsim.export.picture.parse` reads, ``rival`` what the experiment is compared with.
    """

    spec: Spec
    step: int = 0
    moment: str = ""
    picture: dict[str, object] = field(default_factory=dict)
    rival: Spec | None = None

    @property
    def updates(self) -> int:
        """Updates that the experiment has made at this moment, the one that it shows included."""
        return self.step + (self.moment == "update")


def find(name_or_path: str) -> Source:
    """The source of that name; SpecError in one sentence when there is none, or none in the file.

    A preset's name comes before a file's. OSError when the file cannot be read.
    """
    if name_or_path in preset_names() or not _holds_passport(name_or_path):
        return Source(load(name_or_path))
    return from_passport(read_passport(Path(name_or_path).expanduser()))


def from_passport(passport: Provenance) -> Source:
    """What an exported file shows."""
    settings = {name: _value(text) for name, text in passport.picture}
    changes = {
        name.removeprefix(RIVAL): value for name, value in settings.items() if _is_rivals(name)
    }
    picture = {name: value for name, value in settings.items() if not _is_rivals(name)}
    if passport.view:
        picture["view"] = passport.view
    rival = passport.spec.replace(changes) if changes else None
    return Source(passport.spec, passport.step, passport.moment, picture, rival)


RIVAL = "compare."
"""What the settings of a passport that tell of the compared experiment begin with."""


def rival_settings(spec: Spec, rival: Spec) -> tuple[tuple[str, str], ...]:
    """What ``rival`` has that ``spec`` has not, as settings of a passport; its name always."""
    paths = [info.path for info in fields() if info.path != "description"]
    changed = [path for path in paths if path == "name" or spec[path] != rival[path]]
    return tuple((RIVAL + path, json.dumps(rival[path])) for path in changed)


def _is_rivals(name: str) -> bool:
    return name.startswith(RIVAL)


def _holds_passport(path: str) -> bool:
    """Whether it is, or should be, a file that vgsim exported: a spec is none of them."""
    try:
        file = Path(path).expanduser()
    except RuntimeError:  # the home of an unknown user; a spec says so in a sentence
        return False
    return is_export(file) or (file.suffix.lower() in SUFFIXES and file.is_file())


def _value(text: str) -> object:
    """A setting as it was before it became text."""
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value
