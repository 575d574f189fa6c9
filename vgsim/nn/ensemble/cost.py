"""What a member of an ensemble costs, known before it is built."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vgsim.nn.ensemble.feed import known_data
from vgsim.nn.layered import in_a_row
from vgsim.nn.memory import arrays
from vgsim.nn.optimizers import OPTIMIZERS
from vgsim.nn.precision import PRECISIONS
from vgsim.nn.preparation import Preparation
from vgsim.nn.spec import Spec
from vgsim.nn.unrolled import shapes

KEPT_IN_A_ROW = 2
"""Arrays that a dense stage keeps where all of them share the rest: z and h."""
CALLS, CALLS_OF_A_STEP = 4, 40
"""Of a stage besides two for each of its arrays; and of a step besides those of its stages."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one member: ``memory`` in bytes, ``products`` multiplications in a pass there and back.

    ``touched`` are the bytes that a step goes through, which ought to fit in a processor's cache
    for all members together; ``calls`` of NumPy a step takes, about, for all members the same. A
    start draws ``parameters`` numbers.
    """

    memory: int
    touched: int
    products: int
    parameters: int
    calls: int


def cost(spec: Spec) -> Cost:
    """That of an experiment as a member, its data aside, which members share."""
    made = Preparation(spec, known_data(spec))
    plans = made.plans(spec)
    width = np.dtype(PRECISIONS[spec.training.precision].dtype).itemsize
    samples = len(made.data.x_train)
    rows = min(spec.training.batch or samples, samples) * made.steps
    found = [shape for plan in plans for shape in shapes(plan).values()]
    parameters = sum(int(np.prod(shape)) for shape in found)
    plain = PRECISIONS[spec.training.precision].to_nearest is None
    kept = [KEPT_IN_A_ROW if plain and in_a_row(plans) else arrays(plan) for plan in plans]
    units = sum(plan.outputs * count for plan, count in zip(plans, kept, strict=True))
    slots = OPTIMIZERS[spec.training.optimizer].slots
    activations = width * units * rows
    # values, gradients, change, scratch and squares
    copies = width * parameters * (5 + slots)
    return Cost(
        memory=activations + copies,
        touched=activations + copies,
        products=3 * rows * sum(int(np.prod(shape)) for shape in found if len(shape) > 1),
        parameters=parameters,
        calls=CALLS_OF_A_STEP + made.steps * sum(CALLS + 2 * arrays(plan) for plan in plans),
    )
