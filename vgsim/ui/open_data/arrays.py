"""What a file of arrays holds, and what becomes of it with some choices. Without Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vgsim.core.errors import SpecError
from vgsim.nn.datasets import DATASETS
from vgsim.nn.datasets.user_npz import arrays_in
from vgsim.nn.spec import DataSpec
from vgsim.ui.open_data.made import MadeData, inputs_sentence, made, samples_sentence
from vgsim.ui.open_data.model import ReadingBox, reads

BY_NAMES = "By the names"


@dataclass(frozen=True, slots=True)
class ArraysReading:
    """The arrays of a file, by name, each as it is told; and what becomes of them, or why not."""

    data: DataSpec
    arrays: dict[str, str]
    made: MadeData | None = None
    refusal: SpecError | None = None


def read_arrays(data: DataSpec) -> ArraysReading:
    """Read the file as ``data`` says."""
    arrays: dict[str, str] = {}
    try:
        if reads(data, "x_array"):
            arrays = arrays_in(data.path)
        dataset = DATASETS[data.dataset](data, np.random.default_rng(0))
    except SpecError as error:
        return ArraysReading(data, arrays, refusal=error)
    return ArraysReading(data, arrays, made(dataset, data))


def array_boxes(reading: ArraysReading) -> tuple[ReadingBox, ...]:
    """A choice of an array for the samples, and one for the labels."""
    options = [("", BY_NAMES), *reading.arrays.items()]
    data = reading.data
    return tuple(
        ReadingBox(field, tuple(options), value)
        for field, value in (("x_array", data.x_array), ("y_array", data.y_array))
    )


def about_arrays(reading: ArraysReading) -> str:
    """What is trained on, in a sentence or two; "" where nothing can be."""
    if reading.made is None:
        return ""
    told = inputs_sentence(reading.made, reading.data, None)
    return f"{samples_sentence(reading.made)} {told}"
