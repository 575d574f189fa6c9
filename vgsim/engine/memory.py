"""How much memory an experiment would take, known before anything is built."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from vgsim.engine.errors import refuse
from vgsim.engine.layers import StagePlan
from vgsim.engine.optimizers import OPTIMIZERS
from vgsim.engine.recurrent import CELLS
from vgsim.engine.unrolled import shapes

if TYPE_CHECKING:
    from vgsim.engine.spec import Spec

SHARE = 0.5
"""Fraction of the machine's memory that one experiment may take."""


def physical_memory() -> int:
    """Bytes of memory of this machine; 4 GiB where the system does not say."""
    if sys.platform == "win32":
        return _windows_memory()
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return 4 * 2**30


def _windows_memory() -> int:
    import ctypes

    kilobytes = ctypes.c_ulonglong(0)
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009  # absent elsewhere
    asked = kernel.GetPhysicallyInstalledSystemMemory(ctypes.byref(kilobytes))
    return kilobytes.value * 1024 if asked else 4 * 2**30


def estimate(spec: Spec, plans: Sequence[StagePlan], batch: int, steps: int = 1) -> int:
    """Bytes for parameters (with gradients, change, optimizer state, scratch) and activations."""
    width = np.dtype(spec.training.precision).itemsize
    parameters = sum(int(np.prod(shape)) for plan in plans for shape in shapes(plan).values())
    units = sum(plan.outputs * arrays(plan) for plan in plans)
    copies = 4 + OPTIMIZERS[spec.training.optimizer].slots
    return width * (copies * parameters + units * batch * steps)


def arrays(plan: StagePlan) -> int:
    """How many buffers (batch, units) a stage or timestep has, about."""
    if plan.layer in CELLS:
        return 4 + 3 * len(CELLS[plan.layer].gates)
    return 5 if plan.layer != "block" else 14


def require_memory(spec: Spec, plans: Sequence[StagePlan], batch: int, steps: int = 1) -> None:
    """Raise SpecError naming the width when the experiment would not fit.

    ``batch`` counts the samples of a step and the held-out ones.
    """
    need, limit = estimate(spec, plans, batch, steps), int(physical_memory() * SHARE)
    if need > limit:
        raise refuse(
            "network.width",
            spec.network.width,
            f"a network that fits in {_gib(limit)} of memory; {len(plans)} layers of "
            f"{spec.network.width} units, {steps} timesteps and {batch} samples need {_gib(need)}"
            if steps > 1
            else f"a network that fits in {_gib(limit)} of memory; {len(plans)} stages of "
            f"{spec.network.width} units with {batch} samples need {_gib(need)}",
        )


def _gib(size: int) -> str:
    return f"{size / 2**30:.1f} GiB"
