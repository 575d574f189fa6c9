"""Initial weights and biases of the size that the recorded ones had."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from vgsim.core.errors import joined
from vgsim.core.numbers import about
from vgsim.diagnosis.nearest.modeling import Modeling
from vgsim.diagnosis.nearest.weights import fitted
from vgsim.diagnosis.recorded_form import (
    WeightedModule,
)
from vgsim.nn.initializers import BIASES

SHUT = 0.9
"""Share of a stage's units from which it is shut. Ours."""
EXACT = 1e-3
"""How far sizes may be apart that are meant to be equal: rounding. Ours."""


def take_weights(m: Modeling, modules: Sequence[WeightedModule]) -> None:
    known = [it for it in modules if math.isfinite(it.std)]
    if not known:
        m.say("Norms of the weights were not recorded: the initializer is the usual one.")
        return
    fit = fitted(
        m.spec, [it.fans for it in known], [it.std for it in known],
        [math.prod(it.shape) for it in known], m.default(),
    )  # fmt: skip
    m.take(fit.changes)
    m.say(fit.sentence)
    first = int(m.run.steps[0])
    if first:
        m.say(f"The first recorded step is {first}: the weights are those of then, not the start.")
    _take_biases(m, [it for it in known if it.bias])


def _take_biases(m: Modeling, modules: Sequence[WeightedModule]) -> None:
    sizes = [it.bias_rms for it in modules if math.isfinite(it.bias_rms)]
    if not sizes or max(sizes) == 0:
        return
    size = float(np.median(sizes))
    if size == 0 and _is_shut(m):
        m.take({"init.bias": "constant", "init.bias_value": -max(sizes)})
        largest = max(modules, key=lambda it: it.bias_rms)
        m.say(f"Biases of {about(-max(sizes))}, as {largest.name} has them, shut units here, too.")
        return
    if size == 0:
        others = joined([it.name for it in modules if it.bias_rms > 0])
        m.say(f"Biases are 0, as most are; not those of {others}.")
        return
    default = m.default()
    if default in BIASES:
        expected = [math.sqrt(BIASES[default].variance(m.spec.init, it.fans[0])) for it in modules]
        off = [
            abs(math.log(it.bias_rms / e))
            for it, e in zip(modules, expected, strict=True)
            if it.bias_rms > 0 and e > 0
        ]
        if off and float(np.median(off)) < 0.25:
            m.take({"init.bias": default})
            m.say(f"Biases: {BIASES.entry(default).label}.")
            return
    if max(sizes) - min(sizes) < EXACT * size:
        value = -size if _holds_shut(m) else size
        m.take({"init.bias": "constant", "init.bias_value": value})
    else:
        m.take({"init.bias": "normal", "init.bias_value": size})
    m.say(f"Biases of RMS {about(size)}.")


def _is_shut(m: Modeling) -> bool:
    """Whether all units of a stage are dead in the first recorded step."""
    return "dead" in m.run and float(np.nanmax(m.run["dead"][0], initial=0.0)) > SHUT


def _holds_shut(m: Modeling) -> bool:
    """Whether most units are dead in the first recorded step, as with biases far below 0."""
    if "dead" not in m.run:
        return False
    dead = m.run["dead"][0]
    found = dead[np.isfinite(dead)]
    return bool(len(found)) and float(np.median(found)) > 0.5
