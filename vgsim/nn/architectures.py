"""Kinds of network: each turns the network section of a spec into a list of stage plans."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import vgsim.nn.lsuv
import vgsim.nn.starts  # noqa: F401  # both register initializers
from vgsim.core.errors import SpecError, refuse
from vgsim.core.registry import Entry, Registry
from vgsim.nn.activations import ACTIVATIONS, shaped_name
from vgsim.nn.cells import CELLS, Cell
from vgsim.nn.datasets import Dataset
from vgsim.nn.initializers import BIASES, INITIALIZERS
from vgsim.nn.layered import Layered
from vgsim.nn.layers import StagePlan
from vgsim.nn.layers.parts import NORMS, OUTPUTS, SKIPS
from vgsim.nn.layers.parts.skips import SkipPlace
from vgsim.nn.network import Network
from vgsim.nn.padded import Padded
from vgsim.nn.parameters import FlatParameters
from vgsim.nn.spec import Spec, field_at
from vgsim.nn.unrolled import Unrolled
from vgsim.nn.widths import widths_of

Planner = Callable[[Spec, int, int], list[StagePlan]]
"""(spec, features, outputs) -> plans of stage 1 to N, or of the cells and the readout."""

HELD_OUT_MOST = 2000
"""Held-out samples that an evaluation looks at; more would only slow training down."""
HELD_OUT_NUMBERS = 2**22
"""Activations that an evaluation of sequences may hold at once, about."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of network: its planner, and the cell whose timesteps its stages are, if any.

    ``fixed`` says that every hop multiplies by ``network.factor`` and nothing else, and that the
    last stage is the output.
    """

    plan: Planner
    cell: type[Cell] | None = None
    fixed: bool = False

    @property
    def recurrent(self) -> bool:
        """Whether its stages are timesteps, and then a readout."""
        return self.cell is not None

    def steps(self, dataset: Dataset) -> int:
        """T; plain data are sequences of single features to a recurrent network, T is 1 to others.

        Sequences that others see lose their order: all features of all timesteps side by side.
        """
        if not self.recurrent:
            return 1
        return dataset.steps if dataset.steps > 1 else dataset.x.shape[1]

    def held_out(self, plans: Sequence[StagePlan], steps: int) -> int:
        """How many held-out samples an evaluation looks at."""
        if not self.recurrent:
            return HELD_OUT_MOST
        numbers = steps * sum(len(CELLS[plan.layer].gates) * plan.outputs for plan in plans[:-1])
        return max(1, min(HELD_OUT_MOST, HELD_OUT_NUMBERS // numbers))


KINDS: Registry[Kind] = Registry("kind")


def _layers(spec: Spec, features: int, outputs: int) -> list[StagePlan]:
    """Hidden stages of as many units as :func:`hidden_widths` says, then an output stage."""
    _fit_biases(spec, None)
    sizes = [features, *hidden_widths(spec)]
    chosen = activations(spec)
    plans = [
        _hidden(spec, number, below, here, chosen[number - 1])
        for number, (below, here) in enumerate(pairwise(sizes), start=1)
    ]
    asked = spec.init.zero_gamma and spec.applies("init.zero_gamma")
    if asked and not any(plan.source for plan in plans):
        raise refuse("init.zero_gamma", True, "false where no skip path arrives")
    for number, plan in enumerate(plans, start=1):
        plans[number - 1] = _projected(spec, plan, sizes[number - plan.source])
    plans.append(_output(spec, sizes[-1], outputs, chosen[-1] if chosen else ""))
    rule = INITIALIZERS[spec.init.weights].by_branch
    if rule is not None:
        if not any(plan.source for plan in plans):
            allowed = "another one where no skip path arrives"
            raise refuse("init.weights", spec.init.weights, allowed)
        scales = rule([plan.source for plan in plans])
        return [replace(plan, start_scale=s) for plan, s in zip(plans, scales, strict=True)]
    return [*_scaled(spec, plans[:-1]), plans[-1]]


def _projected(spec: Spec, plan: StagePlan, begins: int) -> StagePlan:
    """With a matrix on its skip path where one is asked for; ``begins`` units are at its start.

    SpecError where a path would join stages of different widths without one.
    """
    network = spec.network
    if not plan.source:
        return plan
    asked = network.projection if spec.applies("network.projection") else "none"
    if asked == "all" or (asked == "unequal" and begins != plan.outputs):
        return replace(plan, projected=begins)
    if begins == plan.outputs:
        return plan
    if not spec.applies("network.projection"):
        allowed = "none or a residual one where it would join stages of different widths"
        raise refuse("network.skip", network.skip, allowed)
    allowed = "unequal or all where a skip path joins stages of different widths"
    raise refuse("network.projection", asked, allowed)


def _scaled(spec: Spec, plans: list[StagePlan]) -> list[StagePlan]:
    """With the factors on their initial weights; SpecError when the list of those is not valid."""
    text = spec.init.scales
    if not text.strip() or not spec.applies("init.scales"):
        return plans
    try:
        scales = [float(part) for part in text.split(",")]
    except ValueError:
        scales = []
    if not 1 <= len(scales) <= len(plans) or not all(abs(scale) <= 1e6 for scale in scales):
        allowed = f"numbers from -1e6 to 1e6 separated by commas, at most {len(plans)}"
        raise refuse("init.scales", text, allowed)
    return [replace(plan, start_scale=scales[at % len(scales)]) for at, plan in enumerate(plans)]


def hidden_widths(spec: Spec) -> list[int]:
    """Units of every hidden stage of layers; SpecError when the list of them is not valid."""
    network = spec.network
    if not network.widths.strip():
        return [network.width] * network.depth
    depth = field_at("network.depth")
    width = field_at("network.width")
    assert depth.high is not None  # both have a range
    allowed = (
        f"whole numbers separated by commas or hyphens, each {width.allowed()}, at most "
        f'{depth.high:g}; "4x128,64" for four stages of 128 and one of 64'
    )
    try:
        found = widths_of(network.widths)
        for units in found:
            width.check(units)
    except (ValueError, SpecError):
        found = []
    if not 1 <= len(found) <= depth.high:
        raise refuse("network.widths", network.widths, allowed)
    return found


def activations(spec: Spec) -> list[str]:
    """The activation of every hidden stage; SpecError when the list of them is not valid.

    ``network.activations`` is read from the first stage up and begins anew when it is too short.
    """
    network = spec.network
    names = [name.strip() for name in network.activations.split(",") if name.strip()]
    names = names or [network.activation]
    allowed = "names separated by commas, each one of " + ", ".join(ACTIVATIONS.names())
    if not all(name in ACTIVATIONS for name in names):
        raise refuse("network.activations", network.activations, allowed)
    depth = len(hidden_widths(spec))
    if len(names) > max(depth, 1):
        most = f"at most {depth} names, one a hidden stage; this has {len(names)}"
        raise refuse("network.activations", network.activations, most)
    return [shaped_name(names[at % len(names)], spec) for at in range(depth)]


def _fit_biases(spec: Spec, cell: type[Cell] | None) -> None:
    """SpecError where the biases are for a gate that keeps a memory, and there is none."""
    keeps = cell is not None and bool(cell.opens())
    if BIASES[spec.init.bias].gates_alone and not keeps:
        others = [entry.name for entry in BIASES if not entry.value.gates_alone]
        kinds = [entry.name for entry in CELLS if entry.value.opens()]
        allowed = f"one of {', '.join(others)}, or a cell with gates ({', '.join(kinds)})"
        raise refuse("init.bias", spec.init.bias, allowed)


def _hidden(spec: Spec, number: int, below: int, here: int, activation: str) -> StagePlan:
    """Hidden stage ``number`` (from 1); the first has no path around it and may be a stem."""
    network = spec.network
    path = SKIPS[network.skip]
    if number == 1 and path.place is SkipPlace.AFTER_WEIGHTS:
        return StagePlan("dense", below, here, "identity")
    every = network.skip_every if path.spans else 1
    arrives = not path.absent and number > 1 and (number - 1) % every == 0
    plan = StagePlan(
        "block", below, here, activation, network.norm, network.norm_position == "before",
        network.skip, every if arrives else 0, network.skip_scale, network.dropout,
        multiplier=bool(arrives and network.multiplier and spec.applies("network.multiplier")),
    )  # fmt: skip
    return _simplest(plan)


def _output(spec: Spec, below: int, outputs: int, activation: str) -> StagePlan:
    """The output, linear as a rule; after pre-activation stages with their norm and activation.

    ``activation`` is that of the stage below, "" where there is none.
    """
    network = spec.network
    end = OUTPUTS[network.output]
    bent = shaped_name(end.activation, spec)
    part = network.output if end.part else ""
    if not activation or SKIPS[network.skip].place is not SkipPlace.AFTER_WEIGHTS:
        return _simplest(StagePlan("block", below, outputs, bent, output=part))
    if not ACTIVATIONS[end.activation].linear:
        fit = [entry.name for entry in OUTPUTS if ACTIVATIONS[entry.value.activation].linear]
        allowed = f"one of {', '.join(fit)} after stages that begin with their activation"
        raise refuse("network.output", network.output, allowed)
    return StagePlan(
        "block", below, outputs, activation, network.norm,
        network.norm_position == "before", network.skip, output=part,
    )  # fmt: skip


def _simplest(plan: StagePlan) -> StagePlan:
    """A dense stage where nothing but weights and an activation is asked for."""
    learns = ACTIVATIONS[plan.activation].learned is not None
    composed = not NORMS[plan.norm].absent or plan.source or plan.dropout or learns or plan.output
    if composed or SKIPS[plan.skip].place is SkipPlace.AFTER_WEIGHTS:
        return plan
    return StagePlan("dense", plan.inputs, plan.outputs, plan.activation)


def _chain(spec: Spec, features: int, outputs: int) -> list[StagePlan]:
    """``depth`` one-unit stages h = c x + b; no output stage, J takes the last h."""
    if features != 1 or outputs != 1:
        raise refuse(
            "data.dataset",
            spec.data.dataset,
            f"data with one feature and one output for a chain (this has {features} and {outputs})",
        )
    if not spec.network.depth:
        raise refuse("network.depth", 0, "at least 1 for a chain, whose last stage is its output")
    return [StagePlan("fixed", 1, 1, "identity")] * spec.network.depth


def _cells(cell: Entry[type[Cell]]) -> Planner:
    """``cells`` cells of ``width`` units on top of each other, then a readout."""

    def plan(spec: Spec, features: int, outputs: int) -> list[StagePlan]:
        network = spec.network
        _fit_biases(spec, cell.value)
        activation = network.activation if "network.activation" in cell.uses else "tanh"
        if ACTIVATIONS[activation].learned is not None:
            allowed = "one without parameters in a recurrent cell"
            raise refuse("network.activation", activation, allowed)
        activation = shaped_name(activation, spec)
        _fit_parts(spec, cell.value)
        for field in ("init.weights", "init.recurrent"):
            if INITIALIZERS[str(spec[field])].by_branch is not None:
                raise refuse(field, spec[field], "one for cells; it is for layers with skip paths")
        sizes = [features] + [network.width] * network.cells
        path = not SKIPS[network.skip].absent
        plans = []
        for at, (below, here) in enumerate(pairwise(sizes)):
            arrives = path and at > 0 and at % network.skip_every == 0
            plans.append(
                StagePlan(
                    cell.name, below, here, activation, network.norm, True, network.skip,
                    network.skip_every if arrives else 0, network.skip_scale, network.dropout,
                    network.dropout_at == VARIATIONAL, network.two_biases,
                    norm_state=network.norm_state and spec.applies("network.norm_state"),
                )
            )  # fmt: skip
        return [*plans, StagePlan("dense", network.width, outputs, _readout_activation(spec))]

    return plan


def _readout_activation(spec: Spec) -> str:
    """f of a readout; SpecError for what is not unit by unit, or has parameters."""
    end = OUTPUTS[spec.network.output]
    if end.part or ACTIVATIONS[end.activation].learned is not None:
        fit = [
            entry.name
            for entry in OUTPUTS
            if not entry.value.part and ACTIVATIONS[entry.value.activation].learned is None
        ]
        allowed = f"one of {', '.join(fit)} after a recurrent cell"
        raise refuse("network.output", spec.network.output, allowed)
    return shaped_name(end.activation, spec)


VARIATIONAL = "timesteps"
"""Dropout that silences the same units at every timestep, on the way into a cell's weights."""


