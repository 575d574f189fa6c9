"""Errors that nobody expected reach the log and the user."""

from __future__ import annotations

import logging
import sys

import pytest
from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QMessageBox

from vgsim.ui.app.settings import Unexpected, keep_log


class Faulty(QObject):
    """Its slot fails."""

    @Slot()
    def fail(self):
        raise ZeroDivisionError("a slot failed")


@pytest.fixture
def told(tmp_path):
    """What the user is told of, with the hook in place."""
    unexpected = Unexpected(tmp_path / "vgsim.log")
    sentences = []
    unexpected.told.connect(lambda sentence, details: sentences.append((sentence, details)))
    unexpected.install()
    yield sentences
    unexpected.remove()


def _raised(error):
    try:
        raise error
    except type(error):
        sys.excepthook(*sys.exc_info())


def test_an_error_in_a_slot_is_told_and_logged(told, qtbot, caplog, tmp_path):
    faulty = Faulty()
    QTimer.singleShot(0, faulty.fail)
    qtbot.waitUntil(lambda: bool(told))
    assert "ZeroDivisionError: a slot failed" in told[0][0]
    assert str(tmp_path / "vgsim.log") in told[0][0]
    assert "Traceback" in told[0][1]
    assert "a slot failed" in caplog.text


def test_a_like_error_is_told_once_and_logged_every_time(told, caplog):
    for _ in range(3):
        _raised(ValueError("again"))
    assert len(told) == 1
    assert len(caplog.records) == 3


def test_another_error_is_told_too(told, caplog):
    _raised(ValueError("one"))
    _raised(KeyError("another"))
    assert len(told) == 2


def test_an_interrupt_is_no_fault(told, monkeypatch):
    passed = []
    hook = sys.excepthook.__self__
    monkeypatch.setattr(hook, "_before", lambda *args: passed.append(args))
    _raised(KeyboardInterrupt())
    assert len(passed) == 1 and told == []


def test_the_log_is_a_file_that_stays_small(tmp_path, monkeypatch):
    monkeypatch.setattr("vgsim.ui.app.settings.LOG_BYTES", 500)
    root = logging.getLogger()
    before = list(root.handlers)
    keep_log(tmp_path / "vgsim.log")
    for number in range(50):
        logging.getLogger("vgsim").warning("message %d", number)
    for handler in set(root.handlers) - set(before):
        root.removeHandler(handler)
        handler.close()
    files = sorted(file.name for file in tmp_path.iterdir())
    assert files == ["vgsim.log", "vgsim.log.1", "vgsim.log.2"]
    assert "message 49" in (tmp_path / "vgsim.log").read_text("utf-8")
    assert all(file.stat().st_size <= 500 for file in tmp_path.iterdir())


def test_the_window_shows_it_as_plain_text_and_goes_on(vgsim, qtbot, caplog):
    unexpected = Unexpected(None, vgsim)
    unexpected.told.connect(vgsim.show_failure)
    try:
        raise ValueError("<b>bold</b>")
    except ValueError:
        unexpected.take(*sys.exc_info())
    box = vgsim.window.findChild(QMessageBox)
    assert "<b>bold</b>" in box.text() and box.textFormat().name == "PlainText"
    box.close()
    vgsim.do("step")
    qtbot.waitUntil(lambda: str(vgsim.session.frame.moment) == "forward:1")
