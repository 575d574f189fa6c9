"""Recordings in the whole window: opened, stepped through, followed, compared, refused."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QMessageBox

from tests.helpers.growing import Growing, recording
from vgsim.measure.frame import Growth
from vgsim.measure.source import RecordingFile
from vgsim.text.moments import place_of
from vgsim.ui.app import recordings
from vgsim.ui.commands import BY_NAME
from vgsim.ui.comparison.model import OF_RECORDINGS


@pytest.fixture
def file(tmp_path):
    """Steps 0, 10, … 40."""
    return recording(tmp_path / "run.vgrun")


@pytest.fixture
def shown(vgsim, file, qtbot):
    """The window with that recording."""
    show(vgsim, file, qtbot)
    return vgsim


@pytest.fixture
def growing(tmp_path):
    made = Growing(tmp_path / "grows.vgrun").write(3)
    yield made
    made.close()


def show(vgsim, path, qtbot):
    """Open a file and wait for its first frame."""
    vgsim.open_path(str(path))
    qtbot.waitUntil(lambda: named(vgsim) == Path(path).name)
    qtbot.waitUntil(lambda: vgsim.session.frame.track is not None)


def named(vgsim):
    """The file of the recording that is shown."""
    shown = vgsim.session.state.recording
    return shown.path.name if shown else ""


def at(vgsim, step, moment):
    """Whether the window stands there."""
    frame = vgsim.session.frame
    return place_of(frame)[0] == step and str(frame.moment) == moment


def press(vgsim, name):
    """Choose a command."""
    vgsim.window.actions_by_name[name].trigger()


def told(vgsim):
    """What the status line says."""
    return vgsim.window._hints.text()


def steps_of(vgsim):
    return vgsim.session.frame.track.steps.tolist()


def failure(vgsim, qtbot):
    """The sentence of the box that comes up, which is then closed."""
    qtbot.waitUntil(lambda: bool(vgsim.window.findChildren(QMessageBox)))
    box = vgsim.window.findChildren(QMessageBox)[0]
    text = box.text()
    box.close()
    return text


def test_it_opens_at_its_last_step_with_the_backward_pass_done(shown):
    window = shown.window
    assert at(shown, 40, "backward:1")
    assert window.transport.pill.text() == "Recorded step 40 · backward done"
    assert window.transport.step_text.text() == "step 40 of 40"
    assert window._status.text() == "PyTorch 2.13 · float32 · every 10 steps · 5 recorded"
    assert "run.vgrun" in window.windowTitle()
    assert window._named.isVisible() and window._named.text() == "run.vgrun · recording"


def test_the_arrow_keys_step_through_the_moments_and_on_to_other_steps(shown, qtbot):
    network = shown.window.workspace.network
    network.setFocus()
    qtbot.keyClick(network, Qt.Key.Key_Left)
    qtbot.waitUntil(lambda: at(shown, 40, "backward:2"))
    qtbot.keyClick(network, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: at(shown, 30, "backward:2"))
    qtbot.keyClick(network, Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: at(shown, 30, "start"))
    qtbot.keyClick(network, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: at(shown, 40, "start"))


def test_stepping_goes_on_to_the_next_recorded_step_and_back_to_the_one_before(shown, qtbot):
    shown.session.seek(10, 9)
    qtbot.waitUntil(lambda: at(shown, 10, "backward:1"))
    press(shown, "step")
    qtbot.waitUntil(lambda: at(shown, 10, "update"))
    press(shown, "step")
    qtbot.waitUntil(lambda: at(shown, 20, "forward:1"))
    press(shown, "back")
    press(shown, "back")
    qtbot.waitUntil(lambda: at(shown, 10, "update") or at(shown, 10, "backward:1"))


def test_nothing_is_before_the_first_step(shown, qtbot):
    shown.session.seek(0, 0)
    qtbot.waitUntil(lambda: at(shown, 0, "start"))
    assert not shown.window.actions_by_name["back"].isEnabled()


def test_the_end_of_the_last_step_is_the_end(shown, qtbot):
    shown.session.seek(40, 10)
    qtbot.waitUntil(lambda: at(shown, 40, "update"))
    qtbot.waitUntil(lambda: not shown.window.actions_by_name["step"].isEnabled())
    for name in ("step", "play"):
        assert "The recording ends here" in shown.window.transport.buttons[name].toolTip()
    assert not shown.window.actions_by_name["next_step"].isEnabled()
    assert shown.window.actions_by_name["last_step"].isEnabled()
    shown.session.seek(0, 5)
    qtbot.waitUntil(lambda: at(shown, 0, "loss"))
    qtbot.waitUntil(lambda: not shown.window.actions_by_name["last_step"].isEnabled())
    assert shown.window.actions_by_name["next_step"].isEnabled()


def test_a_pass_plays_to_its_end(shown, qtbot):
    shown.session.set_speed(200)
    shown.session.seek(20, 0)
    qtbot.waitUntil(lambda: at(shown, 20, "start"))
    press(shown, "play")
    qtbot.waitUntil(lambda: at(shown, 20, "update"))
    qtbot.waitUntil(lambda: not shown.session.state.run.playing)


@pytest.mark.parametrize("name", ["train", "reset", "save", "change_one"])
def test_what_a_recording_cannot_do_says_why(shown, name):
    action = shown.window.actions_by_name[name]
    assert not action.isEnabled()
    assert "Not with a recording" in action.toolTip()
    button = shown.window.transport.buttons.get(name)
    if button is not None:
        assert not button.isEnabled() and "Not with a recording" in button.toolTip()


def test_training_comes_back_with_an_experiment(shown, qtbot):
    shown.choose_preset("relu-he")
    qtbot.waitUntil(lambda: shown.session.frame.track is None)
    assert shown.session.state.recording is None
    assert shown.window.actions_by_name["train"].isEnabled()
    assert BY_NAME["train"].face.help in shown.window.transport.buttons["train"].toolTip()
    press(shown, "train")
    qtbot.waitUntil(lambda: shown.session.frame.step > 3)
    press(shown, "train")
    qtbot.waitUntil(lambda: not shown.session.state.run.training)


def test_a_file_that_is_dropped_opens(vgsim, file, qtbot):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(file))])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier
    vgsim.window.dropEvent(QDropEvent(QPointF(9, 9), copy, mime, left, none.NoModifier))
    qtbot.waitUntil(lambda: named(vgsim) == "run.vgrun")
    qtbot.waitUntil(lambda: vgsim.session.frame.track is not None)


def test_it_is_among_what_was_opened_lately(shown, file):
    assert str(file) in [item.what for item in shown.starting._recent()]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "It is empty, and no recording"),
        (b"no database at all" * 20, "no recording of vgsim"),
        (None, "No such file"),
    ],
)
def test_a_bad_file_is_refused_in_a_sentence_and_what_was_there_stays(
    shown, qtbot, tmp_path, content, words
):
    bad = tmp_path / "bad.vgrun"
    if content is not None:
        bad.write_bytes(content)
    shown.open_path(str(bad))
    assert words in failure(shown, qtbot)
    assert named(shown) == "run.vgrun" and at(shown, 40, "backward:1")


def test_a_truncated_file_is_refused(shown, file, qtbot, tmp_path):
    cut = tmp_path / "cut.vgrun"
    cut.write_bytes(file.read_bytes()[:-5000])
    shown.open_path(str(cut))
    assert "It ends early" in failure(shown, qtbot)


def test_new_steps_come_and_the_newest_is_followed(vgsim, growing, qtbot):
    show(vgsim, growing.path, qtbot)
    assert at(vgsim, 20, "backward:1")
    growing.write(2)
    qtbot.waitUntil(lambda: at(vgsim, 40, "backward:1"))
    assert steps_of(vgsim) == [0, 10, 20, 30, 40]
    assert "still being written" in vgsim.window._status.text()


def test_in_the_past_the_place_is_kept(vgsim, growing, qtbot):
    show(vgsim, growing.path, qtbot)
    vgsim.session.seek(10, 7)
    qtbot.waitUntil(lambda: at(vgsim, 10, "backward:3"))
    growing.write(2)
    qtbot.waitUntil(lambda: len(steps_of(vgsim)) == 5)
    assert at(vgsim, 10, "backward:3")
    assert vgsim.window.transport.step_text.text() == "step 10 of 40"


def test_a_file_that_is_finished_is_said_to_be_and_not_looked_at_any_more(vgsim, growing, qtbot):
    show(vgsim, growing.path, qtbot)
    growing.close()
    qtbot.waitUntil(lambda: vgsim.session.frame.track.growth is Growth.FINISHED)
    assert vgsim.window._hints.text() == "grows is finished: 3 steps are recorded"
    assert not vgsim.session._worker._source.growing


def test_a_file_that_has_gone_is_said_to_have(vgsim, growing, qtbot):
    show(vgsim, growing.path, qtbot)
    for path in growing.path.parent.glob("grows*"):
        path.unlink()
    qtbot.waitUntil(lambda: vgsim.session.frame.track.growth is Growth.GONE)
    assert "is gone" in vgsim.window._hints.text()
    vgsim.session.seek(0, 3)  # which was never read
    qtbot.waitUntil(lambda: "No such file" in vgsim.window._hints.text())
    assert at(vgsim, 20, "backward:1")


def test_a_file_that_another_recording_has_replaced_is_shown_anew(vgsim, file, qtbot):
    show(vgsim, file, qtbot)
    replaced = recording(file.with_name("other.vgrun"), steps=2, every=7)
    os.utime(replaced, (1, 1))
    os.replace(replaced, file)
    press(vgsim, "back")
    qtbot.waitUntil(lambda: steps_of(vgsim) == [0, 7])


def test_a_training_that_begins_anew_is_shown_from_its_first_step_on(vgsim, growing, qtbot):
    show(vgsim, growing.path, qtbot)
    growing.close()
    qtbot.waitUntil(lambda: vgsim.session.frame.track.growth is Growth.FINISHED)
    again = Growing(growing.path, every=3)
    press(vgsim, "back")
    qtbot.waitUntil(lambda: "Nothing of a pass is recorded yet" in told(vgsim))
    assert at(vgsim, 20, "backward:1")
    again.write(2)
    qtbot.waitUntil(lambda: at(vgsim, 3, "backward:1"))
    assert "was replaced by another recording" in told(vgsim)
    again.close()


WRITER = """
import sys, time
from pathlib import Path
from tests.helpers.growing import Growing
made = Growing(Path(sys.argv[1])).write(2)
print("written", flush=True)
while True:
    sys.stdin.readline()
    made.write()
    print("written", flush=True)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nobody knows who has a file open")
