"""The user's own data files that a spec names: as they leave this machine, and as they come back.

What is exported names such a file without the folders of this machine and says by its hash which
content was meant. What comes back is a stranger's word: it is only read once a user allows it.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import ClassVar

import numpy as np

from vgsim.core import untrusted
from vgsim.nn.datasets import DATASETS
from vgsim.nn.datasets._files import MAX_BYTES
from vgsim.nn.losses import LOSSES
from vgsim.nn.presets import load_preset
from vgsim.nn.spec import Spec

_DATASETS = {
    ".csv": "csv", ".tsv": "csv", ".tab": "csv", ".txt": "csv", ".data": "csv", ".dat": "csv",
    ".npz": "npz", ".npy": "npy",
}  # fmt: skip
"""What reads a file by its suffix; the files of MNIST, with others or none, are IDX."""

_OF_IDX = (".idx", "ubyte")
_PACKED = r"(?i)\.(gz|bz2|xz|zip)$"
FIRST_ON_DATA = "relu-he"
"""The preset that a file of data is tried with when nobody names one."""


def fields_for(path: str) -> dict[str, str]:
    """The fields of a spec that make the file at ``path`` its data.

    Labels of IDX pictures and of a lone array are looked for beside them, under the names that
    MNIST and NumPy's users give them.
    """
    name = Path(path).name
    dataset = _dataset_of(path)
    fields = {"data.dataset": dataset, "data.path": path}
    if "data.labels" in DATASETS.entry(dataset).uses:
        beside = (Path(path).with_name(other) for other in _label_names(name))
        found = next((file for file in beside if file.name != name and file.is_file()), None)
        if found:
            fields["data.labels"] = str(found)
    return fields


def _dataset_of(path: str) -> str:
    """The kind of dataset that reads the file, by its name."""
    plain = re.sub(_PACKED, "", Path(path).name)
    return _DATASETS.get(Path(plain).suffix.lower(), "idx")


def data_patterns() -> tuple[str, ...]:
    """Patterns for the names of files with data, for a dialog that asks for one."""
    return tuple(f"*{suffix}" for suffix in (*_DATASETS, *_OF_IDX, ".gz", ".bz2", ".xz", ".zip"))


def is_data_file(path: str) -> bool:
    """Whether there is a file whose name ends as those of data do."""
    plain = re.sub(_PACKED, "", path).lower()
    return plain.endswith((*_DATASETS, *_OF_IDX)) and os.path.isfile(os.path.expanduser(path))


def is_table(path: str) -> bool:
    """Whether a file is read as a table of text, by its name."""
    return "data.delimiter" in DATASETS.entry(_dataset_of(path)).uses


def is_archive(path: str) -> bool:
    """Whether a file holds arrays by name, by its own."""
    return "data.x_array" in DATASETS.entry(_dataset_of(path)).uses


def fields_for_numbers(spec: Spec) -> dict[str, str]:
    """What of ``spec`` has to be another so that it can learn numbers instead of classes."""
    if LOSSES[spec.training.loss].needs_classes:
        return {"training.loss": "mse"}
    return {}


def experiment_on(path: str) -> Spec:
    """A network that learns from the file, with the loss that its labels ask for."""
    spec = load_preset(FIRST_ON_DATA).replace({"name": Path(path).name, **fields_for(path)})
    dataset = DATASETS[spec.data.dataset](spec.data, np.random.default_rng(0))
    if dataset.classes:
        return spec
    return spec.replace({**fields_for_numbers(spec), "training.learning_rate": 0.01})


def _label_names(name: str) -> list[str]:
    """What the file with the labels of the samples in ``name`` may be called."""
    names = [name.replace("images", "labels").replace("idx3", "idx1")]
    names.append(re.sub("(?i)(images|features|data)", "labels", name))
    names.append(re.sub("(?<![A-Za-z])x(?![A-Za-z])", "y", name))
    names.append(re.sub("(?<![A-Za-z])X(?![A-Za-z])", "y", name))
    names.append(re.sub("(?<![A-Za-z])X(?![A-Za-z])", "Y", name))
    return names


FIELDS = ("data.path", "data.labels")
"""Fields of a spec that name a file."""
_CHUNK = 2**20


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file that ``field`` of a spec names, and the SHA-256 of what was in it; "" if unknown."""

    field: str
    path: str
    sha256: str = ""
    kind: ClassVar[str] = "data file"

    def is_same(self, path: str) -> bool:
        """Whether the file at ``path`` has the content that was meant; True if that is unknown."""
        found = fingerprint(path)
        return not self.sha256 or not found or found == self.sha256


def named_files(spec: Spec) -> tuple[DataFile, ...]:
    """The files that ``spec`` reads, by name alone: none of them is touched."""
    paths = {field: str(spec[field]) for field in FIELDS if spec.applies(field)}
    return tuple(DataFile(field, path) for field, path in paths.items() if path.strip())


def files_of(spec: Spec) -> tuple[DataFile, ...]:
    """The files that ``spec`` reads, each with its hash where it can be read."""
    return tuple(replace(file, sha256=fingerprint(file.path)) for file in named_files(spec))


def portable(spec: Spec) -> Spec:
    """``spec`` with every file named as it may leave this machine."""
    named = {field: portable_path(str(spec[field])) for field in FIELDS}
    changes = {field: path for field, path in named.items() if path != spec[field]}
    if changes:
        return spec.replace(changes)
    return spec


def portable_path(path: str) -> str:
    """A relative path within the folder it starts from as it is; of any other the bare name."""
    windows = PureWindowsPath(path)
    posix = PurePosixPath(path)
    inner = not (windows.drive or windows.root or posix.root or path.startswith("~"))
    if inner and ".." not in windows.parts:
        return path
    return windows.name or posix.name


def fingerprint(path: str) -> str:
    """SHA-256 of a file in hexadecimal digits; empty when it cannot be read."""
    try:
        place = os.path.realpath(Path(path).expanduser())
        state = os.stat(place)
        return _fingerprint(place, state.st_mtime_ns, state.st_size)
    except (OSError, RuntimeError, ValueError):  # no such home; a path with a NUL
        return ""


@lru_cache(maxsize=32)
def _fingerprint(place: str, changed: int, size: int) -> str:
    """As :func:`fingerprint`, once for each state of a file."""
    digest = hashlib.sha256()
    with untrusted.opened(place, MAX_BYTES) as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
