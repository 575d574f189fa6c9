"""Kinds of network: each turns the network section of a spec into a list of stage plans."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

import vgsim.engine.lsuv  # noqa: F401  # registers the initializer
from vgsim.engine.activations import ACTIVATIONS
from vgsim.engine.errors import refuse
from vgsim.engine.layers import StagePlan
from vgsim.engine.layers.parts.activate import PRELU
from vgsim.registry import Registry

if TYPE_CHECKING:
    from vgsim.engine.spec import Spec

Kind = Callable[["Spec", int, int], list[StagePlan]]
"""(spec, features, outputs) -> plans of stage 1 to N."""

KINDS: Registry[Kind] = Registry("kind")


@KINDS.register(
    "layers",
    "layers of weights and an activation, then a linear output",
    label="Layers",
    uses=(
        "network.depth", "network.width", "network.activation", "network.activations",
        "network.norm", "network.skip", "network.dropout", "init.weights", "init.bias",
    ),
)  # fmt: skip
def layers(spec: Spec, features: int, outputs: int) -> list[StagePlan]:
    """``depth`` hidden stages of ``width`` units, then a linear output stage."""
    network = spec.network
    sizes = [features] + [network.width] * network.depth
    chosen = activations(spec)
    plans = [
        _hidden(spec, number, below, here, chosen[number - 1])
        for number, (below, here) in enumerate(pairwise(sizes), start=1)
    ]
    return [*plans, _output(spec, outputs, chosen[-1])]


def activations(spec: Spec) -> list[str]:
    """The activation of every hidden stage; SpecError when the list of them is no such list.

    ``network.activations`` is read from the first stage up and begins anew when it is too short.
    """
    network = spec.network
    names = [name.strip() for name in network.activations.split(",") if name.strip()]
    names = names or [network.activation]
    allowed = "names separated by commas, each one of " + ", ".join(ACTIVATIONS.names())
    if not all(name in ACTIVATIONS for name in names):
        raise refuse("network.activations", network.activations, allowed)
    if len(names) > network.depth:
        most = f"at most {network.depth} names, one a hidden stage; this has {len(names)}"
        raise refuse("network.activations", network.activations, most)
    return [names[at % len(names)] for at in range(network.depth)]


def _hidden(spec: Spec, number: int, below: int, here: int, activation: str) -> StagePlan:
    """Hidden stage ``number`` (from 1); the first has no path around it and may be a stem."""
    network = spec.network
    if number == 1 and network.skip == "preactivation":
        return StagePlan("dense", below, here, "identity")
    every = 1 if network.skip == "highway" else network.skip_every
    arrives = network.skip != "none" and number > 1 and (number - 1) % every == 0
    plan = StagePlan(
        "block", below, here, activation, network.norm, network.norm_position == "before",
        network.skip, every if arrives else 0, network.skip_scale, network.dropout,
    )  # fmt: skip
    return _simplest(plan)


def _output(spec: Spec, outputs: int, activation: str) -> StagePlan:
    """The linear output; after pre-activation stages it has the last norm and activation."""
    network = spec.network
    if network.skip != "preactivation":
        return StagePlan("dense", network.width, outputs, "identity")
    return StagePlan(
        "block", network.width, outputs, activation, network.norm,
        network.norm_position == "before", network.skip,
    )  # fmt: skip


def _simplest(plan: StagePlan) -> StagePlan:
    """A dense stage where nothing but weights and an activation is asked for."""
    composed = plan.norm != "none" or plan.source or plan.dropout or plan.activation == PRELU
    if composed or plan.skip == "preactivation":
        return plan
    return StagePlan("dense", plan.inputs, plan.outputs, plan.activation)


@KINDS.register(
    "chain",
    "one unit a stage with a fixed local derivative: the worked example",
    label="Chain (worked example)",
    uses=("network.depth", "network.factor"),
)
def chain(spec: Spec, features: int, outputs: int) -> list[StagePlan]:
    """``depth`` one-unit stages h = c x + b; no output stage, J takes the last h."""
    if features != 1 or outputs != 1:
        raise refuse(
            "data.dataset",
            spec.data.dataset,
            f"data with one feature and one output for a chain (this has {features} and {outputs})",
        )
    return [StagePlan("fixed", 1, 1, "identity")] * spec.network.depth
