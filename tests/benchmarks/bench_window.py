"""How fast and smooth the window is. By hand: python tests/benchmarks/bench_window.py [--json F]

Measures, on whatever screen Qt finds (QT_QPA_PLATFORM=offscreen for none):

* training in the open window against headless, interleaved, digits, 20 x 32, batch 64;
* lateness of a 5 ms timer in the window's thread while it trains flat out;
* a full repaint of the diagram with new values;
* playing at 30 moments a second, 12 x 16, the chain rule with its matrices open: from the worker's
  word that a moment is there until all of the window is painted;
* `python -m vgsim` to the first painted window, several starts.

Medians; the goals of the design stand beside them.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(name, "1")

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QSettings, Qt, QTimer  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from vgsim.measure.snapshot import frame_of  # noqa: E402
from vgsim.nn.experiment import Experiment  # noqa: E402
from vgsim.nn.presets import load_preset  # noqa: E402
from vgsim.nn.spec import Spec  # noqa: E402
from vgsim.text.scale import Scale  # noqa: E402
from vgsim.ui.app.application import SWITCH_INTERVAL, Application  # noqa: E402
from vgsim.ui.app.settings import Settings  # noqa: E402
from vgsim.ui.app.state import State  # noqa: E402
from vgsim.ui.diagram.view import DiagramView  # noqa: E402
from vgsim.ui.pacing import FULL, Doing, Due  # noqa: E402
from vgsim.ui.style.theme import load_theme  # noqa: E402

ROUNDS = 5
SECONDS = 3.0
TIMER_MS = 5.0


def deep_spec() -> Spec:
    """The network that the goals name."""
    return load_preset("tanh-xavier").replace(
        {"network.depth": 20, "network.width": 32, "training.learning_rate": 0.05}
    )


def headless(spec: Spec) -> float:
    """Steps a second of a bare experiment."""
    experiment = Experiment(spec)
    experiment.run(50)
    started, first = time.perf_counter(), experiment.step
    while time.perf_counter() - started < SECONDS:
        experiment.run(20)
    return (experiment.step - first) / (time.perf_counter() - started)


class Lateness:
    """Records how late each tick of a precise timer comes, in ms."""

    def __init__(self) -> None:
        self.late: list[float] = []
        self._timer = QTimer(timerType=Qt.TimerType.PreciseTimer, interval=int(TIMER_MS))
        self._timer.timeout.connect(self._tick)
        self._last = time.perf_counter()
        self._timer.start()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.late.append(max(0.0, (now - self._last) * 1e3 - TIMER_MS))
        self._last = now


def pump(seconds: float) -> None:
    """Run the window's event loop for a while."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1e3), loop.quit)
    loop.exec()


def in_window(spec: Spec, folder: str) -> tuple[float, list[float]]:
    """Steps a second in the open window, and the lateness of its timer."""
    store = QSettings(os.path.join(folder, "bench.ini"), QSettings.Format.IniFormat)
    vgsim = Application(spec, Settings(store))
    vgsim.window.resize(1440, 900)
    vgsim.start()
    pump(0.5)
    vgsim.session.toggle_train()
    pump(1.0)
    first, started, lateness = vgsim.session.frame.step, time.perf_counter(), Lateness()
    pump(SECONDS)
    steps = (vgsim.session.frame.step - first) / (time.perf_counter() - started)
    lateness._timer.stop()
    vgsim.window.close()
    return steps, lateness.late


def repaint(depth: int, width: int, live: bool) -> float:
    """Median ms of one full repaint of the diagram with new values, 960 x 420."""
    experiment = Experiment(
        load_preset("relu-he").replace({"network.depth": depth, "network.width": width})
    )
    view = DiagramView(load_theme("light"), Scale())
    view.resize(960, 420)
    view.show()
    pump(0.2)
    frames = []
    for _ in range(40):
        experiment.run(1)
        frames.append(frame_of(experiment))
    times = []
    for turn, frame in enumerate(frames):
        started = time.perf_counter()
        view.set_frame(frame, Due(Doing.TRAINING, turn) if live else FULL)
        view.viewport().repaint()
        times.append((time.perf_counter() - started) * 1e3)
    view.close()
    return statistics.median(times[5:])


