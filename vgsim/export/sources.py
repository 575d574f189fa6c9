"""What the user names: a preset, a TOML file, or anything that vgsim exported. No Qt."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from vgsim.core.errors import refuse
from vgsim.export.picture import PictureRequest
from vgsim.export.picture import fields as given
from vgsim.export.provenance.record import LONGEST_SETTING, Provenance
from vgsim.export.reading import holds_experiment, is_export, read_provenance, suffixes
from vgsim.measure.frame import Frame
from vgsim.nn.data_files import (
    DataFile,
    experiment_on,
    files_of,
    is_data_file,
    named_files,
    portable,
    portable_path,
)
from vgsim.nn.pairs import pair_in
from vgsim.nn.presets import load, preset_names, text_of_file
from vgsim.nn.spec import Spec, fields
from vgsim.record.reader import is_recording
from vgsim.text.moments import place_of


@dataclass(frozen=True, slots=True)
class Source:
    """An experiment and, from an exported file, the place and the picture that it shows.

    ``step`` counts the updates done before the pass; ``moment`` is empty for none. ``picture`` is
    what :func:`vgsim.export.picture.parse` reads, ``other_run`` what the experiment is compared
    with.
    """

    spec: Spec
    step: int = 0
    moment: str = ""
    picture: dict[str, object] = field(default_factory=dict)
    other_run: Spec | None = None
    asks_for: tuple[DataFile, ...] = ()
    """Files of data that an exported file names. They are not read until a user allows it."""
    file: Path = Path()
    """The exported file; none for a preset or a TOML file."""

    @property
    def updates(self) -> int:
        """Updates that the experiment has made at this moment, the one that it shows included."""
        return self.step + (self.moment == "update")


def is_data(name_or_path: str) -> bool:
    """Whether it is a file with data, and no preset and nothing that vgsim exported."""
    known = name_or_path in preset_names()
    return not known and is_data_file(name_or_path) and not holds_experiment(name_or_path)


def find(name_or_path: str) -> Source:
    """The source of that name; SpecError in one sentence when there is none, or none in the file.

    A preset's name comes before a file's. A file of data is learned from. OSError when the file
    cannot be read.
    """
    known = name_or_path in preset_names()
    if not known:
        refuse_recording(name_or_path)
    if is_data(name_or_path):
        return Source(experiment_on(name_or_path))
    if known or not _holds_provenance(name_or_path):
        return _from_toml(name_or_path)
    file = Path(name_or_path).expanduser()
    return replace(from_provenance(read_provenance(file)), file=file)


def refuse_recording(path: str) -> None:
    """SpecError when a file is the recording of a training elsewhere: it cannot be run."""
    if is_recording(path):
        raise refuse("file", path, "an experiment or data; this is a recording, which is read by "
                     "vgsim list and vgsim.record.read")  # fmt: skip


def _from_toml(name_or_path: str) -> Source:
    """A preset, or what a TOML file holds: an experiment, or two that are compared."""
    if name_or_path not in preset_names() and Path(name_or_path).is_file():
        pair = pair_in(text_of_file(name_or_path))
        if pair is not None:
            return Source(pair.a, pair.step, pair.moment, other_run=pair.b)
    return Source(load(name_or_path))


def from_provenance(provenance: Provenance) -> Source:
    """What an exported file shows."""
    settings = {name: _value(text) for name, text in provenance.picture}
    changes = {
        name.removeprefix(OTHER_RUN): value
        for name, value in settings.items()
        if _is_of_other_run(name)
    }
    picture = {name: value for name, value in settings.items() if not _is_of_other_run(name)}
    if provenance.view:
        picture["view"] = provenance.view
    hashes = {name: str(picture.pop(name)) for name in list(picture) if name.startswith(HASH)}
    if changes:
        other_run = provenance.spec.replace(changes)
    else:
        other_run = None
    asks_for = tuple(
        DataFile(field, path, hashes.get(HASH + field, ""))
        for field, path in _named(provenance.spec, other_run)
    )
    return Source(provenance.spec, provenance.step, provenance.moment, picture, other_run, asks_for)


def _named(spec: Spec, other_run: Spec | None) -> list[tuple[str, str]]:
    """Fields that name a file, and the file, of an experiment and of what it is compared with."""
    found = [(file.field, file.path) for file in named_files(spec)]
    for file in named_files(other_run) if other_run is not None else ():
        if (file.field, file.path) not in found:
            found.append((OTHER_RUN + file.field, file.path))
    return found


def allow(source: Source, answers: Mapping[str, str]) -> Source:
    """``source`` with the files that a user allowed, by field; the others are still asked for."""
    own: dict[str, object] = {}
    others: dict[str, object] = {}
    for name, path in answers.items():
        plain = name.removeprefix(OTHER_RUN)
        if plain == name:
            own[name] = path
        both = source.other_run is not None and source.other_run[plain] == source.spec[plain]
        if plain != name or both:
            others[plain] = path
    spec = source.spec.replace(own)
    if source.other_run is not None:
        other_run = source.other_run.replace(others)
    else:
        other_run = None
    left = tuple(file for file in source.asks_for if file.field not in answers)
    return replace(source, spec=spec, other_run=other_run, asks_for=left)


def named_by_user(source: Source, changes: Mapping[str, object]) -> dict[str, str]:
    """Which of the files asked for a user names, among the changes of fields that they make."""
    fields_asked = [file.field for file in source.asks_for]
    return {name: str(changes[name]) for name in fields_asked if name in changes}


def refuse_unasked(source: Source) -> None:
    """SpecError, which says how to allow it, when files of data are still asked for."""
    for file in source.asks_for:
        allowed = f"a file that you name yourself, for example --set {file.field}=FILE"
        raise refuse(file.field, file.path, f"{allowed}; a picture reads no file unasked")


def unlike(source: Source, answers: Mapping[str, str]) -> list[str]:
    """A sentence for each file among ``answers`` whose content is not what was meant."""
    return [
        f"{Path(answers[file.field]).name} is not as it was when this was exported"
        for file in source.asks_for
        if file.field in answers and not file.is_same(answers[file.field])
    ]


HASH = "sha256."
"""Prefix of the settings of a provenance that hold the hash of a data file."""
OTHER_RUN = "compare."
"""Prefix of the settings of a provenance that describe the other run (B)."""


def other_run_settings(spec: Spec, other_run: Spec) -> tuple[tuple[str, str], ...]:
    """Where ``other_run`` differs from ``spec``, as settings of a provenance; its name always."""
    paths = [info.path for info in fields() if info.path != "description"]
    changed = [path for path in paths if path == "name" or spec[path] != other_run[path]]
    return tuple((OTHER_RUN + path, json.dumps(other_run[path])) for path in changed)


def provenance_of(frame: Frame, picture: PictureRequest) -> Provenance:
    """What lets a file open as the moment it shows. Settings are JSON; long ones stay out."""
    texts = {name: json.dumps(value, ensure_ascii=False) for name, value in given(picture).items()}
    settings = tuple((name, text) for name, text in texts.items() if len(text) <= LONGEST_SETTING)
    if frame.spec is None or (frame.other is not None and frame.other.spec is None):
        raise refuse("picture", frame.subject.name, "that of an experiment")
    spec = portable(frame.spec)
    settings += _hashes(frame.spec)
    if frame.other is not None and frame.other.spec is not None:
        settings += other_run_settings(spec, portable(frame.other.spec))
        settings += _hashes(frame.other.spec, OTHER_RUN)
    return Provenance(spec, place_of(frame)[0], str(frame.moment), picture.view, settings)


def _hashes(spec: Spec, prefix: str = "") -> tuple[tuple[str, str], ...]:
    """What is in the files of data that ``spec`` reads, as settings."""
    return tuple(
        (f"{HASH}{prefix}{file.field}", json.dumps(file.sha256))
        for file in files_of(spec)
        if file.sha256
    )


def carried(frame: Frame) -> str:
    """What an exported file tells of where it comes from, in a line."""
    if frame.other is None:
        specs = [frame.spec]
    else:
        specs = [frame.spec, frame.other.spec]
    known = [spec for spec in specs if spec is not None]
    names = [portable_path(file.path) for spec in known for file in named_files(spec)]
    data = [f"data file {name} by name and hash" for name in dict.fromkeys(names)]
    return "Carries: experiment, step, moment" + "".join(f"; {words}" for words in data)


def _is_of_other_run(name: str) -> bool:
    return name.startswith(OTHER_RUN)


def _holds_provenance(path: str) -> bool:
    """Whether it is, or by its name should be, a file that vgsim exported rather than a spec."""
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
