"""Cells of a simulated network like the recorded ones."""

from __future__ import annotations

import math
from collections.abc import Sequence

from vgsim.core.errors import joined
from vgsim.core.numbers import about
from vgsim.diagnosis.nearest.modeling import Modeling
from vgsim.diagnosis.nearest.weights import fitted_name, forget_bias
from vgsim.diagnosis.recorded_form import (
    RecurrentModule,
)
from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.initializers import BIASES, INITIALIZERS
from vgsim.nn.roles import Role

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


def _take_activation_of(m: Modeling, module: RecurrentModule) -> None:
    """Of a plain cell; PyTorch's has a bounded one unless h is larger than its bound."""
    if module.cell.value.several_gates():
        return
    role = Role.ZERO_CENTERED
    largest = m.at("h_max")
    if largest is not None and largest[module.place] > 1 + EXACT:
        role = Role.RECTIFIES
    m.take({"network.activation": ACTIVATIONS.cast(role)})


def _take_cell_weights(m: Modeling, module: RecurrentModule) -> None:
    default = m.default()
    drawn = math.sqrt(1 / (3 * module.units))
    near = [abs(size / drawn - 1) < 0.1 for size in (module.input_std, module.hidden_std)]
    whole = default in INITIALIZERS and INITIALIZERS[default].of_cell is not None
    if whole and all(near):
        m.take({"init.weights": default, "init.recurrent": default})
        m.say(f"Initial weights by their norms: {INITIALIZERS.entry(default).label}.")
    else:
        _fit_cell_weights(m, module)
    _take_cell_biases(m, module, default)


def _fit_cell_weights(m: Modeling, module: RecurrentModule) -> None:
    """W_x and W_h each by itm."""
    for path, inputs, size in (
        ("init.weights", module.inputs, module.input_std),
        ("init.recurrent", module.units, module.hidden_std),
    ):
        if math.isfinite(size):
            name = fitted_name(m.spec, (inputs, module.units), size)
            m.take({path: name})
            which = "Wₓ" if path == "init.weights" else "Wₕ"
            label = INITIALIZERS.entry(name).label
            m.say(f"{which} by its norm nearest to: {label}.")


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
