"""Which experiments may be stacked: those that differ in nothing but what a member has itself."""

from __future__ import annotations

import os
from collections.abc import Hashable
from dataclasses import replace

from vgsim.nn.precision import PRECISIONS
from vgsim.nn.scaling import LOSS_SCALINGS
from vgsim.nn.spec import InitSpec, Spec


def stacking_key(spec: Spec) -> Hashable:
    """Equal for experiments that may be one stack, and unequal for others.

    Members may differ in their seed, and with it in their data, in where parameters start, in
    learning rate, momentum and weight decay, but not in whether there is decay at all.
    """
    if not stackable(spec):
        return spec
    training = replace(
        spec.training,
        seed=0,
        learning_rate=0.0,
        momentum=0.0,
        weight_decay=float(spec.training.weight_decay != 0),
        steps=0,
    )
    return replace(spec, name="", description="", init=InitSpec(), training=training)


def stackable(spec: Spec) -> bool:
    """Whether several such experiments can be stacked at all; others go one by one.

    Those that cannot round to multiples of a scale of the loss that each adapts by itself.
    """
    rounded = PRECISIONS[spec.training.precision].to_nearest is not None
    return not (rounded and LOSS_SCALINGS[spec.training.loss_scaling].adapts)


def data_key(spec: Spec) -> Hashable:
    """Equal for experiments that learn from the same samples, split alike."""
    written = [os.stat(path).st_mtime_ns for path in files_of(spec) if os.path.exists(path)]
    return spec.data, spec.training.seed, tuple(written)


def files_of(spec: Spec) -> list[str]:
    """The files that the data may come from."""
    return [path for path in (spec.data.path, spec.data.labels) if path]


def plans_key(spec: Spec) -> Spec:
    """Equal for experiments whose stages are planned alike, whatever the size of their weights."""
    usual = InitSpec()
    init = replace(
        spec.init,
        gain=usual.gain,
        std=usual.std,
        range=usual.range,
        bias_value=usual.bias_value,
        forget_bias=usual.forget_bias,
        multiplier=usual.multiplier,
    )
    return replace(
        spec, name="", description="", init=init, training=replace(spec.training, seed=0)
    )
