"""The user's own NPZ file."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vgsim.core.errors import SpecError
from vgsim.nn.datasets import DATASETS, Dataset
from vgsim.nn.spec import DataSpec

X = np.arange(8.0).reshape(4, 2)
Y = np.array([0, 1, 0, 1])


def read(folder: Path, content: bytes, **choices: str) -> Dataset:
    path = folder / "data.npz"
    path.write_bytes(content)
    return DATASETS["npz"](DataSpec("npz", str(path), **choices), np.random.default_rng(0))


def packed(**arrays: Any) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def with_x(raw: bytes) -> bytes:
    """An archive whose x.npy holds ``raw``."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("x.npy", raw)
    return buffer.getvalue()


def declared(shape: str, descr: str = "<f8") -> bytes:
    """The start of an NPY file that declares ``shape`` and holds nothing."""
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}}}\n".encode()
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header


def test_integers_are_classes(tmp_path: Path) -> None:
    data = read(tmp_path, packed(x=X, y=[10, 9, 10, 9]))
    assert np.array_equal(data.x, X)
    assert data.classes == ("9", "10")
    assert data.y.tolist() == [1, 0, 1, 0]
    assert data.y.dtype == np.int64


@pytest.mark.parametrize("y", [["b", "a", "b", "a"], [b"b", b"a", b"b", b"a"]])
def test_text_is_classes(tmp_path: Path, y: list[object]) -> None:
    assert read(tmp_path, packed(x=X, y=y)).classes == ("a", "b")


def test_truth_values_are_classes(tmp_path: Path) -> None:
    assert read(tmp_path, packed(x=X, y=Y == 1)).classes == ("0", "1")


def test_a_column_of_integers_is_classes(tmp_path: Path) -> None:
    assert read(tmp_path, packed(x=X, y=Y[:, None])).y.shape == (4,)


@pytest.mark.parametrize("shape", [(4,), (4, 1), (4, 3)])
def test_floats_are_numbers_to_predict(tmp_path: Path, shape: tuple[int, ...]) -> None:
    data = read(tmp_path, packed(x=X, y=np.ones(shape, np.float32)))
    assert data.y.shape == (4, shape[-1] if len(shape) == 2 else 1)
    assert data.y.dtype == np.float64
    assert data.classes == ()


def test_pictures_are_flattened(tmp_path: Path) -> None:
    pictures = np.arange(24, dtype=">u2").reshape(4, 2, 3)
    data = read(tmp_path, packed(x=np.asfortranarray(pictures), y=Y))
    assert data.image_shape == (2, 3) and data.steps == 2
    assert data.x[1].tolist() == [6, 7, 8, 9, 10, 11]
    assert data.x.dtype == np.float64


class Trap:
    """An object whose unpickling fails the test."""

    def __reduce__(self) -> tuple[Any, ...]:
        return pytest.fail, ("the pickle was loaded",)


@pytest.mark.parametrize(
    ("arrays", "says"),
    [
        ({"x": np.array([[Trap()]] * 4), "y": Y}, "x holds Python objects"),
        ({"x": X, "y": np.array([Trap()] * 4)}, "y holds Python objects"),
        ({"x": X}, "the file holds x (4 × 2 float64): say which are which in data.x_array and"),
        ({"a": X, "y": Y}, "the file holds a (4 × 2 float64), y (4 int64): say which"),
        ({"x": 1.0, "y": Y}, "x is a single value"),
        ({"x": X[0], "y": Y}, "this is 2"),
        ({"x": X.reshape(4, 1, 1, 1, 2), "y": Y}, "this is 4 × 1 × 1 × 1 × 2"),
        ({"x": X[:1], "y": Y[:1]}, "at least 2 samples"),
        ({"x": X[:, :0], "y": Y}, "with features"),
        ({"x": X, "y": Y[:3]}, "4 samples; this one has 3 labels"),
        ({"x": X, "y": np.zeros((4, 2, 2))}, "labels of shape"),
        ({"x": X, "y": np.zeros((4, 0))}, "labels of shape"),
        ({"x": X + 1j, "y": Y}, "complex128"),
        ({"x": X.astype(str), "y": Y}, "of numbers; the samples"),
        ({"x": X, "y": X.astype("m8[s]")}, "of numbers; the labels"),
        ({"x": np.where(X == 5, np.nan, X), "y": Y}, "row 3, column 2 of the samples has nan"),
        ({"x": X, "y": [0, 1, np.inf, 0]}, "row 3, column 1 of the labels has inf"),
        ({"x": X, "y": Y * 0}, "at least 2 classes"),
        ({"x": X, "y": ["a", " ", "a", "b"]}, "blank"),
        ({"x": np.zeros((1002, 1)), "y": np.arange(1002)}, "at most 1000 classes"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, arrays: dict[str, Any], says: str) -> None:
    with pytest.raises(SpecError, match=r"data\.path") as caught:
        read(tmp_path, packed(**arrays))
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (declared("(1000000, 1000000)"), "declares 1000000000000"),
        (declared("(4, 2)"), "cut off"),
        (declared("(4, 2)") + bytes(65), "left over"),
        (declared("(4, 2)", "<U99999999"), "takes 3199999968"),
        (declared("(-4, 2)"), "single value"),
        (declared("oops"), "reading stopped"),
        (b"", "reading stopped"),
    ],
)
def test_false_header_is_refused_before_its_size_is_reserved(
    tmp_path: Path, raw: bytes, says: str
) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("x.npy", raw)
        archive.writestr("y.npy", declared("(4,)") + bytes(32))
    with pytest.raises(SpecError, match=says):
        read(tmp_path, buffer.getvalue())


