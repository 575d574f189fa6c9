"""Presets of the Export dialog survive as text, whatever is in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vgsim.core.errors import SpecError
from vgsim.export.presets import (
    LONGEST_NAME,
    MOST,
    SHIPPED,
    dump_entries,
    dumps,
    kept,
    load_entries,
    loads,
    without,
)

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
VALUES = (
    TEXTS
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.floats(allow_nan=False)
    | st.lists(TEXTS, max_size=3)
)
FIELDS = st.from_regex(r"[a-z_]{1,12}", fullmatch=True)
ENTRIES = st.dictionaries(FIELDS, VALUES, max_size=5)
NAMES = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=LONGEST_NAME)


@given(ENTRIES)
def test_entries_come_back(entries):
    assert load_entries(dump_entries(entries)) == entries


@given(st.dictionaries(NAMES, ENTRIES, max_size=4))
def test_presets_come_back_by_their_names(presets):
    assert loads(dumps(presets)) == presets


@pytest.mark.parametrize("text", ["", "x", "[a\nb = ", "a = 1", "['']\nx = 1", '["a\\nb"]\nx = 1'])
def test_what_is_damaged_is_left_out(text):
    assert loads(text) == {}


def test_what_is_no_entry_is_left_out():
    assert loads("[a]\nx = 1\ny = 1979-05-27\nz = [1]\n[a.b]\nc = 1") == {"a": {"x": 1}}


def test_one_is_kept_replaced_and_dropped():
    one = kept({}, "  My   slide ", {"scale": 2})
    assert one == {"My slide": {"scale": 2}}
    assert kept(one, "My slide", {"scale": 3}) == {"My slide": {"scale": 3}}
    assert without(one, "My slide") == {}


@pytest.mark.parametrize("name", ["", "   ", "x" * 41, "a\x00b", *SHIPPED])
def test_a_name_that_cannot_be_is_refused(name):
    with pytest.raises(SpecError, match="preset"):
        kept({}, name, {})


def test_there_is_a_limit():
    many = {f"n{number}": {} for number in range(MOST)}
    with pytest.raises(SpecError, match="delete one first"):
        kept(many, "another", {})
    assert len(kept(many, "n3", {})) == MOST
