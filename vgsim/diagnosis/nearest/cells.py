"""Cells of a simulated network like the recorded ones."""

from __future__ import annotations

import math
from collections.abc import Sequence

from vgsim.core.errors import joined
from vgsim.core.numbers import about
from vgsim.diagnosis.nearest.modeling import Modeling
from vgsim.diagnosis.nearest.weights import SPREAD, fitted_name, forget_bias
from vgsim.diagnosis.recorded_form import (
    RecurrentModule,
)
from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.initializers import BIASES, GAINS, INITIALIZERS
from vgsim.nn.roles import Role

NEAR = 0.1
"""How far a size may be from that of an initializer to be taken for it. Ours."""
EXACT = 1e-3
"""How far sizes may be apart that are meant to be equal: rounding. Ours."""


def take_cells(m: Modeling, modules: Sequence[RecurrentModule]) -> None:
    first = modules[0]
    layers = sum(it.layers for it in modules if it.cell.name == first.cell.name)
    m.take({"network.kind": first.cell.name, "network.cells": layers, "network.width": first.units})
    cells = m.spec.network.cells
    told = f"{cells} {first.cell.label} of {m.spec.network.width} units"
    stacked = ", one on top of the other" if cells > 1 else ""
    m.say(f"Taken over: {told}{stacked}.")
    if layers > cells:
        m.say(f"{layers} are recorded, more than a simulated network has.")
    if first.directions > 1:
        m.say("Only one direction is modeled.")
    _take_activation_of(m, first)
    others = m.form.hidden
    if others:
        names = joined([it.name for it in others])
        m.say(f"Layers beside the cells are left out: {names}.")
    _take_cell_weights(m, first)


OFTEN_ZERO = 0.05
"""Share of zeros among states that tanh does not have: ours, a rectified state has about a half."""


def _take_activation_of(m: Modeling, module: RecurrentModule) -> None:
    """Of a plain cell, whose activation has no stage.

    What rectifies sends many values to exactly 0, or beyond the bound of the other one.
    """
    if module.cell.value.several_gates():
        return
    role = Role.ZERO_CENTERED
    largest = m.at("h_max")
    if largest is not None and largest[module.place] > 1 + EXACT:
        role = Role.RECTIFIES
    zero = m.at("h_zero")
    size = m.at("h_size")
    if zero is None or size is None:
        share = 0.0
    else:
        share = zero[module.place] / size[module.place]
    if share > OFTEN_ZERO:
        role = Role.RECTIFIES
    m.take({"network.activation": ACTIVATIONS.cast(role)})


def _take_cell_weights(m: Modeling, module: RecurrentModule) -> None:
    default = m.default()
    _take_cell_biases(m, module, default)
    told = []
    for path, inputs, size in (
        ("init.weights", module.inputs, module.input_std),
        ("init.recurrent", module.units, module.hidden_std),
    ):
        if math.isfinite(size):
            name = _initializer_of_cell(m, module, default, inputs, size)
            m.take({path: name})
            told.append((path, INITIALIZERS.entry(name).label, size, inputs))
    labels = {label for _, label, _, _ in told}
    if len(labels) == 1:
        m.say(f"Initial weights by their norms: {labels.pop()}.")
    else:
        for path, label, _, _ in told:
            which = "Wₓ" if path == "init.weights" else "Wₕ"
            m.say(f"{which} by its norm: {label}.")
    _take_gain(m, module)


def _initializer_of_cell(
    m: Modeling, module: RecurrentModule, default: str, inputs: int, size: float
) -> str:
    """The framework's own, a rotation, or whatever gives weights of that size."""
    drawn = math.sqrt(1 / (3 * module.units))
    if default in INITIALIZERS and INITIALIZERS[default].of_cell and abs(size / drawn - 1) < NEAR:
        return default
    rotation = INITIALIZERS.cast(Role.ROTATES)
    if abs(size * math.sqrt(max(inputs, module.units)) - 1) < EXACT:
        return rotation
    name = fitted_name(m.spec, (inputs, module.units), size)
    expected = INITIALIZERS[name].size((inputs, module.units), m.spec.init)
    noise = SPREAD / math.sqrt(2 * inputs * module.units * len(module.cell.value.gates))
    if inputs == module.units and abs(math.log(size / expected)) > noise:
        return rotation  # times a gain
    return name


def _take_gain(m: Modeling, module: RecurrentModule) -> None:
    """What a rotation of Wₕ is multiplied by, where Wₓ does not take the gain, too."""
    gain = module.hidden_std * math.sqrt(module.units)
    rotation = m.spec.init.recurrent == INITIALIZERS.cast(Role.ROTATES)
    alone = "init.gain_by" not in INITIALIZERS.entry(m.spec.init.weights).uses
    if rotation and alone and not abs(gain - 1) < NEAR:
        m.take({"init.gain_by": GAINS.cast(Role.AS_SET), "init.gain": float(f"{gain:.4g}")})
        m.say(f"Wₕ is multiplied by {about(gain)}.")


def _take_cell_biases(m: Modeling, module: RecurrentModule, default: str) -> None:
    if not math.isfinite(module.bias_rms):
        return
    opened = module.cell.value.opened_by
    beyond = forget_bias(module)
    if default in BIASES and beyond == 0 and module.bias_rms > 0:
        m.take({"init.bias": default})
        m.say(f"Biases: {BIASES.entry(default).label}.")
    elif opened:
        m.take({opened: beyond})
        m.say(f"Forget bias {about(beyond)}, by the norm of the biases.")
