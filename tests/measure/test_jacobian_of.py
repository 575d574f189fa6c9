"""Jacobians of real networks against autograd, hop by hop and as products."""

from __future__ import annotations

from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import jacobian

from tests.helpers.composed import forward, stage
from tests.helpers.oracle import Autograd
from tests.helpers.sequences import _step, network
from tests.helpers.specs import small
from vgsim.measure.jacobians import hop_jacobian, products, weights_of_pass
from vgsim.nn.experiment import Experiment
from vgsim.nn.layers.parts import SKIPS

SAMPLE = 3
SAMPLES = np.array([1, SAMPLE])


class FixedStatistics(Autograd):
    """Batch norm with the statistics of the pass as constants."""

    def norm(self, name: str, u: Any, own: dict[str, Any]) -> Any:
        if name != "batch":
            return super().norm(name, u, own)
        return (u - own["mean"]) * own["rate"] * own["gamma"] + own["beta"]


def passed(**changes: object) -> Experiment:
    """An experiment after two updates, with a whole pass done."""
    base: dict[str, object] = {
        "network__depth": 5, "network__skip_scale": 0.7, "network__activation": "tanh",
        "init__bias": "normal", "init__bias_value": 0.3,
    }  # fmt: skip
    experiment = Experiment(small(**base | changes))
    experiment.seek(2, len(experiment.timeline) - 2)
    return experiment


def statistics(layer: Any) -> dict[str, Any]:
    """Of a normalization that keeps running ones."""
    found = {}
    for norm in getattr(layer, "ending", ()):
        found = {"mean": norm.mean[0].copy(), "rate": norm.rate[0].copy()}
    return found


def parameters(experiment: Experiment) -> list[dict[str, Any]]:
    return [
        {name: values.copy() for name, values in layer.parameters.items()} | statistics(layer)
        for layer in experiment.network.stages
    ]


def one_sample(layer: Any) -> Any:
    """A stage as the composed words want it, with the mask of the sample."""
    drop = getattr(layer, "drop", None)
    mask = None if drop is None else type("Drop", (), {"mask": drop.mask[SAMPLE]})
    return type("Stage", (), {"plan": layer.plan, "drop": mask})


def whole(experiment: Experiment, at: int) -> Any:
    """∂h_last/∂h_at for the one sample, every way of it."""
    stages = [one_sample(layer) for layer in experiment.network.stages]
    own = parameters(experiment)
    x = experiment.network.x[[SAMPLE]].copy()

    def out(added: Any) -> Any:
        free = [values | {"zero": added if k == at else 0.0} for k, values in enumerate(own)]
        return forward(FixedStatistics(), stages, free, x)[0]

    return jacobian(out)(np.zeros(experiment.network.widths[at]))


def direct(experiment: Experiment, at: int) -> Any:
    """∂h_at/∂h_(at − 1), by a skip path only where it begins there."""
    layer, views = experiment.network.stages[at], experiment.network.views
    plan, own = layer.plan, parameters(experiment)[at]
    drop = getattr(layer, "drop", None)
    mask = 1.0 if drop is None else drop.mask[SAMPLE]
    source = views[at - plan.source].h[[SAMPLE]] if plan.source > 1 else None

    def out(x: Any) -> Any:
        below = anp.reshape(x, (1, -1))
        s = None if not plan.source else below if plan.source == 1 else source
        return stage(FixedStatistics(), plan, own, below, s, mask)[0]

    return jacobian(out)(views[at].x[SAMPLE].copy())


CASES = [
    {"network__norm": norm, "network__skip": skip, "network__norm_position": position}
    for norm in ("none", "batch", "layer", "rms")
    for skip in SKIPS.names()
    for position in (("before", "after") if norm != "none" else ("before",))
]


