"""Kinds of network: each turns the network section of a spec into a list of stage plans."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

from vgsim.engine.errors import refuse
from vgsim.engine.layers import StagePlan
from vgsim.registry import Registry

if TYPE_CHECKING:
    from vgsim.engine.spec import Spec

Kind = Callable[["Spec", int, int], list[StagePlan]]
"""(spec, features, outputs) -> plans of stage 1 to N."""

KINDS: Registry[Kind] = Registry("kind")


@KINDS.register(
    "layers",
    "dense layers and a linear output",
    label="Layers",
    uses=("network.width", "network.activation", "init.weights", "init.bias"),
)
def layers(spec: Spec, features: int, outputs: int) -> list[StagePlan]:
    """``depth`` hidden stages of ``width`` units, then a linear output stage."""
    network = spec.network
    sizes = [features] + [network.width] * network.depth
    plans = [StagePlan("dense", below, here, network.activation) for below, here in pairwise(sizes)]
    return [*plans, StagePlan("dense", network.width, outputs, "identity")]


@KINDS.register(
    "chain",
    "one unit a stage with a fixed local derivative: the worked example",
    label="Chain (worked example)",
    uses=("network.factor",),
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
