"""The symbols of figures as rich and plain text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vgsim.text.latex import plain_symbol, rich_symbol


@pytest.mark.parametrize(
    ("tex", "rich"),
    [
        ("h", "<i>h</i>"),
        ("h_{3}", "<i>h</i><sub>3</sub>"),
        ("h_3", "<i>h</i><sub>3</sub>"),
        ("f(z)", "<i>f</i>(<i>z</i>)"),
        ("f'(z)", "<i>f</i>′(<i>z</i>)"),
        (r"\sigma'(z_{4})", "σ′(<i>z</i><sub>4</sub>)"),
        (r"\frac{\partial J}{\partial h}", "∂<i>J</i>/∂<i>h</i>"),
        (r"\partial J/\partial z_{3}", "∂<i>J</i>/∂<i>z</i><sub>3</sub>"),
        (r"\frac{a+b}{c}", "(<i>a</i>+<i>b</i>)/<i>c</i>"),
        (r"\frac{\partial J/\partial h}{b}", "(∂<i>J</i>/∂<i>h</i>)/<i>b</i>"),
        (r"\left\langle f'(z) \right\rangle", "⟨<i>f</i>′(<i>z</i>)⟩"),
        (r"\left\| W \right\|", "‖<i>W</i>‖"),
        (r"\times_{\mathrm{weights}}", "×<sub>weights</sub>"),
        (r"\tanh'(z)", "tanh′(<i>z</i>)"),
        (r"\Delta w", "Δ<i>w</i>"),
        (r"W_{4}^{\top}", "<i>W</i><sub>4</sub><sup>⊤</sup>"),
        (r"\mathrm{RMS}\,h", "RMS\u2009<i>h</i>"),
        (r"\text{batch mean}", "batch mean"),
        (r"\lVert W \rVert", "‖<i>W</i>‖"),
        (r"\left|w\right|", "|<i>w</i>|"),
        (r"\tilde{h}_t", "<i>h\u0303</i><sub><i>t</i></sub>"),
        ("a<b", "<i>a</i>&lt;<i>b</i>"),
    ],
)
def test_a_symbol_is_typeset(tex, rich):
    assert rich_symbol(tex) == rich


@pytest.mark.parametrize("gate", ["i", "f", "g", "o", "c", "r", "n"])
def test_gates_keep_their_letters(gate):
    assert rich_symbol(f"{gate}_{{2}}") == f"<i>{gate}</i><sub>2</sub>"


def test_an_unknown_command_shows_its_name():
    assert rich_symbol(r"\wibble x") == "wibble<i>x</i>"


def test_plain_text_has_no_tags():
    assert plain_symbol(r"\frac{\partial J}{\partial h_{3}}") == "∂J/∂h_3"
    assert plain_symbol("a<b") == "a<b"


@given(st.text(alphabet="\\{}_^abh'3 frac", max_size=30))
def test_any_text_becomes_balanced_rich_text(tex):
    text = rich_symbol(tex)
    for tag in ("i", "sub", "sup"):
        assert text.count(f"<{tag}>") == text.count(f"</{tag}>")
