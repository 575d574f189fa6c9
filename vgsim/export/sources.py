"""What the user names: a preset, a TOML file, or anything that vgsim exported. No Qt."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar, Protocol

from vgsim.core.errors import SpecError, refuse
from vgsim.export.picture import PictureRequest
from vgsim.export.picture import fields as given
from vgsim.export.provenance.record import (
    LONGEST_SETTING,
    MapName,
    Provenance,
    RecordingName,
)
from vgsim.export.reading import holds_experiment, is_export, read_provenance, suffixes
from vgsim.measure.frame import Frame
from vgsim.measure.source import Goal, RecordingFile
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
from vgsim.record.reader import is_recording, read
from vgsim.sweep.plan import SweepPlan, differences
from vgsim.sweep.store import StoredMap, is_map
from vgsim.text.moments import place_of


class AskedFile(Protocol):
    """A file that an exported file names, and that is not read until a user allows it.

    ``field`` is what the answer is given for, ``path`` where the file was.
    """

    @property
    def field(self) -> str: ...

    @property
    def path(self) -> str: ...

    @property
    def kind(self) -> str:
        """What it is: "data file"."""
        ...

    def is_same(self, path: str) -> bool:
        """Whether the file at ``path`` is the one that was meant; True if that is unknown."""
        ...


@dataclass(frozen=True, slots=True)
class AskedRecording:
    """The recording that a picture shows, by its name and when it was begun."""

    field: str
    path: str
    started: str = ""
    kind: ClassVar[str] = "recording"

    def is_same(self, path: str) -> bool:
        """Whether it was begun at that time; what is wrong with the file is said on opening it."""
        try:
            return not self.started or read(path).about.get("started", "") == self.started
        except OSError:
            return True


@dataclass(frozen=True, slots=True)
class AskedMapFile:
    """The map that a picture shows, by its name and its plan."""

    field: str
    path: str
    plan: SweepPlan
    kind: ClassVar[str] = "map"

    def is_same(self, path: str) -> bool:
        """Whether the file has that plan; what is wrong with it is said on opening it."""
        try:
            there = StoredMap(path).plan
        except OSError:
            return True
        return not differences(portable_plan(there), portable_plan(self.plan))


@dataclass(frozen=True, slots=True)
class MapSource:
    """A map: its ``plan``, and its file; None for one that is still to be computed."""

    plan: SweepPlan
    file: Path | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """What frames are wanted of and, from an exported file, the place and picture that it shows.

    ``step`` counts the updates done before the pass; ``moment`` is empty for none. ``picture`` is
    what :func:`vgsim.export.picture.parse` reads, ``other_run`` what it is compared with.
    """

    goal: Goal
    step: int = 0
    moment: str = ""
    picture: dict[str, object] = field(default_factory=dict)
    other_run: Goal | None = None
    asks_for: tuple[AskedFile, ...] = ()
    """Files that an exported file names. They are not read until a user allows it."""
    file: Path = Path()
    """The exported file; none for a preset or a TOML file."""
    map: MapSource | None = None
    """The map that it is; ``goal`` is the experiment that it varies."""

    @property
    def spec(self) -> Spec:
        """The experiment; SpecError of a recording or a map, which cannot be run."""
        if self.map is not None:
            raise _no_single_experiment(self.map)
        if isinstance(self.goal, RecordingFile):
            raise _no_experiment(self.goal.path)
        return self.goal

    @property
    def updates(self) -> int:
        """Updates that the experiment has made at this moment, the one that it shows included."""
        return self.step + (self.moment == "update")


def _no_experiment(path: str | Path) -> SpecError:
    return refuse("file", str(path), "an experiment or data; this is a recording, which is shown "
                  "by vgsim FILE, vgsim list, vgsim why and vgsim render")  # fmt: skip


def _no_single_experiment(found: MapSource) -> SpecError:
    return refuse("file", str(found.file or "the map"), "one experiment or data; this is a map of "
                  "many, which is shown by vgsim FILE and vgsim render")  # fmt: skip


def is_data(name_or_path: str) -> bool:
    """Whether it is a file with data, and no preset and nothing that vgsim exported."""
    known = name_or_path in preset_names()
    return not known and is_data_file(name_or_path) and not holds_experiment(name_or_path)


def find(name_or_path: str) -> Source:
    """The source of that name; SpecError in one sentence when there is none, or none in the file.

    A preset's name comes before a file's. A file of data is learned from, a recording is not read
    yet, of a map only its plan. OSError when the file cannot be read.
    """
    known = name_or_path in preset_names()
    if not known and is_map(name_or_path):
        return of_map(Path(name_or_path).expanduser())
    if not known and is_recording(name_or_path):
        return Source(RecordingFile(Path(name_or_path).expanduser()))
    if is_data(name_or_path):
        return Source(experiment_on(name_or_path))
    if known or not _holds_provenance(name_or_path):
        return _from_toml(name_or_path)
    file = Path(name_or_path).expanduser()
    return replace(from_provenance(read_provenance(file)), file=file)


def of_map(file: Path) -> Source:
    """The map in a file; OSError when it cannot be read."""
    plan = StoredMap(file).plan
    return Source(plan.spec, map=MapSource(plan, file))


def refuse_recording(path: str) -> None:
    """SpecError when a file is the recording of a training elsewhere: it cannot be run."""
    if is_recording(path):
        raise _no_experiment(path)


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
    asks_for: list[AskedFile] = []
    if provenance.map is not None:
        return _from_map(provenance.map, picture, hashes)
    goal = _goal(provenance.spec, provenance.recording, "", asks_for)
    other_run = _other_goal(provenance.spec, changes, asks_for)
    for name, path in _named(goal, other_run):
        asks_for.append(DataFile(name, path, hashes.get(HASH + name, "")))
    return Source(goal, provenance.step, provenance.moment, picture, other_run, tuple(asks_for))


def _from_map(told: MapName, picture: dict[str, object], hashes: Mapping[str, str]) -> Source:
    """A map that is asked for by its name; without its file it is only planned."""
    asks_for: list[AskedFile] = []
    if told.name:
        asks_for.append(AskedMapFile(MAP, told.name, told.plan))
    for name, path in _named(told.plan.spec, None):
        asks_for.append(DataFile(name, path, hashes.get(HASH + name, "")))
    spec = told.plan.spec
    return Source(spec, picture=picture, asks_for=tuple(asks_for), map=MapSource(told.plan))


def _goal(
    spec: Spec | None, recording: RecordingName | None, prefix: str, asks_for: list[AskedFile]
) -> Goal:
    """An experiment, or a recording, which is asked for."""
    if spec is not None:
        return spec
    assert recording is not None  # a provenance has one of the two
    asks_for.append(AskedRecording(prefix + RECORDING, recording.name, recording.started))
    return RecordingFile(Path(recording.name))


def _other_goal(
    spec: Spec | None, changes: dict[str, object], asks_for: list[AskedFile]
) -> Goal | None:
    """What was compared with; None where nothing was."""
    if not changes:
        return None
    if RECORDING in changes:
        told = RecordingName(str(changes[RECORDING]), str(changes.get(STARTED, "")))
        return _goal(None, told, OTHER_RUN, asks_for)
    return (spec or Spec()).replace(changes)


def _named(goal: Goal, other_run: Goal | None) -> list[tuple[str, str]]:
    """Fields that name a file, and the file, of an experiment and of what it is compared with."""
    found: list[tuple[str, str]] = []
    if isinstance(goal, Spec):
        found = [(file.field, file.path) for file in named_files(goal)]
    if isinstance(other_run, Spec):
        for file in named_files(other_run):
            if (file.field, file.path) not in found:
                found.append((OTHER_RUN + file.field, file.path))
    return found


def allow(source: Source, answers: Mapping[str, str]) -> Source:
    """``source`` with the files that a user allowed, by field; the others are still asked for."""
    if MAP in answers:  # which says itself where its data lie
        found = of_map(Path(answers[MAP]).expanduser())
        return replace(source, goal=found.goal, map=found.map, asks_for=())
    goal = source.goal
    other_run = source.other_run
    for name, path in answers.items():
        plain = name.removeprefix(OTHER_RUN)
        both = _same_file(goal, other_run, plain)
        if plain == name:
            goal = _answered(goal, plain, path)
        if other_run is not None and (plain != name or both):
            other_run = _answered(other_run, plain, path)
    left = tuple(file for file in source.asks_for if file.field not in answers)
    planned = source.map
    if planned is not None and isinstance(goal, Spec):
        planned = replace(planned, plan=replace(planned.plan, spec=goal))
    return replace(source, goal=goal, other_run=other_run, asks_for=left, map=planned)


def without_map_file(source: Source) -> Source:
    """``source`` as a map that is to be computed anew, whose file is not asked for any more."""
    left = tuple(file for file in source.asks_for if file.field != MAP)
    return replace(source, asks_for=left)


def _same_file(goal: Goal, other_run: Goal | None, name: str) -> bool:
    """Whether two experiments read one file of data, which then is asked for once."""
    if isinstance(goal, Spec) and isinstance(other_run, Spec):
        return goal[name] == other_run[name]
    return False


def _answered(goal: Goal, name: str, path: str) -> Goal:
    """``goal`` with the file that a user allowed."""
    if name == RECORDING:
        return RecordingFile(Path(path).expanduser())
    if isinstance(goal, RecordingFile):
        return goal
    return goal.replace({name: path})


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
MAP = "map"
"""The field of the map that is asked for."""
RECORDING = "recording"
STARTED = "started"
"""What is said there of a recording; the first is also the field of the file that is asked for."""


def other_run_settings(spec: Spec, other_run: Spec) -> tuple[tuple[str, str], ...]:
    """Where ``other_run`` differs from ``spec``, as settings of a provenance; its name always."""
    paths = [info.path for info in fields() if info.path != "description"]
    changed = [path for path in paths if path == "name" or spec[path] != other_run[path]]
    return tuple((OTHER_RUN + path, json.dumps(other_run[path])) for path in changed)


def provenance_of(frame: Frame, picture: PictureRequest) -> Provenance:
    """What lets a file open as the moment it shows. Settings are JSON; long ones stay out."""
    settings = _settings(picture)
    spec = None
    recording = None
    if frame.spec is not None:
        spec = portable(frame.spec)
        settings += _hashes(frame.spec)
    else:
        recording = RecordingName(frame.subject.recording, frame.subject.started)
    if frame.other is not None:
        settings += _told_of_other(spec or Spec(), frame.other)
    return Provenance(
        spec, place_of(frame)[0], str(frame.moment), picture.view, settings, recording
    )


def provenance_of_map(plan: SweepPlan, file: Path | None, picture: PictureRequest) -> Provenance:
    """What lets the picture of a map bring it back. Settings are JSON; long ones stay out."""
    settings = _settings(picture) + _hashes(plan.spec)
    name = file.name if file is not None else ""
    told = MapName(name, portable_plan(plan))
    return Provenance(None, 0, "start", picture.view, settings, map=told)


def portable_plan(plan: SweepPlan) -> SweepPlan:
    """``plan`` without the folders of this machine."""
    return replace(plan, spec=portable(plan.spec))


def _settings(picture: PictureRequest) -> tuple[tuple[str, str], ...]:
    """How a picture was made, as JSON."""
    texts = {name: json.dumps(value, ensure_ascii=False) for name, value in given(picture).items()}
    return tuple((name, text) for name, text in texts.items() if len(text) <= LONGEST_SETTING)


def _told_of_other(spec: Spec, other: Frame) -> tuple[tuple[str, str], ...]:
    """What a provenance says of the run that is compared with, an experiment or a recording."""
    if other.spec is not None:
        told = other_run_settings(spec, portable(other.spec))
        return told + _hashes(other.spec, OTHER_RUN)
    return (
        (OTHER_RUN + RECORDING, json.dumps(other.subject.recording)),
        (OTHER_RUN + STARTED, json.dumps(other.subject.started)),
    )


def _hashes(spec: Spec, prefix: str = "") -> tuple[tuple[str, str], ...]:
    """What is in the files of data that ``spec`` reads, as settings."""
    return tuple(
        (f"{HASH}{prefix}{file.field}", json.dumps(file.sha256))
        for file in files_of(spec)
        if file.sha256
    )


def carried(frame: Frame) -> str:
    """What an exported file tells of where it comes from, in a line."""
    both = (frame,) if frame.other is None else (frame, frame.other)
    what = []
    files = []
    for shown in both:
        if shown.spec is None:
            what.append(f"name and start of the recording {shown.subject.recording}")
        else:
            what.append("experiment")
            files += [portable_path(file.path) for file in named_files(shown.spec)]
    data = [f"data file {name} by name and hash" for name in dict.fromkeys(files)]
    words = ", ".join([*dict.fromkeys(what), "step", "moment"])
    return "; ".join([f"Carries: {words}", *data])


def carried_by_map(plan: SweepPlan, file: Path | None) -> str:
    """What the picture of a map tells of where it comes from, in a line."""
    what = "Carries: plan of the map"
    if file is not None:
        what += f", name of its file {file.name}"
    data = [f"data file {portable_path(one.path)} by name and hash" for one in files_of(plan.spec)]
    return "; ".join([what, *data])


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
