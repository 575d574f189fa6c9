"""A training step with full telemetry: vgsim, PyTorch eager and JAX jit, side by side.

By hand, with `pip install -e '.[bench]'`: python tests/benchmarks/bench_engine.py [--json F]

One process for each number of threads, pinned to as many cores; contenders interleaved, the same
data, float32, plain SGD, tanh. Each reports the loss and the norms of ∂J/∂h, ∂J/∂W and ∂J/∂b of
every stage at every step: PyTorch by ``retain_grad``, JAX by gradients of added zeros. Medians.
"""

from __future__ import annotations

import argparse
import json
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

ROUNDS = 15
CHUNK_SECONDS = 0.06


@dataclass(frozen=True)
class Case:
    """One network; ``goal`` is the ratio to PyTorch that the design asks for on one thread."""

    features: int
    width: int
    depth: int
    classes: int
    batch: int
    goal: float

    def __str__(self) -> str:
        return f"{self.features}-{self.width}x{self.depth}-{self.classes} ({self.batch})"


CASES = (
    Case(2, 8, 6, 2, 32, 4.5),
    Case(64, 16, 6, 10, 32, 4.3),
    Case(64, 32, 20, 10, 64, 4.0),
    Case(64, 64, 50, 10, 128, 3.5),
    Case(784, 128, 100, 10, 128, 2.4),
    Case(784, 512, 10, 10, 256, 2.4),
)


@dataclass(frozen=True)
class Recurrent:
    """One cell unrolled; ``goal`` is against the loop over cells."""

    kind: str
    steps: int = 64
    features: int = 8
    width: int = 64
    classes: int = 10
    batch: int = 64
    goal: float = 4.0

    def __str__(self) -> str:
        return f"{self.kind} T={self.steps}, {self.width} wide ({self.batch})"


CELLS = (Recurrent("rnn"), Recurrent("lstm"))
Step = Callable[[int], None]
"""Makes so many steps."""


def ours(case: Case, folder: Path) -> Step:
    """vgsim, as `vgsim run` drives it."""
    import numpy as np

    from vgsim.nn.experiment import Experiment
    from vgsim.nn.spec import Spec

    rng = np.random.default_rng(0)
    file = folder / f"{case.features}-{case.classes}.npz"
    x, y = rng.standard_normal((2048, case.features)), rng.integers(0, case.classes, 2048)
    np.savez(file, x=x, y=y)
    spec = Spec().replace(
        {
            "data.dataset": "npz",
            "data.path": str(file),
            "data.held_out": 0.0,
            "network.depth": case.depth,
            "network.width": case.width,
            "network.activation": "tanh",
            "training.batch": case.batch,
            "training.learning_rate": 0.01,
            "training.precision": "float32",
        }
    )
    return Experiment(spec).run


def torch_eager(case: Case, folder: Path) -> Step:
    """PyTorch, as the user writes it who wants to see every gradient."""
    import numpy as np
    import torch

    with np.load(folder / f"{case.features}-{case.classes}.npz") as data:
        x, y = torch.tensor(data["x"], dtype=torch.float32), torch.tensor(data["y"])
    sizes = [case.features] + [case.width] * case.depth
    layers = [torch.nn.Linear(a, b) for a, b in pairwise(sizes)]
    layers.append(torch.nn.Linear(case.width, case.classes))
    parameters = [p for layer in layers for p in layer.parameters()]
    optimizer = torch.optim.SGD(parameters, lr=0.01)
    at = 0

    def step() -> None:
        nonlocal at
        chosen = torch.arange(at, at + case.batch) % len(x)
        at = (at + case.batch) % len(x)
        h, kept = x[chosen], []
        for layer in layers[:-1]:
            h = torch.tanh(layer(h))
            h.retain_grad()
            kept.append(h)
        h = layers[-1](h)
        h.retain_grad()
        kept.append(h)
        loss = torch.nn.functional.cross_entropy(h, y[chosen])
        optimizer.zero_grad()
        loss.backward()
        grads = [h.grad for h in kept] + [p.grad for p in parameters]
        torch.stack(torch._foreach_norm(grads)).tolist()
        loss.item()
        optimizer.step()

    return _repeat(step)


