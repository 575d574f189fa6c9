"""Data of one's own, from the menu or a dropped file to the network that learns from it."""

from __future__ import annotations

import numpy as np

from tests.helpers.data import TABLES
from tests.helpers.specs import small
from vgsim.export.formats.csv import save_csv
from vgsim.export.provenance.record import Provenance
from vgsim.export.table import Table
from vgsim.ui.open_data.arrays_dialog import ArraysDialog
from vgsim.ui.open_data.dialog import OpenDataDialog


def dialog_of(vgsim, qtbot):
    """The dialog that was opened, once it has read its file."""
    (dialog,) = (it for it in vgsim.window.findChildren(OpenDataDialog) if it.isVisible())
    qtbot.waitUntil(dialog.button.isEnabled)
    return dialog


def test_a_dropped_table_is_shown_and_then_learned_from(vgsim, qtbot):
    vgsim.window.file_dropped.emit(str(TABLES / "id_column.csv"))
    dialog_of(vgsim, qtbot).open_table()
    qtbot.waitUntil(lambda: vgsim.session.frame.spec.data.path == str(TABLES / "id_column.csv"))
    assert vgsim.session.frame.widths[-1] == 3  # classes


def test_numbers_to_predict_take_a_loss_for_numbers(vgsim, qtbot):
    vgsim.open_path(str(TABLES / "price_raw.csv"))
    dialog_of(vgsim, qtbot).open_table()
    qtbot.waitUntil(lambda: vgsim.session.frame.spec.data.dataset == "csv")
    assert vgsim.session.frame.spec.training.loss == "mse"


def test_the_menu_asks_for_a_file(vgsim, qtbot, monkeypatch):
    chosen = "vgsim.ui.window.dialogs.QFileDialog.getOpenFileName"
    monkeypatch.setattr(chosen, lambda *_: (str(TABLES / "x3.csv"), ""))
    vgsim.window.actions_by_name["data"].trigger()
    dialog = dialog_of(vgsim, qtbot)
    assert dialog.path == str(TABLES / "x3.csv")
    dialog.reject()


def test_a_table_that_vgsim_exported_is_the_experiment_again(vgsim, qtbot, tmp_path):
    file = tmp_path / "plot.csv"
    carried = Provenance(small().replace({"name": "Mine"}), 0, "loss", "gradient")
    about = {"plot": "Gradient", "shows": "RMS", "passport": carried.dumps()}
    save_csv(Table({"stage": np.arange(3)}, about), file)
    vgsim.open_path(str(file))
    qtbot.waitUntil(lambda: vgsim.session.frame.spec.name == "Mine")
    assert not vgsim.window.findChildren(OpenDataDialog)


def learned_from(vgsim, qtbot, path):
    """Open a table and wait until the network learns from it."""
    vgsim.open_path(str(path))
    dialog_of(vgsim, qtbot).open_table()
    qtbot.waitUntil(lambda: vgsim.session.frame.spec.data.path == str(path))


def test_classes_after_numbers_take_the_loss_of_before(vgsim, qtbot):
    loss = vgsim.session.state.wanted.training.loss
    learned_from(vgsim, qtbot, TABLES / "price_raw.csv")
    learned_from(vgsim, qtbot, TABLES / "id_column.csv")
    assert vgsim.session.frame.spec.training.loss == loss


def test_the_present_data_are_shown_as_they_are_read(vgsim, qtbot):
    learned_from(vgsim, qtbot, TABLES / "missing_na.csv")
    vgsim.session.apply({"data.missing": "drop"})
    vgsim.open_path(str(TABLES / "missing_na.csv"))
    dialog = dialog_of(vgsim, qtbot)
    assert dialog.data.missing == "drop"
    dialog.reject()


def test_what_was_chosen_last_for_a_file_is_chosen_again(vgsim, qtbot):
    vgsim.open_path(str(TABLES / "missing_na.csv"))
    dialog = dialog_of(vgsim, qtbot)
    dialog.choose("missing", "fill and mark")
    qtbot.waitUntil(dialog.button.isEnabled)
    dialog.open_table()
    learned_from(vgsim, qtbot, TABLES / "id_column.csv")
    vgsim.open_path(str(TABLES / "missing_na.csv"))
    dialog = dialog_of(vgsim, qtbot)
    assert dialog.data.missing == "fill and mark"
    dialog.reject()


def test_a_series_is_learned_from(vgsim, qtbot):
    learned_from(vgsim, qtbot, TABLES.parent / "dates.csv")
    assert vgsim.session.frame.spec.data.dataset == "series"


def test_arrays_that_say_what_they_are_open_at_once(vgsim, qtbot):
    path = str(TABLES.parent / "keras_keys.npz")
    vgsim.window.file_dropped.emit(path)
    qtbot.waitUntil(lambda: vgsim.session.frame.spec.data.path == path)
    assert vgsim.session.frame.spec.data.dataset == "npz"


def test_arrays_that_are_open_are_asked_for(vgsim, qtbot, tmp_path):
    path = tmp_path / "arrays.npz"
    np.savez(path, first=np.random.default_rng(0).normal(size=(20, 3)), second=np.arange(20) % 2)
    vgsim.window.file_dropped.emit(str(path))
    qtbot.waitUntil(lambda: bool(vgsim.window.findChildren(ArraysDialog)))
    (dialog,) = vgsim.window.findChildren(ArraysDialog)
    dialog.choose("x_array", "first")
    dialog.choose("y_array", "second")
    qtbot.waitUntil(dialog.button.isEnabled)
    dialog.open_arrays()
    qtbot.waitUntil(lambda: vgsim.session.frame.spec.data.path == str(path))
    assert vgsim.session.frame.spec.data.y_array == "second"
