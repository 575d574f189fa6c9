"""What is done in a thread, of which only the last that was asked for is told."""

from __future__ import annotations

import threading
from functools import partial

import pytest

from vgsim.core import untrusted
from vgsim.ui.latest import LatestAnswer


@pytest.fixture
def latest(qapp):
    latest = LatestAnswer()
    yield latest
    latest.close()


def test_calls_are_made_in_the_thread_of_the_window(latest, qtbot):
    seen = []
    latest.ask(lambda outdated: iter([lambda: seen.append(threading.current_thread())]))
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [threading.main_thread()]


def test_what_was_asked_for_before_is_not_told_any_more(latest, qtbot):
    seen = []
    free = threading.Event()

    def slow(outdated):
        free.wait(10)
        yield partial(seen.append, "first")

    latest.ask(slow)
    latest.ask(lambda outdated: iter([partial(seen.append, "second")]))
    free.set()
    qtbot.waitUntil(lambda: bool(seen))
    latest.close()
    qtbot.wait(1)
    assert seen == ["second"]


def test_a_file_that_is_read_is_given_up(latest, tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"x")
    begun = threading.Event()
    free = threading.Event()
    read = []

    def reads(outdated):
        with untrusted.opened(path, 10) as file:
            begun.set()
            free.wait(10)
            read.append(file.read(1))
        yield partial(read.append, b"")

    latest.ask(reads)
    begun.wait(10)
    latest.ask(lambda outdated: iter([]))
    free.set()
    latest.close()
    assert read == []
