"""Every name of an array that the README and the help of a trace give is one that traces have."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from tests.helpers.specs import small
from vgsim.nn import trace
from vgsim.nn.experiment import Experiment

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
TABLES = README.partition("| key | shape | what |")[2].partition("An experiment is a TOML file")[0]
NAME = re.compile(r"[a-zA-Z](?:\w|\{(?:k|t|T\+1)\})*")
LAYERS: dict[str, object] = {
    "network__norm": "layer", "network__norm_position": "after", "network__dropout": 0.2,
    "network__activation": "prelu",
}  # fmt: skip


def names(text: str, mark: str) -> list[str]:
    """What stands between marks and looks like an array: "W{k}", not "d" or "h3[0]"."""
    quoted = re.findall(f"{mark}([^`]+){mark}", text)
    words = [word for group in quoted for word in group.split()]
    found = [word.removesuffix("…").strip() for word in words]
    return sorted({word for word in found if NAME.fullmatch(word) and word not in ("d", "numpy")})


@cache
def recorded() -> frozenset[str]:
    """The names of traces of every kind, numbers of stages and timesteps as the tables have it."""
    cases: list[dict[str, object]] = [
        {**LAYERS, "network__skip": skip} for skip in ("highway", "original", "residual")
    ]
    cases += [{"network__kind": kind, "network__cells": 3} for kind in ("rnn", "lstm", "gru")]
    parts = {"network__norm": "layer", "network__dropout": 0.2, "network__cells": 2}
    cases += [{"network__kind": "lstm", "network__dropout_at": at, **parts}
              for at in ("cells", "timesteps")]  # fmt: skip
    cases.append({"network__kind": "gru", "network__two_biases": True})
    cases.append({"network__kind": "lstm", "network__norm": "layer", "network__norm_state": True})
    branch = {"network__projection": "all", "network__multiplier": True, "network__norm": "layer"}
    cases.append({"network__skip": "residual", **branch})
    found: set[str] = set()
    for case in cases:
        found |= set(trace.record(Experiment(small(**case))))
    known = {re.sub(r"(?<=[a-zA-Z])\d+(?=_|$)", number, name)
             for name in found for number in ("{k}", "{t}", "{T+1}")}  # fmt: skip
    return frozenset(found | known)


@pytest.mark.parametrize("name", names(TABLES, "`"))
def test_the_readme_names_arrays_that_there_are(name: str) -> None:
    assert name in recorded()


@pytest.mark.parametrize("name", names(trace.record.__doc__ or "", "``"))
def test_the_help_of_a_trace_names_arrays_that_there_are(name: str) -> None:
    assert name in recorded()


def test_the_tables_are_found() -> None:
    assert {"W{k}", "dW_T{k}", "W_x_1", "b_hn"} <= set(names(TABLES, "`"))
    assert {"W{k}", "slope{k}", "W_x_1", "W{T+1}"} <= set(names(trace.record.__doc__ or "", "``"))