def playing(folder: str) -> list[float]:
    """Milliseconds from each moment's arrival to its last pixel, over several passes."""
    spec = load_preset("relu-he").replace({"network.depth": 12, "network.width": 16})
    store = QSettings(os.path.join(folder, "play.ini"), QSettings.Format.IniFormat)
    vgsim = Application(spec, Settings(store))
    vgsim.window.resize(1600, 1000)
    vgsim.start()
    pump(2.0)
    vgsim.window.workspace.show_panel("hop")
    pump(0.5)
    came, times = [], []

    def arrived() -> None:
        came.append(time.perf_counter())

    def shown(before: State, now: State) -> None:
        if now.due is before.due:
            return
        for kind in (QEvent.Type.LayoutRequest, QEvent.Type.UpdateRequest):
            QCoreApplication.sendPostedEvents(None, kind)  # what became dirty is painted now
        times.append((time.perf_counter() - came[-1]) * 1e3)

    session = vgsim.session
    session._worker.arrived.connect(arrived, Qt.ConnectionType.DirectConnection)
    session.changed.connect(shown)
    session.set_speed(30.0)
    for _ in range(8):
        session.toggle_play()
        pump(1.2)
    vgsim.window.close()
    return times


STARTER = """
import sys, time
from PySide6.QtCore import QEvent, QObject, QTimer
import vgsim.ui.app.application as application

class Watch(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and made[0].session.frame is not None:
            print(time.time() - float(sys.argv[1]))
            QTimer.singleShot(0, made[0].window.close)
        return False

class Watched(application.Application):
    def start(self):
        made.append(self)
        super().start()
        self.window.workspace.network.diagram.viewport().installEventFilter(watch)

made, watch = [], Watch()
application.Application = Watched
from vgsim.__main__ import main
sys.exit(main(["open", "sigmoid-stack"]))
"""
"""What `python -m vgsim PRESET` does, which never opens on the start page, with an eye on the first
paint that shows the network."""


def start() -> float:
    """Seconds from starting Python to the first painted network."""
    done = subprocess.run(
        [sys.executable, "-c", STARTER, str(time.time())],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    return float(done.stdout.split()[0])


def percentile(values: list[float], share: float) -> float:
    """The value below which ``share`` of them lie."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def main() -> None:
    """Measure all, print a table, write JSON when asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    sys.setswitchinterval(SWITCH_INTERVAL)
    gc.disable()
    app = QApplication([])
    app.setQuitOnLastWindowClosed(False)
    spec, ratios, bare, late = deep_spec(), [], [], []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(ROUNDS):
            alone = headless(spec)
            opened, ticks = in_window(spec, folder)
            bare.append(alone)
            ratios.append(opened / alone)
            late += ticks
        moments = playing(folder)
    rows = {
        "headless, steps/s": (statistics.median(bare), ""),
        "open window / headless, %": (100 * statistics.median(ratios), ">= 85"),
        "timer lateness p50, ms": (percentile(late, 0.5), ""),
        "timer lateness p99, ms": (percentile(late, 0.99), "<= 8"),
        "repaint 6 x 8, ms": (repaint(6, 8, False), "<= 3"),
        "repaint 12 x 16 training, ms": (repaint(12, 16, True), "<= 6"),
        "repaint 12 x 16 at rest, ms": (repaint(12, 16, False), ""),
        "moment painted p50, ms": (percentile(moments, 0.5), ""),
        "moment painted p99, ms": (percentile(moments, 0.99), "<= 16"),
        "first painted window, s": (statistics.median(start() for _ in range(5)), "<= 0.6"),
    }
    for name, (value, goal) in rows.items():
        print(f"{name:<32} {value:>10.2f}   {goal}")
    if arguments.json:
        arguments.json.write_text(json.dumps({k: v[0] for k, v in rows.items()}, indent=2))


if __name__ == "__main__":
    main()
