"""What the person names: a preset, a TOML file, or anything that vgsim exported. No Qt."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from vgsim.export.picture import Picture
from vgsim.export.picture import fields as given
from vgsim.export.provenance.record import LONGEST_SETTING, Provenance
from vgsim.export.reading import is_export, read_provenance, suffixes
from vgsim.measure.frame import Frame
from vgsim.nn.presets import load, preset_names
from vgsim.nn.spec import Spec, fields
from vgsim.text.jumps import place_of


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
    if name_or_path in preset_names() or not _holds_provenance(name_or_path):
        return Source(load(name_or_path))
    return from_provenance(read_provenance(Path(name_or_path).expanduser()))


def from_provenance(provenance: Provenance) -> Source:
    """What an exported file shows."""
    settings = {name: _value(text) for name, text in provenance.picture}
    changes = {
        name.removeprefix(RIVAL): value for name, value in settings.items() if _is_rivals(name)
    }
    picture = {name: value for name, value in settings.items() if not _is_rivals(name)}
    if provenance.view:
        picture["view"] = provenance.view
    rival = provenance.spec.replace(changes) if changes else None
    return Source(provenance.spec, provenance.step, provenance.moment, picture, rival)


RIVAL = "compare."
"""What the settings of a provenance that tell of the compared experiment begin with."""


def rival_settings(spec: Spec, rival: Spec) -> tuple[tuple[str, str], ...]:
    """What ``rival`` has that ``spec`` has not, as settings of a provenance; its name always."""
    paths = [info.path for info in fields() if info.path != "description"]
    changed = [path for path in paths if path == "name" or spec[path] != rival[path]]
    return tuple((RIVAL + path, json.dumps(rival[path])) for path in changed)


def provenance_of(frame: Frame, picture: Picture) -> Provenance:
    """What lets a file open as the moment it shows. Settings are JSON; long ones stay out."""
    texts = {name: json.dumps(value, ensure_ascii=False) for name, value in given(picture).items()}
    settings = tuple((name, text) for name, text in texts.items() if len(text) <= LONGEST_SETTING)
    if frame.other is not None:
        settings += rival_settings(frame.spec, frame.other.spec)
    return Provenance(frame.spec, place_of(frame)[0], str(frame.moment), picture.view, settings)


def _is_rivals(name: str) -> bool:
    return name.startswith(RIVAL)


def _holds_provenance(path: str) -> bool:
    """Whether it is, or should be, a file that vgsim exported: a spec is none of them."""
    try:
        file = Path(path).expanduser()
    except RuntimeError:  # the home of an unknown user; a spec says so in a sentence
        return False
    return is_export(file) or (file.suffix.lower() in suffixes() and file.is_file())


def _value(text: str) -> object:
    """A setting as it was before it became text."""
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value
