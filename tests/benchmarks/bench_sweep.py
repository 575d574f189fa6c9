"""Many small experiments at once: a stack of members against one by one, PyTorch and JAX.

By hand, with `pip install -e '.[bench]'`:
python tests/benchmarks/bench_sweep.py [--former CHECKOUT] [--peers torch,jax] [--rounds 15]

Every contender is a process of its own on one core with one thread; the parent lets them take turns
and has the medians of their microseconds an update of all 64 members: of processor time, in which
others on the machine do not count. Same data, float32, plain
SGD, tanh; members differ in their seed (start and order of samples) and in their learning rate.
Each contender reports the loss of every member and the norms of ∂J/∂h, ∂J/∂W and ∂J/∂b of every
stage at every update.

``alone`` runs the members one after the other, by the checkout that ``--former`` names (a git
worktree of the last commit without stacks), or by this one.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

MEMBERS = 64
SAMPLES = 2048
CHUNK_SECONDS = 0.25
HERE = Path(__file__).resolve()
PEERS = ("torch", "jax")


@dataclass(frozen=True)
class Case:
    """One network; ``goal`` is the ratio to one by one that is asked for."""

    features: int
    width: int
    depth: int
    classes: int
    batch: int
    goal: float

    def __str__(self) -> str:
        return f"{self.features}-{self.width}x{self.depth}-{self.classes} ({self.batch})"

    @property
    def sizes(self) -> list[int]:
        """Units from the input to the output."""
        return [self.features, *[self.width] * self.depth, self.classes]


CASES = (
    Case(64, 16, 6, 10, 32, 6.0),
    Case(64, 32, 20, 10, 64, 3.0),
    Case(2, 8, 6, 2, 32, 7.0),
)
GOALS = {"torch": 2.5, "jax": 1.0}
Step = Callable[[int], None]
"""Makes so many updates of all members."""


def rates() -> list[float]:
    """A learning rate for each member."""
    return [0.01 * 1.02**member for member in range(MEMBERS)]


def specs(case: Case, folder: Path) -> list[object]:
    """The members as experiments."""
    from vgsim.nn.spec import Spec

    same = Spec().replace(
        {
            "data.dataset": "npz",
            "data.path": str(file_of(case, folder)),
            "data.held_out": 0.0,
            "network.depth": case.depth,
            "network.width": case.width,
            "network.activation": "tanh",
            "training.batch": case.batch,
            "training.precision": "float32",
        }
    )
    own = zip(range(MEMBERS), rates(), strict=True)
    return [
        same.replace({"training.seed": seed, "training.learning_rate": rate}) for seed, rate in own
    ]


def file_of(case: Case, folder: Path) -> Path:
    """The data of a case."""
    return folder / f"{case.features}-{case.classes}.npz"


def stacked(case: Case, folder: Path) -> Step:
    """vgsim, in ensembles of as many members as the tasks of a map have."""
    from vgsim.nn.ensemble import Ensemble
    from vgsim.sweep.tasks import most_together

    members = specs(case, folder)
    number = -(-len(members) // most_together(members[0]))
    ensembles = [Ensemble(members[at::number]) for at in range(number)]

    def run(count: int) -> None:
        for ensemble in ensembles:
            ensemble.run(count)

    return run


def alone(case: Case, folder: Path) -> Step:
    """vgsim, an experiment after the other."""
    from vgsim.nn.experiment import Experiment

    experiments = [Experiment(spec) for spec in specs(case, folder)]

    def run(count: int) -> None:
        for experiment in experiments:
            experiment.run(count)

    return run


class Orders:
    """Which samples each member sees, (members, batch) an update: a new order every epoch."""

    def __init__(self, case: Case) -> None:
        import numpy as np

        self._rng = np.random.default_rng(0)
        self._batch = case.batch
        self._at = SAMPLES

    def __call__(self) -> object:
        """The samples of the next update."""
        if self._at + self._batch > SAMPLES:
            self._order = self._rng.permuted(self._rows(), axis=1)
            self._at = 0
        self._at += self._batch
        return self._order[:, self._at - self._batch : self._at]

    def _rows(self) -> object:
        import numpy as np

        return np.tile(np.arange(SAMPLES), (MEMBERS, 1))


def starts(case: Case) -> list[tuple[object, object]]:
    """W (members, inputs, outputs) and b of each stage."""
    import numpy as np

    rng = np.random.default_rng(1)
    return [
        (
            (rng.standard_normal((MEMBERS, a, b)) / np.sqrt(a)).astype(np.float32),
            np.zeros((MEMBERS, b), np.float32),
        )
        for a, b in pairwise(case.sizes)
    ]


def data_of(case: Case, folder: Path) -> tuple[object, object]:
    """x and y."""
    import numpy as np

    with np.load(file_of(case, folder)) as data:
        return data["x"].astype(np.float32), data["y"]


def torch_vmap(case: Case, folder: Path) -> Step:
    """PyTorch: ``torch.func.vmap(grad)`` over stacked parameters; ∂J/∂h by added zeros."""
    import torch
    from torch.func import grad_and_value, vmap

    torch.set_num_threads(1)
    x, y = (torch.from_numpy(part) for part in data_of(case, folder))
    parameters = [tuple(map(torch.from_numpy, pair)) for pair in starts(case)]
    zeros = [torch.zeros(case.batch, size) for size in case.sizes[1:]]
    rate = torch.tensor(rates())
    orders = Orders(case)

    def loss(parameters, zeros, x, y):
        h = x
        for (w, b), zero in zip(parameters[:-1], zeros, strict=False):
            h = torch.tanh(h @ w + b) + zero
        w, b = parameters[-1]
        return torch.nn.functional.cross_entropy(h @ w + b + zeros[-1], y)

    passed = vmap(grad_and_value(loss, argnums=(0, 1)), in_dims=(0, None, 0, 0))

    def step() -> None:
        chosen = torch.from_numpy(orders())
        (gradients, signals), values = passed(parameters, zeros, x[chosen], y[chosen])
        flat = [gradient for pair in gradients for gradient in pair]
        sizes = [part.flatten(1).norm(dim=1) for part in (*signals, *flat)]
        torch.stack(sizes).numpy()
        values.numpy()
        own = [part for pair in parameters for part in pair]
        for value, gradient in zip(own, flat, strict=True):
            value.sub_(gradient * rate.view(-1, *(1,) * (gradient.ndim - 1)))

    return _repeat(step)


def jax_vmap(case: Case, folder: Path) -> Step:
    """JAX: ``jit(vmap(grad))``, the whole update compiled, buffers donated."""
    import jax
    import jax.numpy as jnp
    import numpy as np

    data, labels = (jnp.asarray(part) for part in data_of(case, folder))
    parameters = jax.tree.map(jnp.asarray, starts(case))
    zeros = [jnp.zeros((case.batch, size), jnp.float32) for size in case.sizes[1:]]
    rate = jnp.asarray(rates(), jnp.float32)
    orders = Orders(case)

    def loss(parameters, zeros, x, y):
        h = x
        for (w, b), zero in zip(parameters[:-1], zeros, strict=False):
            h = jnp.tanh(h @ w + b) + zero
        w, b = parameters[-1]
        h = h @ w + b + zeros[-1]
        return -jnp.take_along_axis(jax.nn.log_softmax(h), y[:, None], axis=1).mean()

    passed = jax.value_and_grad(loss, argnums=(0, 1))

    def member(parameters, rate, chosen):
        value, (gradients, signals) = passed(parameters, zeros, data[chosen], labels[chosen])
        sizes = [jnp.sqrt((part * part).sum()) for part in jax.tree.leaves((signals, gradients))]
        changed = jax.tree.map(lambda p, g: p - rate * g, parameters, gradients)
        return changed, value, jnp.stack(sizes)

    update = jax.jit(jax.vmap(member), donate_argnums=0)

    def step() -> None:
        nonlocal parameters
        parameters, values, sizes = update(parameters, rate, orders())
        np.asarray(sizes)
        np.asarray(values)

    return _repeat(step)


def _repeat(step: Callable[[], None]) -> Step:
    def run(count: int) -> None:
        for _ in range(count):
            step()

    return run


CONTENDERS = {"stack": stacked, "alone": alone, "torch": torch_vmap, "jax": jax_vmap}


def serve(name: str, number: int, folder: Path) -> None:
    """The process of a contender: as many updates as each line asks for, and the seconds."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    run = CONTENDERS[name](CASES[number], folder)
    print("ready", flush=True)
    for line in sys.stdin:
        started = time.process_time()
        run(int(line))
        print(time.process_time() - started, flush=True)


