"""Whether anything of a map can be computed: looked at before any of it is."""

from __future__ import annotations

from vgsim.core.errors import SpecError
from vgsim.nn.experiment import Experiment
from vgsim.sweep.plan import SweepPlan


def check_builds(plan: SweepPlan) -> None:
    """SpecError when neither the first nor the last cell makes an experiment.

    A file of data that is not there, or a loss that does not go with it, is wrong in all cells; a
    network too large for the memory only in some, which then say so themselves.
    """
    first = tuple(0 for _ in plan.axes)
    last = tuple(length - 1 for length in plan.shape)
    try:
        Experiment(plan.member(first, 0))
    except SpecError as error:
        try:
            Experiment(plan.member(last, 0))
        except SpecError:
            raise error from None
