"""Qt set-up for every test, and a guard against what a test leaves running."""

from __future__ import annotations

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"  # before anything imports Qt

import gc
import threading
import weakref
from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from PySide6.QtCore import QCoreApplication, QEvent, QThread, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.helpers.patience import PATIENCE_MS
from vgsim.ui.style.theme import Theme, load_theme

for _wait in (
    QtBot.waitUntil, QtBot.waitSignal, QtBot.waitSignals, QtBot.waitActive, QtBot.waitExposed,
):  # fmt: skip
    _wait.__kwdefaults__["timeout"] = PATIENCE_MS  # type: ignore[index]  # both have keywords

# A loaded machine takes its time over an example too. A file of an example may lie where that of
# the example before lay.
settings.register_profile(
    "patient",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("patient")

# As in the window itself: garbage that is collected in a worker's thread takes Qt objects with it,
# which ends in warnings about timers, in a deadlock or in a crash, at some other test's expense.
gc.disable()
COLLECT_EVERY = 20
"""Tests after which cycles are collected, in the thread of the tests."""
_tests_done = count(1)

# Qt keeps these for itself once a tool tip or a drag has been shown.
_OF_QT = {"QTipLabel", "QShapedPixmapWindow"}


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what asks PyTorch or JAX where it is not installed."""
    if item.get_closest_marker("torch"):
        pytest.importorskip("torch", reason="PyTorch is not installed (the extra 'torch' has it)")
    if item.get_closest_marker("jax"):
        pytest.importorskip("jax", reason="JAX is not installed (the extra 'bench' has it)")


@pytest.fixture
def theme() -> Theme:
    """The light theme."""
    return load_theme("light")


@pytest.fixture
def styled(qapp: QApplication, theme: Theme) -> QApplication:
    """The application in the light theme, with a window that exports can draw."""
    from vgsim.ui.app.window_picture import offer_window
    from vgsim.ui.style.application import apply_theme

    offer_window()
    if qapp.property("styled") is not True:  # once for all tests: it takes a while
        apply_theme(qapp, theme)
        qapp.setProperty("styled", True)
    return qapp


@pytest.fixture(autouse=True)
def nothing_left_behind(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a test that leaves a window on the screen, or a thread."""
    started = _record_threads(monkeypatch)
    windows, threads = _windows(), set(threading.enumerate())
    yield
    left = [_describe(window) for window in _windows() - windows]
    left += [f"{thread} still runs" for thread in map(_alive, started) if thread]
    left += [f"{thread} still runs" for thread in _python_threads() - threads if _goes_on(thread)]
    if gc.isenabled():  # all tests after it would be in danger
        gc.disable()
        left.append("cycles are collected at any time again")
    if next(_tests_done) % COLLECT_EVERY == 0:
        gc.collect()
    if left:
        pytest.fail("left behind: " + "; ".join(left))


def _record_threads(monkeypatch: pytest.MonkeyPatch) -> list[weakref.ref[QThread]]:
    """A list that fills with every QThread that is started; Qt itself cannot list them."""
    started: list[weakref.ref[QThread]] = []
    start = QThread.start

    def recorded(thread: QThread, *priority: QThread.Priority) -> None:
        started.append(weakref.ref(thread))
        start(thread, *priority)

    monkeypatch.setattr(QThread, "start", recorded)
    return started


def _alive(reference: weakref.ref[QThread]) -> QThread | None:
    thread = reference()
    try:
        return thread if thread is not None and thread.isRunning() else None
    except RuntimeError:  # its C++ half is gone, so it cannot run
        return None


def _goes_on(thread: threading.Thread) -> bool:
    """Whether it still runs when it had time to end: who told its last is not yet gone."""
    thread.join(PATIENCE_MS / 1000)
    return thread.is_alive()


def _python_threads() -> set[threading.Thread]:
    """Threads that Python knows; a QThread that ran Python code shows up as a dummy."""
    dummy = threading._DummyThread
    return {found for found in threading.enumerate() if not isinstance(found, dummy)}


def _windows() -> set[QWidget]:
    """Windows that are on the screen.

    They are asked for by their native windows, so that no object of Python is made for each of the
    widgets without a parent, most of which earlier tests have closed.
    """
    if QApplication.instance() is None:
        return set()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    shown = [window for window in QGuiApplication.topLevelWindows() if window.isVisible()]
    widgets = [QWidget.find(window.winId()) for window in shown]
    return {widget for widget in widgets if widget is not None and _lives(widget)}


def _lives(window: QWidget) -> bool:
    if window.metaObject().className() in _OF_QT or window.parent() is not None:
        return False
    return window.isVisible()


def _timers(window: QWidget) -> int:
    return sum(timer.isActive() for timer in window.findChildren(QTimer))


def _describe(window: QWidget) -> str:
    seen = "open" if window.isVisible() else "closed"
    return f"{type(window).__name__} ({seen}, {_timers(window)} timers running)"
