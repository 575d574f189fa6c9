"""The figures of one unit."""

from __future__ import annotations

from collections.abc import Mapping

from vgsim.measure.inspection import parameters
from vgsim.measure.inspection.look import NAN, Figure, StageLook, applied, is_gradient, partial
from vgsim.nn.arrays import Array


def words(look: StageLook) -> Mapping[str, str]:
    """What the arrays of a stage are, in plain words."""
    if look.cell:
        own = look.cell.words
    elif look.layer:
        own = look.layer.words()
    else:
        own = {}
    return {"h": "Value that it hands on", **own}


def figures(look: StageLook, unit: int) -> tuple[Figure, ...]:
    """Forward from z to h, gradients from h down, sizes over the batch, the bias."""
    arrays = look.arrays()
    bent_to = look.activated().above
    about = words(look)
    found: list[Figure] = []
    for name, values in arrays.items():
        twice = name == bent_to != "h"  # comes as f of what goes into it
        if not twice and not is_gradient(name) and values.shape[1] == look.units:
            symbol = name if len(name) == 1 else rf"\mathrm{{{name}}}"
            found.append(look.figure(name, values, unit, symbol, about[name]))
    found += _bent(look, unit, arrays)
    for name in ("dh", *(name for name in arrays if is_gradient(name) and name != "dh")):
        found += _gradients(look, name, arrays[name], unit)
    return (*found, *_sizes(look, arrays, unit), *_bias(look, unit))


def _bent(look: StageLook, unit: int, arrays: dict[str, Array]) -> list[Figure]:
    """f and f′ of what goes into the activation."""
    activated = look.activated()
    if activated.derivative.shape[1] != look.units:  # of a stage that begins with its activation
        return []
    found = []
    if activated.above:
        values = arrays[activated.above]
        found.append(look.figure(activated.above, values, unit, applied(activated), "Activation"))
    derivative = look.one(activated.derivative, unit, look.lost)
    return [*found, Figure(applied(activated, "'"), derivative, "Its derivative")]


def _gradients(look: StageLook, name: str, values: Array, unit: int) -> list[Figure]:
    """∂J by one array; by what goes into each gate where they lie side by side."""
    of, units = name[1:], look.units
    if values.shape[1] == units:
        return [look.figure(name, values, unit, partial(of), f"Gradient by {of}")]
    if look.cell is None:
        return []
    found = []
    for at, gate in enumerate(look.cell.gates):
        symbol = partial(f"z^{{{gate}}}")
        about = f"Gradient by what goes into {gate}"
        found.append(look.figure(name, values, at * units + unit, symbol, about))
    return found


def _sizes(look: StageLook, arrays: dict[str, Array], unit: int) -> list[Figure]:
    """RMS over the batch."""
    h, dh = (arrays[name][:, unit] for name in ("h", "dh"))
    return [
        Figure(r"\mathrm{RMS}\,h", look.size(h, look.forward), "Over the batch"),
        Figure(rf"\mathrm{{RMS}}\,{partial('h')}", look.size(dh, look.backward), "Over the batch"),
    ]


def _bias(look: StageLook, unit: int) -> list[Figure]:
    """b, ∂J/∂b and the last change, gate by gate."""
    parameter = parameters.bias(look.network, look.stage)
    flat = look.network.flat
    gradient = parameters.gradients(look.experiment, look.stage, parameter)
    found = []
    for at, gate in enumerate(parameter.gates):
        name = f"b^{{{gate}}}" if gate else "b"
        index = parameter.index(unit, gate=at)
        place = parameter.place(unit, gate=at)
        column = parameter.column(unit, at)
        traced = parameter.trace + place
        found_at = "" if look.updated else traced
        if parameter.shared:
            shared = ", summed over the timesteps"
        else:
            shared = ""
        about = f"Bias of {gate}" if gate else "Bias"
        found += [
            Figure(name, float(flat.values[index]), about + look.when, found_at),
            Figure(
                partial(name),
                NAN if gradient is None else float(gradient[column]),
                f"Gradient by the bias{shared}",
                f"d{traced}",
            ),
            Figure(
                rf"\Delta {name}",
                float(flat.change[index]) if look.updated else NAN,
                "Its last change",
            ),
        ]
    return found