def jax_jit(case: Case, folder: Path) -> Step:
    """JAX, the whole step compiled."""
    import jax
    import jax.numpy as jnp
    import numpy as np

    with np.load(folder / f"{case.features}-{case.classes}.npz") as data:
        x, y = np.asarray(data["x"], np.float32), data["y"]
    rng = np.random.default_rng(1)
    sizes = [case.features] + [case.width] * case.depth + [case.classes]
    parameters = [
        (
            jnp.asarray(rng.standard_normal((a, b)) / np.sqrt(a), jnp.float32),
            jnp.zeros(b, jnp.float32),
        )
        for a, b in pairwise(sizes)
    ]
    zeros = [jnp.zeros((case.batch, n), jnp.float32) for n in sizes[1:]]

    def loss(parameters, zeros, x, y):
        h = x
        for (w, b), zero in zip(parameters[:-1], zeros, strict=False):
            h = jnp.tanh(h @ w + b) + zero
        w, b = parameters[-1]
        h = h @ w + b + zeros[-1]
        picked = jnp.take_along_axis(jax.nn.log_softmax(h), y[:, None], axis=1)
        return -picked.mean()

    @jax.jit
    def update(parameters, zeros, x, y):
        value, (grads, signals) = jax.value_and_grad(loss, argnums=(0, 1))(parameters, zeros, x, y)
        norms = [jnp.sqrt((g * g).sum()) for g in jax.tree.leaves((signals, grads))]
        changed = jax.tree.map(lambda p, g: p - 0.01 * g, parameters, grads)
        return changed, value, jnp.stack(norms)

    at = 0

    def step() -> None:
        nonlocal parameters, at
        chosen = np.arange(at, at + case.batch) % len(x)
        at = (at + case.batch) % len(x)
        parameters, value, norms = update(parameters, zeros, x[chosen], y[chosen])
        np.asarray(norms).tolist()
        float(value)

    return _repeat(step)


def our_cell(case: Recurrent, folder: Path) -> Step:
    """vgsim, unrolled; every timestep's gradient is measured at every step."""
    import numpy as np

    from vgsim.nn.experiment import Experiment
    from vgsim.nn.spec import Spec

    rng = np.random.default_rng(0)
    x = rng.standard_normal((1024, case.steps, case.features))
    np.savez(folder / f"{case.kind}.npz", x=x, y=rng.integers(0, case.classes, 1024))
    spec = Spec().replace(
        {
            "data.dataset": "npz",
            "data.path": str(folder / f"{case.kind}.npz"),
            "data.held_out": 0.0,
            "network.kind": case.kind,
            "network.width": case.width,
            "network.activation": "tanh",
            "training.batch": case.batch,
            "training.learning_rate": 0.01,
            "training.precision": "float32",
        }
    )
    return Experiment(spec).run


def torch_cell(case: Recurrent, folder: Path, loop: bool) -> Step:
    """PyTorch: a loop over cells with ``retain_grad``, or the fused layer without telemetry."""
    import numpy as np
    import torch

    with np.load(folder / f"{case.kind}.npz") as data:
        x, y = torch.tensor(data["x"], dtype=torch.float32), torch.tensor(data["y"])
    torch.manual_seed(0)
    name = case.kind.upper()
    make = getattr(torch.nn, f"{name}Cell" if loop else name)
    core = make(case.features, case.width, **({} if loop else {"batch_first": True}))
    readout = torch.nn.Linear(case.width, case.classes)
    parameters = [*core.parameters(), *readout.parameters()]
    optimizer = torch.optim.SGD(parameters, lr=0.01)
    at = 0

    def unrolled(inputs):
        state, kept = None, []
        for step in range(case.steps):
            state = core(inputs[:, step], state)
            h = state[0] if case.kind == "lstm" else state
            h.retain_grad()
            kept.append(h)
        return h, kept

    def step() -> None:
        nonlocal at
        chosen = torch.arange(at, at + case.batch) % len(x)
        at = (at + case.batch) % len(x)
        h, kept = unrolled(x[chosen]) if loop else (core(x[chosen])[0][:, -1], [])
        loss = torch.nn.functional.cross_entropy(readout(h), y[chosen])
        optimizer.zero_grad()
        loss.backward()
        if loop:
            grads = [h.grad for h in kept] + [p.grad for p in parameters]
            torch.stack(torch._foreach_norm(grads)).tolist()
        loss.item()
        optimizer.step()

    return _repeat(step)


