"""A map in the window's export: dialog, file, quick export and clipboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from tests.helpers.map_files import STACK, map_file, map_grid, map_plan
from vgsim.core.errors import SpecError
from vgsim.export.reading import read_provenance
from vgsim.sweep.results import MemberResult
from vgsim.ui.app.clipboard import SVG
from vgsim.ui.app.map_exhibit import MapExhibit
from vgsim.ui.export_dialog import ExportDialog

SMALL = {"size": "640x360", "format": "png"}


def opened(vgsim, qtbot, entries):
    """The dialog with these entries."""
    vgsim.pictures.export()
    dialog = vgsim.window.findChild(ExportDialog)
    dialog.form.set_entries(entries)
    dialog.form.changed.emit()
    return dialog


def hint(vgsim):
    return vgsim.window._hints.text()


@pytest.fixture
def grid():
    return map_grid(map_plan(STACK), until=10)


@pytest.fixture
def exhibit(vgsim, grid, tmp_path):
    """A stack of maps in front, its second layer, with contours alone over it."""
    exhibit = MapExhibit(vgsim._look, vgsim)
    file = map_file(tmp_path / "stack.vgmap", grid.plan)
    exhibit.look_at(grid, file, "ratio", (1,), ("contours",))
    vgsim.pictures.exhibit = exhibit
    yield exhibit
    exhibit.close()


def test_it_offers_what_a_map_has(vgsim, exhibit, qtbot):
    dialog = opened(vgsim, qtbot, SMALL)
    fields = dialog.form.fields
    offered = [fields["format"].box.itemData(row) for row in range(fields["format"].box.count())]
    assert {"png", "svg", "pdf", "pptx", "csv", "npz"} <= set(offered)
    assert not {"gif", "mp4", "webp", "apng", "deck"} & set(offered)
    assert "a map is one picture" in dialog.form.note.text().replace("\u200b", "")
    assert not fields["plots"].isVisibleTo(dialog.form)
    assert not fields["kind"].isVisibleTo(dialog.form)
    dialog.reject()


def test_it_begins_with_what_one_sees(vgsim, exhibit, qtbot):
    dialog = opened(vgsim, qtbot, SMALL)
    entries = dialog.entries()
    assert entries["show"] == "ratio" and entries["layer"] == ["network.activation=relu"]
    assert entries["over"] == ["contours"]
    dialog.reject()


def test_the_preview_is_the_map(vgsim, exhibit, qtbot):
    dialog = opened(vgsim, qtbot, SMALL)
    qtbot.waitUntil(lambda: dialog.preview.image().width() > 100)
    assert dialog.carried.text().startswith("Carries: plan of the map")
    assert dialog.file.text() == "stack_ratio_relu.png"
    dialog.reject()


def test_theory_is_waited_for_and_drawn(vgsim, exhibit, grid, qtbot):
    exhibit.look_at(grid, None, "ratio", (0,), ("theory", "scale"))
    dialog = opened(vgsim, qtbot, SMALL)
    qtbot.waitUntil(lambda: dialog.preview.image().width() > 100)
    assert exhibit._foretold
    dialog.reject()


def test_a_table_asks_only_for_what_it_has(vgsim, exhibit, qtbot):
    dialog = opened(vgsim, qtbot, {**SMALL, "format": "csv"})
    fields = dialog.form.fields
    shown = {name for name, field in fields.items() if field.isVisibleTo(dialog.form)}
    assert shown == {"show", "layer", "format"}
    dialog.reject()


@pytest.mark.parametrize("name", ["map.png", "map.svg", "map.pdf", "map.pptx", "map.npz"])
def test_it_is_saved_and_saved_again(vgsim, exhibit, qtbot, monkeypatch, tmp_path, name):
    answer = str(tmp_path / name)
    monkeypatch.setattr("vgsim.ui.app.pictures.ask_save", lambda *_: answer)
    dialog = opened(vgsim, qtbot, SMALL)
    qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: (tmp_path / name).exists() and vgsim.pictures._saving is None)
    assert read_provenance(tmp_path / name).map.name == "stack.vgmap"
    vgsim.pictures.export_again()
    again = tmp_path / ("stack_ratio_relu" + (tmp_path / name).suffix)
    qtbot.waitUntil(again.exists)


def test_what_was_exported_of_a_moment_stays_as_it_was(vgsim, exhibit, qtbot):
    vgsim.pictures.exhibit = vgsim.pictures.moment
    before = vgsim.pictures.last_entries()
    vgsim.pictures.exhibit = exhibit
    dialog = opened(vgsim, qtbot, SMALL | {"view": "map"})
    qtbot.mouseClick(dialog.copy_button, Qt.MouseButton.LeftButton)
    assert vgsim.pictures.last_picture().view == "map"
    vgsim.pictures.exhibit = vgsim.pictures.moment
    assert vgsim.pictures.last_entries() == before


def test_it_is_copied_as_picture_shapes_and_numbers(vgsim, exhibit):
    vgsim.clipboard.copy_picture()
    assert QGuiApplication.clipboard().mimeData().hasImage()
    assert "Copied: Slide" in hint(vgsim)
    vgsim.clipboard.copy_svg()
    assert b"stack.vgmap" in bytes(QGuiApplication.clipboard().mimeData().data(SVG))
    vgsim.clipboard.copy_data()
    rows = QGuiApplication.clipboard().text().splitlines()
    assert len(rows) == 1 + 4 * 5 * 2
    assert rows[0].startswith("network.depth\tinit.gain\tnetwork.activation\tseeds\tratio\t")


def test_the_preview_follows_what_comes(vgsim, exhibit, grid, qtbot):
    dialog = opened(vgsim, qtbot, SMALL)
    qtbot.waitUntil(lambda: dialog.preview.image().width() > 100)
    before = dialog.preview.image().copy()
    for depth in range(4):
        for gain in range(5):
            grid.add(MemberResult((depth, gain, 1), 0, first=1e6, last=1.0, hops=1))
    exhibit.look_at(grid, None, "ratio", (1,), ("contours",))
    qtbot.waitUntil(lambda: dialog.preview.image() != before)
    dialog.reject()


def test_a_figure_that_the_map_has_not_is_refused(exhibit):
    with pytest.raises(SpecError, match="for this one the map needs"):
        exhibit.read({"show": "verdict"})
    with pytest.raises(SpecError, match="layer"):
        exhibit.read({"layer": ["network.norm=batch"]})


def test_without_a_map_there_is_nothing_to_export(vgsim, exhibit):
    exhibit.look_at(None)
    vgsim.pictures.export()
    vgsim.pictures.export_again()
    assert vgsim.window.findChildren(ExportDialog) == []
