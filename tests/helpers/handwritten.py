"""Recordings written by hand: a chain or blocks of stages with the figures that a test gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from vgsim import record
from vgsim.record.reader import RecordedRun

Stage = tuple[str, str, float]
"""Name, class and RMS ∂J/∂output."""


def chain(depth: int, factor: float, kind: str = "ReLU", weights: float = 1.0) -> list[Stage]:
    """fc1, act1, …, head: each layer multiplies by ``factor``, of which ``weights`` is W's part."""
    stages = [("head", "Linear", 0.1)]
    size = 0.1
    for k in range(depth, 0, -1):
        if k < depth:
            size *= factor**weights
        stages.append((f"act{k}", kind, size))
        size *= factor ** (1 - weights)
        stages.append((f"fc{k}", "Linear", size))
    return stages[::-1]


def written(
    path: Path,
    stages: Sequence[Stage],
    losses: Sequence[float] = (2.3, 2.3, 2.3),
    edges: Mapping[str, Sequence[str]] | None = None,
    **more: Any,
) -> RecordedRun:
    """A finished recording whose every step has the same figures; ``more`` are others by name.

    Stages follow each other unless ``edges`` name the inputs of each.
    """
    names = [name for name, _, _ in stages]
    frozen = set(more.pop("frozen", ()))
    silent = set(more.pop("silent", ()))
    dtype = more.pop("dtype", "float32")
    about = more.pop("about", {})
    learning = [name for name, kind, _ in stages if kind in ("Linear", "Embedding")]
    figures: dict[str, Any] = {
        "dh_rms": {name: size for name, _, size in stages if name not in silent},
        "h_rms": dict.fromkeys(names, 1.0),
        "h_size": dict.fromkeys(names, 320.0),
        "dh_size": dict.fromkeys(names, 320.0),
        "W_norm": dict.fromkeys((f"{name}.weight" for name in learning), 3.2),
        "dW_norm": {f"{name}.weight": 1e-2 for name in learning if name not in frozen | silent},
        "update_norm": {
            f"{name}.weight": 0.0 if name in frozen | silent else 3.2e-3 for name in learning
        },
    }
    figures |= more
    with record.Recording(path, framework="PyTorch 2.13") as run:
        for key, value in about.items():
            run.about(key, value)
        for at, (name, kind, _) in enumerate(stages):
            before = names[at - 1 : at] if at else []
            given = before if edges is None else edges.get(name, before)
            shape = (32, 10)
            run.stage(name, kind=kind, shape=shape, dtype=dtype, inputs=given)
        for name in learning:
            run.parameter(f"{name}.weight", name, (10, 10), trained=name not in frozen)
        run.group("group 0")
        for step, loss in enumerate(losses):
            run.step(step, loss=loss, learning_rate=[0.1], **figures)
    return record.read(path)