def jax_cell(case: Recurrent, folder: Path) -> Step:
    """JAX: a scan over timesteps, the whole step compiled."""
    import jax
    import jax.numpy as jnp
    import numpy as np

    with np.load(folder / f"{case.kind}.npz") as data:
        x, y = np.asarray(data["x"], np.float32), data["y"]
    rng, gates = np.random.default_rng(1), 4 if case.kind == "lstm" else 1

    def draw(*shape):
        return jnp.asarray(rng.standard_normal(shape) / np.sqrt(shape[0]), jnp.float32)

    parameters = {
        "x": draw(case.features, gates * case.width),
        "h": draw(case.width, gates * case.width),
        "b": jnp.zeros(gates * case.width, jnp.float32),
        "o": draw(case.width, case.classes),
        "ob": jnp.zeros(case.classes, jnp.float32),
    }
    zeros = jnp.zeros((case.steps, case.batch, case.width), jnp.float32)
    start = jnp.zeros((case.batch, case.width), jnp.float32)

    def loss(p, zeros, x, y):
        drive = jnp.swapaxes(x @ p["x"] + p["b"], 0, 1)

        def tick(state, both):
            h, c = state
            z = both[0] + h @ p["h"]
            if case.kind == "rnn":
                h = jnp.tanh(z) + both[1]
            else:
                i, f, g, o = jnp.split(z, 4, axis=1)
                c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
                h = jax.nn.sigmoid(o) * jnp.tanh(c) + both[1]
            return (h, c), None

        (h, _), _ = jax.lax.scan(tick, (start, start), (drive, zeros))
        logits = jax.nn.log_softmax(h @ p["o"] + p["ob"])
        return -jnp.take_along_axis(logits, y[:, None], axis=1).mean()

    @jax.jit
    def update(p, zeros, x, y):
        value, (grads, signals) = jax.value_and_grad(loss, argnums=(0, 1))(p, zeros, x, y)
        norms = [jnp.sqrt((g * g).sum()) for g in jax.tree.leaves(grads)]
        by_step = jnp.sqrt((signals * signals).sum(axis=(1, 2)))
        changed = jax.tree.map(lambda a, g: a - 0.01 * g, p, grads)
        return changed, value, jnp.concatenate([jnp.stack(norms), by_step])

    at = 0

    def step() -> None:
        nonlocal parameters, at
        chosen = np.arange(at, at + case.batch) % len(x)
        at = (at + case.batch) % len(x)
        parameters, value, norms = update(parameters, zeros, x[chosen], y[chosen])
        np.asarray(norms).tolist()
        float(value)

    return _repeat(step)


def _repeat(step: Callable[[], None]) -> Step:
    def run(count: int) -> None:
        for _ in range(count):
            step()

    return run


def contend(steps: dict[str, Step]) -> dict[str, float]:
    """Median microseconds a step of each contender, in turns."""
    counts, times = {}, {name: [] for name in steps}
    for name, run in steps.items():
        run(5)
        started = time.perf_counter()
        run(5)
        counts[name] = max(2, round(CHUNK_SECONDS / ((time.perf_counter() - started) / 5)))
    for _ in range(ROUNDS):
        for name, run in steps.items():
            started = time.perf_counter()
            run(counts[name])
            times[name].append((time.perf_counter() - started) / counts[name])
    return {name: 1e6 * statistics.median(values) for name, values in times.items()}


