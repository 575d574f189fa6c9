"""How much memory an experiment would take, known before anything is built."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from vgsim.engine.errors import refuse
from vgsim.engine.layers import LAYERS, StagePlan
from vgsim.engine.optimizers import OPTIMIZERS

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


def estimate(spec: Spec, plans: Sequence[StagePlan], batch: int, held: int) -> int:
    """Bytes for parameters (with gradients, change, optimizer state, scratch) and activations."""
    width = np.dtype(spec.training.precision).itemsize
    parameters = sum(
        int(np.prod(shape)) for plan in plans for shape in LAYERS[plan.layer].shapes(plan).values()
    )
    units = sum(plan.outputs for plan in plans)
    copies = 4 + OPTIMIZERS[spec.training.optimizer].slots
    return width * (copies * parameters + 5 * units * (batch + held))


def require_memory(spec: Spec, plans: Sequence[StagePlan], batch: int, held: int) -> None:
    """Raise SpecError naming the width when the experiment would not fit."""
    need, limit = estimate(spec, plans, batch, held), int(physical_memory() * SHARE)
    if need > limit:
        raise refuse(
            "network.width",
            spec.network.width,
            f"a network that fits in {_gib(limit)} of memory; {spec.network.depth} stages of "
            f"{spec.network.width} units with a batch of {batch} need {_gib(need)}",
        )


def _gib(size: int) -> str:
    return f"{size / 2**30:.1f} GiB"