@pytest.mark.parametrize("every", [1, 2])
@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(case.values()))
def test_the_jacobian_of_every_hop_is_autograds(case: dict[str, str], every: int) -> None:
    experiment = passed(**case, network__skip_every=every)
    for at in range(1, experiment.stages):
        ours = hop_jacobian(experiment.network, at, SAMPLES)[1]
        assert ours == pytest.approx(direct(experiment, at), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("every", [1, 2])
@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(case.values()))
def test_the_product_is_the_derivative_by_every_way(case: dict[str, str], every: int) -> None:
    experiment = passed(**case, network__skip_every=every)
    for at, found in products(experiment.network, SAMPLES, 0):
        ours = found.matrix[1] * 10.0 ** found.decades[1]
        assert ours == pytest.approx(whole(experiment, at), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("skip", ["none", "residual", "preactivation", "highway"])
def test_dropout_has_the_mask_of_the_pass(skip: str) -> None:
    experiment = passed(network__skip=skip, network__dropout=0.4, network__norm="layer")
    for at in range(1, experiment.stages):
        ours = hop_jacobian(experiment.network, at, SAMPLES)[1]
        assert ours == pytest.approx(direct(experiment, at), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
def test_a_timestep_has_the_jacobian_of_its_state(kind: str) -> None:
    experiment = Experiment(
        small(data__dataset="adding", data__length=6, data__samples=20, network__kind=kind,
              network__cells=2, training__loss="mse")
    )  # fmt: skip
    experiment.seek(2, len(experiment.timeline) - 2)
    net, top = network(experiment), network(experiment).top
    n = top.plan.outputs
    own = {name: values.copy() for name, values in top.own.items()}
    for t in range(1, net.steps):
        state = [top.before[t, [SAMPLE]]]
        if kind == "lstm":
            state.append(top.c[t - 1][[SAMPLE]])

        def out(both: Any, t: int = t) -> Any:
            h, c = both[None, :n], both[None, n:]
            h, c = _step(kind, "tanh", own, top.x[t][[SAMPLE]], h, c)
            return anp.concatenate([h[0], c[0]]) if kind == "lstm" else h[0]

        expected = jacobian(out)(np.concatenate(state, axis=1)[0])
        ours = hop_jacobian(net, t, SAMPLES)[1]
        assert ours == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
def test_products_hand_back_what_backpropagation_does(kind: str) -> None:
    experiment = Experiment(
        small(data__dataset="adding", data__length=6, data__samples=20, network__kind=kind,
              training__loss="mse")
    )  # fmt: skip
    experiment.seek(1, len(experiment.timeline) - 2)
    views = experiment.network.views
    for at, found in products(experiment.network, SAMPLES, 0):
        product = found.matrix[1] * 10.0 ** found.decades[1]
        units = experiment.network.widths[at]
        assert views[-1].dh[SAMPLE] @ product[:, :units] == pytest.approx(views[at].dh[SAMPLE])


def test_truncation_ends_the_product() -> None:
    experiment = Experiment(
        small(data__dataset="adding", data__length=6, data__samples=20, network__kind="rnn",
              training__loss="mse", training__truncate=2)
    )  # fmt: skip
    experiment.seek(1, len(experiment.timeline) - 2)
    empty = [
        at
        for at, found in products(experiment.network, SAMPLES, 0)
        if np.isneginf(found.decades).all()
    ]
    assert empty == [3, 2, 1, 0]


def test_a_deep_product_keeps_its_decades() -> None:
    experiment = passed(network__depth=300, network__activation="sigmoid")
    *_, (at, found) = products(experiment.network, SAMPLES, 0)
    assert at == 0
    assert (found.decades < -150).all() and np.isfinite(found.decades).all()


def test_the_weights_of_the_pass_are_lent() -> None:
    experiment = passed()
    before = experiment.network.flat.values.copy()
    experiment.advance()
    after = experiment.network.flat.values.copy()
    with weights_of_pass(experiment.network, updated=True):
        assert experiment.network.flat.values == pytest.approx(before, rel=1e-12)
    assert np.array_equal(experiment.network.flat.values, after)
