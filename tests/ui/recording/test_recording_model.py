"""The tree of modules, and what is said of one of them."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.frames import named_frame, named_subject, transformer_frame, transformer_names
from vgsim.measure.module_figures import ModuleFigures, ParameterFigure
from vgsim.ui.recording.model import (
    NOT_REACHED,
    NOT_RECORDED,
    Line,
    ModuleTree,
    head_words,
    module_lines,
    parameter_lines,
    value_words,
    values_of,
)

TREE = ModuleTree(named_subject(transformer_names(6)))
_names = st.lists(
    st.lists(st.sampled_from("ab1"), min_size=1, max_size=4).map(".".join), min_size=1, max_size=30
)


def figures(frame, **given) -> ModuleFigures:
    """Figures of which nothing is recorded but what is given."""
    nothing = np.full(frame.stages, np.nan)
    names = ("values", "zero", "inf", "nan", "saturated")
    known = {name: given.get(name, nothing) for name in names}
    return ModuleFigures(**known, parameters=tuple(given.get("parameters", ())))


def measured(frame, **given):
    """The same frame with :func:`figures`."""
    return replace(frame, measurements=(figures(frame, **given),))


@given(_names)
def test_every_stage_is_in_one_leaf_and_in_all_that_holds_it(names):
    tree = ModuleTree(named_subject(names))
    for stage in range(1, len(names) + 1):
        leaf = tree.leaf(stage)
        around = [leaf, *tree.ancestors(leaf)]
        assert [at for at, node in enumerate(tree.nodes) if stage in node.stages] == sorted(around)
    for at, node in enumerate(tree.nodes):
        assert at in (tree.nodes[node.parent].children if node.parent >= 0 else tree.top)


@given(_names, st.text("ab1.", max_size=3))
def test_a_search_keeps_what_holds_what_it_finds(names, text):
    tree = ModuleTree(named_subject(names))
    found = tree.matching(text)
    for place in found:
        assert set(tree.ancestors(place)) <= found
    assert {at for at, node in enumerate(tree.nodes) if text in node.name} <= found


def test_a_search_finds_kinds_too():
    tree = ModuleTree(named_subject(["a", "b"], kinds={"b": "LayerNorm"}))
    assert [tree.nodes[at].name for at in tree.matching("norm")] == ["b"]
    assert tree.nodes[tree.first_match("layerN")].name == "b"


def test_a_module_is_worth_what_reaches_its_last_stage():
    frame = transformer_frame()
    values, reached = values_of(TREE, frame)
    assert values[TREE.place("layers.5.mlp")] == frame.dh_rms[42]
    assert values[TREE.place("layers")] == frame.dh_rms[42]
    assert reached.all()


def test_what_the_pass_has_not_reached_has_no_number_yet():
    values, reached = values_of(TREE, transformer_frame(reached=3))
    place = TREE.place("embed")
    assert value_words(values[place], reached[place]) == ""
    assert value_words(math.nan, True) == NOT_RECORDED


@pytest.mark.parametrize(
    ("name", "twin", "block"),
    [
        ("layers.5.mlp", "layers.0.mlp", "layers.0"),
        ("layers.0.attn.qkv", "layers.5.attn.qkv", "layers.5"),
        ("layers.3", "layers.0", "layers.0"),
        ("layers.2.mlp.1", "layers.0.mlp.1", "layers.0"),
    ],
)
def test_the_same_in_another_block(name, twin, block):
    place, where = TREE.sibling(TREE.place(name))
    assert (TREE.nodes[place].name, where) == (twin, block)


@pytest.mark.parametrize("name", ["embed", "head", "layers"])
def test_what_is_in_no_numbered_block_has_no_sibling(name):
    assert TREE.sibling(TREE.place(name)) == (-1, "")


def test_a_list_of_blocks_says_how_many():
    assert TREE.kind_of(TREE.place("layers")) == "6 × Block"
    assert TREE.kind_of(TREE.place("layers.5.attn")) == "Block"


def test_a_module_hands_on_the_product_of_its_factors():
    frame = transformer_frame(decay=0.2)
    lines = {line.words: line for line in module_lines(TREE, TREE.place("layers.5.mlp"), frame)}
    assert lines["Hands on"].value == "×0.25"
    assert "Hands on" not in {line.words for line in module_lines(TREE, TREE.place("embed"), frame)}


def test_counts_of_zero_inf_and_nan():
    frame = named_frame(["a", "b"])
    tree = ModuleTree(frame.subject)
    known = {"values": [200.0, 200.0], "zero": [25.0, 0.0], "inf": [0.0, 0.0], "nan": [3.0, 0.0]}
    frame = measured(frame, **{name: np.array(of) for name, of in known.items()})
    said = [module_lines(tree, at, frame)[-2].value for at in range(2)]
    assert said == ["12 % · 0 · 3", "none"]


def test_what_was_not_recorded_is_said_and_never_0():
    frame = measured(named_frame(["a", "b"]))
    lines = module_lines(ModuleTree(frame.subject), 1, frame)
    assert Line("Saturated", NOT_RECORDED, True) in lines
    assert Line("Exactly 0 · inf · nan", NOT_RECORDED, True) in lines


def _parameters(gradient: float) -> list[ParameterFigure]:
    return [
        ParameterFigure(f"layers.{block}.mlp.{part}.weight", f"layers.{block}.mlp.{part}", 8, norm)
        for block, norm in ((0, 0.001), (5, gradient))
        for part in (0, 2)
    ]


def test_parameters_are_listed_with_those_of_the_first_block():
    frame = measured(transformer_frame(), parameters=_parameters(0.3))
    assert parameter_lines(TREE, TREE.place("layers.5.mlp"), frame) == [
        Line("0.weight", "0.30"), Line("2.weight", "0.30"),
        Line("all together", "0.42"), Line("the same in layers.0", "1.4e−3"),
    ]  # fmt: skip


def test_a_parameter_whose_gradient_was_not_recorded_says_so():
    frame = measured(transformer_frame(), parameters=_parameters(math.nan))
    lines = parameter_lines(TREE, TREE.place("layers.5.mlp"), frame)
    assert lines[0] == Line("0.weight", NOT_RECORDED, True)
    early = replace(frame, backward_from=3)
    assert parameter_lines(TREE, TREE.place("layers.5.mlp"), early)[0].value == NOT_REACHED


def test_many_parameters_are_counted():
    many = [ParameterFigure(f"a.{k}", "a", 1, 1.0) for k in range(30)]
    frame = measured(named_frame(["a", "b"]), parameters=many)
    lines = parameter_lines(ModuleTree(frame.subject), 0, frame)
    assert [line.words for line in lines[-2:]] == ["and 23 more", "all together"]


@pytest.mark.parametrize(
    ("values", "words"), [(812, "812"), (27_000, "27 k"), (1_210_000, "1.21 M")]
)
def test_the_head_says_what_is_known(values, words):
    frame = measured(
        named_frame(["a", "b"]), parameters=[ParameterFigure("a.weight", "a", values, 1.0)]
    )
    subject = replace(frame.subject, optimizer="AdamW", learning_rate=3e-4, batch=16)
    assert head_words(frame) == f"{words} parameters"
    said = head_words(replace(frame, subject=subject))
    assert said == f"{words} parameters · AdamW 0.0003 · batch 16"
