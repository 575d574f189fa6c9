"""A hop as signs and factors from left to right, and the lines that they may stand on. No Qt."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from vgsim.measure.chain_rule.result import Factor, FactorKind, Floats, Hop, Term

_BELOW = re.compile(r"\\frac\{\\partial .*\}\{\\partial (.*)\}\\right\)\^\{\\top\}")
"""The lower half of a transposed Jacobian."""


ARROW = r"\leftarrow"
"""Between the vector that comes out of an operator and the operator."""


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A sign, or a factor; ``key`` is the part that it plays, the same from hop to hop."""

    tex: str
    factor: Factor | None = None
    key: str = ""


_MOST_LINES = 3
_BREAKS = ("+", ARROW)
Line = tuple[Piece, ...]


def pieces(hop: Hop) -> Line:
    """Everything shown, the path of the cell state first."""
    return (*state_path(hop), *product(hop))


def state_path(hop: Hop) -> Line:
    """∂J by the memory besides h, as ∂J/∂c, and what is added to it; empty where there is none."""
    if hop.state is None:
        return ()
    name = rf"\frac{{\partial J}}{{\partial {hop.memory}_{{{hop.stage}}}}}"
    left = Factor(name, FactorKind.VECTOR, hop.state.result, signal=True)
    found = [Piece(name, left, "cell left"), Piece(r"+\!\!=")]
    _append(found, replace(hop.state, name="cell"))
    return tuple(found)


def product(hop: Hop) -> Line:
    """The product from left to right."""
    found = [Piece(hop.left.tex, hop.left, _key("left", hop.left, ()))]
    if hop.terms:
        found.append(Piece("="))
    if hop.function:
        found.append(Piece(rf"{hop.function}\,("))
    for number, term in enumerate(hop.terms):
        if number:
            found.append(Piece("+"))
        _append(found, term)
    return (*found, *([Piece(")")] if hop.function else []))


def _append(found: list[Piece], term: Term) -> None:
    """The factors of a term, and what comes out of an operator, with which it goes on."""
    for place, factor in enumerate(term.factors):
        if place:
            found.append(Piece(r"\cdot"))
        if factor.out is not None:
            out = _out(factor, factor.out, term.factors[-1].signal)
            found += [Piece(out.tex, out, _key(term.name, out, found)), Piece(ARROW)]
        shown = _single(factor)
        found.append(Piece(shown.tex, shown, _key(term.name, shown, found)))


def _out(factor: Factor, values: Floats, signal: bool) -> Factor:
    """What came out of an operator, as a vector; ∂J/∂z where its name tells."""
    found = _BELOW.search(factor.tex)
    if found:
        tex = rf"\frac{{\partial J}}{{\partial {found[1]}}}"
    else:
        tex = r"\mathrm{out}"
    return replace(
        factor,
        tex=tex,
        kind=FactorKind.VECTOR,
        values=values,
        part="out",
        note="",
        signal=signal,
        out=None,
    )


def _single(factor: Factor) -> Factor:
    """One number in place of a diagonal matrix that holds it everywhere and says so."""
    alike = factor.kind is FactorKind.DIAGONAL and factor.note and factor.values.size
    if not alike or (factor.values != factor.values[0]).any():
        return factor
    return replace(factor, kind=FactorKind.VECTOR, values=factor.values[:1])


def _key(term: str, factor: Factor, before: Sequence[Piece]) -> str:
    """What a factor is known by: its term, what it does, and a number to tell equals apart."""
    base = f"{term} {factor.part or factor.kind} {factor.signal:d}"
    return f"{base} {sum(piece.key.startswith(base) for piece in before)}"


def is_gated(hop: Hop) -> bool:
    """Whether the gradient comes by two paths, past the weights of a gated cell and by them."""
    names = {term.name for term in hop.terms}
    return hop.state is not None or (hop.left.signal and {"carry", "state"} <= names)


def arrangements(hop: Hop) -> list[list[Line]]:
    """The lines that a hop may be on, best first: all on one, or broken before a sign."""
    whole = product(hop)
    if hop.state is not None:
        return [[state_path(hop), whole]]
    breaks = [at for at, piece in enumerate(whole) if piece.tex in _BREAKS and not piece.factor]
    if is_gated(hop):
        return [[whole[: breaks[0]], whole[breaks[0] :]]]
    evenly = sorted(breaks, key=lambda at: abs(2 * at - len(whole)))
    every = [0, *breaks, len(whole)]
    parts = [whole[start:end] for start, end in pairwise(every)]
    halves = [[whole[:at], whole[at:]] for at in evenly]
    return [[whole], *halves, *([parts] if len(breaks) == _MOST_LINES - 1 else [])]
