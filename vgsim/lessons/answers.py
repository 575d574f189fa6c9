"""Predictions: what one answered, what is right, and when the window shows it."""

from __future__ import annotations

import ast
import math
from dataclasses import dataclass, replace

import numpy as np

from vgsim.lessons.expressions import ByStage, ExpressionError, parsed
from vgsim.lessons.facts import Facts
from vgsim.lessons.lesson import ChoiceQuestion, CurveQuestion, Question
from vgsim.text.scale import Scale


@dataclass(frozen=True, slots=True)
class Answer:
    """What one answered: the number of a choice, a number, or one for each stage.

    ``skipped`` is a question that one did not want to answer. ``shown`` says that the true answer
    has been shown since, and ``right`` whether this one was.
    """

    choice: int | None = None
    number: float | None = None
    curve: tuple[float, ...] = ()
    skipped: bool = False
    shown: bool = False
    right: bool = False

    def judged(self, truth: Truth, question: Question) -> Answer:
        """The same once the true answer is shown."""
        return replace(self, shown=True, right=not self.skipped and is_right(question, self, truth))


@dataclass(frozen=True, slots=True)
class Truth:
    """The true answer: which choices are right, the number, or one for each stage."""

    choices: tuple[bool, ...] = ()
    number: float = math.nan
    curve: tuple[float, ...] = ()


def truth_of(question: Question, facts: Facts) -> Truth:
    """The true answer, from the engine; ExpressionError or SpecError if there is none."""
    if isinstance(question, ChoiceQuestion):
        return Truth(choices=tuple(bool(facts.compute(it.right)) for it in question.choices))
    found = facts.compute(question.answer)
    if isinstance(question, CurveQuestion):
        if not isinstance(found, ByStage):
            raise ExpressionError("an answer with one number for each stage, such as dh")
        return Truth(curve=tuple(found.values.tolist()))
    if isinstance(found, (ByStage, str)):
        raise ExpressionError("an answer that is one number")
    return Truth(number=float(found))


def is_right(question: Question, answer: Answer, truth: Truth) -> bool:
    """Whether an answer is right, as its question allows."""
    if isinstance(question, ChoiceQuestion):
        return answer.choice is not None and truth.choices[answer.choice]
    if isinstance(question, CurveQuestion):
        return curve_off(answer.curve, truth.curve) <= question.decades
    if answer.number is None:
        return False
    if question.tolerance is not None:
        return abs(answer.number - truth.number) <= question.tolerance * (1 + 1e-9)
    return _within_factor(answer.number, truth.number, question.factor or 1.0)


def _within_factor(number: float, truth: float, factor: float) -> bool:
    if number == truth:
        return True
    if number * truth <= 0 or not math.isfinite(number):
        return False
    return abs(math.log(number / truth)) <= math.log(factor) * (1 + 1e-9)


def curve_off(drawn: tuple[float, ...], truth: tuple[float, ...]) -> float:
    """Mean distance of two curves in decades; inf where they have not the same stages.

    What lies beyond the scale of the plot, 0 and ∞ among it, counts as lying at its end: nobody can
    draw farther out.
    """
    if len(drawn) != len(truth) or not drawn:
        return math.inf
    scale = Scale()
    places = scale.fraction(np.array([drawn, truth])).clip(0.0, 1.0)
    return float(np.abs(places[0] - places[1]).mean() * (scale.high - scale.low))


def expressions_of(question: Question) -> tuple[str, ...]:
    """What its true answer is computed from."""
    if isinstance(question, ChoiceQuestion):
        return tuple(choice.right for choice in question.choices)
    return (question.answer,)


def known_now(question: Question, facts: Facts) -> bool:
    """Whether the window shows by now what the question asks for.

    That is so when every quantity that the answer names is known at the moment where it stands.
    Passes elsewhere (``at``, ``other``, ``preset``) are known anyway.
    """
    return all(_known(expression, facts) for expression in expressions_of(question))


def _known(expression: str, facts: Facts) -> bool:
    tree = parsed(expression)
    indexed = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Subscript)}
    for node in ast.walk(tree):
        named = isinstance(node, ast.Name) and id(node) not in indexed
        staged = isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name)
        if not named and not staged:
            continue
        try:
            found = facts.compute(f"now.{ast.unparse(node)}")
        except ExpressionError:
            continue  # a function, or of another pass
        if isinstance(found, ByStage):
            found = float(found.values.sum())
        if isinstance(found, float) and math.isnan(found):
            return False
    return True
