"""How much memory an experiment would take, known before anything is built."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vgsim.core.errors import refuse
from vgsim.core.machine import memory_of_one
from vgsim.nn.cells import CELLS
from vgsim.nn.checkpoints import most_kept
from vgsim.nn.layers import LAYERS, StagePlan
from vgsim.nn.optimizers import OPTIMIZERS
from vgsim.nn.precision import PRECISIONS
from vgsim.nn.unrolled import shapes

if TYPE_CHECKING:
    from vgsim.nn.spec import Spec


@dataclass(frozen=True, slots=True)
class Size:
    """What an experiment is to hold besides its parameters.

    ``rows`` are the samples of a step and of an evaluation, each of ``steps`` timesteps;
    ``numbers`` are inputs and targets of all samples; ``loaded`` are bytes of the data as read.
    """

    rows: int
    steps: int = 1
    numbers: int = 0
    loaded: int = 0


def estimate(spec: Spec, plans: Sequence[StagePlan], size: Size) -> int:
    """Bytes of an experiment: its parameters with all their copies, its activations, its data."""
    width = np.dtype(PRECISIONS[spec.training.precision].dtype).itemsize
    parameters = sum(int(np.prod(shape)) for plan in plans for shape in shapes(plan).values())
    slots = OPTIMIZERS[spec.training.optimizer].slots
    state = width * parameters * (2 + slots)
    # values, gradients, change, scratch, squares, and what a frame copies and squares meanwhile
    copies = 7 + slots + (0 if spec.training.decay_biases else 1)
    units = sum(plan.outputs * arrays(plan) for plan in plans)
    held = width * (copies * parameters + units * size.rows * size.steps)
    return held + (most_kept(state) + 1) * state + data_bytes(spec, size)


def data_bytes(spec: Spec, size: Size) -> int:
    """Bytes of the data, as they were read and in the precision of the experiment."""
    return size.loaded + np.dtype(PRECISIONS[spec.training.precision].dtype).itemsize * size.numbers


def arrays(plan: StagePlan) -> int:
    """How many buffers (batch, units) a stage or timestep has, with what measuring it takes."""
    if plan.layer in CELLS:
        return CELLS[plan.layer].buffers(plan)
    return LAYERS[plan.layer].buffers


def require_memory(spec: Spec, plans: Sequence[StagePlan], size: Size) -> None:
    """Raise SpecError naming the width, or the data, when the experiment would not fit."""
    need = estimate(spec, plans, size)
    limit = memory_of_one()
    if need <= limit:
        return
    fits = f"that fits in {_gib(limit)} of memory"
    data = data_bytes(spec, size)
    if data > need / 2:
        raise refuse(
            "data.dataset", spec.data.dataset, f"data {fits}; inputs and targets need {_gib(data)}"
        )
    if size.steps > 1:
        timesteps = f", {size.steps} timesteps"
    else:
        timesteps = ""
    path = "network.widths" if spec.network.widths else "network.width"
    raise refuse(
        path,
        spec[path],
        f"a network {fits}; {len(plans)} {'layers' if timesteps else 'stages'} of "
        f"{spec[path]} units{timesteps} with {size.rows} samples need {_gib(need)}",
    )


@contextmanager
def within_memory(spec: Spec) -> Iterator[None]:
    """Turn a lack of memory that no estimate foresaw into a SpecError."""
    try:
        yield
    except MemoryError:
        raise refuse(
            "data.dataset", spec.data.dataset, "data and a network that fit in memory"
        ) from None


def _gib(size: int) -> str:
    return f"{size / 2**30:.1f} GiB"
