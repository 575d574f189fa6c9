"""What the readers of the user's own files share: opening, limits, labels, and clear refusals.

Whatever a file holds, a reader either returns a dataset or raises a SpecError of one line that
says what the file should hold and where it does not. Before anything is read or allocated, a
file may have at most 2 GB and declare at most 2^27 numbers, 1 GiB as float64, or what of them the
machine has room for: training keeps about three such tables (samples, training part, held-out
part). A packed file that declares a large table must have some size itself: a hundred kilobytes
of nothing but zeros unpack to a gigabyte of numbers.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from vgsim.core import machine, untrusted
from vgsim.core.errors import SpecError, refuse, shorten

MAX_BYTES = 2 * 10**9
MAX_NUMBERS = 2**27
TABLES = 3
"""Tables of float64 that a dataset takes until it is split."""
MAX_RATIO = 500
"""Bytes in memory for each byte of a packed file, beyond the first 64 MiB."""
FREE_BYTES = 2**26
MAX_VALUE = 1e100  # its square, summed over any table, is still a float64
MAX_CLASSES = 1000
MIN_SAMPLES = 2
FLOAT64 = 8


@dataclass(frozen=True, slots=True)
class DataSource:
    """A file that one field of a spec names; ``kind`` says of what ("a CSV file")."""

    field: str
    given: str
    kind: str

    def bad(self, needs: str) -> SpecError:
        """The error that goes on after ``kind``: "with numbers only; line 3 has 'x'"."""
        return refuse(self.field, self.given, f"{self.kind} {needs}")

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """The file, "~" expanded; SpecError unless it is a file of 1 byte to 2 GB.

        What reading it raises is turned into a SpecError, see :meth:`reading`.
        """
        if not self.given.strip():
            raise refuse(self.field, self.given, f"the path of {self.kind}")
        with self.reading(), untrusted.opened(self.given, MAX_BYTES) as file:
            if size_of(file) == 0:
                raise self.bad("with samples; this one is empty")
            yield file

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Turn whatever reading foreign bytes raises into a SpecError.

        Decompressors and header parsers raise a dozen types for bad content, so all are caught;
        keep the body to calls of such code.
        """
        try:
            yield
        except (SpecError, untrusted.GivenUp):
            raise
        except Exception as error:
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise self.bad(f"that can be read; reading stopped with: {quote(reason)}") from error


def quote(text: object) -> str:
    """Foreign text as one short line for a message; "nothing" when it is blank."""
    printable = "".join(c if c.isprintable() else " " for c in str(text)[:200])
    return shorten(printable.strip() or "nothing", 60)


def check_shape(source: DataSource, shape: Sequence[int]) -> None:
    """SpecError unless ``shape`` is (samples, features) or that of pictures, in bounds."""
    text = " × ".join(map(str, shape)) or "a single number"
    if len(shape) not in (2, 3, 4):
        raise source.bad(
            f"of samples × features, or samples × rows × columns for pictures; this is {text}"
        )
    if shape[0] < MIN_SAMPLES or 0 in shape:
        raise source.bad(f"of at least {MIN_SAMPLES} samples with features; this is {text}")
    check_count(source, shape)


def check_count(source: DataSource, shape: Sequence[int]) -> None:
    """SpecError when an array of ``shape`` would hold more numbers than a table may."""
    most = most_numbers()
    count = math.prod(shape)
    if count > most:
        raise source.bad(f"of at most {most} numbers; this declares {count}")


def most_numbers() -> int:
    """Numbers that a table may have: 2^27, or as many as fit here three times."""
    return min(MAX_NUMBERS, machine.memory_of_one() // (TABLES * FLOAT64))


def check_packed(source: DataSource, shape: Sequence[int], itemsize: int, size: int) -> None:
    """SpecError when a packed file of ``size`` bytes declares an array too large for that size."""
    need = math.prod(shape) * max(itemsize, FLOAT64)
    if need > max(FREE_BYTES, MAX_RATIO * size):
        raise source.bad(
            f"that takes at most {MAX_RATIO} times its own size in memory; {size} bytes declare "
            f"{need}. If the data are really so regular, store them unpacked"
        )


def size_of(file: BinaryIO) -> int:
    """Bytes of an open file."""
    return os.fstat(file.fileno()).st_size


def check_finite(
    source: DataSource, table: NDArray[np.float64], place: Callable[[int, int], str]
) -> None:
    """SpecError at the first nan, inf or huge number; ``place(row, column)`` words where it is."""
    fine = (table >= -MAX_VALUE) & (table <= MAX_VALUE)
    if not fine.all():
        row, column = np.unravel_index(int(np.argmin(fine)), table.shape)
        raise source.bad(
            f"of finite numbers up to {MAX_VALUE:g} in size; {place(int(row), int(column))} has "
            f"{table[row, column]}"
        )


def check_classes(source: DataSource, classes: Sequence[str]) -> tuple[str, ...]:
    """``classes`` as a tuple; SpecError unless they are 2 to 1000 names that can be shown."""
    if len(classes) < 2:
        raise source.bad(f"of at least 2 classes; every label in it is {quote(classes[0])}")
    if len(classes) > MAX_CLASSES:
        raise source.bad(f"of at most {MAX_CLASSES} classes; this one has more")
    if not all(map(str.strip, classes)):
        raise source.bad("with a name in every label; one label is blank")
    return tuple(classes)
