"""The start page in the window: when it is there, and where what is chosen leads."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox

from vgsim.lessons.template import write_template
from vgsim.nn.plain import plain_of
from vgsim.nn.presets import load_preset, preset_names
from vgsim.nn.spec import dumps
from vgsim.ui.app.starting import RECENT
from vgsim.ui.start.model.recent import RecentKind, from_text

KEY = Qt.Key


@pytest.fixture
def page(vgsim):
    """The page in front of the window."""
    vgsim.do("start_page")
    return vgsim.starting.page


def recent(vgsim):
    return [(item.kind, item.what) for item in from_text(vgsim._settings.text(RECENT, ""))]


def test_a_window_opens_without_it_unless_it_is_welcomed(vgsim):
    assert not vgsim.window.covered and vgsim.starting.page is None


def test_it_comes_by_itself_only_once(vgsim):
    vgsim.starting.welcome()
    assert vgsim.window.covered and vgsim.starting.page.isVisible()
    vgsim.starting.leave()
    vgsim.starting.welcome()
    assert not vgsim.window.covered


def test_at_the_first_start_the_guide_opens_when_nothing_was_chosen(vgsim, qtbot):
    vgsim.welcome()
    grid = vgsim.starting.page.gallery.grid
    assert vgsim.window.workspace.docks["guide"].isHidden() and vgsim.guiding.lesson is None
    qtbot.keyClick(grid, KEY.Key_Escape)
    assert vgsim.guiding.lesson.number == 1
    vgsim.window.workspace.close_guide()
    vgsim.do("start_page")
    qtbot.keyClick(grid, KEY.Key_Escape)
    assert vgsim.window.workspace.docks["guide"].isHidden()


def test_every_preset_can_be_compared_with_from_the_menu(vgsim):
    menu = vgsim.window.menus["Compare"].findChild(QMenu)
    titles = [action.text() for group in menu.findChildren(QMenu) for action in group.actions()]
    assert sorted(titles) == sorted(load_preset(name).name for name in preset_names())


def test_escape_and_the_button_go_to_the_window(vgsim, page, qtbot):
    qtbot.keyClick(page.gallery.grid, KEY.Key_Escape)
    assert not vgsim.window.covered and vgsim.window.transport.isVisible()
    vgsim.do("start_page")
    assert vgsim.window.covered
    qtbot.mouseClick(page.header.leave_button, Qt.MouseButton.LeftButton)
    assert not vgsim.window.covered and vgsim.window.workspace.isVisible()


def test_keys_of_the_panels_wait_behind_it(vgsim, page, qtbot):
    at_first = vgsim.session.frame.moment
    vgsim.window.activateWindow()
    for key in (KEY.Key_Right, KEY.Key_Space, KEY.Key_T, KEY.Key_L, KEY.Key_B):
        qtbot.keyClick(page.gallery.grid, key)
    qtbot.wait(50)
    assert vgsim.session.frame.moment == at_first and vgsim.session.state.other is None
    vgsim.starting.leave()
    qtbot.keyClick(vgsim.window.workspace.network, KEY.Key_Right)
    qtbot.waitUntil(lambda: vgsim.session.frame.moment != at_first)


def test_what_is_about_the_panels_cannot_be_asked_for(vgsim, page):
    actions = vgsim.window.actions_by_name
    assert not actions["step"].isEnabled() and not actions["export"].isEnabled()
    assert actions["open"].isEnabled() and actions["theme_dark"].isEnabled()
    vgsim.starting.leave()
    assert actions["step"].isEnabled() and actions["export"].isEnabled()


def test_the_status_line_says_how_to_go_and_how_to_come_back(vgsim, page):
    assert "Esc go to the window" in vgsim.window._hints.text()
    assert vgsim.window._start_note.isVisible() and not vgsim.window._status.isVisible()
    vgsim.starting.leave()
    assert "step" in vgsim.window._hints.text() and not vgsim.window._start_note.isVisible()


def test_a_preset_opens_in_the_window_and_is_remembered(vgsim, page, qtbot):
    page.gallery.grid.choose("zeros")
    qtbot.keyClick(page.gallery.grid, KEY.Key_Return)
    qtbot.waitUntil(lambda: vgsim.session.spec == load_preset("zeros"))
    assert not vgsim.window.covered and recent(vgsim) == [(RecentKind.PRESET, "zeros")]
    assert vgsim.window.form._preset.name() == "zeros"


def test_compare_with_plain_runs_both(vgsim, page, qtbot):
    page.compare_chosen.emit("layer-norm")
    qtbot.waitUntil(lambda: vgsim.session.state.other is not None)
    assert vgsim.session.spec == load_preset("layer-norm")
    assert vgsim.session.state.other == plain_of(load_preset("layer-norm"))


def test_a_file_opens_and_is_remembered(vgsim, page, qtbot, tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text(dumps(load_preset("relu-he").replace({"name": "Mine"})), "utf-8")
    page.file_chosen.emit(str(file))
    qtbot.waitUntil(lambda: vgsim.session.spec.name == "Mine")
    assert recent(vgsim) == [(RecentKind.FILE, str(file))]
    vgsim.do("start_page")
    assert page.recent.rows[0].accessibleName().startswith("mine.toml, Experiment")


def test_what_the_command_line_named_is_remembered(vgsim, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    vgsim.starting.remember_named("zeros")
    vgsim.starting.remember_named("mine.toml")
    assert recent(vgsim) == [
        (RecentKind.FILE, str(tmp_path / "mine.toml")), (RecentKind.PRESET, "zeros"),
    ]  # fmt: skip


def test_a_file_that_does_not_open_is_not_remembered(vgsim, page, qtbot, tmp_path):
    page.file_chosen.emit(str(tmp_path / "gone.toml"))
    qtbot.waitUntil(lambda: vgsim.window.findChild(QMessageBox) is not None)
    assert recent(vgsim) == []


def test_a_lesson_of_ones_own_is_remembered_unless_it_is_refused(vgsim, page, qtbot, tmp_path):
    write_template(tmp_path / "mine")
    script = str(tmp_path / "mine" / "lesson.toml")
    page.file_chosen.emit(script)
    assert vgsim.guiding.lesson.name == "mine" and not vgsim.window.covered
    broken = tmp_path / "broken" / "lesson.toml"
    broken.parent.mkdir()
    broken.write_text('title = "x"', "utf-8")
    vgsim.open_path(str(broken))
    assert recent(vgsim) == [(RecentKind.LESSON, script)]


def test_open_a_file_asks_which(vgsim, page, qtbot, monkeypatch, tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text(dumps(load_preset("zeros")), "utf-8")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *args: (str(file), ""))
    qtbot.mouseClick(page.files.open_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: vgsim.session.spec == load_preset("zeros"))
    assert not vgsim.window.covered


def test_data_become_those_of_the_network(vgsim, page, qtbot, monkeypatch, tmp_path):
    file = tmp_path / "mine.npz"
    np.savez(file, x=np.random.default_rng(1).normal(size=(40, 3)), y=np.arange(40) % 2)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *args: (str(file), ""))
    qtbot.mouseClick(page.files.data_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: vgsim.session.spec.data.path == str(file))
    assert vgsim.session.spec.data.dataset == "npz" and not vgsim.window.covered
    assert recent(vgsim) == [(RecentKind.DATA, str(file))]


def test_a_changed_mind_stays_on_the_page(vgsim, page, qtbot, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *args: ("", ""))
    for button in (page.files.open_button, page.files.data_button):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert vgsim.window.covered and recent(vgsim) == []


def test_what_was_opened_can_be_forgotten(vgsim, page, qtbot):
    vgsim.choose_preset("zeros")
    vgsim.do("start_page")
    qtbot.mouseClick(page.recent.clear_button, Qt.MouseButton.LeftButton)
    assert recent(vgsim) == [] and not page.recent.rows


def test_a_lesson_opens_in_the_guide_and_its_row_says_so(vgsim, page, qtbot):
    assert page.learn.button.text() == "Start lesson 1"
    qtbot.mouseClick(page.learn.button, Qt.MouseButton.LeftButton)
    assert not vgsim.window.covered
    assert vgsim.guiding.lesson.name == page.learn.rows[0].row.name
    vgsim.guiding.turn_to(1)
    vgsim.do("start_page")
    assert page.learn.button.text() == "Go on with lesson 1"
    assert ", page 2 of " in page.learn.rows[0].accessibleName()


def test_progress_that_is_cleared_is_gone_from_the_page(vgsim, page, qtbot):
    for number in (2, 1):
        qtbot.mouseClick(page.learn.rows[number], Qt.MouseButton.LeftButton)
        vgsim.do("start_page")
    assert ", page 1 of " in page.learn.rows[2].accessibleName()
    vgsim.do("lessons_clear")
    assert page.learn.rows[2].accessibleName().endswith(" min")


def test_only_who_chooses_nothing_skips(vgsim, page, qtbot):
    with qtbot.assertNotEmitted(vgsim.starting.skipped):
        qtbot.keyClick(page.gallery.grid, KEY.Key_Return)
    vgsim.do("start_page")
    with qtbot.waitSignal(vgsim.starting.skipped):
        qtbot.keyClick(page.gallery.grid, KEY.Key_Escape)


def test_it_follows_the_theme(vgsim, page):
    light = page.gallery.grid.grab().toImage()
    vgsim.use_theme("dark")
    assert page.gallery.grid.grab().toImage() != light
    vgsim.use_theme("light")


def test_closing_does_not_wait_for_thumbnails(vgsim, page):
    page.begin()
    vgsim.window.close()
    assert page._sketcher._ended


def test_a_window_that_opens_without_it_does_not_load_it():
    code = "import sys, vgsim.ui.app.application; print('vgsim.ui.start.page' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
