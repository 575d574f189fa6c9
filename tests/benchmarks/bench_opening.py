"""What it takes to open 60,000 × 784 floats as the data of an experiment: time and memory.

By hand: python tests/benchmarks/bench_opening.py

Beside it runs what nobody can do without: ``numpy.load``, the conversion to the precision that is
trained in. Each in a process of its own, interleaved, medians; memory is the peak of the process
above what it had before, as the system counts it, in shares of the data's own in the file.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROUNDS = 5
KINDS = ("f4", "u1", "f8")
GOAL_TIME, GOAL_MEMORY = 1.5, 1.3


def write(path: Path, kind: str) -> int:
    """Made-up pictures of ten classes; bytes of the samples."""
    rng = np.random.default_rng(7)
    x = rng.integers(0, 256, (60_000, 784), np.uint8).astype(kind)
    np.savez(path, x=x, y=np.arange(60_000) % 10)
    return x.nbytes


def plain(path: str, precision: str) -> None:
    """The baseline."""
    with np.load(path) as stored:
        x, y = stored["x"], stored["y"]
    x = x.astype(precision)
    assert len(x) == len(y)


def opened(path: str, precision: str) -> None:
    """The same as the data of a small network, ready for its first step."""
    from vgsim.nn.experiment import Experiment
    from vgsim.nn.spec import Spec

    spec = {"data.dataset": "npz", "data.path": path, "training.precision": precision}
    experiment = Experiment(Spec().replace(spec))
    assert experiment.network.input_width == 784


WAYS = {"plain": plain, "opened": opened}


def peak() -> int:
    """Most bytes that this process had so far (Linux); ``getrusage`` inherits the parent's."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def child(way: str, path: str, precision: str) -> None:
    """One measurement, printed: seconds and bytes."""
    import vgsim.nn.experiment  # noqa: F401  # imports are not what is measured

    before = peak()
    start = time.perf_counter()
    WAYS[way](path, precision)
    seconds = time.perf_counter() - start
    print(json.dumps([seconds, peak() - before]))


def measure(way: str, path: Path, precision: str) -> tuple[float, int]:
    """Seconds and bytes of one process of its own."""
    command = [sys.executable, __file__, way, str(path), precision]
    seconds, taken = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return seconds, taken


def main() -> None:
    """A line for each number type and precision."""
    for kind in KINDS:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "large.npz"
            size = write(path, kind)
            for precision in ("float32", "float64"):
                found = {way: [] for way in WAYS}
                for _ in range(ROUNDS):
                    for way, each in found.items():
                        each.append(measure(way, path, precision))
                time_of = {way: statistics.median(s for s, _ in found[way]) for way in WAYS}
                taken = statistics.median(memory for _, memory in found["opened"])
                print(
                    f"{kind} in the file, {precision}: {time_of['opened']:.2f} s, "
                    f"{time_of['opened'] / time_of['plain']:.2f} × load and conversion "
                    f"(goal {GOAL_TIME}); {taken / 1e6:.0f} MB, {taken / size:.2f} × the data "
                    f"(goal {GOAL_MEMORY})",
                    flush=True,
                )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        child(*sys.argv[1:])
    else:
        main()
