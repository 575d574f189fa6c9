"""Which experiments may be stacked: those that differ in nothing but what a member has itself."""

from __future__ import annotations

import os
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import TypeVar

from vgsim.nn.architectures import KINDS
from vgsim.nn.clipping import CLIPPINGS
from vgsim.nn.layers.parts import NORMS, OUTPUTS, SKIPS
from vgsim.nn.losses import LOSSES
from vgsim.nn.optimizers import OPTIMIZERS
from vgsim.nn.precision import PRECISIONS
from vgsim.nn.scaling import LOSS_SCALINGS
from vgsim.nn.spec import DataSpec, InitSpec, NetworkSpec, Spec, TrainingSpec

Section = TypeVar("Section", DataSpec, NetworkSpec, TrainingSpec)
OWN = {
    "training": (
        "seed", "steps", "learning_rate", "momentum", "weight_decay", "clip_at",
        "warmup", "decay_steps", "decay_factor", "final_rate",
    ),
    "data": ("noise",),
}  # fmt: skip
"""What each member may have for itself, besides where it starts."""
OWN_IN_LAYERS = ("skip_scale", "highway_bias", "dropout")
"""The same of the network section, where stages are layers."""
HERE = "vgsim."
THERE_OR_NOT = ("weight_decay", "dropout")
"""What members have all or none of."""


def stacking_key(spec: Spec) -> Hashable:
    """Equal for experiments that may be one stack, and unequal for others.

    Members may differ in their seed, and with it in their data, in where parameters start, and in
    OWN, but not in whether there is weight decay or dropout at all.
    """
    if not stackable(spec):
        return spec
    own = dict(OWN)
    if not KINDS[spec.network.kind].recurrent:
        own["network"] = OWN_IN_LAYERS
    sections = {name: _without(getattr(spec, name), fields) for name, fields in own.items()}
    plain = replace(spec, name="", description="", init=InitSpec())
    return replace(plain, **sections)


def _without(section: Section, names: Sequence[str]) -> Section:
    """``section`` with those fields alike in all, but for whether one is 0 where that counts."""
    alike: dict[str, object] = dict.fromkeys(names, 0)
    for name in THERE_OR_NOT:
        if name in alike:
            alike[name] = float(getattr(section, name) != 0)
    return replace(section, **alike)  # type: ignore[arg-type]  # only keys are made of it


def stackable(spec: Spec) -> bool:
    """Whether several such experiments can be stacked at all; others go one by one.

    Those that cannot round to multiples of a scale of the loss that each adapts by itself, or have
    a part that is written for one network.
    """
    rounded = PRECISIONS[spec.training.precision].to_nearest is not None
    if rounded and LOSS_SCALINGS[spec.training.loss_scaling].adapts:
        return False
    return all(_knows_members(kind) for kind in _kinds(spec))


def _kinds(spec: Spec) -> Iterator[object]:
    """What is computed in every step, and not number by number."""
    network, training = spec.network, spec.training
    kind = KINDS[network.kind]
    yield from (kind.plan, kind.cell, OUTPUTS[network.output].part)
    yield from (NORMS[network.norm], SKIPS[network.skip])
    yield from (LOSSES[training.loss], OPTIMIZERS[training.optimizer])
    yield CLIPPINGS[training.clip].cut


@cache
def _knows_members(kind: object) -> bool:
    """Whether a class or function can compute stacked members.

    Those of other packages say so by ``stacks = True`` of their own: an inherited promise would
    hold for what they did not write. A class that adds no code needs none.
    """
    if not isinstance(kind, type):
        return kind is None or kind.__module__.startswith(HERE)
    for one in kind.__mro__:
        if one.__module__.startswith(HERE):
            return True
        if "stacks" in vars(one) or _has_code(one):
            return bool(vars(one).get("stacks", False))
    return False


def _has_code(kind: type) -> bool:
    """Whether a class defines functions of its own."""
    return any(
        callable(value) or isinstance(value, property | classmethod | staticmethod)
        for value in vars(kind).values()
    )


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
    network = spec.network
    if not KINDS[network.kind].recurrent:
        network = _without(network, OWN_IN_LAYERS)
    training = _without(spec.training, OWN["training"])
    return replace(spec, name="", description="", init=init, network=network, training=training)
