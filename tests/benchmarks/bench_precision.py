"""What float16 and bfloat16 cost: a training step against float32 on the same machine.

By hand: OPENBLAS_NUM_THREADS=1 python tests/benchmarks/bench_precision.py

Interleaved, medians of ROUNDS runs each. float32 and float64 have plain arrays and none of the
rounding, so that they are what they were without it.
"""

from __future__ import annotations

import statistics
import time

from vgsim.nn.experiment import Experiment
from vgsim.nn.presets import load_preset

ROUNDS = 7
STEPS = 30
PRECISIONS = ("float32", "float64", "float16", "bfloat16")
CASES = {
    "6 x 8, digits": {},
    "6 x 64, digits": {"network.width": 64},
    "20 x 32, digits": {"network.depth": 20, "network.width": 32},
    "20 x 32, scaled": {
        "network.depth": 20, "network.width": 32, "training.loss_scaling": "dynamic",
    },
}  # fmt: skip


def timed(experiment: Experiment) -> float:
    """Microseconds a step."""
    begin = time.perf_counter()
    experiment.run(STEPS)
    return (time.perf_counter() - begin) / STEPS * 1e6


def main() -> None:
    """A line for each case."""
    base = load_preset("sigmoid-stack")
    print(f"{'µs a step':<18}" + "".join(f"{name:>18}" for name in PRECISIONS))
    for label, changes in CASES.items():
        made = {
            name: Experiment(base.replace(changes | {"training.precision": name}))
            for name in PRECISIONS
        }
        found: dict[str, list[float]] = {name: [] for name in PRECISIONS}
        for _ in range(ROUNDS):
            for name, experiment in made.items():
                found[name].append(timed(experiment))
        medians = {name: statistics.median(times) for name, times in found.items()}
        cells = [f"{m:.0f} (x{m / medians['float32']:.1f})" for m in medians.values()]
        print(f"{label:<18}" + "".join(f"{cell:>18}" for cell in cells))


if __name__ == "__main__":
    main()
