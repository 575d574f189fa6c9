"""The user's own NPY file: one array as NumPy's ``save`` stores it.

With ``data.labels`` naming a second NPY file the array holds the samples, as in an NPZ file;
without it it is a table whose last column, or the one that ``data.label`` counts, is the label.
Fields of a structured array are columns with names, by which ``data.label`` may call them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from vgsim.core.errors import refuse
from vgsim.nn.datasets._files import DataSource, check_shape, quote, size_of
from vgsim.nn.datasets._labels import array_dataset
from vgsim.nn.datasets._layouts import column_of
from vgsim.nn.datasets._npy import LONGEST_HEADER, check_header, header_of, read_into
from vgsim.nn.datasets.base import DATASETS, Dataset

if TYPE_CHECKING:
    from vgsim.nn.spec import DataSpec


@DATASETS.register(
    "npy",
    "Your own NPY file: a table, or samples with labels in a second one",
    label="NPY file",
    uses=("data.path", "data.labels", "data.label", "data.standardize_targets"),
)
def load(spec: DataSpec, rng: np.random.Generator) -> Dataset:
    """x (samples, features), and y as classes or numbers; SpecError when a file is unfit."""
    source = DataSource("data.path", spec.path, "an NPY file")
    x = _read(source)
    if x.dtype.names is not None:
        return _of_fields(source, x, spec.label)
    if spec.labels.strip():
        labels = DataSource("data.labels", spec.labels, "an NPY file")
        return array_dataset(source, x, labels, _read(labels), spec.label)
    if x.ndim != 2 or x.shape[1] < 2:
        sizes = " × ".join(map(str, x.shape))
        raise refuse(
            "data.labels", "", f"the path of an NPY file; an array of {sizes} has no label"
        )
    chosen = column_of(spec.label or str(x.shape[1]), source, x.shape[1])
    features = np.delete(x, chosen, axis=1)
    check_shape(source, features.shape)
    return array_dataset(source, features, source, x[:, chosen])


def _of_fields(source: DataSource, table: NDArray[np.generic], label: str) -> Dataset:
    """A table whose columns are the fields of a structured array (samples,)."""
    dtype: Any = table.dtype  # of records: fields by name
    names = dtype.names or ()
    if table.ndim != 1 or len(names) < 2 or any(dtype[name].shape for name in names):
        raise source.bad(f"of one row a sample with two fields or more of one value; it is {dtype}")
    if label.strip() in names:
        chosen = [names.index(label.strip())]
    elif label.strip() and not any(letter.isdecimal() for letter in label):
        raise refuse("data.label", label, f"one of the fields {', '.join(map(quote, names))}")
    else:
        chosen = column_of(label or str(len(names)), source, len(names))
    kept = [name for at, name in enumerate(names) if at not in chosen]
    for name in kept:
        if dtype[name].kind not in "biuf":
            raise source.bad(f"of numbers; field {quote(name)} is of type {dtype[name]}")
    fields: Any = table
    x = np.column_stack([fields[name].astype(np.float64) for name in kept])
    check_shape(source, x.shape)
    labels = [fields[names[at]] for at in chosen]
    y = labels[0] if len(labels) == 1 else np.column_stack(labels)
    made = array_dataset(source, x, source, y)
    targets = () if made.classes else tuple(names[at] for at in chosen)
    return replace(made, features=tuple(kept), targets=targets)


def _read(source: DataSource) -> NDArray[np.generic]:
    """The one array of the file."""
    with source.opened() as file:
        stored = header_of("the array", file.read(LONGEST_HEADER))
        check_header(source, stored, size_of(file))
        values = np.empty(stored.shape, stored.dtype)
        file.seek(0)
        read_into(file, stored, values)
        return values
