"""How the quantities of a pass are written in LaTeX."""

from __future__ import annotations

from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.layers.parts import NORMS

_SYMBOLS = {"σ": r"\sigma", "tanh": r"\tanh", "": ""}

ALPHA = r"\alpha I"
"""The factor on a skip path, of which nothing need be said where it is 1."""


def function(activation: str) -> str:
    """f of an activation by its name in the registry; empty for h = z."""
    symbol = ACTIVATIONS[activation].symbol
    return _SYMBOLS.get(symbol, rf"\mathrm{{{symbol}}}")


def norm(name: str) -> str:
    """A normalization by its name in the registry, "LN"."""
    return rf"\mathrm{{{NORMS[name].symbol}}}"


def at(name: str, stage: int | str) -> str:
    """A name with the number of its stage, "h_{4}"."""
    return f"{name}_{{{stage}}}"


def gradient(of: str) -> str:
    """∂J by something, as a fraction."""
    return rf"\frac{{\partial J}}{{\partial {of}}}"


def derivative(activation: str, of: str) -> str:
    """f′ of something."""
    return f"{function(activation)}'({of})"


def diagonal(inside: str) -> str:
    """A diagonal matrix."""
    return rf"\mathrm{{diag}}\left[{inside}\right]"


def entries(diagonal_matrix: str) -> str | None:
    """What is on the diagonal, in parentheses where it is a difference; None of another matrix."""
    start = r"\mathrm{diag}\left["
    end = r"\right]"
    if not diagonal_matrix.startswith(start):
        return None
    inside = diagonal_matrix.removeprefix(start).removesuffix(end)
    spaced = inside.replace(" - ", r"\ -\ ")
    if inside.startswith("1 - "):
        return f"({spaced})"
    return spaced


def transposed(matrix: str) -> str:
    """A matrix that acts on a gradient."""
    return rf"{matrix}^{{\top}}"


def jacobian(above: str, below: str) -> str:
    """The transposed matrix of the derivatives of ``above`` by ``below``."""
    return transposed(rf"\left(\frac{{\partial {above}}}{{\partial {below}}}\right)")


def mean(inside: str) -> str:
    """The mean over the batch."""
    return rf"\left\langle {inside} \right\rangle"
