"""TOML within bounds. Everything here is small: only the bound itself is crossed, by one."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vgsim.core import toml


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (".".join("a" * (toml.MOST_PARTS + 1)) + " = 1", r"8 parts \(at line 1\)"),
        ("[" + ".".join("a" * (toml.MOST_PARTS + 1)) + "]", "8 parts"),
        ("a = 1\nb = " + "[" * 17 + "]" * 17, r"16 brackets may be open \(at line 2\)"),
        ("b = " + "{a = " * 17 + "1" + "}" * 17, "16 brackets may be open"),
        ("a = 0x" + "f" * toml.LONGEST_WORD, "400 letters"),
        ("a = {" + "b = 1, " * 1_000 + "}", "2,000 entries"),
        ("#\n" * toml.MOST_ENTRIES, r"2,000 lines \(at line 2001\)"),
        ("a = [" + "1, " * toml.MOST_ENTRIES + "]", "2,000 entries"),
        ("#" * (toml.MOST_BYTES + 1), "262,144 bytes"),
    ],
)
def test_what_is_beyond_a_bound_is_told(text, said):
    with pytest.raises(ValueError, match=said):
        toml.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        ".".join("a" * toml.MOST_PARTS) + " = 1",
        "a = " + "[" * toml.MOST_DEPTH + "]" * toml.MOST_DEPTH,
        'a = "' + "[.=," * 3000 + '"',
        "a = '" + "[.=," * 3000 + "'",
        'a = """' + '[.=,\n""' * 600 + '"""',
        "a = '''" + "[.=,\n''" * 600 + "'''",
        'a = """x\\""" [.=,""""" # ' + "[.=," * 3000,
        "# " + "[.=," * 3000,
        "a = " + "1" * 300 + "." + "1" * 300,
    ],
)
def test_what_is_within_the_bounds_is_parsed_as_ever(text):
    assert toml.parse(text) == tomllib.loads(text)


LETTERS = st.text(st.sampled_from("a1.=,[]{}\"'#\\\n \t"), max_size=60)


@given(LETTERS)
def test_any_small_text_is_what_the_parser_says(text):
    try:
        expected = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        with pytest.raises(ValueError):
            toml.parse(text)
    else:
        if text.count(".") < toml.MOST_PARTS and text.count("[") + text.count("{") <= 16:
            assert toml.parse(text) == expected


@pytest.mark.parametrize("mark", ['"', "'", '"""', "'''"])
def test_after_a_string_without_an_end_nothing_is_looked_at(mark):
    with pytest.raises(tomllib.TOMLDecodeError):
        toml.parse(f"a = {mark}" + "b\n[.=,\\" * 3000)
