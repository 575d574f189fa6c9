"""How the values of a lesson's text are written."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from vgsim.core import numbers
from vgsim.lessons.expressions import ByStage, ExpressionError
from vgsim.lessons.facts import Facts
from vgsim.lessons.lesson import Quoted

PENDING = "…"
"""What stands where a value is not known yet."""


FORMS: Mapping[str, Callable[[float], str]] = {
    "about": numbers.about,
    "magnitude": numbers.magnitude,
    "factor": numbers.factor,
    "percent": numbers.percent,
    "plain": numbers.plain,
    "short": numbers.short,
    "exact": numbers.exact,
    "whole": lambda value: f"{round(value):,}".replace("-", "−"),
    "decades": lambda value: numbers.fixed(value, 1),
    "part": numbers.part,
    "fixed1": lambda value: numbers.fixed(value, 1),
    "fixed2": lambda value: numbers.fixed(value, 2),
    "fixed4": lambda value: numbers.fixed(value, 4),
}
"""Forms by their names after the bar."""


def text_of(value: object, form: str) -> str:
    """A value in words; ExpressionError when there is no such form, or nothing to write."""
    if form not in FORMS and form:
        raise ExpressionError("a form, one of " + ", ".join(FORMS))
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, ByStage):
        return ", ".join(text_of(each, form) for each in value.values.tolist())
    if not isinstance(value, (int, float)):
        raise ExpressionError("an expression with a value")
    if math.isnan(value):
        return PENDING
    if not form:
        return numbers.magnitude(value) if _spans_decades(value) else numbers.about(value)
    if form == "whole" and not math.isfinite(value):
        return numbers.magnitude(value)
    return FORMS[form](value)


def _spans_decades(value: float) -> bool:
    return value == 0 or not 0.01 <= abs(value) < 1e6


def quote(value: Quoted, facts: Facts) -> str:
    """What stands in the text for ``value``; ExpressionError or SpecError when it has none."""
    return text_of(facts.compute(value.expression), value.form)
