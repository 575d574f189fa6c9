"""The provenance: comes back the same, and takes nothing that is not allowed."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.provenance import provenance
from vgsim.core.errors import SpecError
from vgsim.export.provenance.record import LIMIT, Provenance, loads
from vgsim.nn.spec import Spec

TEXT = st.text(max_size=30)


@given(
    name=TEXT, step=st.integers(0, 10_000_000), view=TEXT,
    moment=st.sampled_from(["start", "loss", "update", "forward:1", "backward:999999"]),
    settings=st.lists(st.tuples(TEXT, TEXT), max_size=3).map(tuple),
)  # fmt: skip
def test_what_is_written_comes_back(name, step, moment, view, settings):
    made = Provenance(Spec().replace({"name": name}), step, moment, view, settings)
    text = made.dumps()
    assert loads(text) == made and text.isascii() and "\n" not in text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("step", -1), ("step", 10_000_001), ("step", 1.0), ("step", True), ("step", "3"),
        ("moment", ""), ("moment", "backward:0"), ("moment", "sideways"), ("moment", 3),
        ("moment", "loss\n"), ("view", None), ("view", "x" * 1001), ("picture", None),
        ("picture", [["a"]]), ("picture", [["a", 1]]), ("picture", ["ab"]),
        ("picture", [["a", "b"]] * 101), ("spec", 7), ("version", 2), ("version", True),
        ("format", "other"),
    ],
)  # fmt: skip
def test_what_is_not_allowed_is_refused_by_name(field, value):
    document = json.loads(provenance().dumps()) | {field: value}
    with pytest.raises(SpecError) as caught:
        loads(json.dumps(document))
    wanted = "provenance" if field == "format" else f"provenance.{field}"
    assert [problem.path for problem in caught.value.problems] == [wanted]


def test_a_spec_that_is_not_allowed_is_refused_by_its_field():
    document = json.loads(provenance().dumps())
    document["spec"] = "[network]\ndepth = 100000\n"
    with pytest.raises(SpecError, match=r"network.depth = 100000: allowed is"):
        loads(json.dumps(document))


@pytest.mark.parametrize("change", [{"more": 1}, {"step": None}])
def test_a_field_too_many_or_too_few_is_refused(change):
    document = json.loads(provenance().dumps())
    document |= change
    if change == {"step": None}:
        del document["step"]
    with pytest.raises(
        SpecError, match=f"provenance = {next(iter(change))}: allowed is the fields"
    ):
        loads(json.dumps(document))


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "[" * 100_000, "9" * 5000, '{"format":"vgsim"}', "\ud800"]
)
def test_what_is_no_provenance_is_refused_in_one_sentence(text):
    with pytest.raises(SpecError) as caught:
        loads(text)
    assert len(str(caught.value)) < 500 and "\n" not in str(caught.value)


def test_one_too_long_is_neither_written_nor_read():
    with pytest.raises(SpecError, match="characters"):
        loads(" " * (LIMIT + 1))
    long = replace(provenance(), spec=Spec().replace({"description": "x" * LIMIT}))
    with pytest.raises(SpecError, match="characters"):
        long.dumps()


def test_another_version_is_said_to_be_one():
    with pytest.raises(SpecError, match="another vgsim wrote the file"):
        loads(provenance().dumps().replace('"version":1', '"version":2'))


@given(st.text(max_size=200))
def test_text_of_any_kind_is_provenance_or_refused(text):
    with pytest.raises(SpecError):
        loads(text)
