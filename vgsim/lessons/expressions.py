"""The small language of ``{{ values }}``: arithmetic over what the engine measured.

Python's parser reads it, and what is not on the list below is refused; nothing is ever executed. A
result is a number, a truth value, or one number for each stage.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

LONGEST = 400
"""Letters of an expression."""
MOST_NODES = 120
"""Parts of an expression."""

Floats = NDArray[np.float64]


class ExpressionError(ValueError):
    """An expression cannot be computed; the sentence part says what is allowed instead."""


@dataclass(frozen=True, slots=True, eq=False)
class ByStage:
    """One number for each stage from ``first`` on; ``name`` is what the user called it."""

    values: Floats
    first: int = 1
    name: str = "it"

    def at(self, stage: float) -> float:
        """The number of one stage; ExpressionError when there is no such stage."""
        last = self.first + len(self.values) - 1
        if stage != int(stage) or not self.first <= stage <= last:
            raise ExpressionError(f"a stage of {self.name} from {self.first} to {last}")
        return float(self.values[int(stage) - self.first])


class Meanings(Protocol):
    """What the names in an expression are."""

    def value(self, name: str) -> object:
        """A Result, a function, or Meanings of its own; ExpressionError for a name of nothing."""


Result = bool | int | float | str | ByStage
Function = Callable[..., object]


def compute(text: str, names: Meanings) -> object:
    """The value of an expression; ExpressionError says what is allowed where it has none."""
    try:
        return _Evaluator(names).of(parsed(text))
    except (OverflowError, ZeroDivisionError):
        raise ExpressionError("an expression without a division by zero or an overflow") from None
    except RecursionError:
        raise ExpressionError("a simpler expression") from None


@lru_cache(maxsize=1024)
def parsed(text: str) -> ast.expr:
    """The tree of an expression; ExpressionError when it is none, or too long."""
    if len(text) > LONGEST:
        raise ExpressionError(f"an expression of at most {LONGEST} letters")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ExpressionError("an expression such as dh[1] / dh[7]") from None
    if sum(1 for _ in ast.walk(tree)) > MOST_NODES:
        raise ExpressionError(f"an expression of at most {MOST_NODES} parts")
    return tree


def is_constant(text: str) -> bool:
    """Whether an expression is a number that was typed rather than something to be computed."""
    try:
        tree = parsed(text)
    except ExpressionError:
        return False
    if isinstance(tree, ast.UnaryOp):
        tree = tree.operand
    return isinstance(tree, ast.Constant)


def _power(base: float, exponent: float) -> float:
    """Always as floats, so that no whole number grows without end."""
    result: object = float(base) ** float(exponent)
    if isinstance(result, complex):
        raise ExpressionError("no root of a negative number")
    assert isinstance(result, float)  # what is left of two floats
    return result


_BINARY: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
    ast.Div: operator.truediv, ast.Pow: _power, ast.Mod: operator.mod,
}  # fmt: skip
_COMPARE: Mapping[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.Eq: operator.eq, ast.NotEq: operator.ne,
}  # fmt: skip
_UNARY: Mapping[type[ast.unaryop], Callable[[float], float]] = {
    ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Not: operator.not_,
}  # fmt: skip
_ALLOWED = "numbers, names, + − * / **, comparisons, and, or, not, [stage] and functions"


class _Evaluator:
    def __init__(self, names: Meanings) -> None:
        self._names = names

    def of(self, node: ast.expr) -> object:
        """The value of one part of the tree."""
        if isinstance(node, ast.Constant):
            return _constant(node.value)
        if isinstance(node, ast.Name):
            return self._names.value(node.id)
        if isinstance(node, ast.Attribute):
            return self._attribute(node)
        if isinstance(node, ast.Subscript):
            return self._stage(node)
        if isinstance(node, ast.Call):
            return self._call(node)
        if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
            return _each(_BINARY[type(node.op)], self.of(node.left), self.of(node.right))
        if isinstance(node, ast.UnaryOp) and type(node.op) in _UNARY:
            return _each(_UNARY[type(node.op)], self.of(node.operand))
        if isinstance(node, ast.Compare):
            return self._compare(node)
        if isinstance(node, ast.BoolOp):
            values = (bool(_number(self.of(part))) for part in node.values)
            return all(values) if isinstance(node.op, ast.And) else any(values)
        raise ExpressionError(_ALLOWED)

    def _attribute(self, node: ast.Attribute) -> object:
        owner = self.of(node.value)
        if isinstance(owner, (bool, int, float, str, ByStage)) or not hasattr(owner, "value"):
            raise ExpressionError("a name after the dot of now, other, at(…) or preset(…) alone")
        found: object = owner.value(node.attr)
        return found

    def _stage(self, node: ast.Subscript) -> float:
        owner = self.of(node.value)
        if not isinstance(owner, ByStage):
            raise ExpressionError("[stage] after what has one number for each stage, such as dh")
        return owner.at(_number(self.of(node.slice)))

    def _call(self, node: ast.Call) -> object:
        function = self.of(node.func)
        if not callable(function) or node.keywords:
            raise ExpressionError("a function, such as " + ", ".join(FUNCTIONS))
        given = [self.of(argument) for argument in node.args]
        try:
            found: object = function(*given)
        except (TypeError, ValueError) as error:
            if isinstance(error, ExpressionError):
                raise
            raise ExpressionError(f"a function of other arguments ({error})") from None
        return found

    def _compare(self, node: ast.Compare) -> bool:
        left = _number(self.of(node.left))
        for sign, part in zip(node.ops, node.comparators, strict=True):
            right = _number(self.of(part))
            if type(sign) not in _COMPARE:
                raise ExpressionError("one of < <= > >= == !=")
            if not _COMPARE[type(sign)](left, right):
                return False
            left = right
        return True


def _constant(value: object) -> object:
    if isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**53 else float(value)
    if isinstance(value, float):
        return value
    raise ExpressionError(_ALLOWED)


def _number(value: object) -> float:
    if isinstance(value, (bool, int, float)):
        return value
    raise ExpressionError("a number here")


def _each(function: Callable[..., float], *values: object) -> object:
    """``function`` of numbers; stage by stage where one of them has one for each."""
    stages = [value for value in values if isinstance(value, ByStage)]
    if not stages:
        return function(*(_number(value) for value in values))
    first = stages[0]
    if any(each.first != first.first or len(each.values) != len(first.values) for each in stages):
        raise ExpressionError("quantities of the same stages")
    found = []
    for stage in range(first.first, first.first + len(first.values)):
        row = [
            value.at(stage) if isinstance(value, ByStage) else _number(value) for value in values
        ]
        found.append(function(*row))
    return ByStage(np.array(found, dtype=np.float64), first.first, first.name)


def _at(value: object, stage: int) -> float:
    if isinstance(value, ByStage):
        return value.at(stage)
    return _number(value)


def _pointwise(function: Callable[[float], float]) -> Function:
    def apply(value: object) -> object:
        return _each(function, value)

    return apply


def _over(function: Callable[[list[float]], float]) -> Function:
    """A function of one quantity over all stages, or of several numbers."""

    def apply(*values: object) -> float:
        numbers: list[float] = []
        for value in values:
            numbers += value.values.tolist() if isinstance(value, ByStage) else [_number(value)]
        if not numbers:
            raise ExpressionError("at least one number")
        return function(numbers)

    return apply


def _log10(value: float) -> float:
    if value == 0:
        return -math.inf
    if value < 0:
        raise ExpressionError("no logarithm of a negative number")
    return math.log10(value)


def _sqrt(value: float) -> float:
    if value < 0:
        raise ExpressionError("no root of a negative number")
    return math.sqrt(value)


def _sigma(z: float) -> float:
    """The logistic function, 1 / (1 + e^−z), without overflow or cancellation on either side."""
    if z >= 0:
        return 1.0 / (1.0 + math.exp(-z))
    return math.exp(z) / (1.0 + math.exp(z))


def _mean(values: list[float]) -> float:
    return math.fsum(values) / len(values)


FUNCTIONS: Mapping[str, Function] = {
    "abs": _pointwise(abs), "sqrt": _pointwise(_sqrt), "exp": _pointwise(math.exp),
    "log10": _pointwise(_log10), "round": _pointwise(round), "floor": _pointwise(math.floor),
    "sigma": _pointwise(_sigma), "dsigma": _pointwise(lambda z: _sigma(z) * _sigma(-z)),
    "tanh": _pointwise(math.tanh), "dtanh": _pointwise(lambda z: 1.0 - math.tanh(z) ** 2),
    "min": _over(min), "max": _over(max), "sum": _over(math.fsum), "prod": _over(math.prod),
    "mean": _over(_mean),
}  # fmt: skip
"""Functions of numbers, which every expression may call."""
