"""The figures of one edge: a weight, or one for each gate."""

from __future__ import annotations

from vgsim.measure.inspection import parameters
from vgsim.measure.inspection.look import NAN, Figure, StageLook, partial
from vgsim.measure.inspection.parameters import Parameter


def figures(look: StageLook, unit: int, source: int) -> tuple[Figure, ...]:
    """The weight, what it is multiplied with, and what it hands back."""
    parameter = parameters.weights(look.network, look.stage)
    if parameter is None:
        own = _fixed(look)
    else:
        own = _weights(look, parameter, unit, source)
    return (*own, *_signals(look, unit, source))


def _fixed(look: StageLook) -> list[Figure]:
    trace = f"W{look.stage}[0, 0]"
    return [Figure("c", float(look.experiment.spec.network.factor), "Fixed factor", trace)]


def _weights(look: StageLook, parameter: Parameter, unit: int, source: int) -> list[Figure]:
    """w, ∂J/∂w and the last change, gate by gate."""
    flat = look.network.flat
    gradient = parameters.gradients(look.experiment, look.stage, parameter)
    if parameter.shared:
        shared = ", summed over the timesteps"
    else:
        shared = ""
    found = []
    for at, gate in enumerate(parameter.gates):
        name = f"w^{{{gate}}}" if gate else "w"
        index = parameter.index(unit, source, at)
        place = source, parameter.column(unit, at)
        trace = parameter.trace + parameter.place(unit, source, at)
        found_at = "" if look.updated else trace
        moved = float(flat.change[index]) if look.updated else NAN
        if gradient is None:
            derivative = NAN
        else:
            derivative = float(gradient[place])
        found += [
            Figure(name, float(flat.values[index]), f"Weight{look.when}", found_at),
            Figure(partial(name), derivative, f"Its gradient{shared}", f"d{trace}"),
            Figure(rf"\Delta {name}", moved, "Its last change"),
        ]
    return found


def _signals(look: StageLook, unit: int, source: int) -> list[Figure]:
    """What comes in at the lower end, and what goes back to it."""
    name, values, known = look.source()
    with look.network.flat.as_passed(look.updated):
        if look.handed:
            handed = look.network.edge_signal(look.stage - 1)[source, unit]
        else:
            handed = NAN
    trace = look.place(name, values, source)
    if name == "x[0" and trace:  # inputs of a sequence are by timestep first
        trace = trace.replace("x[0[", "x[0, ")
    if look.stage == 1 or name[0] not in "hu":
        written = name[0]
    else:
        written = f"{name[0]}_{{{look.stage - 1}}}"
    return [
        Figure(written, look.one(values, source, known), "Value below it", trace),
        Figure(
            rf"\left|w\right| \, \mathrm{{RMS}}\,{partial('z')}",
            float(handed),
            "It hands back",
        ),
    ]