def test_another_process_is_followed_until_it_is_killed(vgsim, qtbot, tmp_path):
    path = tmp_path / "elsewhere.vgrun"
    command = [sys.executable, "-c", WRITER, str(path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "bufsize": 1}
    with subprocess.Popen(command, **pipes) as writer:
        writer.stdout.readline()
        show(vgsim, path, qtbot)
        assert vgsim.session.frame.track.growth is Growth.GROWING
        writer.stdin.write("more\n")
        qtbot.waitUntil(lambda: at(vgsim, 20, "backward:1"))
        writer.send_signal(signal.SIGKILL)
    qtbot.waitUntil(lambda: vgsim.session.frame.track.growth is Growth.ENDED)
    assert "ended without being finished" in vgsim.window._status.text()
    assert steps_of(vgsim) == [0, 10, 20]


def test_a_recording_stands_beside_an_experiment(vgsim, file, qtbot, monkeypatch):
    monkeypatch.setattr(recordings, "ask_recording", lambda parent: str(file))
    press(vgsim, "beside")
    qtbot.waitUntil(lambda: vgsim.session.frame.other is not None)
    vgsim.session.seek(14, 0)
    qtbot.waitUntil(lambda: vgsim.session.frame.step == 14)
    assert place_of(vgsim.session.frame.other)[0] == 10
    heading = vgsim.window.workspace.network.pair._heads[1]
    assert "step 10" in heading._name


def test_two_recordings_are_swapped(shown, qtbot, tmp_path):
    other = recording(tmp_path / "other.vgrun", steps=3, every=15)
    shown.session.compare(RecordingFile(other))
    qtbot.waitUntil(lambda: shown.session.frame.other is not None)
    panel = shown.window.workspace
    qtbot.waitUntil(lambda: panel.comparison is not None)
    qtbot.waitUntil(lambda: panel.comparison.preface.text() == OF_RECORDINGS)
    shown.session.seek(20, 5)
    qtbot.waitUntil(lambda: at(shown, 20, "loss"))
    assert place_of(shown.session.frame.other) == (15, 5)
    press(shown, "swap")
    qtbot.waitUntil(lambda: named(shown) == "other.vgrun" and at(shown, 15, "loss"))
    assert shown.session.state.other == RecordingFile(tmp_path / "run.vgrun")
    press(shown, "compare_end")
    qtbot.waitUntil(lambda: shown.session.frame.other is None)


def test_an_experiment_beside_a_recording_goes_to_its_steps(shown, qtbot):
    shown.comparing.compare_with("relu-he")
    qtbot.waitUntil(lambda: shown.session.frame.other is not None)
    shown.session.seek(20, 5)
    qtbot.waitUntil(lambda: at(shown, 20, "loss"))
    assert shown.session.frame.other.step == 20
    press(shown, "swap")
    qtbot.waitUntil(lambda: shown.session.state.recording is None)
    qtbot.waitUntil(lambda: shown.session.frame.track is None)
    assert shown.window.actions_by_name["train"].isEnabled()
    press(shown, "train")
    qtbot.waitUntil(lambda: shown.session.frame.step > 24)
    press(shown, "train")
    qtbot.waitUntil(lambda: not shown.session.state.run.training)
    assert place_of(shown.session.frame.other)[0] <= place_of(shown.session.frame)[0]


def test_what_cannot_stand_beside_is_told(shown, qtbot, tmp_path):
    shown.session.compare(RecordingFile(tmp_path / "none.vgrun"))
    qtbot.waitUntil(lambda: "Not compared: No such file" in shown.window._hints.text())
    assert shown.session.state.other is None


def test_the_window_closes_while_it_follows(vgsim, growing, qtbot):
    show(vgsim, growing.path, qtbot)
    vgsim.window.close()
    assert vgsim.session._worker.isFinished()