def cost(folder: Path, content: bytes, says: str) -> int:
    """Most bytes in use while ``content`` is refused, which must be told so."""
    tracemalloc.start()
    with pytest.raises(SpecError, match=says):
        read(folder, content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_a_packed_file_that_unpacks_to_much_is_refused_packed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vgsim.nn.datasets._files.FREE_BYTES", 2**20)
    content = packed(x=np.zeros((2, 2**21), np.uint8), y=[0, 1])
    says = f"500 times its own size in memory; {len(content)} bytes declare {2**25}"
    assert cost(tmp_path, content, says) < 2**20


def test_the_same_unpacked_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vgsim.nn.datasets._files.FREE_BYTES", 2**10)
    buffer = io.BytesIO()
    np.savez(buffer, x=np.zeros((2, 2**12), np.uint8), y=[0, 1])
    assert read(tmp_path, buffer.getvalue()).x.shape == (2, 2**12)


def test_a_header_of_many_bytes_is_not_unpacked(tmp_path: Path) -> None:
    head = b"\x93NUMPY\x02\x00" + (2**24).to_bytes(4, "little") + b" " * 2**24
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", head)
        archive.writestr("y.npy", b"")
    assert cost(tmp_path, buffer.getvalue(), "reading stopped") < 2**20


def test_a_table_larger_than_memory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vgsim.core.machine.physical_memory", lambda: 7 * 60)
    with pytest.raises(SpecError, match="of at most 7 numbers; this declares 8"):
        read(tmp_path, packed(x=X, y=Y))


def test_a_lone_array_is_no_npz(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    np.save(buffer, X)
    with pytest.raises(SpecError, match="zip file"):
        read(tmp_path, buffer.getvalue())


def test_text_that_no_font_has_is_refused(tmp_path: Path) -> None:
    labels = np.array(["a", "b", "a", "b"]).view(np.uint32)
    labels[0] = 0xD800
    with pytest.raises(SpecError, match=r"data\.path"):
        read(tmp_path, packed(x=X, y=labels.view("<U1")))
    labels[0] = 0x7FFFFFFF
    with pytest.raises(SpecError, match=r"data\.path"):
        read(tmp_path, packed(x=X, y=labels.view("<U1")))


def check(folder: Path, content: bytes) -> None:
    try:
        assert np.isfinite(read(folder, content).x).all()
    except SpecError as error:
        assert "\n" not in str(error)


@given(content=st.binary(max_size=300))
def test_any_bytes_give_a_spec_error(tmp_path: Path, content: bytes) -> None:
    check(tmp_path, content)


@given(st.integers(0, 600), st.binary(min_size=1, max_size=4))
def test_a_damaged_file_gives_a_dataset_or_a_spec_error(
    tmp_path: Path, at: int, patch: bytes
) -> None:
    content = packed(x=X, y=Y)
    check(tmp_path, content[:at] + patch + content[at + len(patch) :])
    check(tmp_path, content[:at])


@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_as_an_array_give_a_spec_error(tmp_path: Path, raw: bytes, npy: bool) -> None:
    check(tmp_path, with_x(b"\x93NUMPY\x01\x00" + raw if npy else raw))