def _fit_parts(spec: Spec, cell: type[Cell]) -> None:
    """SpecError for what there is in layers alone, and for what would do nothing."""
    network = spec.network
    norm, path = NORMS[network.norm], SKIPS[network.skip]
    if not norm.absent and not cell.two_sided:
        raise refuse(
            "network.norm", network.norm, "none in a cell that cannot take x W_x and h W_h apart"
        )
    if network.dropout and network.dropout_at == VARIATIONAL and not cell.two_sided:
        allowed = "cells in a cell that cannot take x W_x and h W_h apart"
        raise refuse("network.dropout_at", network.dropout_at, allowed)
    if norm.absent and network.norm_state and spec.applies("network.norm_state"):
        raise refuse("network.norm_state", True, "false without a network.norm")
    if norm.mixes:
        names = [entry.name for entry in NORMS if not entry.value.mixes]
        raise refuse("network.norm", network.norm, f"one of {', '.join(names)} in a cell")
    if not path.absent and not path.around_cells():
        names = [entry.name for entry in SKIPS if entry.value.absent or entry.value.around_cells()]
        raise refuse("network.skip", network.skip, f"one of {', '.join(names)} in a cell")
    if not path.absent and network.cells <= network.skip_every:
        allowed = f"none unless there are more than {network.skip_every} cells; a path goes around"
        raise refuse("network.skip", network.skip, f"{allowed} {network.skip_every} of them")
    if network.dropout and network.dropout_at != VARIATIONAL and network.cells == 1:
        allowed = f"{VARIATIONAL} for a single cell, or at least 2 cells with dropout between them"
        raise refuse("network.dropout_at", network.dropout_at, allowed)


