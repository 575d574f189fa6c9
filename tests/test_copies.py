"""What is registered under another name, too, is treated as it is under its own."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from tests.helpers.copies import everything, may_register, register_copy
from tests.helpers.specs import COMPOSED, TIMES, small
from vgsim.core.registry import Registry
from vgsim.diagnosis import judge
from vgsim.export.compose import compose, wants
from vgsim.export.picture import PictureRequest
from vgsim.measure.request import Request
from vgsim.measure.snapshot import frame_of
from vgsim.nn.architectures import KINDS
from vgsim.nn.cells import CELLS
from vgsim.nn.experiment import Experiment, copy_of
from vgsim.nn.layers import LAYERS
from vgsim.nn.layers.parts import NORMS, SKIPS
from vgsim.nn.spec import Spec

LONG: dict[str, object] = {
    "data__dataset": "adding", "data__length": 30, "data__samples": 40, "training__loss": "mse",
    "network__cells": 2, "init__recurrent": "orthogonal", "init__forget_bias": 0.0,
}  # fmt: skip
DEEP: dict[str, object] = {
    "network__depth": 30, "network__width": 8, "network__activation": "relu",
    "init__weights": "he_normal", "training__batch": 16,
}  # fmt: skip
ONE: dict[str, object] = {
    "data__dataset": "one", "training__loss": "linear", "training__batch": 1, "data__held_out": 0.0,
}  # fmt: skip
PARTS: dict[str, object] = {
    "network__norm": "layer", "network__cells": 2, "network__skip": "residual",
    "network__dropout": 0.2, "network__activation": "tanh",
}  # fmt: skip
CELL_SPECS = [TIMES, LONG, TIMES | {"training__loss_at": "every", "training__truncate": 3},
              TIMES | PARTS, TIMES | PARTS | {"network__dropout_at": "timesteps"}]  # fmt: skip
NORM_SPECS = [
    COMPOSED | {"network__skip": "residual"},
    COMPOSED | {"network__norm_position": "after", "network__dropout": 0.3},
    DEEP,
]
SKIP_SPECS = [
    COMPOSED,
    COMPOSED | {"network__norm": "rms", "network__dropout": 0.2, "network__skip_every": 1},
    DEEP | {"network__skip_scale": 2.0},
]


def _cases() -> list[Any]:
    """Registry, name, the field that chooses it, and what else the spec has."""
    found = [
        (CELLS, entry.name, "network.kind", more)
        for entry in CELLS
        for more in CELL_SPECS
        if entry.value.two_sided or "network__norm" not in more
    ]
    found += [(NORMS, norm, "network.norm", more) for norm in NORMS.names() for more in NORM_SPECS]
    found += [(SKIPS, skip, "network.skip", more) for skip in SKIPS.names() for more in SKIP_SPECS]
    found += [
        (NORMS, norm, "network.norm", TIMES | PARTS | {"network__kind": kind})
        for norm in ("layer", "rms") for kind in ("rnn", "gru")
    ]  # fmt: skip
    found += [(SKIPS, "residual", "network.skip", TIMES | PARTS | {"network__kind": "rnn"})]
    found += [(KINDS, "layers", "network.kind", {}), (KINDS, "chain", "network.kind", ONE)]
    return [pytest.param(*case, id=f"{case[1]}-{at}") for at, case in enumerate(found)]


def _specs(registry: Registry[Any], name: str, field: str, more: dict[str, object]) -> list[Spec]:
    """With the original, and with its copy."""
    spec = small(**more)
    return [spec.replace({field: name}), spec.replace({field: register_copy(registry, name)})]


def _same(one: dict[str, object], other: dict[str, object]) -> None:
    assert one.keys() == other.keys()
    unlike = [name for name in one if one[name] != other[name]]
    for name in unlike[:1]:
        assert one[name] == other[name], name  # pytest shows what it is


@pytest.mark.parametrize(("registry", "name", "field", "more"), _cases())
def test_a_copy_has_the_same_figures_and_words(monkeypatch, registry, name, field, more):
    may_register(monkeypatch, registry)
    original, copy = _specs(registry, name, field, more)
    _same(everything(original), everything(copy))


@pytest.mark.parametrize(
    ("name", "spec"),
    [
        ("dense", small()),
        ("block", small(**COMPOSED, network__skip="preactivation", network__norm="batch")),
        ("block", small(network__skip="highway")),
        ("fixed", small(**ONE, network__kind="chain")),
    ],
)
def test_a_copy_of_a_layer_has_the_same_figures_and_words(monkeypatch, name, spec):
    may_register(monkeypatch, LAYERS)
    layer = register_copy(LAYERS, name)
    expected = everything(spec)
    kind = KINDS[spec.network.kind]

    def plan(spec, features, outputs):
        plans = kind.plan(spec, features, outputs)
        return [dataclasses.replace(p, layer=layer) if p.layer == name else p for p in plans]

    entry = KINDS.entry(spec.network.kind)
    changed = dataclasses.replace(entry, value=dataclasses.replace(kind, plan=plan))
    monkeypatch.setitem(KINDS._entries, spec.network.kind, changed)
    _same(expected, everything(spec))


@pytest.mark.parametrize("view", ["hop", "diagram", "budget", "why"])
@pytest.mark.parametrize(
    ("registry", "name", "field", "more"),
    [
        (CELLS, "gru", "network.kind", TIMES),
        (CELLS, "lstm", "network.kind", TIMES),
        (NORMS, "batch", "network.norm", COMPOSED),
        (SKIPS, "highway", "network.skip", COMPOSED),
        (KINDS, "chain", "network.kind", ONE),
    ],
)
def test_a_copy_has_the_same_pictures(
    monkeypatch, styled, theme, registry, name, field, more, view
):
    may_register(monkeypatch, registry)
    picture = PictureRequest(view=view, size="960x540")
    pictures = []
    for spec in _specs(registry, name, field, more):
        experiment = Experiment(spec)
        experiment.seek(1, len(experiment.timeline) - 3)
        frame = frame_of(experiment, request=Request(wants(picture)))
        pictures.append(compose(frame, picture, theme, judge(copy_of(experiment))))
    assert pictures[0] == pictures[1]


def test_what_is_compared_tells_cells_apart():
    one, other = (everything(small(**TIMES, network__kind=kind)) for kind in ("lstm", "gru"))
    unlike = {name.partition(" of ")[0] for name in one.keys() & other if one[name] != other[name]}
    assert unlike == {"toml", "frame", "words", "verdict", "trace"}


def test_the_verdicts_that_ask_for_a_kind_are_among_those_compared():
    found = {
        judge(Experiment(small(**LONG, network__kind="lstm"))).outcome,
        judge(Experiment(small(**DEEP, network__norm="batch"))).outcome,
        judge(Experiment(small(**SKIP_SPECS[-1], network__skip="original"))).outcome,
    }
    assert found == {"forgetting", "exploding_batch_norm", "exploding_skips"}
