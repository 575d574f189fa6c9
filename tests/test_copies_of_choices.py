"""Copies of activations, initializers, losses, optimizers, datasets, outcomes and plots."""

from __future__ import annotations

import math
import struct
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.helpers.copies import SUFFIX, everything, may_register, register_copy
from tests.helpers.outcomes import examples
from tests.helpers.specs import TIMES, small
from tests.verdicts import make
from vgsim.core.errors import SpecError
from vgsim.core.registry import HOMES, registry
from vgsim.diagnosis import OUTCOMES, Findings, examine, judge, say
from vgsim.diagnosis.findings import Trial
from vgsim.export.compose import compose, view_title, wants
from vgsim.export.picture import PictureRequest
from vgsim.measure.request import Request
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment, copy_of
from vgsim.nn.initializers import INITIALIZERS
from vgsim.nn.spec import Spec, fields, parse
from vgsim.ui.plots.kinds import PLOTS

CHOICES = [
    "activation", "initializer", "gain", "bias", "loss", "optimizer", "schedule", "clipping",
    "dataset", "output", "precision", "loss scaling",
]  # fmt: skip
"""Kinds of registries; those of what a stage is made of have tests of their own."""
IN_TIME = ("activation", "initializer", "gain", "bias", "loss")
"""Those that are tried in a recurrent network, too."""
DEEP: dict[str, object] = {"network__depth": 8, "network__width": 6, "init__bias_value": -2.5}
BASES: list[dict[str, object]] = [
    DEEP, TIMES | {"network__kind": "rnn"}, {"training__loss": "mse"}, {"training__loss": "linear"},
    TIMES | {"network__kind": "lstm"}, {"training__precision": "float16"},
    {"network__skip": "residual", "network__skip_every": 2, "network__depth": 5},
]  # fmt: skip
"""A choice is tried in the first of these that can have it, or in the first two."""


FOR_NONE = {("init.recurrent", e.name) for e in INITIALIZERS if e.value.by_branch is not None}
"""Starts of branches, which cells have none of: they are refused there."""


def paths(kind: str) -> list[str]:
    """Fields that choose from that registry."""
    return [info.path for info in fields() if info.choices == kind]


CASES = [
    pytest.param(kind, name, path, id=f"{path}={name}")
    for kind in CHOICES
    for name in registry(kind).names()
    for path in paths(kind)
    if (path, name) not in FOR_NONE
]


@pytest.fixture
def files(tmp_path: Path) -> dict[str, dict[str, object]]:
    """What the datasets need that read a file."""
    rng = np.random.default_rng(1)
    x, y = rng.standard_normal((40, 4)), np.arange(40) % 2
    np.savez(tmp_path / "some.npz", x=x, y=y)
    np.save(tmp_path / "some.npy", np.column_stack([x, y]))
    rows = [",".join([*map(str, row), "ab"[label]]) for row, label in zip(x, y, strict=True)]
    (tmp_path / "some.csv").write_text("\n".join(rows), "utf-8")
    pictures = rng.integers(0, 255, (40, 2, 2), np.uint8)
    (tmp_path / "x.idx").write_bytes(struct.pack(">4B3i", 0, 0, 8, 3, 40, 2, 2) + bytes(pictures))
    (tmp_path / "y.idx").write_bytes(struct.pack(">4Bi", 0, 0, 8, 1, 40) + bytes(y.astype("u1")))
    return {
        "npz": {"data.path": str(tmp_path / "some.npz")},
        "npy": {"data.path": str(tmp_path / "some.npy")},
        "csv": {"data.path": str(tmp_path / "some.csv")},
        "series": {"data.path": str(tmp_path / "some.csv"), "data.label": "1", "data.length": 5},
        "idx": {"data.path": str(tmp_path / "x.idx"), "data.labels": str(tmp_path / "y.idx")},
    }


def bases(kind: str, path: str, name: str, files: dict[str, dict[str, object]]) -> list[Spec]:
    """Small experiments that have made this choice and read it."""
    found = []
    for base in BASES:
        try:
            spec = small(**base).replace(files.get(name, {}) | {path: name})
            Experiment(spec)
        except SpecError:  # labels that are numbers, for a loss that needs classes
            continue
        if spec.applies(path):
            found.append(spec)
    return found[: 1 + (kind in IN_TIME)]


@pytest.mark.parametrize(("kind", "name", "path"), CASES)
def test_a_copy_has_the_same_figures_and_words(monkeypatch, files, kind, name, path):
    may_register(monkeypatch, registry(kind))
    specs = bases(kind, path, name, files)
    assert specs
    copy = register_copy(registry(kind), name)
    for spec in specs:
        one, other = everything(spec), everything(spec.replace({path: copy}))
        assert [key for key in one if one[key] != other[key]] == []


