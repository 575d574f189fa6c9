"""The one place that tells the linear algebra behind NumPy how to run. Standard library only.

OpenBLAS reads its environment once, when NumPy is imported, so this must come before.

Kernels: OpenBLAS 0.3.31, in NumPy's wheels, takes its AVX2 kernels (Haswell) on AMD processors
that have AVX-512; with the AVX-512 ones (SkylakeX) large products run up to twice as fast.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")
KERNELS = "OPENBLAS_CORETYPE"
NEEDED = frozenset({"avx512f", "avx512dq", "avx512bw", "avx512vl"})
"""What a processor must report for the SkylakeX kernels to run on it."""


def prepare() -> None:
    """Choose kernels and threads, each only where the user has not; before NumPy is imported.

    One thread: up to 256 units wide more gain nothing, and they delay the window's own thread.
    """
    if "numpy" in sys.modules:
        return
    for name in THREADS:
        os.environ.setdefault(name, "1")
    if KERNELS not in os.environ and processor_flags() >= NEEDED:
        os.environ[KERNELS] = "SkylakeX"


def processor_flags(file: Path = Path("/proc/cpuinfo")) -> frozenset[str]:
    """What the processor reports that it can do; empty where the system does not say."""
    try:
        lines = file.read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return frozenset()
    found = (line.partition(":")[2] for line in lines if line.startswith("flags"))
    return frozenset(next(found, "").split())


def description() -> str:
    """What was chosen, for ``vgsim --version``."""
    kernels = os.environ.get(KERNELS)
    threads = os.environ.get(THREADS[0])
    return (
        f"OpenBLAS kernels {kernels or 'as it detects them'}, threads {threads or 'as it detects'}"
    )
