"""The user's own NPZ file: arrays as NumPy's ``savez`` stores them.

One array holds samples × features, samples × steps × features for sequences, or samples × rows ×
columns for pictures, whose rows are timesteps too; another one has a label for each sample. Which
are which is told by their names, see :mod:`vgsim.nn.datasets._layouts`, and what labels mean by
their values, see :mod:`vgsim.nn.datasets._labels`. Pickled objects are never loaded.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vgsim.core import untrusted
from vgsim.core.errors import first_told
from vgsim.nn.datasets._files import DataSource, check_packed, check_shape, quote, size_of
from vgsim.nn.datasets._labels import array_dataset
from vgsim.nn.datasets._layouts import choose
from vgsim.nn.datasets._npy import LONGEST_HEADER, Stored, check_header, header_of, read_into
from vgsim.nn.datasets.base import DATASETS, Dataset

if TYPE_CHECKING:
    from vgsim.nn.spec import DataSpec

SUFFIX = ".npy"


@DATASETS.register(
    "npz",
    "Arrays of samples and labels from your own NPZ file",
    label="NPZ file",
    uses=("data.path", "data.x_array", "data.y_array", "data.label", "data.standardize_targets"),
)
def load(spec: DataSpec, rng: np.random.Generator) -> Dataset:
    """x (samples, features), and y as classes or numbers; SpecError when the file is unfit."""
    source = DataSource("data.path", spec.path, "an NPZ file")
    with source.opened() as file, untrusted.archive(file) as archive:
        arrays = _Arrays(source, archive, size_of(file))
        asked = spec.x_array.strip(), spec.y_array.strip()
        names = arrays.names()
        layout = choose(source, names, asked, lambda name: arrays.header(name).shape, arrays.told)
        held = layout.held or ("", "")
        x, held_out = arrays.read(layout.x, held[0], samples=True)
        y, _ = arrays.read(layout.y, held[1])
        if layout.held and arrays.header(layout.y).shape[0] != len(x) - held_out:
            raise source.bad(f"with one label for each sample; {arrays.told(layout.y)} has not")
    dataset = array_dataset(source, x, source, y, spec.label)
    return replace(dataset, held_out=held_out)


def arrays_in(path: str) -> dict[str, str]:
    """The arrays of a file, by name, each with its shape and type; SpecError when it is unfit."""
    source = DataSource("data.path", path, "an NPZ file")
    with source.opened() as file, untrusted.archive(file) as archive:
        arrays = _Arrays(source, archive, size_of(file))
        return {name: arrays.told(name) for name in arrays.names()}


def arrays_told(spec: DataSpec) -> tuple[str, ...]:
    """Which arrays are read as what, and which are not, in lines; SpecError as by :func:`load`."""
    source = DataSource("data.path", spec.path, "an NPZ file")
    with source.opened() as file, untrusted.archive(file) as archive:
        arrays = _Arrays(source, archive, size_of(file))
        asked = spec.x_array.strip(), spec.y_array.strip()
        names = arrays.names()
        layout = choose(source, names, asked, lambda name: arrays.header(name).shape, arrays.told)
        held = layout.held or ()
        read = (layout.x, layout.y, *held)
        lines = [f"samples   {arrays.told(layout.x)}", f"labels    {arrays.told(layout.y)}"]
        if held:
            lines.append(f"held out  {', '.join(map(arrays.told, held))}")
        rest = [arrays.told(name) for name in names if name not in read]
        if rest:
            lines.append(
                f"not read  {', '.join(first_told(rest, 8))}: data.x_array and data.y_array name "
                "what is read instead"
            )
        return tuple(lines)


@dataclass(frozen=True, slots=True)
class _Arrays:
    """The arrays in an archive of ``size`` bytes."""

    source: DataSource
    archive: zipfile.ZipFile
    size: int

    def names(self) -> list[str]:
        """Names of all arrays, as they were given to ``savez``."""
        members = self.archive.namelist()
        return [name.removesuffix(SUFFIX) for name in members if name.endswith(SUFFIX)]

    def header(self, name: str) -> Stored:
        """What the array of that name says of itself, unchecked."""
        info = self.archive.getinfo(name + SUFFIX)
        untrusted.check_member(info)
        with self.archive.open(info) as member:
            return header_of(name, member.read(LONGEST_HEADER))

    def told(self, name: str) -> str:
        """The name with shape and type, for a message; the name alone if these cannot be read."""
        try:
            return quote(self.header(name))
        except Exception:  # a damaged header raises any of a dozen types
            return quote(name)

    def read(self, name: str, held: str, samples: bool = False) -> tuple[NDArray[np.generic], int]:
        """An array, that called ``held`` behind it if one is named, and how long that one is."""
        found = [self._checked(each, samples) for each in (name, held) if each]
        first = found[0]
        if any(other.shape[1:] != first.shape[1:] for other in found):
            raise self.source.bad(f"of like parts; it holds {found[0]} and {found[1]}")
        rows = [stored.shape[0] for stored in found]
        dtype = np.result_type(*(stored.dtype for stored in found))
        whole = np.empty((sum(rows), *first.shape[1:]), dtype if len(found) > 1 else first.dtype)
        at = 0
        for stored in found:
            with self.archive.open(stored.name + SUFFIX) as member:
                read_into(member, stored, whole[at : at + stored.shape[0]])
            at += stored.shape[0]
        return whole, sum(rows[1:])

    def _checked(self, name: str, samples: bool) -> Stored:
        """The header of an array; SpecError unless what it declares can be read."""
        info = self.archive.getinfo(name + SUFFIX)
        stored = self.header(name)
        check_header(self.source, stored, info.file_size)
        if samples:
            check_shape(self.source, stored.shape)
        if info.compress_type != zipfile.ZIP_STORED:
            check_packed(self.source, stored.shape, stored.dtype.itemsize, self.size)
        return stored
