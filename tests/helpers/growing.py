"""A recording that is written by hand, step by step."""

from __future__ import annotations

from pathlib import Path

from vgsim import record

STAGES = ("embed", "block.attn", "block.mlp", "head")


class Growing:
    """Four stages whose gradient shrinks by 10 a hop; ``shrink`` multiplies that of the first."""

    def __init__(self, path: Path, every: int = 10) -> None:
        self.path = path
        self.step = 0
        self._every = every
        self.run = record.Recording(path, every=every, framework="PyTorch 2.13.0+cpu")
        self.run.module("block", kind="Block")
        before: list[str] = []
        for name in STAGES:
            self.run.stage(name, kind="Linear", shape=(4, 8), dtype="float32", inputs=before)
            self.run.parameter(f"{name}.weight", stage=name, shape=(8, 8))
            before = [name]

    def write(self, steps: int = 1, shrink: float = 1.0) -> Growing:
        """So many recorded steps more."""
        for _ in range(steps):
            gradients = {name: 10.0 ** (at - 4) for at, name in enumerate(STAGES)}
            gradients["embed"] *= shrink
            self.run.step(
                self.step,
                loss=2.0 / (1 + self.step),
                dh_rms=gradients,
                h_rms=dict.fromkeys(STAGES, 1.0),
                dh_units={name: [size] * 8 for name, size in gradients.items()},
                backward_order=[3, 2, 1, 0],
                W_norm=[1.0] * 4,
                dW_norm=[0.1] * 4,
                update_norm=[0.01] * 4,
            )
            self.step += self._every
        return self

    def close(self) -> Path:
        """Finish the file."""
        self.run.close()
        return self.path


def recording(path: Path, steps: int = 5, every: int = 10) -> Path:
    """A finished one."""
    return Growing(path, every).write(steps).close()