def _recurrent(cell: Entry[type[Cell]]) -> None:
    """The kind of network that a cell makes, under the cell's own name."""
    uses = (
        "network.cells", "network.width", "init.weights", "init.recurrent", "init.bias",
        "network.norm", "network.skip", "network.dropout", "network.dropout_at",
        "network.two_biases", "network.output", "training.loss_at", "training.truncate", *cell.uses,
    )  # fmt: skip
    kind = Kind(_cells(cell), cell.value)
    settles = (
        "network.norm_position",
        "init.zero_gamma",
        "network.projection",
        "network.multiplier",
        "init.multiplier",
    )  # it is x W_x and h W_h that are normalized
    KINDS.add(
        cell.name, kind, cell.summary, label=cell.label, uses=uses, role=cell.role,
        settles=settles, pytorch=cell.pytorch,
    )  # fmt: skip


KINDS.add(
    "layers",
    Kind(_layers),
    "layers of weights and an activation, then an output, linear unless one says otherwise",
    label="Layers",
    uses=(
        "network.depth", "network.width", "network.widths", "network.activation",
        "network.activations", "network.norm", "network.skip", "network.dropout",
        "network.output", "init.weights", "init.scales", "init.bias",
    ),
)  # fmt: skip
KINDS.add(
    "chain",
    Kind(_chain, fixed=True),
    "one unit a stage with a fixed local derivative: the worked example",
    label="Chain (worked example)",
    uses=("network.depth", "network.factor"),
)
CELLS.follow(_recurrent)


def build(
    spec: Spec,
    plans: Sequence[StagePlan],
    batch: int,
    steps: int = 1,
    flat: FlatParameters | None = None,
    training: bool = True,
    padded: bool = False,
    members: int | None = None,
    shared: bool = False,
) -> Network:
    """The network of ``plans`` for batches of one size; ``flat`` shares another's parameters.

    ``steps`` is the length of a sequence, the longest one's where others are ``padded``. Not
    ``training`` means running statistics and no dropout. ``members`` is how many such networks are
    stacked; None for one alone. Their inputs may be ``shared``.
    """
    if plans[0].layer in CELLS:
        kind = Padded if padded else Unrolled
        return kind(spec, plans, batch, steps, flat, training, members, shared)
    return Layered(spec, plans, batch, flat, training, members, shared)
