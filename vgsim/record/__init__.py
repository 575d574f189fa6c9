"""Recordings of trainings that happen elsewhere: written, and read back as NumPy arrays.

Needs the standard library and NumPy only; ``torch`` needs the caller's PyTorch. See
``docs/recording.md``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vgsim.core.container import BadContainer
from vgsim.record.figures import BINS, FIGURES, Owner, RecordedBins
from vgsim.record.reader import RecordedRun, RecordedStep, read
from vgsim.record.summary import measured
from vgsim.record.writer import Recording, RecordingError

if TYPE_CHECKING:
    from pathlib import Path

    from vgsim.record.pytorch.recorder import TorchRecorder

__all__ = [
    "BINS",
    "FIGURES",
    "BadContainer",
    "Owner",
    "RecordedBins",
    "RecordedRun",
    "RecordedStep",
    "Recording",
    "RecordingError",
    "measured",
    "read",
    "torch",
]


def torch(model: Any, path: str | Path, *, every: int = 1, **choices: Any) -> TorchRecorder:
    """Record a training loop around a PyTorch model; a context manager.

    ::

        with record.torch(model, "run.vgrun", every=10) as run:
            ...                      # the loop as it is
            loss.backward(); optimizer.step(); run.step(loss)

    ``choices`` are ``modules``, ``units``, ``histograms`` and ``sample``: see ``TorchRecorder`` in
    ``vgsim/record/pytorch/recorder.py``.
    """
    from vgsim.record.pytorch.recorder import TorchRecorder

    return TorchRecorder(model, path, every=every, **choices)
