"""What the file of a recording costs: its size, writing a step, opening it, finding a step, and
the first and any other frame of it, with and without all that instruments ask for.

    python -m tests.benchmarks.bench_record_file [STEPS]

100 modules of 64 units or more with everything that is recorded by default: see
``tests/record/test_record_size.py``, which holds the size. Goals: 1,000 steps in 40 MB, the first
frame within a second, and any step found within 50 ms, its frame included. Processor time is told
for writing, so that a busy machine counts less.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from tests.record.test_record_size import everything, hundred_modules
from vgsim import record
from vgsim.measure.collectors import RECORDED_COLLECTORS
from vgsim.measure.recorded import RecordingSource
from vgsim.measure.request import NOTHING, Focus, Request

DIFFERENT = 20
"""Steps whose figures are drawn; they come again and again."""


def main(steps: int = 1000) -> None:
    """Print the table."""
    draw = np.random.default_rng(0)
    drawn = [everything(draw) for _ in range(DIFFERENT)]
    writing, finding, following = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run.vgrun"
        with hundred_modules(path) as run:
            growing = record.read(path)
            for step in range(steps):
                began = time.process_time()
                run.step(step, **drawn[step % DIFFERENT])
                writing.append(time.process_time() - began)
                if step % 20 == 0:
                    began = time.perf_counter()
                    growing.refresh()
                    following.append(time.perf_counter() - began)
        began = time.perf_counter()
        found = record.read(path)
        opening = time.perf_counter() - began
        began = time.perf_counter()
        found["dh_rms"]
        history = time.perf_counter() - began
        for row in draw.integers(0, steps, 50):
            began = time.perf_counter()
            found.at_row(row)
            finding.append(time.perf_counter() - began)
        began = time.perf_counter()
        source = RecordingSource(record.read(path))
        source.seek(steps, len(source.timeline) - 1)
        source.frame()
        first = time.perf_counter() - began
        everything_asked = Request(frozenset(RECORDED_COLLECTORS), Focus(1))
        frames = {
            "": _frames(source, draw, NOTHING),
            ", everything": _frames(source, draw, everything_asked),
        }
        print(f"size of {steps} steps       {path.stat().st_size / 1e6:8.1f} MB")
    print(f"writing a step           {1000 * statistics.median(writing):8.2f} ms of processor time")
    print(f"opening                  {1000 * opening:8.2f} ms")
    print(f"history of one figure    {1000 * history:8.2f} ms")
    print(f"a step, median           {1000 * statistics.median(finding):8.2f} ms")
    print(f"a step, longest of 50    {1000 * max(finding):8.2f} ms")
    print(f"first frame              {1000 * first:8.2f} ms")
    for what, times in frames.items():
        print(f"a frame{what:18}{1000 * statistics.median(times):8.2f} ms")
        print(f"  longest of {len(times)}          {1000 * max(times):8.2f} ms")
    print(f"seeing what has come     {1000 * statistics.median(following):8.2f} ms")


def _frames(source: RecordingSource, draw: np.random.Generator, request: Request) -> list[float]:
    """Seconds that seeking any step and taking its frame takes."""
    times = []
    for step in draw.integers(0, len(source.steps), 50).tolist():
        began = time.perf_counter()
        source.seek(step, len(source.timeline) - 1)
        source.frame(request=request)
        times.append(time.perf_counter() - began)
    return times


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
