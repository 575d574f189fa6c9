"""Maps in the window: begun, computed, looked at, opened from a file, and left."""

from __future__ import annotations

import multiprocessing
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QMessageBox

from vgsim.export.sources import MapSource, Source
from vgsim.nn.presets import load_preset
from vgsim.sweep.axes import Axis
from vgsim.sweep.executors import Here, LocalWorkers
from vgsim.sweep.grid import MapGrid
from vgsim.sweep.plan import SweepPlan
from vgsim.sweep.results import MemberResult
from vgsim.sweep.store import MapStore, StoredMap
from vgsim.ui.app import maps as maps_module
from vgsim.ui.app.starting import RECENT
from vgsim.ui.map.model.entries import AxisEntry, MapEntries, Spacing
from vgsim.ui.map.model.state import Computing

KEY = Qt.Key
SMALL = MapEntries(
    AxisEntry("network.depth", "2", "5", "4"), AxisEntry("init.gain", "0.5", "2", "3"), seeds="2"
)


def here(training):
    return Here()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where maps that are begun are kept."""
    monkeypatch.setattr(maps_module, "map_folder", lambda: tmp_path)
    return tmp_path


@pytest.fixture
def maps(vgsim, folder):
    """The maps of a window, computed in the thread itself, with the page in front."""
    vgsim.maps.workers = here
    vgsim.do("map")
    return vgsim.maps


def enter(maps, entries):
    form = maps.screen.page.form
    form.set_entries(entries)
    form.edited.emit()


def compute(maps, qtbot, entries=SMALL):
    """Enter a map, press Start, and wait until it has ended."""
    enter(maps, entries)
    qtbot.mouseClick(maps.screen.page.form.start_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not maps.computing)


@pytest.fixture
def stored(tmp_path):
    """A map of 4 × 3 cells in a file, of which the last column is missing."""
    plan = SweepPlan(
        load_preset("sigmoid-stack"),
        (Axis.between("network.depth", 2, 5, 4), Axis.between("init.gain", 0.5, 2.0, 3)),
    )
    path = tmp_path / "some.vgmap"
    with MapStore.create(path, plan) as store:
        cells = [index for index in plan.indices() if index[0] < 3]
        store.add(MemberResult(index, 0, 10.0 ** -index[0], 1.0, 3, 0.5) for index in cells)
    return path


def test_the_command_puts_the_map_in_front_and_escape_comes_back(vgsim, maps, qtbot):
    assert maps.in_front
    assert not vgsim.window.workspace.isVisible()
    assert "Esc network" in vgsim.window._hints.text()
    qtbot.keyClick(maps.screen.page, KEY.Key_Escape)
    assert not maps.in_front
    assert vgsim.window.workspace.isVisible()


def test_stepping_waits_while_a_map_is_in_front(vgsim, maps):
    assert not vgsim.window.actions_by_name["step"].isEnabled()
    assert vgsim.window.actions_by_name["theme"].isEnabled()
    vgsim.do("map_back")
    assert vgsim.window.actions_by_name["step"].isEnabled()


def test_a_map_begins_with_the_experiment_of_the_window(vgsim, maps):
    entries = maps.screen.page.form.entries()
    assert (entries.across.path, entries.up.path) == ("network.depth", "init.gain")
    assert maps._wanted.spec == vgsim.session.spec


def test_start_computes_every_cell_and_keeps_it(maps, qtbot, folder):
    compute(maps, qtbot)
    assert maps.progress.complete
    assert maps.grid.measured.all()
    assert not maps.screen.page.form.start_button.isEnabled()
    assert len(StoredMap(maps.path).refresh()) == 4 * 3 * 2
    assert maps.path.parent == folder


def test_a_cell_is_that_of_its_experiment_alone(maps, qtbot):
    from vgsim.measure.snapshot import frame_of
    from vgsim.nn.experiment import Experiment

    compute(maps, qtbot)
    experiment = Experiment(maps.grid.plan.member((3, 1), 1))
    experiment.run(1)
    alone = frame_of(experiment).history.dh_rms[0]
    assert maps.grid.members.first[3, 1, 1] == pytest.approx(alone[0], rel=1e-9)


def test_the_bar_on_top_says_how_far_it_is(vgsim, maps, qtbot):
    compute(maps, qtbot)
    assert vgsim.window.transport.pill.text() == "Map · 100 % · 12 of 12 cells"
    assert "seeds 2" in vgsim.window.transport.step_text.text()


def test_bad_entries_are_said_at_the_field(maps):
    enter(maps, replace(SMALL, across=AxisEntry("network.depth", "9", "5", "4")))
    form = maps.screen.page.form
    assert "lower to a higher" in form.across.problem.text()
    assert not form.up.problem.text()
    assert not form.start_button.isEnabled()
    enter(maps, replace(SMALL, seeds="many"))
    assert "no whole number" in form.rows["seeds"].problem.text()
    enter(maps, SMALL)
    assert form.start_button.isEnabled()


def test_arrows_go_from_cell_to_cell(maps, qtbot):
    compute(maps, qtbot)
    page = maps.screen.page
    page.look_at((0, 0))
    for key in (KEY.Key_Right, KEY.Key_Right, KEY.Key_Up, KEY.Key_Left):
        qtbot.keyClick(page, key)
    assert page.cell == (1, 1)
    qtbot.keyClick(page, KEY.Key_Down)
    qtbot.keyClick(page, KEY.Key_Down)
    assert page.cell == (1, 0)
    assert page.readout.place.text() == "Depth 3 · gain value 0.5"


def test_enter_opens_the_very_experiment(vgsim, maps, qtbot):
    compute(maps, qtbot)
    maps.screen.page.look_at((2, 1))
    wanted = maps.grid.plan.member((2, 1), 0)
    qtbot.keyClick(maps.screen.page, KEY.Key_Return)
    assert not maps.in_front
    qtbot.waitUntil(lambda: vgsim.session.spec == wanted)


def test_a_press_on_a_cell_opens_it(vgsim, maps, qtbot):
    compute(maps, qtbot)
    plot = maps.screen.page.plot
    plot.grab()
    where = plot.place_of((1, 2)).toPoint()
    qtbot.mouseMove(plot.view.viewport(), where)
    qtbot.mouseClick(plot.view.viewport(), Qt.MouseButton.LeftButton, pos=where)
    wanted = maps.grid.plan.member((1, 2), 0)
    qtbot.waitUntil(lambda: vgsim.session.spec == wanted)


def test_s_turns_the_slice(maps, qtbot):
    compute(maps, qtbot)
    page = maps.screen.page
    page.look_at((2, 1))
    assert page.slice_card.accessibleName() == "Slice at depth 4"
    assert page.slice_plot.slice.median.shape == (3,)
    qtbot.keyClick(page, KEY.Key_S)
    assert page.slice_card.accessibleName() == "Slice at gain value 1.25"


def test_space_pauses_and_goes_on(maps, qtbot):
    enter(maps, replace(SMALL, seeds="1", across=AxisEntry("network.depth", "2", "40", "39")))
    page = maps.screen.page
    qtbot.keyClick(page, KEY.Key_Space)
    qtbot.waitUntil(lambda: maps.computing)
    qtbot.keyClick(page, KEY.Key_Space)
    assert maps.progress.state is Computing.PAUSED
    assert page.form.start_button.text() == "Go on"
    qtbot.keyClick(page, KEY.Key_Space)
    assert maps.progress.state is Computing.RUNNING
    maps.stop()
    qtbot.waitUntil(lambda: not maps.computing)


def test_what_is_stopped_stays_and_is_gone_on_with(vgsim, maps, qtbot):
    enter(maps, SMALL)
    maps.start()
    vgsim.do("map_stop")
    qtbot.waitUntil(lambda: not maps.computing)
    path = maps.path
    compute(maps, qtbot)
    assert maps.path == path
    assert maps.progress.complete


def test_the_same_map_again_has_its_cells_already(vgsim, maps, qtbot):
    compute(maps, qtbot)
    path = maps.path
    compute(maps, qtbot, replace(SMALL, seeds="1"))
    assert maps.path != path
    enter(maps, SMALL)
    maps.start()
    assert maps.path == path
    qtbot.waitUntil(lambda: not maps.computing)


def test_closing_the_window_keeps_what_has_come(vgsim, maps, qtbot):
    enter(maps, replace(SMALL, seeds="3", across=AxisEntry("network.depth", "2", "12", "11")))
    maps.start()
    qtbot.waitUntil(lambda: maps.grid.done > 0)
    known = maps.grid.done
    vgsim.window.close()
    assert not maps.computing
    assert len(StoredMap(maps.path).refresh()) >= known


def test_nothing_of_the_engine_is_left_when_the_window_closes(vgsim, maps, qtbot):
    maps.workers = lambda training: LocalWorkers(1)
    enter(maps, replace(SMALL, across=AxisEntry("network.depth", "2", "40", "39")))
    maps.start()
    qtbot.waitUntil(lambda: bool(multiprocessing.active_children()))
    vgsim.window.close()
    assert not multiprocessing.active_children()
    assert StoredMap(maps.path).plan == maps.grid.plan


def test_a_file_opens_with_its_map(vgsim, qtbot, stored):
    vgsim.open_path(str(stored))
    qtbot.waitUntil(lambda: vgsim.maps.in_front)
    maps = vgsim.maps
    assert maps.grid.plan.shape == (4, 3)
    assert (maps.progress.done, maps.progress.of) == (9, 12)
    assert vgsim.window._map_named.text() == "some.vgmap"
    assert "some.vgmap" in vgsim._settings.text(RECENT, "")
    assert maps.screen.page.form.entries().across == AxisEntry(
        "network.depth", "2", "5", "4", Spacing.LINEAR, "2,3,4,5"
    )


def test_a_file_is_gone_on_with(vgsim, qtbot, stored):
    vgsim.maps.workers = here
    vgsim.open_path(str(stored))
    qtbot.waitUntil(lambda: vgsim.maps.in_front)
    assert vgsim.maps.screen.page.form.start_button.text() == "Go on"
    vgsim.maps.start()
    qtbot.waitUntil(lambda: not vgsim.maps.computing)
    assert vgsim.maps.path == stored
    assert len(StoredMap(stored).refresh()) == 12


def test_a_file_can_be_dropped(vgsim, qtbot, stored):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(stored))])
    left = Qt.MouseButton.LeftButton
    action = Qt.DropAction.CopyAction
    where = QPointF(9, 9)
    vgsim.window.dropEvent(QDropEvent(where, action, data, left, Qt.KeyboardModifier.NoModifier))
    qtbot.waitUntil(lambda: vgsim.maps.in_front)


def test_a_file_that_grows_is_followed(vgsim, qtbot, stored):
    vgsim.open_path(str(stored))
    qtbot.waitUntil(lambda: vgsim.maps.in_front)
    with MapStore.open(stored) as store:
        store.add([MemberResult((3, row), 0, 1e-4, 1.0, 4) for row in range(3)])
    qtbot.waitUntil(lambda: vgsim.maps.progress.complete)


def test_a_damaged_file_is_said(vgsim, qtbot, stored):
    text = bytearray(stored.read_bytes())
    text[200:4000] = bytes(3800)
    stored.write_bytes(bytes(text))
    vgsim.open_path(str(stored))
    qtbot.waitUntil(lambda: bool(vgsim.window.findChildren(QMessageBox)))
    box = vgsim.window.findChildren(QMessageBox)[0]
    assert "some.vgmap was not opened" in box.text()
    box.close()


def test_presets_say_what_to_expect(maps):
    maps.choose_preset("tanh-depth-gain")
    form = maps.screen.page.form
    assert form.preset.name() == "tanh-depth-gain"
    assert form.expect.text()
    assert form.entries().seeds == "3"
    maps.choose_preset("present")
    assert not form.expect.text()


def test_the_map_goes_on_behind_the_network(vgsim, maps, qtbot):
    enter(maps, replace(SMALL, across=AxisEntry("network.depth", "2", "8", "7")))
    maps.start()
    vgsim.do("map_back")
    assert "%" in vgsim.window._map_named.text()
    vgsim.do("train")
    qtbot.waitUntil(lambda: not maps.computing)
    assert maps.progress.complete
    assert not vgsim.window._map_named.text()
    vgsim.do("train")


def test_a_figure_that_was_not_computed_waits(vgsim, maps, qtbot):
    compute(maps, qtbot)
    form = maps.screen.page.form
    form.shown.show_name("verdict")
    maps.show_figure("verdict")
    assert maps.screen.shown == "ratio"
    assert "start the map anew" in vgsim.window._hints.text()
    maps.show_figure("loss")
    assert maps.screen.shown == "loss"


def test_another_layer_of_a_stack_is_shown(maps, qtbot):
    layers = AxisEntry("network.activation", spacing=Spacing.LIST, listed="sigmoid,tanh")
    compute(maps, qtbot, replace(SMALL, seeds="1", layers=layers))
    first = maps.screen.view().values
    maps.screen.page.layer.activated.emit(1)
    assert maps.screen.layer == (1,)
    assert not np.array_equal(maps.screen.view().values, first)


def test_choices_and_one_axis_make_a_map(maps, qtbot):
    across = AxisEntry("network.activation", spacing=Spacing.LIST, listed="sigmoid,tanh")
    compute(maps, qtbot, replace(SMALL, across=across, up=None))
    assert maps.screen.view().shape == (2, 1)
    assert maps.screen.page.along.isHidden()


def test_the_theme_reaches_the_map(vgsim, maps, qtbot):
    compute(maps, qtbot)
    vgsim.use_theme("dark")
    assert maps.screen.page.plot.theme.name == "dark"
    vgsim.window.grab()


def test_a_preset_of_the_network_leaves_the_map(vgsim, maps):
    vgsim.choose_preset("relu-he")
    assert not maps.in_front


def test_the_start_page_stands_in_front_of_a_map(vgsim, maps):
    vgsim.do("start_page")
    assert vgsim.window.covered
    assert not maps.in_front


def test_what_is_exported_is_what_is_in_front(vgsim, maps, qtbot):
    compute(maps, qtbot)
    assert vgsim.pictures.exhibit is vgsim.map_exhibit
    assert vgsim.map_exhibit.shown is maps.grid
    assert vgsim.map_exhibit.seen()["show"] == "ratio"
    maps.leave()
    assert vgsim.pictures.exhibit is vgsim.pictures.moment


def test_a_map_that_is_only_planned_can_be_started(vgsim, folder, qtbot):
    vgsim.maps.workers = here
    plan = SweepPlan(load_preset("relu-he"), (Axis.between("network.depth", 2, 4, 3),))
    vgsim.begin(Source(plan.spec, map=MapSource(plan)), "")
    assert vgsim.maps.in_front
    assert not vgsim.maps.grid.measured.any()
    vgsim.maps.start()
    qtbot.waitUntil(lambda: not vgsim.maps.computing)
    assert vgsim.maps.grid.measured.all()


def test_a_map_can_be_refined_at_its_edges(maps, qtbot):
    across = AxisEntry("network.depth", "2", "18", "17")
    enter(maps, MapEntries(across, AxisEntry("init.gain", "0.5", "4", "17")))
    maps.screen.page.form.refine.setChecked(True)
    maps.start()
    qtbot.waitUntil(lambda: not maps.computing)
    assert 17 * 17 // 20 < maps.grid.done < 17 * 17 // 2
    assert maps.screen.view().dots.any()
    assert maps.screen.page.form.start_button.text() == "Go on"


def test_what_cannot_be_built_is_said_before_any_work(maps, qtbot, folder, tmp_path):
    lost = tmp_path / "lost.csv"
    spec = load_preset("sigmoid-stack").replace({"data.dataset": "csv", "data.path": str(lost)})
    maps._take(spec, SMALL, "")
    with qtbot.waitSignal(maps.failed) as failed:
        maps.start()
    assert failed.args[0].startswith("data.path = ")
    assert not maps.path.exists()
    for box in maps.parent().findChildren(QMessageBox):
        box.close()


def test_a_map_is_saved_under_another_name(vgsim, maps, qtbot, tmp_path, monkeypatch):
    compute(maps, qtbot)
    target = tmp_path / "mine.vgmap"
    monkeypatch.setattr(maps_module, "ask_save", lambda *_: str(target))
    vgsim.do("save_map")
    assert len(StoredMap(target).refresh()) == 4 * 3 * 2
    assert maps.path == target
    assert vgsim.window._map_named.text() == "mine.vgmap"
    assert "mine.vgmap" in vgsim._settings.text(RECENT, "")
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".ini", ".vgmap", ".vgmap"]


def test_a_map_that_was_begun_is_among_what_was_opened_lately(vgsim, maps, qtbot):
    compute(maps, qtbot)
    assert maps.path.name in vgsim._settings.text(RECENT, "")


def test_a_cell_that_cannot_be_is_not_opened(vgsim, maps, qtbot):
    compute(maps, qtbot)
    grid = MapGrid(maps.grid.plan)
    for seed in range(2):
        grid.add(MemberResult((1, 1), seed, failure="it needs more memory than there is."))
    maps._show(grid, "ratio")
    before = vgsim.session.spec
    maps.screen.page.plot.pressed.emit((1, 1))
    assert maps.in_front
    assert "Cannot be: it needs more memory" in maps.screen.page.readout.note.text()
    assert not maps.screen.page.readout.open_button.isEnabled()
    assert vgsim.session.spec == before
