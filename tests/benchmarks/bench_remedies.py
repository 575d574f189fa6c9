"""What measuring remedies costs. By hand: python tests/benchmarks/bench_remedies.py

* effects: seconds of the processor until the first figures of all remedies, and until all is done,
  from the start and after 20 updates, where everything is measured from here as well.
* lateness: how late a timer of 5 ms is in the open window while remedies are measured, against the
  window at rest; the median and the 99th percentile. The goal is twice as late at most.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(name, "1")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QSettings, Qt, QTimer  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from vgsim.diagnosis import judge  # noqa: E402
from vgsim.diagnosis.effects import Bench  # noqa: E402
from vgsim.diagnosis.stopping import never  # noqa: E402
from vgsim.nn.continuing import origin_of  # noqa: E402
from vgsim.nn.experiment import Experiment  # noqa: E402
from vgsim.nn.presets import load_preset  # noqa: E402
from vgsim.nn.spec import Spec  # noqa: E402
from vgsim.ui.app.application import Application  # noqa: E402
from vgsim.ui.app.settings import Settings  # noqa: E402

PERIOD = 5
"""Milliseconds of the timer."""
SECONDS = 6.0
SIGMOID = load_preset("sigmoid-stack")
LARGER = SIGMOID.replace({"network.depth": 20, "network.width": 128})


def effects(name: str, spec: Spec, updates: int) -> None:
    """Print how long the first and the last figures take."""
    experiment = Experiment(spec)
    experiment.run(updates)
    origin = origin_of(experiment)
    verdict = judge(experiment)
    began = time.process_time()
    first = 0.0
    told = set()
    for effect in Bench(spec).effects(verdict.outcome, verdict.remedies, never, origin):
        told.add(effect.remedy)
        if len(told) == len(verdict.remedies) and not first:
            first = time.process_time() - began
    whole = time.process_time() - began
    print(f"{name:24} step {updates:3}: first figures {first:6.2f} s, all {whole:6.2f} s")


def late(measuring: bool) -> list[float]:
    """Milliseconds by which the timer was late, at rest or while remedies are measured."""
    found: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        store = QSettings(f"{folder}/settings.ini", QSettings.Format.IniFormat)
        app = Application(LARGER, Settings(store))
        if not measuring:
            app.session._adviser.hold(True)
        app.window.resize(1600, 1000)
        app.start()
        _wait(1.5)
        due = time.perf_counter() + PERIOD / 1000

        def tick() -> None:
            nonlocal due
            now = time.perf_counter()
            found.append(1000 * max(now - due, 0.0))
            due = now + PERIOD / 1000

        timer = QTimer()
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(tick)
        timer.start(PERIOD)
        _wait(SECONDS)
        timer.stop()
        app.window.close()
    return found


def _wait(seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.0005)


def main() -> None:
    """Measure both."""
    for updates in (0, 20):
        effects("6 x 8, sigmoid", SIGMOID, updates)
        effects("20 x 128, sigmoid", LARGER, updates)
    qt = QApplication([])
    for measuring in (False, True):
        found = sorted(late(measuring))
        name = "measuring remedies" if measuring else "at rest"
        p99 = found[int(0.99 * len(found))]
        print(f"{name:24} late by {statistics.median(found):.1f} ms, p99 {p99:.1f} ms")
    del qt


if __name__ == "__main__":
    main()
