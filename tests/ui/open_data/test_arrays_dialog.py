"""The dialog *Open data* for arrays, where it is open which are the samples."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from shiboken6 import isValid

from vgsim.nn.spec import DataSpec
from vgsim.ui.open_data.arrays_dialog import ArraysDialog


@pytest.fixture
def opened(styled, theme, qtbot):
    """Opens the dialog on a file."""
    dialogs = []

    def opens(dataset, path, **chosen):
        dialog = ArraysDialog(DataSpec(dataset=dataset, path=str(path), **chosen), theme)
        dialogs.append(dialog)
        dialog.open()
        qtbot.waitUntil(lambda: dialog.reading is not None)
        return dialog

    yield opens
    for dialog in dialogs:
        if isValid(dialog):
            dialog.reject()


@pytest.fixture
def ambiguous(tmp_path):
    path = tmp_path / "arrays.npz"
    rng = np.random.default_rng(0)
    names = np.array(["red", "blue"])[np.arange(30) % 2]
    np.savez(path, measured=rng.normal(size=(30, 4)), color=names, other=np.arange(30.0))
    return path


def test_the_arrays_of_the_file_are_offered(opened, ambiguous):
    dialog = opened("npz", ambiguous)
    assert not dialog.button.isEnabled()
    assert "measured (30 × 4 float64)" in dialog._there.accessibleName()
    for name in ("x_array", "y_array"):
        assert dialog.arrays.choosers[name].findData("measured") > 0
        assert dialog.arrays.choosers[name].property("invalid")


def test_chosen_arrays_are_counted_and_opened(opened, ambiguous, qtbot):
    dialog = opened("npz", ambiguous)
    dialog.arrays.choosers["x_array"].chosen.emit("measured")
    dialog.arrays.choosers["y_array"].chosen.emit("color")
    qtbot.waitUntil(dialog.button.isEnabled)
    assert dialog.button.text() == "Open 30 samples"
    assert dialog.problem.text() == ""
    with qtbot.waitSignal(dialog.chosen) as told:
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
    path, fields, numbers = told.args
    assert path == str(ambiguous) and not numbers
    assert fields["data.x_array"] == "measured" and fields["data.y_array"] == "color"


def test_a_lone_array_takes_a_file_with_labels(opened, tmp_path, qtbot):
    np.save(tmp_path / "pictures.npy", np.random.default_rng(0).normal(size=(20, 3, 3)))
    np.save(tmp_path / "kinds.npy", np.arange(20) % 2)
    dialog = opened("npy", tmp_path / "pictures.npy")
    assert dialog.arrays.boxes["labels"].isVisible()
    assert not dialog.arrays.boxes["x_array"].isVisible()
    assert dialog.arrays.editors["labels"].target().property("invalid")
    dialog.choose("labels", str(tmp_path / "kinds.npy"))
    qtbot.waitUntil(dialog.button.isEnabled)
    assert dialog.button.text() == "Open 20 samples"
