"""Specs: TOML in and out, and errors that name field, value and what is allowed."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vgsim.core import toml
from vgsim.core.errors import SpecError
from vgsim.nn.presets import load, load_file, load_preset, preset_names
from vgsim.nn.spec import Spec, dumps, fields, loads, parse

NUMBERS = [info for info in fields() if info.kind in (int, float)]


@pytest.mark.parametrize("name", preset_names())
def test_toml_out_and_in_gives_the_same_spec(name):
    assert loads(dumps(load_preset(name))) == load_preset(name)


@given(st.text(), st.text())
def test_any_text_survives_toml(name, description):
    spec = Spec().replace({"name": name, "description": description})
    assert loads(dumps(spec)) == spec


@pytest.mark.parametrize("info", NUMBERS, ids=lambda info: info.path)
def test_numbers_out_of_range_are_refused_with_the_range(info):
    with pytest.raises(SpecError, match=re.escape(f"{info.path} = {info.high * 2 + 1}")) as caught:
        Spec().replace({info.path: info.kind(info.high * 2 + 1)})
    assert "from" in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("info", fields(), ids=lambda info: info.path)
def test_a_wrong_type_is_refused(info):
    with pytest.raises(SpecError, match=re.escape(info.path)):
        Spec().replace({info.path: [1, 2]})


def test_true_is_no_number():
    with pytest.raises(SpecError, match="whole number"):
        Spec().replace({"network.depth": True})


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_numbers_that_are_none_are_refused(value):
    with pytest.raises(SpecError, match=r"training\.learning_rate"):
        Spec().replace({"training.learning_rate": value})


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(SpecError, match=r"network\.activation = sine: allowed is one of sigmoid"):
        Spec().replace({"network.activation": "sine"})


def test_an_unknown_field_lists_those_of_its_section():
    with pytest.raises(SpecError, match=r"network\.dept = 3: .*network\.depth"):
        parse({"network": {"dept": 3}})


def test_an_unknown_field_is_told_with_its_value_by_every_way():
    said = r"^network\.dept = 3: allowed is a known field: network\.kind, (?!.*training)"
    for change in (Spec().with_text, Spec().replace):
        with pytest.raises(SpecError, match=said):
            change({"network.dept": "3"})


def test_unknown_fields_of_a_section_are_one_problem():
    with pytest.raises(SpecError) as refused:
        parse({"network": {f"a{n}": n for n in range(1000)}, "training": {"b": 1}})
    network, training = refused.value.problems
    names = ", ".join(f"network.a{n}" for n in range(5))
    assert str(network).startswith(f"{names}, … and 995 more: allowed is a known field: network.")
    assert str(training).startswith("training.b = 1: allowed is a known field: training.")


def test_unknown_names_outside_the_sections_are_one_problem():
    with pytest.raises(SpecError, match=r"^a, b: allowed is a known field: name, description,"):
        parse({"a": 1, "b": {"c": 1}})


def test_an_unknown_section_is_refused():
    with pytest.raises(SpecError, match="netwrk"):
        parse({"netwrk": {"depth": 3}})


def test_a_section_that_is_no_table_is_refused():
    with pytest.raises(SpecError, match="network = 3: allowed is a table"):
        parse({"network": 3})


def test_every_problem_is_told_at_once():
    with pytest.raises(SpecError) as caught:
        Spec().replace({"network.depth": -1, "network.width": -1})
    assert [problem.path for problem in caught.value.problems] == ["network.depth", "network.width"]


_HUGE = st.sampled_from([10**400, -(2**1024), 16**5000])  # more digits than Python prints
_SCALARS = st.none() | st.booleans() | st.integers() | _HUGE | st.floats() | st.text()
_FIELDS = st.text() | st.sampled_from([info.name for info in NUMBERS])
_TABLES = st.dictionaries(_FIELDS, _SCALARS | st.lists(_SCALARS))
_DOCUMENTS = st.builds(
    "[{}]\n{} = {}".format,
    st.sampled_from(["network", "training"]),
    st.sampled_from(["depth", "learning_rate", "x"]),
    st.sampled_from(["[" * 5000, "{a=" * 5000, "9" * 5000, "0x" + "f" * 5000, "1e999", "nan"]),
)


@given(st.dictionaries(st.sampled_from(["network", "data", "name", "x"]), _SCALARS | _TABLES))
def test_any_document_is_a_spec_or_refused(document):
    try:
        assert isinstance(parse(document), Spec)
    except SpecError as error:
        assert error.problems and "\n" not in str(error)


@given(st.text() | _DOCUMENTS)
def test_any_text_is_a_spec_or_refused(text):
    try:
        assert isinstance(loads(text), Spec)
    except SpecError as error:
        assert error.problems and len(str(error)) < 1000


@given(st.sampled_from(fields()), st.text())
def test_any_assignment_is_taken_or_refused(info, text):
    try:
        Spec().with_text({info.path: text})
    except SpecError as error:
        assert error.problems[0].path == info.path


def test_fields_that_nothing_reads_do_not_apply():
    spec = load_preset("worked-example")
    assert spec.applies("network.factor") and not spec.applies("network.width")
    assert not spec.applies("init.std")


def test_std_applies_to_the_initializer_that_reads_it():
    assert Spec().replace({"init.weights": "normal"}).applies("init.std")


def test_an_unknown_preset_lists_the_presets():
    with pytest.raises(
        SpecError, match="preset or file = sigmoid: allowed is one of worked-example"
    ):
        load("sigmoid")


def test_a_missing_file_says_so(tmp_path):
    with pytest.raises(SpecError, match="No such file"):
        load_file(tmp_path / "none.toml")


def test_a_file_that_is_too_long_says_so(tmp_path):
    file = tmp_path / "long.toml"
    file.write_bytes(b"#" * (toml.MOST_BYTES + 1))
    with pytest.raises(SpecError, match="it has 262,145 bytes and may have 262,144"):
        load_file(file)


def test_a_text_that_would_take_the_parser_long_is_told_as_a_problem_of_the_file(tmp_path):
    file = tmp_path / "deep.toml"
    file.write_text(".".join("abcdefghi") + " = 1")
    with pytest.raises(SpecError, match=r"deep\.toml: allowed is TOML \(a key may have 8 parts"):
        load_file(file)


def test_the_home_of_nobody_is_refused():
    with pytest.raises(SpecError, match=r"file = ~nosuchuser/x\.toml: .*home"):
        load("~nosuchuser/x.toml")


def test_a_file_that_is_no_text_says_so(tmp_path):
    file = tmp_path / "picture.toml"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SpecError, match="UTF-8"):
        load_file(file)


def test_a_network_too_large_for_memory_is_refused_before_it_is_built():
    from vgsim.nn.experiment import Experiment

    huge = Spec().replace({"network.depth": 1000, "network.width": 4096})
    with pytest.raises(SpecError, match=r"network\.width = 4096: .* GiB"):
        Experiment(huge)


def test_classes_are_needed_for_cross_entropy():
    from vgsim.nn.experiment import Experiment

    with pytest.raises(SpecError, match=r"training\.loss = cross_entropy: allowed is one of mse,"):
        Experiment(Spec().replace({"data.dataset": "one"}))


@pytest.mark.parametrize(("table", "field", "reads"), [
    ({"network": {"kind": "lstm", "depth": 3}}, "depth = 3", "network.kind = layers, chain"),
    ({"network": {"norm_momentum": 0.2}}, "norm_momentum = 0.2", "network.norm = batch"),
    ({"training": {"momentum": 0.5}}, "momentum = 0.5", "optimizer = momentum, nesterov"),
    ({"init": {"std": 0.1}}, "std = 0.1", "init.weights = normal"),
    ({"network": {"widths": "5,4", "width": 5}}, "width = 5", "network.widths decides it"),
])  # fmt: skip
def test_a_field_that_nothing_reads_is_refused_with_what_would(table, field, reads):
    with pytest.raises(SpecError, match=rf"{field}: nothing here reads it; .*{reads}"):
        parse(table)


def test_every_field_that_nothing_reads_is_named():
    with pytest.raises(SpecError) as refused:
        parse({"network": {"kind": "gru", "depth": 3, "activation": "relu"}})
    paths = [problem.path for problem in refused.value.problems]
    assert paths == ["network.depth", "network.activation"]


def test_an_assignment_that_nothing_reads_is_refused():
    with pytest.raises(SpecError, match=r"network\.depth = 3: nothing here reads it"):
        Spec().with_text({"network.kind": "lstm", "network.depth": "3"})


def test_what_the_spec_had_before_may_stay_unread():
    spec = Spec().with_text({"training.optimizer": "momentum", "training.momentum": "0.5"})
    assert not spec.with_text({"training.optimizer": "sgd"}).applies("training.momentum")


def test_a_depth_that_agrees_with_the_widths_is_taken():
    assert parse({"network": {"widths": "5, 4", "depth": 2}})
    with pytest.raises(SpecError, match=r"network\.depth = 3"):
        parse({"network": {"widths": "5, 4", "depth": 3}})


def test_a_file_of_the_first_version_opens_with_all_that_it_kept():
    lines = dumps(load_preset("lstm-adding")).replace("decay_biases = true\n", "")
    assert loads(lines.replace("[network]", "[network]\ndepth = 3"))["network.depth"] == 3


def test_what_is_written_now_is_read_alone():
    spec = load_preset("lstm-adding").replace({"network.depth": 3})
    assert "depth" not in dumps(spec)
