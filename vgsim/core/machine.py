"""What this machine has."""

from __future__ import annotations

import os
import sys

SHARE = 0.4
"""Fraction of the machine's memory that one experiment may take: an edit builds a second one."""


def memory_of_one() -> int:
    """Bytes that one experiment may take, its data included."""
    return int(physical_memory() * SHARE)


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


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
    if asked:
        return kilobytes.value * 1024
    return 4 * 2**30
