"""What a skip path goes around: a trained factor κ, projections, and Fixup's start."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.helpers.oracle import oracle_gradients
from tests.helpers.specs import small
from vgsim.core.errors import SpecError
from vgsim.measure.chain_rule.result import Hop
from vgsim.measure.collectors import COLLECTORS
from vgsim.measure.frame import Frame
from vgsim.measure.request import Focus, Request
from vgsim.measure.saturation import Saturation
from vgsim.measure.singular import Singular
from vgsim.measure.snapshot import frame_of
from vgsim.measure.underflow import Underflow
from vgsim.nn.experiment import Experiment
from vgsim.nn.initializers import fixup_scales
from vgsim.nn.spec import dumps, loads
from vgsim.text.formulas import forward_tex
from vgsim.text.table import stage_table

SUMS = ("residual", "original", "preactivation")
BRANCHES: list[dict[str, object]] = [
    {"network__multiplier": True, "init__multiplier": 0.0},
    {"network__multiplier": True, "init__multiplier": 0.4, "network__norm": "layer"},
    {"network__multiplier": True, "init__multiplier": 1.0, "network__dropout": 0.3},
    {"network__projection": "all", "network__skip_scale": 0.7},
    {"network__projection": "unequal", "network__widths": "5,4,4,7,3"},
    {"network__projection": "unequal", "network__widths": "3,6,6,2,5", "network__multiplier": True,
     "init__multiplier": -0.6, "network__norm": "batch", "network__activation": "prelu"},
    {"init__weights": "fixup", "network__multiplier": True, "init__multiplier": 1.0},
]  # fmt: skip
CASES = [
    {"network__skip": skip, "network__skip_every": every, **branch}
    for skip in SUMS
    for every in (1, 2)
    for branch in BRANCHES
]


def _spec(**changes: object) -> Any:
    base: dict[str, object] = {"network__depth": 5, "init__bias": "normal", "init__bias_value": 0.3}
    return small(**base | changes)


def _passed(changes: dict[str, object]) -> Experiment:
    experiment = Experiment(_spec(**changes))
    experiment.seek(2, len(experiment.timeline) - 2)
    experiment.network.parameter_gradients()
    return experiment


def _worst(experiment: Experiment, expected: list[dict[str, Any]]) -> float:
    errors = []
    for layer, theirs in zip(experiment.network.stages, expected, strict=True):
        for name, value in {**layer.gradients, "zero": layer.arrays.dh}.items():
            other = np.asarray(theirs[name])
            size = max(float(np.linalg.norm(other)), 1e-4)
            errors.append(float(np.linalg.norm(value - other)) / size)
    return max(errors)


def _name(changes: dict[str, object]) -> str:
    return "-".join(map(str, changes.values()))


UNDROPPED = [case for case in CASES if "network__dropout" not in case]


@pytest.mark.parametrize("changes", UNDROPPED, ids=_name)  # autograd's stage knows no mask
def test_gradients_equal_autograd(changes):
    experiment = _passed(changes)
    assert _worst(experiment, oracle_gradients(experiment)) <= 1e-10


@pytest.mark.torch
@pytest.mark.parametrize("changes", CASES, ids=_name)
def test_gradients_equal_pytorch(changes):
    from tests.helpers.torch_oracle import torch_gradients

    experiment = _passed(changes)
    assert _worst(experiment, torch_gradients(experiment)) <= 1e-10


@pytest.mark.parametrize("changes", CASES, ids=_name)
def test_stepping_and_looking_equals_running(changes):
    spec = _spec(**changes)
    run, stepped = Experiment(spec), Experiment(spec)
    run.run(4)
    while stepped.step < 4:
        stepped.advance()
        frame_of(stepped)
    np.testing.assert_array_equal(run.network.flat.values, stepped.network.flat.values)


@pytest.mark.parametrize("skip", SUMS)
def test_skipinit_begins_as_the_path_alone(skip):
    experiment = Experiment(
        _spec(network__skip=skip, network__multiplier=True, network__activation="identity")
    )
    experiment.seek(0, experiment.stages)
    h = experiment.network.trace()
    np.testing.assert_array_equal(h["h5"], h["h1"])
    assert "kappa5" in h and "kappa1" not in h


def test_the_factor_learns_what_its_gradient_says():
    experiment = Experiment(_spec(network__skip="residual", network__multiplier=True))
    experiment.run(1)
    kappas = [own["kappa"][0] for own in (s.parameters for s in experiment.network.stages[1:5])]
    gradients = [s.gradients["kappa"][0] for s in experiment.network.stages[1:5]]
    np.testing.assert_allclose(kappas, -0.1 * np.array(gradients), rtol=1e-12)
    assert all(kappas)


@pytest.mark.parametrize(("sources", "scales"), [
    ([0, 0, 2, 0, 2, 0], [1, 2**-0.5, 0, 2**-0.5, 0, 0]),
    ([0, 1, 1, 1, 0], [1, 0, 0, 0, 0]),
    ([0, 0, 0, 3, 0], [1, 1, 1, 0, 0]),
    ([0, *[0, 0, 3] * 16, 0], [1, *[16**-0.25, 16**-0.25, 0] * 16, 0]),
    ([0, 0, 2, 0, 0], [1, 1, 0, 1, 0]),
])  # fmt: skip
def test_fixup_scales_are_those_of_the_paper(sources, scales):
    np.testing.assert_allclose(fixup_scales(sources), scales, rtol=1e-15)


def test_fixup_multiplies_hes_weights():
    spec = _spec(network__skip="residual", network__skip_every=2)
    fixup = Experiment(spec.replace({"init.weights": "fixup"})).network.trace()
    he = Experiment(spec.replace({"init.weights": "he_normal"})).network.trace()
    for stage, scale in enumerate([1, 2**-0.5, 0, 2**-0.5, 0, 0], start=1):
        np.testing.assert_allclose(fixup[f"W{stage}"], he[f"W{stage}"] * scale, rtol=1e-12)


def test_fixup_without_a_branch_is_refused():
    for more in ({}, {"network__kind": "lstm", "data__dataset": "sine", "training__loss": "mse"}):
        with pytest.raises(SpecError, match=r"init\.weights = fixup"):
            Experiment(_spec(init__weights="fixup", **more))


@pytest.mark.parametrize("skip", SUMS)
def test_unequal_widths_need_a_projection(skip):
    with pytest.raises(SpecError, match=r"network\.projection = none: allowed is unequal or all"):
        Experiment(_spec(network__skip=skip, network__widths="5,4"))


def test_only_paths_between_unequal_widths_are_projected():
    spec = _spec(network__skip="residual", network__widths="5,5,4", network__projection="unequal")
    names = Experiment(spec).network.trace().keys()
    assert "W_P3" in names and "W_P2" not in names
    everywhere = Experiment(spec.replace({"network.projection": "all"})).network.trace()
    assert everywhere["W_P2"].shape == (5, 5) and everywhere["W_P3"].shape == (5, 4)


@pytest.mark.parametrize("changes", [
    {}, {"network__skip": "highway"}, {"network__kind": "lstm", "network__cells": 3,
     "network__skip": "residual", "data__dataset": "sine", "training__loss": "mse"},
])  # fmt: skip
@pytest.mark.parametrize("field", ["projection", "multiplier"])
def test_what_has_no_such_path_reads_neither(changes, field):
    spec = _spec(**changes)
    assert not spec.applies(f"network.{field}") and not spec.applies("init.multiplier")
    with pytest.raises(SpecError, match=rf"network\.{field}"):
        spec.with_text({f"network.{field}": "all" if field == "projection" else "true"})


def test_the_start_of_a_factor_is_read_where_there_is_one():
    spec = _spec(network__skip="residual")
    assert not spec.applies("init.multiplier")
    spec = spec.replace({"network.multiplier": True, "init.multiplier": 0.25})
    assert loads(dumps(spec)).init.multiplier == 0.25


def _frame(**changes: object) -> Frame:
    experiment = Experiment(_spec(**changes))
    experiment.seek(1, 3)
    return frame_of(experiment)


def test_the_formula_has_both():
    more = {"network__multiplier": True, "network__projection": "all"}
    assert r"\kappa_{3}" in forward_tex(_frame(network__skip="residual", **more), 3)
    assert "W_{P,3}" in forward_tex(_frame(network__skip="original", **more), 3)


@pytest.mark.parametrize("changes", [
    BRANCHES[0] | {"network__skip": "original"}, BRANCHES[5] | {"network__skip": "preactivation"},
    BRANCHES[6] | {"network__skip": "residual", "network__skip_every": 2},
], ids=_name)  # fmt: skip
def test_every_measurement_takes_them_at_every_moment(changes):
    experiment = Experiment(_spec(**changes))
    experiment.run(2)
    found = set()
    for position in range(len(experiment.timeline)):
        experiment.seek(2, position)
        for focus in (Focus(3, 1, 2), Focus(3)):
            frame = frame_of(experiment, request=Request(frozenset(COLLECTORS), focus))
            assert stage_table(frame)
            found |= {type(measurement) for measurement in frame.measurements}
    assert found >= {Hop, Saturation, Singular, Underflow}
