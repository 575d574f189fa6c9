"""What judging costs, against one update and one frame of the same network.

``python -m tests.benchmarks.bench_judging`` prints a line a network. A verdict is worked out on a
copy, in a thread of its own, and never in the updates of a training; it makes a bounded trial of
further updates, so its cost in updates is bounded, too.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from vgsim.diagnosis import judge
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.nn.spec import Spec

NETWORKS = {
    "6 x 16": {"network.depth": 6, "network.width": 16},
    "20 x 64": {"network.depth": 20, "network.width": 64},
    "50 x 128": {"network.depth": 50, "network.width": 128},
    "6 x 512": {"network.depth": 6, "network.width": 512},
    "RNN over 100": {
        "network.kind": "rnn", "data.dataset": "adding", "data.length": 100, "network.width": 32,
        "training.loss": "mse",
    },
}  # fmt: skip
FEED_FORWARD = {"network.activation": "relu", "init.weights": "he_normal"}
DONE = (0, 50)
REPEATS = 3


def _fastest(work: Callable[[], object]) -> float:
    """Seconds of the fastest of a few."""
    found = []
    for _ in range(REPEATS):
        begun = perf_counter()
        work()
        found.append(perf_counter() - begun)
    return min(found)


def _judged(spec: Spec, updates: int) -> float:
    """Seconds that judging takes after so many updates, training left out."""
    found = []
    for _ in range(REPEATS):
        experiment = Experiment(spec)
        experiment.run(updates)
        begun = perf_counter()
        judge(experiment)
        found.append(perf_counter() - begun)
    return min(found)


def main() -> None:
    """Print what every network costs."""
    for name, changes in NETWORKS.items():
        if "network.kind" not in changes:
            changes = changes | FEED_FORWARD
        spec = Spec().replace(changes)
        experiment = Experiment(spec)
        experiment.run(5)
        update = _fastest(lambda one=experiment: one.run(10)) / 10  # type: ignore[misc]
        frame = _fastest(lambda one=experiment: frame_of(one))  # type: ignore[misc]
        told = ", ".join(
            f"after {updates} updates {1e3 * seconds:.0f} ms ({seconds / update:.0f} updates)"
            for updates in DONE
            for seconds in [_judged(spec, updates)]
        )
        print(f"{name}: an update {1e3 * update:.2f} ms, a frame {1e3 * frame:.2f} ms; {told}")


if __name__ == "__main__":
    main()
