"""Which initializer gives weights of a recorded size.

A recording has the norms of the parameters alone: ‖W‖ / √size is their root mean square, which each
registered initializer predicts from the layer's inputs and outputs.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vgsim.core.numbers import about
from vgsim.diagnosis.recorded_form import RecurrentModule
from vgsim.nn.initializers import INITIALIZERS, settled
from vgsim.nn.roles import Role
from vgsim.nn.spec import Spec

SPREAD = 4.0
"""Standard errors of the root mean square of drawn weights that a fit may be off. Ours."""
LEAST = 0.01
"""What it may be off in any case: nothing that a gradient shows."""
FAR = 10.0
"""How many times as much one layer alone may be off."""

Changes = dict[str, object]
Sizes = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class WeightFit:
    """An initializer that gives weights of the recorded size, and a sentence on how well."""

    changes: Changes
    sentence: str


Fans = tuple[int, int]


def fitted(
    spec: Spec,
    fans: Sequence[Fans],
    sizes: Sequence[float],
    counts: Sequence[int],
    default: str = "",
) -> WeightFit:
    """The initializer whose weights have the recorded root mean squares ``sizes``.

    First those that need no number; then, with one, those that fit all layers alike. ``fans`` are
    (inputs, outputs) of each layer, ``counts`` its weights; ``default`` is the initializer to try
    first, that of the framework.
    """
    observed = np.asarray(sizes, float)
    if not observed.any():
        zeros = next(entry for entry in INITIALIZERS if entry.value.size((2, 2), spec.init) == 0)
        return WeightFit({"init.weights": zeros.name}, "All weights are 0.")
    noise = max(SPREAD / math.sqrt(2 * sum(counts)), LEAST)
    for changes, expected in _without_number(spec, fans, default):
        with np.errstate(divide="ignore"):
            off = np.log(np.where(observed > 0, observed, np.nan) / expected)
        middle = abs(float(np.nanmedian(off)))
        if middle <= noise and float(np.nanmax(np.abs(off))) <= FAR * noise:
            label = INITIALIZERS.entry(str(changes["init.weights"])).label
            return WeightFit(changes, f"Initial weights by their norms: {label}.")
    return _with_number(spec, fans, observed)


def fitted_name(spec: Spec, fans: Fans, size: float) -> str:
    """The initializer nearest to a size, of those that need no number of their own."""
    names: dict[str, float] = {}
    for changes, expected in _without_number(spec, [fans]):
        if expected[0] > 0 and size > 0:
            name = str(changes["init.weights"])
            names.setdefault(name, abs(math.log(size / expected[0])))
    return min(names, key=lambda name: names[name])


def _without_number(
    spec: Spec, fans: Sequence[Fans], default: str = ""
) -> Iterator[tuple[Changes, Sizes]]:
    """Initializers as they are, then with the gain of the activation; with the sizes they give."""
    gained: list[tuple[Changes, Sizes]] = []
    for entry in sorted(INITIALIZERS, key=lambda entry: entry.name != default):
        initializer = entry.value
        if (
            initializer.fitted
            or initializer.by_branch is not None
            or (initializer.of_cell is not None and entry.name != default)
        ):
            continue
        if "init.std" in entry.uses or "init.range" in entry.uses:
            continue
        plain = replace(spec.init, gain_by="number", gain=1.0)
        sizes = np.array([initializer.size(shape, plain) for shape in fans])
        if not sizes.all():
            continue
        changes: Changes = {"init.weights": entry.name}
        if "init.gain_by" in entry.uses:
            changes |= {"init.gain_by": "number", "init.gain": 1.0}
            by = replace(spec.init, gain_by="activation")
            own = settled(by, spec.network.activation)
            more = np.array([initializer.size(shape, own) for shape in fans])
            gained.append(({"init.weights": entry.name, "init.gain_by": "activation"}, more))
        yield changes, sizes
    yield from gained


def _with_number(spec: Spec, fans: Sequence[Fans], observed: Sizes) -> WeightFit:
    """One standard deviation for all layers, or one gain, whichever fits the layers better."""
    found = observed[observed > 0]
    variance_kept = np.array([math.sqrt(2.0 / sum(shape)) for shape in fans])[observed > 0]
    std = float(np.median(found))
    gain = float(np.median(found / variance_kept))
    by_std = float(np.ptp(np.log(found)))
    by_gain = float(np.ptp(np.log(found / variance_kept)))
    if by_std <= by_gain + 1e-9:
        inputs = float(np.median([shape[0] for shape in fans]))
        modeled = std * math.sqrt(inputs / max(spec.network.width, 1))
        if all(shape[0] == fans[0][0] for shape in fans) and inputs == spec.network.width:
            modeled = std
        changes: Changes = {
            "init.weights": INITIALIZERS.cast(Role.OF_A_SIZE), "init.std": float(f"{modeled:.4g}"),
        }  # fmt: skip
        return WeightFit(
            changes, f"Initial weights by their norms: a standard deviation of {about(std)}."
        )
    keeps = INITIALIZERS.entry(INITIALIZERS.cast(Role.KEEPS_VARIANCE))
    changes = {
        "init.weights": keeps.name, "init.gain_by": "number", "init.gain": float(f"{gain:.4g}"),
    }  # fmt: skip
    return WeightFit(
        changes, f"Initial weights by their norms: {keeps.label}, times {about(gain)}."
    )


def forget_bias(module: RecurrentModule) -> float:
    """b of the gate that keeps the memory, when all other biases are as PyTorch draws them.

    PyTorch's are U(±1/√H), two of them in each gate; what is beyond that is taken for one gate's.
    """
    drawn = 2 / (3 * module.units)
    beyond = module.bias_rms**2 - drawn
    if beyond <= 0.02:
        return 0.0
    return float(f"{math.sqrt(beyond * len(module.cell.value.gates)):.1g}")
