"""Sentences about errors in the units of the data."""

from __future__ import annotations

from collections.abc import Sequence

from vgsim.core.errors import first_told
from vgsim.core.numbers import plain
from vgsim.measure.own_units import OwnErrors

DIGITS = 3
ALL = 1000
MOST_NAMED = 3
"""Targets that a short sentence names."""


def errors_told(names: Sequence[str], values: Sequence[float], most: int = MOST_NAMED) -> str:
    """ "12,300 (price)"; of several targets "1.2 (heat), 3.4 (cool)"."""
    each = [f"{plain(value, DIGITS)} ({name})" for name, value in zip(names, values, strict=True)]
    return ", ".join(first_told(each, most))


def typical_error(errors: OwnErrors | None, most: int = MOST_NAMED) -> str:
    """ "typical error 12,300 (price) held out"; of the batch where nothing is held out; or ""."""
    if errors is None or not (errors.held_out or errors.training):
        return ""
    which = "held out" if errors.held_out else "on this batch"
    return f"{brief_error(errors, most)} {which}"


def brief_error(errors: OwnErrors | None, most: int = MOST_NAMED) -> str:
    """The same without a word on which samples it is of."""
    if errors is None or not (errors.held_out or errors.training):
        return ""
    return f"typical error {errors_told(errors.names, errors.held_out or errors.training, most)}"
