"""A cell, a layer, a normalization and a skip path of another package, from TOML to picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QColor

from tests.helpers import new_kinds
from tests.helpers.copies import may_register, moments, words
from tests.helpers.specs import COMPOSED, TIMES, small
from tests.test_plugins import install, python
from vgsim.diagnosis import judge
from vgsim.export.compose import compose, wants
from vgsim.export.picture import PictureRequest
from vgsim.measure.chain_rule.result import Hop
from vgsim.measure.inspection.look import Inspection
from vgsim.measure.jacobians import hop_jacobian
from vgsim.measure.request import Focus, Request
from vgsim.measure.snapshot import frame_of
from vgsim.nn.architectures import KINDS
from vgsim.nn.experiment import Experiment
from vgsim.nn.layers import LAYERS
from vgsim.nn.layers.parts import NORMS, SKIPS
from vgsim.nn.spec import Spec, dumps, loads
from vgsim.nn.trace import record
from vgsim.text.formulas import backward, forward
from vgsim.ui.plots.model.budget import part_label

EVERY = {"network__skip_every": 1}
NEW: dict[str, dict[str, object]] = {
    "unit": {"network__kind": "unit"},
    "adding-up": TIMES | {"network__kind": "adding-up"},
    "minimal": TIMES | {"network__kind": "minimal", "network__cells": 2},
    "centering": COMPOSED | {"network__norm": "centering", "network__skip": "original"} | EVERY,
    "from-zero": COMPOSED | {"network__skip": "from-zero", "network__norm": "layer"} | EVERY,
}


@pytest.fixture(params=NEW)
def spec(request, monkeypatch) -> Spec:
    """A spec that asks for one of the new kinds, written as TOML and read again."""
    may_register(monkeypatch, LAYERS, NORMS, SKIPS)
    new_kinds.register()
    text = dumps(small(**NEW[request.param]))
    assert f'"{request.param}"' in text
    return loads(text)


@pytest.fixture
def passed(spec) -> Experiment:
    """Its whole pass after two updates."""
    experiment = Experiment(spec)
    experiment.seek(2, len(experiment.timeline) - 2)
    return experiment


def test_a_cell_is_a_kind_of_network_by_itself(monkeypatch):
    may_register(monkeypatch, LAYERS, NORMS, SKIPS)
    new_kinds.register()
    assert KINDS.entry("minimal").label == "Minimal gated unit"
    assert "network.cells" in KINDS.entry("minimal").uses


def test_its_gradients_are_those_of_small_differences(passed):
    network, loss = passed.network, passed.loss
    network.parameter_gradients()
    gradients, values = network.flat.gradients.copy(), network.flat.values
    expected = np.zeros_like(gradients)
    for at in range(len(values)):
        either = []
        for step in (1e-6, -1e-6):
            values[at] += step
            either.append(loss.value(network.predict()))
            values[at] -= step
        expected[at] = (either[0] - either[1]) / 2e-6
    np.testing.assert_allclose(gradients, expected, atol=1e-8)


def test_its_hops_are_sums_of_products(passed):
    for frame in moments(passed):
        hop = frame.measurement(Hop)
        if hop is not None and hop.left.signal and hop.terms:
            total = sum(term.result for term in hop.terms)
            np.testing.assert_allclose(total, hop.left.values, atol=1e-14)
        assert words(frame)


def test_its_jacobian_hands_back_what_the_pass_did(passed):
    views, sample = passed.network.views, np.array([1])
    jacobian = hop_jacobian(passed.network, 2, sample)[0]
    np.testing.assert_allclose(views[2].dh[1] @ jacobian, views[1].dh[1], atol=1e-14)


def test_the_trace_and_the_inspector_show_what_it_has(passed):
    names = set(record(passed))
    found = frame_of(passed, request=Request(frozenset({Inspection}), Focus(3, 0))).measurement(
        Inspection
    )
    assert found is not None
    shown = {figure.about for figure in found.figures}
    inner = {
        "unit": ("z2", "dW2"),
        "adding-up": ("n2", "dz2"),
        "minimal": ("f2", "n2"),
        "centering": ("n2", "dn2"),
        "from-zero": ("r3", "dr3", "n3"),
    }
    about = {
        "unit": "Pre-activation: weighted sum plus bias",
        "adding-up": "What is added to h",
        "minimal": "Renewal gate: what h gives up",
        "centering": "Output of the normalization",
        "from-zero": "Learned share of the stage",
    }
    (name,) = [name for name in NEW if f'"{name}"' in dumps(passed.spec)]
    assert {*inner[name]} <= names
    assert about[name] in shown


def test_its_formulas_are_written(passed):
    frame = frame_of(passed)
    text = [backward(frame), *(forward(frame, k) for k in (2, 3, 4))]
    (name,) = [name for name in NEW if f'"{name}"' in dumps(passed.spec)]
    expected = {
        "unit": "tanh(<i>W</i><sub>2</sub> <i>h</i><sub>1</sub> + <i>b</i><sub>2</sub>)",
        "adding-up": "= <i>h</i><sub>1</sub> + <i>n</i>",
        "minimal": "(1 − <i>f</i>) ⊙ <i>h</i><sub>1</sub> + <i>f</i> ⊙ <i>n</i>",
        "centering": "C(<i>W</i><sub>2</sub> <i>h</i><sub>1</sub> + <i>b</i><sub>2</sub>)",
        "from-zero": "<i>r</i><sub>3</sub> ⊙ tanh(",
    }
    assert any(expected[name] in line.replace("\u2009", " ") for line in text)


def test_a_forgetful_cell_is_found_and_its_gate_named(monkeypatch):
    may_register(monkeypatch, LAYERS, NORMS, SKIPS)
    new_kinds.register()
    changes = {"data__dataset": "adding", "data__length": 40, "network__kind": "minimal"}
    verdict = judge(Experiment(small(**changes, training__loss="mse")))
    assert verdict.outcome == "forgetting"
    assert any("The renewal gate keeps" in sentence for sentence in verdict.sentences)


def test_it_is_drawn(styled, theme, spec):
    experiment = Experiment(spec)
    experiment.seek(0, len(experiment.timeline) - 4)
    picture = PictureRequest(view="hop", size="960x540")
    image = compose(frame_of(experiment, request=Request(wants(picture))), picture, theme)
    colors = {QColor(image.pixel(x, 270)).name() for x in range(image.width())}
    assert len(colors) > 3


def test_another_package_needs_but_an_entry_point(tmp_path):
    text = Path(new_kinds.__file__).read_text("utf-8")
    point = "[vgsim.kinds]\nnew = new_package.kinds:register\n"
    install(tmp_path, "new_package", point, kinds=text)
    for name, changes in NEW.items():
        toml = "".join(
            f'[{path.partition("__")[0]}]\n{path.partition("__")[2]} = "{value}"\n'
            for path, value in changes.items()
            if value == name
        )
        (tmp_path / f"{name}.toml").write_text(
            f'[data]\ndataset = "gaussians"\nsamples = 40\n{toml}', "utf-8"
        )
    code = """
from vgsim.__main__ import main
for name in ("unit", "adding-up", "centering", "from-zero", "minimal"):
    assert not main(["trace", f"{name}.toml", "--out", f"{name}.npz"])
    assert not main(["render", f"{name}.toml", "--view", "hop", "--out", f"{name}.png"])
"""
    done = python(tmp_path, "-c", code)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in tmp_path.glob("*.png")} == {f"{name}.png" for name in NEW}


def test_the_budget_calls_the_way_past_the_weights_as_the_cell_has_it(monkeypatch):
    may_register(monkeypatch, LAYERS, NORMS, SKIPS)
    new_kinds.register()
    found = []
    for name in ("minimal", "adding-up"):
        frame = frame_of(Experiment(small(**NEW[name])))
        found.append([part_label(frame, part) for part in ("activation", "skip")])
    assert found == [["gates", "kept by 1 − f"], ["tanh′(z) ≤ 1", "skip path"]]