def telemetry_share(case: Case, folder: Path) -> float:
    """Percent of a step that taking all norms costs."""
    experiment = ours(case, folder).__self__
    experiment.run(20)
    shares = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        experiment.run(10)
        middle = time.perf_counter()
        for _ in range(10):
            experiment.telemetry.measure()
        shares.append((time.perf_counter() - middle) / (middle - started))
    return 100 * statistics.median(shares)


def growth(case: Case, folder: Path) -> float:
    """KiB that 10,000 further steps leave behind, once the history is full."""
    import tracemalloc

    run = ours(case, folder)
    tracemalloc.start()
    run(5_000)
    before = tracemalloc.get_traced_memory()[0]
    run(10_000)
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return (after - before) / 1024


def measure(threads: int) -> dict[str, object]:
    """All cases in this process."""
    from vgsim.core import blas as linear_algebra

    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:threads]))
    linear_algebra.prepare()
    chosen = linear_algebra.description()
    import torch
    from threadpoolctl import threadpool_info

    torch.set_num_threads(threads)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for case in CASES:
            makers = {"vgsim": ours, "torch": torch_eager, "jax": jax_jit}
            medians = contend({name: make(case, Path(folder)) for name, make in makers.items()})
            share = telemetry_share(case, Path(folder))
            rows.append({"case": str(case), "goal": case.goal, "telemetry": share, **medians})
        grown = growth(CASES[0], Path(folder)) if threads == 1 else None
        for cell in CELLS:
            files = Path(folder)
            steps = {"vgsim": our_cell(cell, files)}
            steps |= {"torch": torch_cell(cell, files, True), "jax": jax_cell(cell, files)}
            medians = contend(steps | {"fused": torch_cell(cell, files, False)})
            rows.append({"case": str(cell), "goal": cell.goal, **medians})
    blas = [asdict_blas(info) for info in threadpool_info() if info["user_api"] == "blas"]
    return {"threads": threads, "kernels": chosen, "blas": blas, "rows": rows, "grown": grown}


def asdict_blas(info: dict[str, object]) -> dict[str, object]:
    """What matters of threadpoolctl's report."""
    return {key: info.get(key) for key in ("internal_api", "version", "architecture")}


def show(result: dict[str, object]) -> None:
    """The table of one number of threads."""
    print(f"\n{result['threads']} thread(s) · {result['kernels']} · {result['blas']}")
    print(
        f"{'network':<26} {'vgsim, us':>10} {'PyTorch/vgsim':>14} {'goal':>6} {'JAX/vgsim':>10} "
        f"{'nn.RNN, nn.LSTM/vgsim':>22}"
    )
    for row in result["rows"]:
        print(
            f"{row['case']:<26} {row['vgsim']:>10.0f} {row['torch'] / row['vgsim']:>14.2f} "
            f"{row['goal']:>6} {row['jax'] / row['vgsim']:>10.2f}"
            + (f"   telemetry {row['telemetry']:.1f} %" if "telemetry" in row else "")
            + (f" {row['fused'] / row['vgsim']:>22.2f}" if "fused" in row else "")
        )

    if result["grown"] is not None:
        print(f"10,000 steps leave {result['grown']:.0f} KiB behind")


def main() -> None:
    """One process for each number of threads; a table and, when asked, JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--threads", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.threads:
        print(json.dumps(measure(arguments.threads)))
        return
    results = []
    for threads in (1, 2):
        count = str(threads)
        limits = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), count)
        limits["XLA_FLAGS"] = f"--xla_cpu_multi_thread_eigen={'true' if threads > 1 else 'false'}"
        done = subprocess.run(
            [sys.executable, __file__, "--threads", count],
            env={**os.environ, **limits},
            check=True,
            capture_output=True,
            text=True,
        )
        results.append(json.loads(done.stdout.splitlines()[-1]))
        show(results[-1])
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
