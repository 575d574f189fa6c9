"""The language of values computes, and executes nothing."""

import contextlib
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vgsim.lessons.expressions import FUNCTIONS, ByStage, ExpressionError, compute


class _Some:
    def value(self, name):
        known = {**FUNCTIONS, "dh": ByStage(np.array([1.0, 10.0, 100.0]), 1, "dh"), "N": 3}
        if name not in known:
            raise ExpressionError("a known name")
        return known[name]


def _of(text):
    return compute(text, _Some())


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.5 ** 10", 0.0009765625),
        ("dh[1] / dh[N]", 0.01),
        ("1 < 2 <= 2 and not (3 < 2)", True),
        ("-log10(dh[1] / dh[3])", 2.0),
        ("prod(dh)", 1000.0),
        ("max(dh[1], 5)", 5.0),
        ("sigma(0)", 0.5),
        ("dsigma(0)", 0.25),
        ("exp(0) + sqrt(4) - abs(-1)", 2.0),
    ],
)
def test_values(text, value):
    assert _of(text) == value


def test_stage_by_stage():
    assert _of("log10(dh) + 1").values.tolist() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    "text",
    [
        "", "1 +", "x", "dh[0]", "dh[4]", "dh[1.5]", "N[1]", "(lambda: 1)()", "[1, 2]", "{1}",
        "dh.values", "N.real", "abs(-1, key=2)", "__import__('os')", "'a' * 9", "f'{N}'",
        "9 ** 9 ** 9 ** 9", "1 / 0", "sqrt(-1)", "(-8) ** 0.5", "log10(-1)", "1 if N else 2",
        "N := 3", "dh + (1, 2)", "min()", "sum(x for x in dh)", "1 << 999", "N is 3", "~N",
        "1" * 401, "+".join("1" * 100), "(" * 300 + ")" * 300,
    ],
)  # fmt: skip
def test_what_is_refused(text):
    with pytest.raises(ExpressionError):
        _of(text)


def test_large_whole_numbers_become_floats():
    assert _of("10 ** 300") == 1e300
    assert isinstance(_of("2 ** 10"), float)


@given(st.floats(-700, 700))
def test_sigma_is_the_logistic_function(z):
    assert _of(f"sigma({z!r})") == pytest.approx(1 / (1 + math.exp(-z)), rel=1e-9, abs=1e-300)


@given(st.text(max_size=60))
def test_any_text_is_a_value_or_refused(text):
    with contextlib.suppress(ExpressionError):
        _of(text)
