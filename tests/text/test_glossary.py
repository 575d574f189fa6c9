"""The guide to every symbol: complete, and found where symbols are written."""

from __future__ import annotations

import re

import pytest

from tests.helpers.specs import small
from tests.text.test_formulas import CASES
from vgsim.core.errors import SpecError
from vgsim.measure.chain_rule.result import Hop
from vgsim.measure.inspection.look import Inspection
from vgsim.measure.request import Focus, Request
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.nn.layers.parts import NORMS
from vgsim.nn.losses import LOSSES
from vgsim.nn.optimizers import OPTIMIZERS
from vgsim.text.chain_rule import chain_rule
from vgsim.text.formulas import backward_tex, forward_tex
from vgsim.text.glossary import glossary, glossary_entry, meant, meant_by_tex, mentions
from vgsim.text.latex import plain_symbol
from vgsim.text.pointed import Pointed, lit, parse_point

SAID_OTHERWISE = re.compile(
    r"\b_?(?:log|e|max|if|else|class|classes|start|truncated|new|I)\b|[√½∑]|_i(?=≠)"
)
"""What formulas have in plain words or as common mathematics."""


def unknown(text: str) -> str:
    """The letters of a formula that no entry of the glossary stands for."""
    for mention in reversed(mentions(text)):
        text = text[: mention.start] + " " * (mention.end - mention.start) + text[mention.end :]
    return "".join(re.findall(r"[^\W\d_]+", SAID_OTHERWISE.sub("", text)))


def names(text: str) -> list[str]:
    """What a line mentions, in order."""
    return [mention.pointed.symbol for mention in mentions(text)]


@pytest.mark.parametrize("name", glossary())
def test_an_entry_says_what_it_is_and_where(name):
    entry = glossary_entry(name)
    assert entry.title
    assert entry.words.endswith((".", "?"))
    assert entry.number
    assert entry.place


@pytest.mark.parametrize("name", glossary())
def test_an_entry_is_found_by_its_own_symbol(name):
    assert meant(glossary_entry(name).plain).symbol == name


def test_titles_are_told_apart():
    titles = [entry.title for entry in glossary().values()]
    assert len(set(titles)) == len(titles)


def test_a_name_that_is_none_is_refused_with_all_there_are():
    with pytest.raises(SpecError, match="product"):
        glossary_entry("produkt")


@pytest.mark.parametrize("case", CASES)
def test_every_symbol_of_a_pass_has_an_entry(case):
    experiment = Experiment(small(**CASES[case]))
    request = Request(frozenset({Hop, Inspection}), Focus(1, 0, 0))
    missing = set()
    for _ in experiment.timeline[1:]:
        experiment.advance()
        frame = frame_of(experiment, request=request)
        written = backward_tex(frame)
        if frame.moment.stage:
            written.append(forward_tex(frame, frame.moment.stage))
        hop = frame.measurement(Hop)
        if hop is not None:
            written += [factor.tex for term in hop.terms for factor in (*term.factors, hop.left)]
        look = frame.measurement(Inspection)
        if look is not None:
            written += [figure.symbol for figure in look.figures]
        missing |= {unknown(plain_symbol(tex)) for tex in written}
    assert missing <= {""}


@pytest.mark.parametrize("registry", [LOSSES, OPTIMIZERS], ids=["losses", "optimizers"])
def test_every_symbol_of_a_rule_has_an_entry(registry):
    found = {entry.name: unknown(plain_symbol(entry.value.formula)) for entry in registry}
    assert not any(found.values()), found


def test_every_normalization_has_an_entry():
    symbols = [entry.value.symbol for entry in NORMS if entry.value.symbol]
    assert all(meant(symbol) for symbol in symbols)


def test_stages_are_read_with_their_symbols():
    found = mentions("∂J/∂h3 = W4⊤(σ′(z4) ⊙ ∂J/∂h4)")
    assert [(one.pointed.symbol, one.pointed.stage) for one in found] == [
        ("gradient", 3),
        ("weights", 4),
        ("derivative", 0),
        ("pre-activation", 4),
        ("elementwise", 0),
        ("gradient", 4),
    ]


@pytest.mark.parametrize(
    "written, hop", [("h4 → h3", 4), ("∂h₄/∂h₃", 4), ("∂h_12/∂h_11", 12), ("h3 → h4", 4)]
)
def test_a_hop_has_the_number_of_its_upper_stage(written, hop):
    assert meant(written).hop == hop


def test_the_jacobian_of_a_stage_is_one_hops_factor():
    assert meant_by_tex(r"\frac{\partial h_{k}}{\partial h_{k-1}}").symbol == "factor"
    assert meant_by_tex(r"\prod_{k=l+1}^{N}").symbol == "product"


def test_letters_within_words_are_no_symbols():
    assert names("how bold they want: Wish, Jumbo, when, xylophone") == []


def test_a_target_is_told_from_a_timestep():
    assert names("(h − t)²") == ["activation", "target"]
    assert names("h_t") == ["activation"]


def test_a_hop_lights_all_of_that_hop():
    hop = parse_point("hop:4")
    assert hop.lights(Pointed("factor", hop=4))
    assert not hop.lights(Pointed("factor", hop=3))
    assert not hop.lights(Pointed("gradient", stage=4))


def test_a_symbol_of_one_stage_lights_where_it_stands_for_any():
    assert Pointed("gradient", stage=3).lights(Pointed("gradient"))
    assert Pointed("gradient").lights(Pointed("gradient", stage=3))
    assert not Pointed("gradient", stage=3).lights(Pointed("activation"))
    assert not Pointed(stage=3).lights(Pointed())


def test_the_weights_of_a_stage_lie_below_its_nodes():
    assert Pointed("weights", stage=4).lights(Pointed("weights", stage=4, hop=4))
    assert not Pointed("weights", stage=4).lights(Pointed("gradient", stage=4))
    assert not Pointed("gradient", stage=4).lights(Pointed("weights", stage=4, hop=4))


def test_a_symbol_lights_every_place_that_shows_it():
    points = [parse_point("symbol:product"), parse_point("stage:2")]
    assert lit(points, Pointed("product"))
    assert lit(points, Pointed("gradient", stage=2))
    assert not lit(points, Pointed("gradient", stage=3))


@pytest.mark.parametrize("text", ["stage:0", "stage:x", "hop", "product", "panel:", "symbol:"])
def test_a_point_that_is_none_is_refused(text):
    with pytest.raises(SpecError, match="symbol:NAME"):
        parse_point(text)


def test_the_strip_mentions_what_it_shows():
    experiment = Experiment(small())
    while experiment.moment.phase.value != "backward":
        experiment.advance()
    experiment.advance()
    rule = chain_rule(frame_of(experiment))
    plain = re.sub("<[^>]*>", "", rule.formula)
    assert "gradient" in names(plain)
    assert "weights" in names(plain)
