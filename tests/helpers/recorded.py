"""Trainings that are recorded, and what PyTorch itself says of the same pass."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

import vgsim.record as record
from vgsim.record.reader import RecordedRun

# Two threads that wait for each other take minutes where others work, too.
torch.set_num_threads(1)

Loss = Callable[[nn.Module], Tensor]


def asked(model: nn.Module, loss_of: Loss, names: list[str]) -> dict[str, Tensor]:
    """∂J/∂output of the named modules' first calls, by ``torch.autograd.grad``."""
    outputs: dict[str, Tensor] = {}
    handles = []
    for name in names:

        def keep(module: object, inputs: object, output: Any, name: str = name) -> None:
            outputs.setdefault(name, output)

        handles.append(model.get_submodule(name).register_forward_hook(keep))
    loss = loss_of(model)
    for handle in handles:
        handle.remove()
    gradients = torch.autograd.grad(loss, [outputs[name] for name in names])
    return dict(zip(names, gradients, strict=True))


def recorded(
    path: Path, model: nn.Module, loss_of: Loss, steps: int = 1, **choices: Any
) -> RecordedRun:
    """The recording of plain gradient descent."""
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
    with record.torch(model, path, **choices) as run:
        for _ in range(steps):
            optimizer.zero_grad()
            loss = loss_of(model)
            loss.backward()
            optimizer.step()
            run.step(loss)
    return record.read(path)


def norms(run: RecordedRun, names: list[str], row: int = -1) -> np.ndarray:
    """The recorded norms of ∂J/∂h of stages."""
    places = [run.stages.index(name) for name in names]
    return run["dh_norm"][row, places]


def agrees(run: RecordedRun, truth: dict[str, Tensor], row: int = -1, whole: bool = True) -> None:
    """Every gradient is the one asked for: its norm and its largest value.

    With ``whole`` off it is larger than the recording's sample, which may miss the largest value.
    """
    for name, gradient in truth.items():
        place = run.stages.index(name)
        norm, largest = gradient.norm().item(), gradient.abs().max().item()
        found = run["dh_max"][row, place]
        np.testing.assert_allclose(run["dh_norm"][row, place], norm, 1e-12, err_msg=name)
        if whole:
            np.testing.assert_allclose(found, largest, 1e-12, err_msg=name)
        rms = norm / gradient.numel() ** 0.5
        assert rms * (1 - 1e-12) <= found <= largest * (1 + 1e-12), name


def said(run: RecordedRun) -> str:
    """All sentences of a recording."""
    return "\n".join(note.text for note in run.notes)
