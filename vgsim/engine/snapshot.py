"""Experiment -> Frame: read-only copies of what the pass has reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vgsim.engine.arrays import Array
from vgsim.engine.frame import Frame, Phase
from vgsim.engine.layers.base import edge_signal
from vgsim.engine.measures import exact_norm, node_rms, rms
from vgsim.engine.network import Network

if TYPE_CHECKING:
    from vgsim.engine.experiment import Experiment

EDGES_MOST = 20_000
"""A frame of a network with more edges carries none: no view can draw them apart."""

Floats = NDArray[np.float64]


def take(experiment: Experiment, generation: int, rate: float) -> Frame:
    """The frame of the experiment's current moment."""
    network, moment = experiment.network, experiment.moment
    count = len(network.stages)
    forward_to, backward_from = _reached(moment.position, count)
    updated = moment.phase is Phase.UPDATE
    node_h = _nodes(network, "h", 0, forward_to)
    node_dh = _nodes(network, "dh", backward_from - 1, count)
    small = sum(plan.inputs * plan.outputs for plan in network.plans) <= EDGES_MOST
    lost = moment.position > count  # the loss and, with it, the slopes are known
    norms = _by_stage(network, lost, backward_from, updated)
    return Frame(
        generation=generation,
        spec=experiment.spec,
        moment=moment,
        stages=count,
        step=experiment.step,
        steps_per_second=rate,
        widths=tuple(plan.outputs for plan in network.plans),
        input_width=network.plans[0].inputs,
        image_shape=experiment.data.dataset.image_shape,
        forward_to=forward_to,
        backward_from=backward_from,
        sample=_frozen(_own_units(experiment)),
        node_h=node_h,
        node_dh=node_dh,
        edges=tuple(_frozen(_edge(network, k, backward_from)) for k in range(count))
        if small
        else (),
        weights=tuple(_frozen(layer.edge_weights()) for layer in network.stages) if small else (),
        h_rms=_frozen(_columns(node_h)),
        dh_rms=_frozen(_columns(node_dh)),
        loss=experiment.value if lost else float("nan"),
        accuracy=experiment.accuracy() if lost else float("nan"),
        chance_loss=experiment.chance,
        history=experiment.history.view(),
        trouble=experiment.trouble,
        **norms,
    )


def _reached(position: int, stages: int) -> tuple[int, int]:
    """(last stage reached forward, first stage reached backward; N + 1 for none)."""
    forward_to = min(position, stages)
    backward_from = stages + 1 - min(max(position - stages - 1, 0), stages)
    return forward_to, backward_from


def _own_units(experiment: Experiment) -> Array:
    """First sample of the coming or current batch, standardization undone."""
    first = experiment.batches.indices(_pass_number(experiment))[0]
    data = experiment.data
    sample: Array = data.x_train[first] * data.scale + data.mean
    return sample


def _pass_number(experiment: Experiment) -> int:
    return experiment.step - (experiment.moment.phase is Phase.UPDATE)


def _nodes(network: Network, name: str, first: int, stop: int) -> tuple[Floats, ...]:
    """RMS over the batch, unit by unit, of one buffer; nan outside [first, stop)."""
    nodes: list[Floats] = []
    for stack in network.stacks:
        low = min(max(first - stack.first, 0), stack.count)
        high = max(min(stop - stack.first, stack.count), low)
        width = getattr(stack, name).shape[2]
        table = np.full((stack.count, width), np.nan)
        if high > low:
            table[low:high] = node_rms(getattr(stack, name)[low:high])
        nodes += list(_frozen(table))
    return tuple(nodes)


def _columns(nodes: tuple[Floats, ...]) -> Floats:
    """(N,) RMS over the units of each stage; nan where it is not reached."""
    return np.array([np.nan if np.isnan(units[0]) else rms(units) for units in nodes])


def _by_stage(network: Network, lost: bool, backward_from: int, updated: bool) -> dict[str, Floats]:
    """The arrays by stage of a frame that need one look at each stage."""
    count = len(network.stages)
    names = ("slope_mean", "dh_norm", "dz_rms", "dW_norm", "db_norm", "weight_norm", "update_norm")
    table = {name: np.full(count, np.nan) for name in names}
    flat = network.flat
    for at, layer in enumerate(network.stages):
        own = flat.views(flat.values, at).values()
        table["weight_norm"][at] = _joint_norm(own)
        if lost:
            table["slope_mean"][at] = _finite(float(layer.arrays.slope.mean(dtype=np.float64)))
        if at + 1 >= backward_from:
            if not updated:  # at the update every gradient has just been computed at once
                layer.parameter_gradients()
            arrays, gradients = layer.arrays, layer.gradients
            table["dh_norm"][at] = exact_norm(arrays.dh)
            table["dz_rms"][at] = exact_norm(arrays.dz) / np.sqrt(arrays.dz.size)
            table["dW_norm"][at] = exact_norm(gradients["W"]) if "W" in gradients else 0.0
            table["db_norm"][at] = exact_norm(gradients["b"]) if "b" in gradients else 0.0
        if updated:
            table["update_norm"][at] = _joint_norm(flat.views(flat.change, at).values())
    for values in table.values():
        values.setflags(write=False)
    return table


def _joint_norm(parts: object) -> float:
    return float(exact_norm(np.array([exact_norm(part) for part in parts])))  # type: ignore[attr-defined]


def _finite(value: float) -> float:
    """``value``, with nan (an overflow) as inf: nan in a frame means not reached."""
    return float("inf") if np.isnan(value) else value


def _edge(network: Network, at: int, backward_from: int) -> Array:
    """What the edges below stage ``at`` (from 0) hand back; nan before the hop is taken."""
    layer = network.stages[at]
    # the hop from stage k to k - 1 is the moment backward:k-1; the one to x has none of its own
    if at + 1 > backward_from or (at == 0 and backward_from == 1):
        return edge_signal(layer)
    return np.full(layer.edge_weights().shape, np.nan)


def _frozen(values: Array) -> Array:
    copy = np.array(values)
    copy.setflags(write=False)
    return copy
