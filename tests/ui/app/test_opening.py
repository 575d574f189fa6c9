"""A file is read while the window goes on; another one takes its place, Escape gives it up."""

from __future__ import annotations

import os
import threading

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QMessageBox

from tests.helpers.specs import small
from vgsim.core import untrusted
from vgsim.core.errors import refuse
from vgsim.export.picture import PictureRequest
from vgsim.export.sources import Source, find, provenance_of
from vgsim.nn.presets import load, load_preset
from vgsim.nn.spec import dumps
from vgsim.ui.app import opening


class Slow:
    """A disk that answers when it is told to: until then whoever reads there waits."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.go = threading.Event()
        self.threads: list[threading.Thread] = []

    def find(self, path: str) -> Source:
        self.threads.append(threading.current_thread())
        self.begun.append(path)
        self.go.wait()
        if path == "bad":
            raise refuse("file", path, "another one")
        return find(path)


@pytest.fixture
def slow(monkeypatch):
    """The disk from which every file is read."""
    disk = Slow()
    monkeypatch.setattr(opening, "find", disk.find)
    yield disk
    disk.go.set()
    for thread in disk.threads:
        thread.join()


def _wait_until_reading(qtbot, slow, files: int = 1) -> None:
    qtbot.waitUntil(lambda: len(slow.begun) == files)


def test_the_window_goes_on_while_a_file_is_read(vgsim, qtbot, slow):
    ticks: list[int] = []
    timer = QTimer(interval=0)
    timer.timeout.connect(lambda: ticks.append(1))
    vgsim.open_path("relu-he")
    timer.start()
    qtbot.waitUntil(lambda: len(ticks) > 20 and bool(slow.begun))
    timer.stop()
    assert vgsim.opening.reading and slow.threads[0] is not threading.main_thread()
    slow.go.set()
    qtbot.waitUntil(lambda: vgsim.session.state.wanted == load_preset("relu-he"))
    assert not vgsim.opening.reading


def test_the_status_line_says_so_after_a_while(vgsim, qtbot, slow):
    with qtbot.waitSignal(vgsim.window.told) as told:
        vgsim.open_path("/somewhere/slow.toml")
    assert told.args == ["Reading slow.toml … Esc gives up"]
    vgsim.opening.cancel()
    assert "slow.toml" not in vgsim.window._hints.text()


def test_escape_gives_a_file_up(vgsim, qtbot, slow):
    vgsim.open_path("relu-he")
    _wait_until_reading(qtbot, slow)
    qtbot.keyClick(vgsim.window, Qt.Key.Key_Escape)
    assert not vgsim.opening.reading
    before = vgsim.session.state.wanted
    slow.go.set()
    slow.threads[0].join()
    qtbot.wait(1)
    assert vgsim.session.state.wanted == before


def test_another_file_takes_its_place(vgsim, qtbot, slow):
    vgsim.open_path("bad")
    _wait_until_reading(qtbot, slow)
    vgsim.open_path("relu-he")
    _wait_until_reading(qtbot, slow, 2)
    with qtbot.waitSignal(vgsim.opening.found) as found:
        slow.go.set()
    assert found.args[1] == "relu-he" and vgsim.window.findChild(QMessageBox) is None


def test_another_experiment_gives_a_file_up(vgsim, qtbot, slow):
    vgsim.open_path("relu-he")
    _wait_until_reading(qtbot, slow)
    vgsim.choose_preset("worked-example")
    assert not vgsim.opening.reading


def test_a_file_that_comes_after_the_window_has_gone_is_dropped(vgsim, qtbot, slow):
    vgsim.open_path("relu-he")
    _wait_until_reading(qtbot, slow)
    vgsim.window.close()
    before = vgsim.session.state.wanted
    slow.go.set()
    slow.threads[0].join()
    qtbot.wait(1)
    assert vgsim.session.state.wanted == before


def test_data_are_never_read_in_the_windows_thread(vgsim, qtbot, monkeypatch, tmp_path):
    threads: list[threading.Thread] = []
    opened = untrusted.opened

    def noting(path, most):
        if str(path).endswith(".csv"):
            threads.append(threading.current_thread())
        return opened(path, most)

    monkeypatch.setattr(untrusted, "opened", noting)
    data = tmp_path / "data.csv"
    data.write_text("a,b,kind\n" + "1,2,x\n3,4,y\n" * 8)
    file = tmp_path / "mine.toml"
    file.write_text(dumps(small(data__dataset="csv", data__path=str(data))), "utf-8")
    spec = load(str(file))
    vgsim.open_path(str(file))
    qtbot.waitUntil(lambda: vgsim.session.state.judged == spec)
    vgsim.session.edit("network.width", 3)
    vgsim.comparing.keep()
    qtbot.waitUntil(lambda: vgsim.session.state.other is not None)
    assert provenance_of(vgsim.session.state.frame, PictureRequest()).picture  # asks for its hash
    assert len(threads) >= 4 and threading.main_thread() not in threads


@pytest.mark.skipif(os.name == "nt", reason="there are no pipes with a name")
def test_a_pipe_is_refused_in_words(vgsim, qtbot, tmp_path):
    os.mkfifo(tmp_path / "pipe.toml")
    with qtbot.waitSignal(vgsim.opening.refused) as refused:
        vgsim.window.file_dropped.emit(str(tmp_path / "pipe.toml"))
    assert refused.args[0].startswith("pipe.toml was not opened.")
    assert "it is a pipe, not a regular file" in refused.args[0]
    vgsim.window.findChild(QMessageBox).close()


def test_a_thousand_unknown_fields_are_told_in_a_box_of_some_lines(vgsim, qtbot, tmp_path):
    file = tmp_path / "many.toml"
    file.write_text("[network]\n" + "".join(f"a{n} = 1\n" for n in range(1000)))
    with qtbot.waitSignal(vgsim.opening.refused):
        vgsim.open_path(str(file))
    box = vgsim.window.findChild(QMessageBox)
    assert "network.a4, … and 995 more" in box.text()
    assert box.height() <= vgsim.window.screen().availableGeometry().height()
    box.close()


@pytest.mark.parametrize("error", [MemoryError(), ZeroDivisionError("odd")])
def test_whatever_goes_wrong_is_told(vgsim, qtbot, monkeypatch, error):
    def broken(path: str) -> Source:
        raise error

    monkeypatch.setattr(opening, "find", broken)
    with qtbot.waitSignal(vgsim.opening.refused) as refused:
        vgsim.open_path("x.toml")
    assert refused.args[0].startswith("x.toml was not opened. ")
    assert "memory" in refused.args[0] or "ZeroDivisionError: odd" in refused.args[0]
    vgsim.window.findChild(QMessageBox).close()
