"""Arrays as people publish them: names, parts, channels, kinds of labels."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.specs import small
from vgsim.core.errors import SpecError
from vgsim.nn.datasets import DATASETS, Dataset
from vgsim.nn.datasets.user_npz import arrays_told
from vgsim.nn.experiment import Experiment
from vgsim.nn.spec import DataSpec

CASES = Path(__file__).parents[1] / "data"
X = np.arange(24.0).reshape(12, 2)
Y = np.arange(12) % 3


def read(kind: str, path: Path, **choices: str) -> Dataset:
    return DATASETS[kind](DataSpec(kind, str(path), **choices), np.random.default_rng(0))


def npz(folder: Path, *positional: np.ndarray, **arrays: np.ndarray) -> Path:
    np.savez(folder / "data.npz", *positional, **arrays)
    return folder / "data.npz"


def npy(folder: Path, name: str, array: np.ndarray) -> Path:
    np.save(folder / name, array)
    return folder / name


@pytest.mark.parametrize("name", [
    "capital_keys", "channel_first", "channel_last", "float_classes", "keras_keys", "positional",
])  # fmt: skip
def test_published_layouts_are_the_same_pictures(name):
    data = read("npz", CASES / f"{name}.npz")
    assert data.x.shape == (60, 36)
    assert data.image_shape == (6, 6) and data.steps == 6
    assert data.classes == ("0", "1", "2")
    assert data.y[:3].tolist() == [0, 1, 2]


def test_a_pickle_is_refused_by_the_name_of_its_array():
    with pytest.raises(SpecError, match="y holds Python objects"):
        read("npz", CASES / "object_labels.npz")


def test_pictures_without_labels_ask_for_the_file_of_them():
    with pytest.raises(SpecError, match=r"data\.labels = ''"):
        read("idx", CASES / "images.idx")


def test_a_test_part_is_what_is_held_out():
    spec = small(data__dataset="npz", data__path=str(CASES / "keras_keys.npz"))
    data = Experiment(spec.replace({"data.standardize": False})).data
    with np.load(CASES / "keras_keys.npz") as stored:
        theirs = stored["x_test"].reshape(20, -1).tolist()
    assert sorted(data.x_held.tolist()) == sorted(theirs)
    assert len(data.x_train) == 40


def test_medmnist(tmp_path):
    parts = {"train": 8, "val": 3, "test": 4}
    arrays = {f"{part}_images": np.ones((n, 5, 5, 3), np.uint8) for part, n in parts.items()}
    arrays |= {f"{part}_labels": np.arange(n)[:, None] % 2 for part, n in parts.items()}
    data = read("npz", npz(tmp_path, **arrays))
    assert (len(data.x), data.held_out) == (12, 4)
    assert data.classes == ("0", "1")


def test_parts_may_differ_in_type_but_not_in_shape(tmp_path):
    arrays = {"x_train": X, "y_train": Y, "x_test": X[:4].astype("f4"), "y_test": Y[:4]}
    assert len(read("npz", npz(tmp_path, **arrays)).x) == 16
    arrays["x_test"] = X[:4, :1]
    with pytest.raises(SpecError, match=r"like parts; it holds x_train \(12 × 2 float64\) and x_"):
        read("npz", npz(tmp_path, **arrays))


def test_a_test_part_without_labels_of_its_own_is_refused(tmp_path):
    arrays = {"x_train": X, "y_train": Y[:11], "x_test": X[:4], "y_test": Y[:5]}
    with pytest.raises(SpecError, match="one label for each sample; y_train"):
        read("npz", npz(tmp_path, **arrays))


def test_other_names_are_asked_for_and_can_be_given(tmp_path):
    path = npz(tmp_path, pixels=X, digit=Y)
    with pytest.raises(SpecError, match=r"holds pixels \(12 × 2 float64\), digit \(12 int64\)"):
        read("npz", path)
    assert read("npz", path, x_array="pixels", y_array="digit").classes == ("0", "1", "2")
    with pytest.raises(SpecError, match=r"data\.y_array = number: .* holds pixels"):
        read("npz", path, x_array="pixels", y_array="number")


def test_a_part_alone_can_be_named(tmp_path):
    path = npz(tmp_path, x_train=X, y_train=Y, x_test=X[:4], y_test=Y[:4])
    data = read("npz", path, x_array="x_test")
    assert (len(data.x), data.held_out) == (4, 0)


def test_a_positional_pair_whose_labels_cannot_be_told_is_asked_for(tmp_path):
    with pytest.raises(SpecError, match=r"holds arr_0 \(12 × 2 float64\), arr_1"):
        read("npz", npz(tmp_path, X, X))
    assert read("npz", npz(tmp_path, Y, X)).x.shape == (12, 2)


@pytest.mark.parametrize("axis", [1, 2, 3])
def test_one_channel_in_any_place_is_none(tmp_path, axis):
    pictures = np.arange(72.0).reshape(12, 2, 3)
    data = read("npz", npz(tmp_path, x=np.expand_dims(pictures, axis), y=Y))
    assert data.image_shape == (2, 3)
    assert np.array_equal(data.x, pictures.reshape(12, 6))


def test_channels_first_and_last_are_read_alike(tmp_path):
    colors = np.arange(12.0 * 5 * 6 * 3).reshape(12, 5, 6, 3)
    last = read("npz", npz(tmp_path, x=colors, y=Y))
    first = read("npz", npz(tmp_path, x=np.moveaxis(colors, 3, 1), y=Y))
    assert np.array_equal(first.x, last.x)
    assert last.steps == 5 and last.image_shape is None


@pytest.mark.parametrize("kind", ["u1", "i4", "f2", "f8", "?"])
def test_one_hot_labels_are_classes(tmp_path, kind):
    data = read("npz", npz(tmp_path, x=X, y=np.eye(3, dtype=kind)[Y]))
    assert data.classes == ("0", "1", "2")
    assert data.y.tolist() == Y.tolist()


def test_few_whole_floats_are_classes_and_others_are_numbers(tmp_path):
    assert read("npz", npz(tmp_path, x=X, y=Y.astype("f4"))).classes == ("0", "1", "2")
    assert read("npz", npz(tmp_path, x=X, y=Y + 0.5)).classes == ()
    assert read("npz", npz(tmp_path, x=X, y=np.arange(12.0))).classes == ()


def test_several_numbers_are_several_targets(tmp_path):
    assert read("npz", npz(tmp_path, x=X, y=X + 0.5)).y.shape == (12, 2)


@pytest.mark.parametrize("kind", ["<f2", ">f2", ">f4", ">f8", ">i2", "<u8"])
def test_every_number_type_is_read(tmp_path, kind):
    data = read("npz", npz(tmp_path, x=X.astype(kind), y=Y))
    assert np.array_equal(data.x, X)


def test_a_lone_array_is_a_table_with_its_label_last(tmp_path):
    table = np.column_stack([X, Y])
    data = read("npy", npy(tmp_path, "table.npy", table))
    assert np.array_equal(data.x, X) and data.classes == ("0", "1", "2")
    assert read("npy", npy(tmp_path, "table.npy", table), label="1").y.shape == (12, 1)
    with pytest.raises(SpecError, match=r"data\.label = size: allowed is column numbers from 1"):
        read("npy", tmp_path / "table.npy", label="size")


def test_labels_of_a_lone_array_lie_in_a_second_one(tmp_path):
    samples = npy(tmp_path, "x.npy", np.asfortranarray(X))
    labels = npy(tmp_path, "y.npy", Y)
    data = read("npy", samples, labels=str(labels))
    assert np.array_equal(data.x, X) and data.classes == ("0", "1", "2")


def test_pictures_in_a_lone_array_ask_for_their_labels(tmp_path):
    with pytest.raises(SpecError, match=r"data\.labels = '': .* 12 × 2 × 1 has no label"):
        read("npy", npy(tmp_path, "x.npy", X[:, :, None]))


def test_a_lone_array_of_objects_is_never_opened(tmp_path):
    buffer = io.BytesIO()
    np.save(buffer, np.array([{}, {}]), allow_pickle=True)
    (tmp_path / "x.npy").write_bytes(buffer.getvalue())
    with pytest.raises(SpecError, match="Python objects"):
        read("npy", tmp_path / "x.npy")


def test_a_validation_part_is_held_out_where_there_is_no_other(tmp_path):
    for name in ("val", "valid", "validation"):
        arrays = {"x_train": X, "y_train": Y, f"x_{name}": X[:4], f"{name}_y": Y[:4]}
        data = read("npz", npz(tmp_path, **arrays))
        assert (len(data.x), data.held_out) == (16, 4)


def test_arrays_that_are_not_read_are_told(tmp_path):
    arrays = {f"{part}_{what}": value[:n] for part, n in (("train", 8), ("val", 3), ("test", 4))
              for what, value in (("images", X), ("labels", Y))}  # fmt: skip
    spec = small(data__dataset="npz", data__path=str(npz(tmp_path, **arrays))).data
    told = "\n".join(arrays_told(spec))
    assert "held out  test_images" in told
    assert "not read  val_images" in told and "val_labels" in told


FIELDS = [("a", "f4"), ("n", ">i2"), ("kind", "U3")]


def test_fields_of_a_structured_array_are_columns(tmp_path):
    table = np.array([(0.5, 2, "x"), (1.5, 3, "y"), (2.5, 4, "x"), (3.5, 5, "y")], FIELDS)
    np.save(tmp_path / "t.npy", table)
    data = read("npy", str(tmp_path / "t.npy"))
    assert data.x.tolist() == [[0.5, 2], [1.5, 3], [2.5, 4], [3.5, 5]]
    assert (data.features, data.classes) == (("a", "n"), ("x", "y"))
    with pytest.raises(SpecError, match="field kind is of type"):
        read("npy", str(tmp_path / "t.npy"), label="a")
    with pytest.raises(SpecError, match="one of the fields a, n, kind"):
        read("npy", str(tmp_path / "t.npy"), label="b")


def test_a_field_to_predict_keeps_its_name(tmp_path):
    np.save(
        tmp_path / "t.npy", np.array([(i, 0.5 * i) for i in range(6)], [("x", "f8"), ("y", "f8")])
    )
    data = read("npy", str(tmp_path / "t.npy"), label="x")
    assert (data.targets, data.features) == (("x",), ("y",))


def test_nested_fields_are_refused(tmp_path):
    np.save(tmp_path / "t.npy", np.zeros(5, [("x", "f8", (2,)), ("y", "i4")]))
    with pytest.raises(SpecError, match="one row a sample"):
        read("npy", str(tmp_path / "t.npy"))
