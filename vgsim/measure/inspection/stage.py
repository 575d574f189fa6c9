"""The figures of a whole stage."""

from __future__ import annotations

from itertools import pairwise

from vgsim.measure.gates import gate_means
from vgsim.measure.inspection import parameters
from vgsim.measure.inspection.look import NAN, Figure, StageLook, applied, partial, ratio
from vgsim.measure.inspection.own import own_features, own_targets
from vgsim.measure.inspection.parameters import Parameter
from vgsim.measure.saturation import mean_where, saturated_fraction
from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.norms import norms, rms
from vgsim.nn.unrolled import Unrolled

PARTS = {
    "activation": "the derivative of the activation",
    "weights": "the weights",
    "normalization": "the normalization",
    "dropout": "the dropout",
    "multiplier": "the multiplier κ",
    "skip": "what goes past the weights",
    "loss": "what the loss of the timestep below adds",
    "truncation": "the truncation",
}


def figures(look: StageLook) -> tuple[Figure, ...]:
    """Signals, the hop below, weights and their update."""
    return (
        *own_targets(look), *_signals(look), *_hop(look), *_weights(look), *own_features(look)
    )  # fmt: skip


def _signals(look: StageLook) -> list[Figure]:
    views = look.network.views[look.stage - 1]
    activated = look.activated()
    gates = bool(look.cell and look.cell.several_gates())
    derivative, flat = NAN, NAN
    if look.lost:
        there = look.network.there(look.stage - 1)
        derivative = float(mean_where(activated.derivative, there))
        kind = ACTIVATIONS[activated.activation]
        flat = float(saturated_fraction(kind, activated.derivative, there))
    into = "into the gates" if gates else "of z"
    return [
        Figure(r"\mathrm{RMS}\,h", look.size(views.h, look.forward), "Output"),
        Figure(
            rf"\mathrm{{RMS}}\,{partial('h')}",
            look.size(views.dh, look.backward),
            "Gradient reaching it",
        ),
        Figure(
            rf"\mathrm{{RMS}}\,{partial('z')}",
            look.size(views.dz, look.backward),
            f"Gradient {into}",
        ),
        Figure(
            rf"\left\langle {applied(activated, chr(39))} \right\rangle",
            derivative,
            "Mean derivative",
        ),
        Figure(r"\mathrm{saturated}", flat, "Share of units"),
        *_rounded(look),
        *_gates(look),
    ]


def _rounded(look: StageLook) -> list[Figure]:
    """What rounding to a narrow number type made exactly 0."""
    mixed = look.experiment.mixed
    if mixed is None:
        return []
    share = float(mixed.shares()[look.stage]) if look.backward else NAN
    return [Figure(r"\mathrm{lost}", share, "Share of gradient values that rounding made 0")]


def _gates(look: StageLook) -> list[Figure]:
    """How far each gate of a timestep is open, on average."""
    if look.cell is None or not isinstance(look.network, Unrolled):
        return []
    means = {}
    if look.forward:
        open_by = gate_means(look.network, look.stage)[:, -1]
        means = dict(zip(look.cell.valves(), open_by.tolist(), strict=True))
    return [
        Figure(
            rf"\left\langle {name} \right\rangle",
            means.get(name, NAN),
            f"{look.cell.words[name].partition(':')[0]}, mean",
        )
        for name in look.cell.valves()
    ]


def _hop(look: StageLook) -> list[Figure]:
    """The factor of the hop to the stage below, and the parts whose product it is."""
    if not look.backward:
        if look.stage > 1:
            return [_factor(look, NAN)]
        return []
    taken = look.stage > look.backward_from
    with look.network.flat.as_passed(look.updated):
        cuts = look.network.cuts(look.stage - 1, taken)
        sizes = [(part, rms(gradient)) for part, gradient in cuts]
    parts = [
        Figure(_times(part), ratio(below, above), f"By {PARTS[part]}")
        for (_, above), (part, below) in pairwise(sizes)
    ]
    if look.stage == 1:
        return parts
    whole = ratio(sizes[-1][1], sizes[0][1]) if taken else NAN
    return [_factor(look, whole), *parts]


def _times(part: str) -> str:
    return rf"\times_{{\mathrm{{{part}}}}}"


def _factor(look: StageLook, value: float) -> Figure:
    if isinstance(look.network, Unrolled):
        below = "timestep before"
    else:
        below = "stage below"
    return Figure(_times("hop"), value, f"Hop to the {below}: ratio of RMS ∂J/∂h")


def _weights(look: StageLook) -> list[Figure]:
    parameter = parameters.weights(look.network, look.stage)
    if parameter is None:
        factor = float(look.experiment.spec.network.factor)
        return [Figure("c", factor, "Fixed local derivative", f"W{look.stage}[0, 0]")]
    flat = look.network.flat
    name = parameter.tex if parameter.shared else "W"
    difference = rf"\Delta {name}"
    values = parameter.values(flat.values)
    change = parameter.values(flat.change)
    size = float(norms(values, None))
    moved = NAN
    before = size
    if look.updated:
        moved = float(norms(change, None))
        before = float(norms(values - change, None))
    return [
        Figure(_norm(name), size, f"Weights{look.when}"),
        *_gradients(look, parameter, name),
        Figure(_norm(difference), moved, "Their last change"),
        Figure(
            f"{_norm(difference)} / {_norm(name)}",
            ratio(moved, before),
            "Guide: 1e−3",
        ),
    ]


def _norm(of: str) -> str:
    return rf"\left\| {of} \right\|"


def _gradients(look: StageLook, parameter: Parameter, name: str) -> list[Figure]:
    """‖∂J/∂W‖; of a timestep its own share, too."""
    found = parameters.gradients(look.experiment, look.stage, parameter)
    whole = NAN if found is None else float(norms(found, None))
    if parameter.shared:
        summed = ", summed over the timesteps"
    else:
        summed = ""
    figures = [Figure(_norm(partial(name)), whole, f"Their gradient{summed}")]
    if parameter.shared and isinstance(look.network, Unrolled):
        own = NAN
        if look.backward:
            own = float(norms(look.network.top.contribution(look.stage - 1)[0], None))
        about = "This timestep's own share, of x and h"
        figures.append(Figure(rf"{_norm(partial('W'))}_{{t}}", own, about))
    return figures
