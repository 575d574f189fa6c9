"""Symbols marked in LaTeX: the largest that is one, and nothing else is changed."""

from __future__ import annotations

import pytest

from vgsim.text.latex import plain_symbol
from vgsim.text.marked import mark_of, marked, of_mark, unmarked
from vgsim.text.pointed import Pointed

CHAIN = (
    r"\frac{\partial J}{\partial h_l} = \frac{\partial J}{\partial h_N} "
    r"\prod_{k=l+1}^{N} \frac{\partial h_k}{\partial h_{k-1}}"
)
FORMULAS = {
    "chain": (CHAIN, ["gradient", "last-gradient", "product", "factor"]),
    "rule": (
        r"w \leftarrow w - \eta\,\partial J/\partial w",
        ["weight", "update", "weight", "learning-rate", "weight-gradient"],
    ),
    "hop": (
        r"W_{4}^{\top}\left(\sigma'(z_{4}) \odot \frac{\partial J}{\partial h_{4}}\right)^{\top}",
        ["weights:4", "derivative", "pre-activation:4", "elementwise", "gradient:4"],
    ),
    "jacobian": (r"\left(\frac{\partial h_{4}}{\partial h_{3}}\right)^{\top}", ["factor:hop4"]),
    "numbers": (r"0.25^{10} = 9.5\times 10^{-7}", []),
}


def marks(tex: str) -> list[str]:
    """The names of all marks, in order."""
    return [part.partition("}")[0] for part in tex.split(r"\symbol{")[1:]]


@pytest.mark.parametrize("name", FORMULAS)
def test_the_largest_symbols_are_marked(name):
    tex, wanted = FORMULAS[name]
    assert marks(marked(tex)) == wanted


@pytest.mark.parametrize("name", FORMULAS)
def test_marks_can_be_taken_away_again(name):
    tex, _ = FORMULAS[name]
    assert unmarked(marked(tex)) == tex
    assert plain_symbol(marked(tex)) == plain_symbol(tex)


def test_a_command_does_not_swallow_the_letter_after_its_mark():
    assert unmarked(r"\symbol{learning-rate}{\eta}x") == r"\eta x"


def test_what_is_marked_by_hand_is_left_alone():
    tex = r"\symbol{product}{P} = \eta"
    assert marked(tex) == tex


@pytest.mark.parametrize("tex", ["", "{", "x_{", r"\frac{", "\\", r"\left", "}", "_", "a^", "'"])
def test_what_is_no_formula_is_left_alone(tex):
    assert unmarked(marked(tex)) == tex


@pytest.mark.parametrize(
    "pointed", [Pointed("gradient"), Pointed("gradient", stage=3), Pointed("factor", hop=12)]
)
def test_a_mark_says_what_is_pointed_at(pointed):
    assert of_mark(mark_of(pointed)) == pointed


def test_a_mark_with_another_ending_is_the_symbol_alone():
    assert of_mark("gradient:last") == Pointed("gradient")
