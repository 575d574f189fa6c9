"""What the guide costs. By hand: python tests/benchmarks/bench_guide.py

* start: the window opened with and without the guide, interleaved, each in a process of its own,
  until the first frame is painted, and until all is there. The goal is 50 ms more at most until the
  first frame.
* turn: every page of every shipped lesson, turned to and painted; first and second time. The goal
  is a median of 100 ms.

Both are times of the processor in the window's thread: what else the machine does counts little.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(name, "1")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QSettings  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

START_GOAL, TURN_GOAL = 50.0, 100.0
WAIT = 20.0


def opened(folder: str) -> object:
    """The application with settings in ``folder``."""
    from vgsim.nn.presets import FIRST, load_preset
    from vgsim.ui.app.application import Application
    from vgsim.ui.app.settings import Settings

    store = QSettings(f"{folder}/settings.ini", QSettings.Format.IniFormat)
    app = Application(load_preset(FIRST), Settings(store))
    app.window.resize(1600, 1000)
    app.start()
    return app


def until(condition: object) -> None:
    """Let the window go on until ``condition`` holds."""
    end = time.monotonic() + WAIT
    while not condition() and time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.001)


def settle(seconds: float) -> None:
    """Let the window go on for a while."""
    end = time.monotonic() + seconds
    until(lambda: time.monotonic() >= end)


def start_once(folder: str) -> None:
    """Print what a start took: milliseconds to the first frame, and to all."""
    began = time.thread_time()
    app = opened(folder)
    until(lambda: app.session.frame is not None)
    app.window.grab()
    first = time.thread_time() - began
    until(lambda: bool(app.window.workspace.plots))
    settle(0.5)
    print(f"{1000 * first:.1f} {1000 * (time.thread_time() - began):.1f}", flush=True)
    app.window.close()
    os._exit(0)


def prepare(folder: str, guide: bool) -> None:
    """Leave settings behind in which the guide is open, or closed."""
    app = opened(folder)
    until(lambda: bool(app.window.workspace.plots))
    if guide:
        app.guiding.begin()
    settle(0.5)
    app.window.close()
    settle(0.2)


def starts(rounds: int) -> None:
    """Compare starts with and without the guide."""
    with tempfile.TemporaryDirectory() as bare, tempfile.TemporaryDirectory() as guided:
        for folder, name in ((bare, "--prepare-bare"), (guided, "--prepare-guided")):
            subprocess.run([sys.executable, __file__, name, folder], check=True)
        taken: dict[str, list[tuple[float, float]]] = {bare: [], guided: []}
        for _ in range(rounds):
            for folder, found in taken.items():
                command = [sys.executable, __file__, "--start", folder]
                out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
                first, whole = out.split()[-2:]
                found.append((float(first), float(whole)))
        for at, what in enumerate(("first frame", "all there")):
            without = statistics.median(times[at] for times in taken[bare])
            with_it = statistics.median(times[at] for times in taken[guided])
            more = f"more {with_it - without:6.1f} ms (goal for the first {START_GOAL:.0f})"
            print(f"{what:12} without {without:7.1f} ms  with {with_it:7.1f} ms  {more}")


def turns() -> None:
    """Turn to every page twice."""
    from vgsim.lessons import shelf

    with tempfile.TemporaryDirectory() as folder:
        app = opened(folder)
        until(lambda: bool(app.window.workspace.plots))
        for time_of in ("first", "second"):
            taken = []
            for name in shelf.names():
                app.open_lesson(name)
                settle(0.2)
                for number in range(1, len(app.guiding.lesson.pages)):
                    began = time.thread_time()
                    app.guiding.turn_to(number)
                    QApplication.processEvents()
                    app.window.workspace.guide.grab()
                    taken.append(1000 * (time.thread_time() - began))
                    settle(0.15)
            median = statistics.median(taken)
            worst = f"worst {max(taken):6.1f} ms of {len(taken)} (goal {TURN_GOAL:.0f})"
            print(f"page turn, {time_of:6} time: median {median:6.1f} ms, {worst}", flush=True)
        app.window.close()
        os._exit(0)


def main() -> None:
    """Run what the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    for name in ("--start", "--prepare-bare", "--prepare-guided"):
        parser.add_argument(name, metavar="FOLDER", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if not given.rounds:
        return
    QApplication([])
    if given.start:
        start_once(given.start)
    elif given.prepare_bare:
        prepare(given.prepare_bare, guide=False)
    elif given.prepare_guided:
        prepare(given.prepare_guided, guide=True)
    else:
        starts(given.rounds)
        turns()


if __name__ == "__main__":
    main()