class Contender:
    """A process that makes updates when it is asked to."""

    def __init__(self, name: str, number: int, folder: Path, tree: Path) -> None:
        threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        threads["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
        self._process = subprocess.Popen(
            [sys.executable, str(HERE), "--serve", name, str(number), str(folder)],
            env=os.environ | threads | {"PYTHONPATH": str(tree)},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
        )  # fmt: skip
        self._answer()
        self.seconds(5)
        self._count = max(2, round(CHUNK_SECONDS / (self.seconds(5) / 5)))
        self.times: list[float] = []

    def turn(self) -> None:
        """One block of updates."""
        self.times.append(self.seconds(self._count) / self._count)

    def seconds(self, count: int) -> float:
        """Of so many updates."""
        self._process.stdin.write(f"{count}\n")
        self._process.stdin.flush()
        return float(self._answer())

    def _answer(self) -> str:
        line = self._process.stdout.readline().strip()
        if not line:
            raise RuntimeError(f"{self._process.args[3]} ended: see above")
        return line

    def close(self) -> None:
        """End the process."""
        self._process.stdin.close()
        self._process.wait()


def contend(number: int, folder: Path, trees: dict[str, Path], rounds: int) -> dict[str, float]:
    """Median microseconds an update of each contender."""
    contenders = {name: Contender(name, number, folder, tree) for name, tree in trees.items()}
    for _ in range(rounds):
        for contender in contenders.values():
            contender.turn()
    for contender in contenders.values():
        contender.close()
    return {name: 1e6 * statistics.median(made.times) for name, made in contenders.items()}


def members_table(folder: Path, trees: dict[str, Path], rounds: int, only: list[int]) -> None:
    """A line for each case."""
    import numpy as np

    print(f"{MEMBERS} members, one thread, µs an update of all of them (ratio to the stack; goal)")
    rng = np.random.default_rng(0)
    for number in only:
        case = CASES[number]
        x = rng.standard_normal((SAMPLES, case.features))
        np.savez(file_of(case, folder), x=x, y=rng.integers(0, case.classes, SAMPLES))
        medians = contend(number, folder, trees, rounds)
        cells = [f"stack {medians['stack']:8.0f}"]
        for name, median in medians.items():
            if name != "stack":
                goal = GOALS.get(name, case.goal)
                ratio = median / medians["stack"]
                cells.append(f"{name} {median:8.0f} (x{ratio:.2f}; {goal:g})")
        print(f"{case!s:20}" + "   ".join(cells), flush=True)


def main() -> None:
    """Read the arguments and print the tables."""
    if sys.argv[1:2] == ["--serve"]:
        name, number, folder = sys.argv[2:]
        serve(name, int(number), Path(folder))
        return
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=_AsWritten)
    reader.add_argument("--former", type=Path, help="checkout that runs the members one by one")
    reader.add_argument("--peers", default=",".join(PEERS), help="of torch, jax; may be empty")
    reader.add_argument("--rounds", type=int, default=15)
    reader.add_argument("--cases", default="0,1,2", help="numbers of the cases, from 0")
    chosen = reader.parse_args()
    own = HERE.parents[2]
    trees = {"stack": own, "alone": (chosen.former or own).resolve()}
    trees |= {name: own for name in chosen.peers.split(",") if name}
    only = [int(number) for number in chosen.cases.split(",")]
    with tempfile.TemporaryDirectory() as folder:
        members_table(Path(folder), trees, chosen.rounds, only)


_AsWritten = argparse.RawDescriptionHelpFormatter

if __name__ == "__main__":
    main()
