"""What training two costs against one. By hand: python tests/benchmarks/bench_comparison.py

For each network, interleaved, in two places:

* headless: the experiment alone, and with another run of an equal spec that keeps up with it;
* in the worker's thread: trained alone and compared, its frames taken 30 times a second.

Each figure is the median over the rounds of the processor's time of an update of both against that
of one: what else the machine does counts little.
The goal is 2.1 at most: twice the work, and a twentieth for going there together.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(name, "1")

from PySide6.QtCore import QCoreApplication  # noqa: E402

from vgsim.measure.frame import Frame  # noqa: E402
from vgsim.measure.other_run import OtherRun  # noqa: E402
from vgsim.nn.experiment import Experiment  # noqa: E402
from vgsim.nn.presets import load_preset  # noqa: E402
from vgsim.nn.spec import Spec  # noqa: E402
from vgsim.ui.app.inbox import Mailbox  # noqa: E402
from vgsim.ui.app.messages import Compare, Load, Reset, Train  # noqa: E402
from vgsim.ui.app.worker import Worker  # noqa: E402

GOAL = 2.1
TAKE_EVERY = 1 / 30


def networks() -> dict[str, Spec]:
    """The smallest network that one meets, and the one that the goals of the window name."""
    small = load_preset("sigmoid-stack")
    deep = load_preset("tanh-xavier").replace(
        {"network.depth": 20, "network.width": 32, "training.learning_rate": 0.05}
    )
    return {"6 x 8": small, "20 x 32": deep}


def headless(spec: Spec, both: bool, seconds: float) -> float:
    """Seconds of one update of the leader."""
    leader = Experiment(spec)
    other = OtherRun(spec)

    def keep_up() -> None:
        if other.lags(leader):
            other.keep_up(leader)

    after = keep_up if both else None
    leader.run(50, after)
    began = time.process_time()
    first = leader.step
    while time.process_time() - began < seconds:
        leader.run(20, after)
    return (time.process_time() - began) / (leader.step - first)


class Training:
    """A worker that trains; its frames are taken as the window takes them."""

    def __init__(self, spec: Spec) -> None:
        self._mailbox = Mailbox()
        self._worker = Worker(self._mailbox)
        self._worker.start()
        self._worker.post(Load(spec, 1))
        self._spec = spec
        self._take(lambda frame: True)

    def step_seconds(self, both: bool, seconds: float) -> float:
        """Seconds of one update of A, alone or compared with its equal."""
        self._worker.post(Reset())
        self._worker.post(Compare(self._spec if both else None))
        self._worker.post(Train())
        before = self._take(lambda frame: frame.step > 50 and (frame.other is not None) is both)
        began = time.process_time()
        after = self._take(lambda frame: time.process_time() - began >= seconds)
        taken = time.process_time() - began
        self._worker.post(Train())
        return taken / (after.step - before.step)

    def close(self) -> None:
        """End the thread."""
        self._worker.stop()

    def _take(self, wanted) -> Frame:  # type: ignore[no-untyped-def]
        while True:
            time.sleep(TAKE_EVERY)
            frame = self._mailbox.take()
            if frame is not None and wanted(frame):
                return frame


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1.0, help="of each measurement")
    given = parser.parse_args()
    app = QCoreApplication([])
    for name, spec in networks().items():
        training = Training(spec)
        ways = {"headless": lambda both, s=spec: headless(s, both, given.seconds),
                "worker": lambda both, t=training: t.step_seconds(both, given.seconds)}  # fmt: skip
        for where, measure in ways.items():
            found = []
            for _ in range(given.rounds):
                alone = measure(False)
                found.append((measure(True) / alone, alone))
            ratio = statistics.median(ratio for ratio, _ in found)
            alone = statistics.median(alone for _, alone in found)
            spread = f"{min(found)[0]:.2f} to {max(found)[0]:.2f}"
            verdict = "held" if ratio <= GOAL else "MISSED"
            print(f"{name:8} {where:9} x {ratio:.2f} ({spread}), alone {alone * 1e6:,.0f} us"
                  f", goal {GOAL}: {verdict}")  # fmt: skip
        training.close()
    del app


if __name__ == "__main__":
    main()