def test_all_that_a_spec_chooses_from_is_tried_here_or_with_the_parts_of_a_stage():
    assert set(HOMES) - set(CHOICES) == {"kind", "normalization", "skip path"}


@pytest.fixture(scope="module")
def examined() -> dict[str, Findings]:
    """Findings that fit each outcome, of real networks but for those put together below."""
    found = {name: every[0] for name, every in examples().items()}
    still = Trial((2.3,) * 9)
    cases = tomllib.loads(make.FILE.read_text("utf-8"))["case"]
    noise = next(case for case in cases if case["label"] == "shattered")
    # It learns after all, as a long trial shows: without one it is what it looks like.
    found["shattered"] = replace(examine(Experiment(parse(noise["spec"]))), trial=still)
    found["plateau"] = replace(found["healthy"], step=50, loss=2.3, chance=2.3, trial=still)
    found["local_minimum"] = replace(found["minimum"], restart=0.01)
    found["gates_shut"] = replace(
        found["forgetting"],
        gates={"forget": (0.001,)},
        spec=found["forgetting"].spec.replace({"init.bias": "constant", "init.bias_value": -9.0}),
    )
    found["no_input"] = replace(found["healthy"], x=0.0)
    return found | _of_recordings(found)


def _of_recordings(found: dict[str, Findings]) -> dict[str, Findings]:
    """What only the recording of somebody's own training can show."""
    healthy = replace(found["healthy"], stage_names=("fc1", "fc2", "softmax", "head"))
    half = healthy.spec.replace({"training.precision": "float16"})
    fading = replace(found["vanishing_weights"], stage_names=("attn", "mlp"))
    deep = replace(fading.way, hops=(0.5,) * 39, parts={"weights": 39 * math.log10(0.5)})
    return {
        "detached": replace(healthy, cut_off=("fc1",)),
        "frozen": replace(healthy, frozen=("fc1", "fc2"), held_share=0.9),
        "missing_skip": replace(fading, bare=("attn", "mlp", 1e-3)),
        "peaked_softmax": replace(healthy, peaked=(("softmax", 1.0),), logits=(("fc1", 200.0),)),
        "unnormalized": replace(fading, way=deep, usual_size=1.0),
        "unscaled": replace(healthy, rounded=(("fc1", 0.9),), scale=1.0, spec=half),
    }


@pytest.mark.parametrize("name", [name for name in OUTCOMES.names() if name != "vanishing_mixed"])
def test_a_copy_of_an_outcome_says_the_same(monkeypatch, examined, name):
    may_register(monkeypatch, OUTCOMES)
    expected = say(examined[name])
    register_copy(OUTCOMES, name)
    del OUTCOMES._entries[name]
    found = say(examined[name])
    assert (expected.outcome, found.outcome) == (name, name + SUFFIX)
    for part in ("title", "sentences", "evidence", "confidence", "tone", "remedies"):
        assert getattr(found, part) == getattr(expected, part)


def pictures(specs: list[Spec], picture: PictureRequest, theme: Any) -> list[Any]:
    """The same picture of each."""
    made = []
    for spec in specs:
        experiment = Experiment(spec)
        experiment.seek(3, len(experiment.timeline) - 3)
        frame = frame_of(experiment, request=Request(wants(picture)))
        made.append(compose(frame, picture, theme, judge(copy_of(experiment))))
    return made


@pytest.mark.parametrize(
    ("kind", "name", "path"),
    [
        ("activation", "sigmoid", "network.activation"),
        ("activation", "prelu", "network.activation"),
        ("initializer", "he_normal", "init.weights"),
        ("loss", "huber", "training.loss"),
        ("optimizer", "sgd", "training.optimizer"),
        ("schedule", "warmup", "training.schedule"),
        ("clipping", "norm", "training.clip"),
        ("dataset", "spirals", "data.dataset"),
    ],
)
def test_a_copy_has_the_same_slide(monkeypatch, styled, theme, kind, name, path):
    may_register(monkeypatch, registry(kind))
    spec = small().replace({path: name})
    copy = spec.replace({path: register_copy(registry(kind), name)})
    slide = PictureRequest(plots=("hop", "why", "loss"), size="1280x720")
    one, other = pictures([spec, copy], slide, theme)
    assert one == other


@pytest.mark.parametrize("name", PLOTS.names())
def test_a_copy_of_a_plot_draws_the_same(monkeypatch, styled, theme, name):
    may_register(monkeypatch, PLOTS)
    copy = register_copy(PLOTS, name)
    assert view_title(copy) == view_title(name)
    one, other = (
        pictures([small()], PictureRequest(view=view, size="640x400"), theme)
        for view in (name, copy)
    )
    assert one == other
