"""Recordings of trainings that happen elsewhere: written, and read back as NumPy arrays.

Needs the standard library and NumPy only; ``torch`` needs the caller's PyTorch. See
``docs/recording.md``.
"""

from vgsim.core.container import BadContainer
from vgsim.record.figures import BINS, FIGURES, Owner, RecordedBins
from vgsim.record.reader import RecordedRun, RecordedStep, read
from vgsim.record.writer import Recording, RecordingError

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
    "read",
]
