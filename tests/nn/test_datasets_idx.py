"""The user's own IDX files."""

from __future__ import annotations

import gzip
import struct
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vgsim.core.errors import SpecError
from vgsim.nn.datasets import DATASETS, Dataset
from vgsim.nn.spec import DataSpec

CODES = {"u1": 8, "i1": 9, "i2": 11, "i4": 12, "f4": 13, "f8": 14}


def idx(values: Any, kind: str = "u1") -> bytes:
    array = np.asarray(values)
    sizes = struct.pack(f">{array.ndim}I", *array.shape)
    return bytes([0, 0, CODES[kind], array.ndim]) + sizes + array.astype(f">{kind}").tobytes()


def zipped(content: bytes) -> bytes:
    """Without the time of day: parametrized, every test process must find the same bytes."""
    return gzip.compress(content, mtime=0)


X = idx(np.arange(24).reshape(4, 2, 3))
Y = idx([7, 3, 7, 3])


def read(folder: Path, x: bytes, y: bytes = Y, label: str = "") -> Dataset:
    (folder / "x").write_bytes(x)
    (folder / "y").write_bytes(y)
    spec = DataSpec("idx", str(folder / "x"), labels=str(folder / "y"), label=label)
    return DATASETS["idx"](spec, np.random.default_rng(0))


@pytest.mark.parametrize("pack", [bytes, zipped])
def test_pictures_with_classes(tmp_path: Path, pack: Any) -> None:
    data = read(tmp_path, pack(X), pack(Y))
    assert data.x.tolist() == np.arange(24.0).reshape(4, 6).tolist()
    assert data.image_shape == (2, 3)
    assert data.classes == ("3", "7")
    assert data.y.tolist() == [1, 0, 1, 0]


@pytest.mark.parametrize("kind", CODES)
def test_every_type_is_read(tmp_path: Path, kind: str) -> None:
    data = read(tmp_path, idx([[1, 2], [3, 4], [5, 6], [7, 100]], kind))
    assert data.x.tolist() == [[1, 2], [3, 4], [5, 6], [7, 100]]
    assert data.image_shape is None


def test_float_labels_are_numbers_to_predict(tmp_path: Path) -> None:
    data = read(tmp_path, X, idx([0.5, 1, 2, 3], "f4"))
    assert data.y.tolist() == [[0.5], [1], [2], [3]]
    assert data.classes == ()


@pytest.mark.parametrize(
    ("x", "says"),
    [
        (b"\0", "3 bytes are missing"),
        (b"PNG!" + X, "50 4e 47 21"),
        (b"\0\0\x0a" + X[3:], "magic"),
        (bytes([0, 0, 8, 0]), "magic"),
        (X[:-1], "1 bytes are missing"),
        (X + b"!", "ends after"),
        (Y, "for pictures; this is 4"),
        (zipped(X)[:-9], "reading stopped"),
        (zipped(X)[:-8] + b"12345678", "CRC"),
        (b"\x1f\x8bgarbage", "reading stopped"),
        (idx(np.zeros((0, 2, 3))), "at least 2 samples"),
        (idx([[1.0], [np.nan], [1], [1]], "f8"), "row 2, column 1 of the samples has nan"),
        (bytes([0, 0, 8, 200]) + bytes(800), "reading stopped"),
    ],
)
def test_unfit_samples_are_refused(tmp_path: Path, x: bytes, says: str) -> None:
    with pytest.raises(SpecError, match=r"data\.path") as caught:
        read(tmp_path, x)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("y", "says"),
    [
        (idx([1, 2, 1]), "4 samples; this one has 3 labels"),
        (idx([1, 1, 1, 1]), "at least 2 classes"),
        (b"", "empty"),
        (X, "labels of shape"),
        (Y[:-2], "2 bytes are missing"),
    ],
)
def test_unfit_labels_are_refused(tmp_path: Path, y: bytes, says: str) -> None:
    with pytest.raises(SpecError, match=r"data\.labels") as caught:
        read(tmp_path, X, y)
    assert says in str(caught.value)


def test_a_column_of_several_label_columns_is_chosen(tmp_path: Path) -> None:
    qmnist = idx([[5, 0, 39], [0, 1, 28], [5, 0, 39], [0, 7, 11]], "i4")
    with pytest.raises(SpecError, match=r"data\.label = '': .* one of the 3 columns"):
        read(tmp_path, X, qmnist)
    data = read(tmp_path, X, qmnist, label="1")
    assert data.classes == ("0", "5")
    assert data.y.tolist() == [1, 0, 1, 0]
    with pytest.raises(SpecError, match=r"data\.label = 4: .* from 1 to 3"):
        read(tmp_path, X, qmnist, label="4")


def test_label_file_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(X)
    spec = DataSpec("idx", str(tmp_path / "x"))
    with pytest.raises(SpecError, match=r"data\.labels = '': allowed is the path of an IDX file"):
        DATASETS["idx"](spec, np.random.default_rng(0))


@pytest.mark.parametrize("pack", [bytes, zipped])
@pytest.mark.parametrize("sizes", [(4, 1000, 30000), (2**32 - 1,) * 3])
def test_false_size_reserves_no_memory(tmp_path: Path, sizes: tuple[int, ...], pack: Any) -> None:
    tracemalloc.start()
    with pytest.raises(SpecError, match="declare"):
        read(tmp_path, pack(bytes([0, 0, 8, 3]) + struct.pack(">3I", *sizes) + bytes(99)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10 * 2**20


def test_a_packed_file_that_unpacks_to_much_is_refused_packed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vgsim.nn.datasets._files.FREE_BYTES", 2**20)
    content = zipped(idx(np.zeros((2, 2**21), np.uint8)))
    tracemalloc.start()
    with pytest.raises(SpecError, match=f"{len(content)} bytes declare {2**25}"):
        read(tmp_path, content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2**20


def check(folder: Path, x: bytes, y: bytes = Y) -> None:
    try:
        assert np.isfinite(read(folder, x, y).x).all()
    except SpecError as error:
        assert "\n" not in str(error)


@given(
    st.binary(max_size=200), st.sampled_from([b"", b"\0\0\x08\x01", b"\0\0\x0d\x02", b"\x1f\x8b"])
)
def test_any_bytes_give_a_dataset_or_a_spec_error(
    tmp_path: Path, content: bytes, start: bytes
) -> None:
    check(tmp_path, start + content)
    check(tmp_path, X, start + content)


@given(st.integers(0, 40), st.binary(min_size=1, max_size=4), st.booleans())
def test_a_damaged_file_gives_a_dataset_or_a_spec_error(
    tmp_path: Path, at: int, patch: bytes, pack: bool
) -> None:
    content = zipped(X) if pack else X
    check(tmp_path, content[:at] + patch + content[at + len(patch) :])
    check(tmp_path, content[:at] or b"\0")
