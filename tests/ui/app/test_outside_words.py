"""Words from files and of the user are shown as they are; boxes go when they are closed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSettings, Qt
from PySide6.QtWidgets import QLabel, QMessageBox, QWidget

import vgsim as vgsim_package
from vgsim import record
from vgsim.nn.presets import load_preset
from vgsim.ui.app.settings import Settings
from vgsim.ui.window.dialogs import LONGEST, show_about, show_failure, show_keys

TAG = "<img src='x.png'>"


@pytest.fixture
def named(vgsim, qtbot):
    """A window whose experiment, comparison and data have names with a tag in them."""
    spec = replace(load_preset("tanh-xavier"), name=TAG, description=TAG)
    vgsim.session.open(spec)
    qtbot.waitUntil(lambda: vgsim.session.frame.spec.name == TAG)
    vgsim.session.compare(replace(load_preset("relu-he"), name=TAG))
    qtbot.waitUntil(lambda: vgsim.session.frame.other is not None)
    vgsim.session.edit("data.path", TAG)
    vgsim.window.tell(TAG)
    vgsim.window.set_problems({"data.path": TAG})
    return vgsim


def test_no_label_takes_outside_words_for_rich_text(named):
    for label in named.window.findChildren(QLabel):
        if TAG in label.text():
            assert label.textFormat() is Qt.TextFormat.PlainText, label.parent()


def test_no_tool_tip_has_a_tag_from_outside(named):
    assert all(TAG not in widget.toolTip() for widget in named.window.findChildren(QWidget))


def test_names_in_a_recording_are_plain_text(vgsim, qtbot, tmp_path):
    with record.Recording(tmp_path / "run.vgrun") as run:
        run.stage(TAG, kind=TAG, shape=(4, 8)).stage("head", kind=TAG, shape=(4, 8), inputs=[TAG])
        run.step(0, loss=1.0, dh_rms={TAG: 1e-3, "head": 1e-2})
    vgsim.open_path(str(tmp_path / "run.vgrun"))
    qtbot.waitUntil(lambda: vgsim.session.state.recording is not None)
    for position in (1, 3, 4, 5, 6):
        vgsim.session.seek(0, position)
        qtbot.waitUntil(lambda: vgsim.session.frame.moment.position == position)  # noqa: B023
        for label in vgsim.window.findChildren(QLabel):
            if TAG in label.text():
                assert label.textFormat() is Qt.TextFormat.PlainText, label.parent()
        assert all(TAG not in widget.toolTip() for widget in vgsim.window.findChildren(QWidget))


def test_a_message_is_plain_text(vgsim):
    show_failure(vgsim.window, TAG, TAG)
    box = vgsim.window.findChild(QMessageBox)
    assert box.textFormat() is Qt.TextFormat.PlainText and box.text() == TAG
    box.close()


def test_a_long_message_is_shortened_and_whole_among_the_details(vgsim):
    long = "word " * 1000
    show_failure(vgsim.window, long, "details")
    box = vgsim.window.findChild(QMessageBox)
    assert len(box.text()) <= LONGEST + 1 and long in box.detailedText()
    box.close()


@pytest.mark.parametrize("show", [show_about, show_keys, lambda w: show_failure(w, "No.", "Why")])
def test_a_box_is_gone_when_it_was_closed(vgsim, show):
    for _ in range(3):
        show(vgsim.window)
        vgsim.window.findChild(QMessageBox).close()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        assert vgsim.window.findChild(QMessageBox) is None


def test_help_names_every_key_and_what_it_does(vgsim):
    show_keys(vgsim.window)
    box = vgsim.window.findChild(QMessageBox)
    assert "F11" in box.text() and "Whole screen, large type; Esc ends it" in box.text()
    box.close()


def test_settings_that_cannot_be_saved_are_told_of_once(tmp_path):
    (tmp_path / "file").write_text("")
    store = QSettings(str(tmp_path / "file" / "settings.ini"), QSettings.Format.IniFormat)
    settings = Settings(store)
    told = []
    settings.when_refused = told.append
    settings.set_text("theme", "dark")
    settings.set_text("theme", "light")
    assert len(told) == 1 and "settings.ini" in told[0]


def test_settings_of_another_type_are_as_if_there_were_none(tmp_path):
    store = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    store.setValue("theme", ["dark", "light"])
    assert Settings(store).text("theme", "system") == "system"
    assert Settings(store).blob("theme") is None


def test_one_module_shows_messages():
    """Where they are plain text and go when they are closed."""
    folder = Path(vgsim_package.__file__).parent
    users = [path for path in folder.rglob("*.py") if "QMessageBox" in path.read_text("utf-8")]
    assert [path.name for path in users] == ["dialogs.py"]
