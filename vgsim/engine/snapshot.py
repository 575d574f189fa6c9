"""Experiment -> Frame: read-only copies of what the pass has reached."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vgsim.engine.arrays import Array
from vgsim.engine.frame import Frame, Phase
from vgsim.engine.layers.base import edge_signal
from vgsim.engine.measures import node_rms, norms, segment_norms
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
    lost = moment.position > count  # the loss and, with it, the slopes are known
    updated = moment.phase is Phase.UPDATE
    if not updated:  # at the update every gradient has just been computed at once
        for layer in network.stages[backward_from - 1 :]:
            layer.parameter_gradients()
    small = sum(plan.inputs * plan.outputs for plan in network.plans) <= EDGES_MOST
    node_h = _nodes(network, "h", 0, forward_to)
    node_dh = _nodes(network, "dh", backward_from - 1, count)
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
        node_h=_split(node_h),
        node_dh=_split(node_dh),
        edges=tuple(_edges(network, backward_from)) if small else (),
        weights=tuple(_frozen(layer.edge_weights()) for layer in network.stages) if small else (),
        h_rms=_frozen(_root_mean_square(node_h)),
        slope_mean=_frozen(_slopes(network, lost)),
        dh_rms=_frozen(_root_mean_square(node_dh)),
        dz_rms=_frozen(_root_mean_square(_nodes(network, "dz", backward_from - 1, count))),
        loss=experiment.value if lost else float("nan"),
        accuracy=experiment.accuracy() if lost else float("nan"),
        chance_loss=experiment.chance,
        history=experiment.history.view(),
        trouble=experiment.trouble,
        cuts=tuple(_cuts(network, backward_from)),
        **_norms(network, backward_from, updated),
    )


def _reached(position: int, stages: int) -> tuple[int, int]:
    """(last stage reached forward, first stage reached backward; N + 1 for none)."""
    forward_to = min(position, stages)
    backward_from = stages + 1 - min(max(position - stages - 1, 0), stages)
    return forward_to, backward_from


def _own_units(experiment: Experiment) -> Array:
    """First sample of the coming or current batch, standardization undone."""
    done = experiment.moment.phase is Phase.UPDATE
    first = experiment.batches.indices(experiment.step - done)[0]
    data = experiment.data
    sample: Array = data.x_train[first] * data.scale + data.mean
    return sample


def _nodes(network: Network, name: str, first: int, stop: int) -> list[Floats]:
    """By stack, RMS over the batch of one buffer, unit by unit; nan outside [first, stop)."""
    tables: list[Floats] = []
    for stack in network.stacks:
        buffer: Array = getattr(stack, name)
        low = min(max(first - stack.first, 0), stack.count)
        high = max(min(stop - stack.first, stack.count), low)
        table = np.full((stack.count, buffer.shape[2]), np.nan)
        if high > low:
            table[low:high] = node_rms(buffer[low:high])
        table.setflags(write=False)
        tables.append(table)
    return tables


def _split(tables: Iterable[Floats]) -> tuple[Floats, ...]:
    """One array a stage, from the tables of the stacks."""
    return tuple(row for table in tables for row in table)


def _root_mean_square(tables: Iterable[Floats]) -> Floats:
    """(N,) RMS over the units of each stage; nan where it is not reached."""
    parts = []
    for table in tables:
        part = norms(table, axis=1) / np.sqrt(table.shape[1])
        part[np.isnan(table[:, 0])] = np.nan
        parts.append(part)
    return np.concatenate(parts)


def _slopes(network: Network, lost: bool) -> Floats:
    """(N,) mean f′(z); inf where it overflowed, nan before the loss is known."""
    if not lost:
        return np.full(len(network.stages), np.nan)
    means = [stack.slope.mean(axis=(1, 2), dtype=np.float64) for stack in network.stacks]
    slopes: Floats = np.nan_to_num(np.concatenate(means), nan=np.inf, posinf=np.inf)
    return slopes


def _norms(network: Network, backward_from: int, updated: bool) -> dict[str, Floats]:
    """L2 norms by stage: of ∂J/∂h, of the parameters, their gradients and their change."""
    flat = network.flat
    segments = segment_norms(flat.gradients, flat.starts)
    found = {
        "dh_norm": np.concatenate([norms(stack.dh, axis=(1, 2)) for stack in network.stacks]),
        "dW_norm": _pick(network, segments, "W"),
        "db_norm": _pick(network, segments, "b"),
    }
    for values in found.values():
        values[: backward_from - 1] = np.nan
    found["weight_norm"] = segment_norms(flat.values, flat.stage_starts)
    found["update_norm"] = (
        segment_norms(flat.change, flat.stage_starts)
        if updated
        else np.full(len(network.stages), np.nan)
    )
    for values in found.values():
        values.setflags(write=False)
    return found


def _pick(network: Network, segments: Floats, name: str) -> Floats:
    """(N,) norms of the parameter ``name``; 0 where a stage has none of that name."""
    values = np.zeros(len(network.stages))
    stages, columns = network.flat.columns(name)
    values[stages] = segments[columns]
    return values


def _cuts(network: Network, backward_from: int) -> Iterable[tuple[tuple[str, float], ...]]:
    """By stage, the RMS of the gradient at every cut of the hop below it, as far as taken."""
    for at, layer in enumerate(network.stages):
        if at + 1 < backward_from:
            yield ()
            continue
        cuts = [("h", _size(layer.arrays.dh))]
        cuts += [(role, _size(gradient)) for role, gradient in layer.cuts()]
        if at + 1 > backward_from:
            below = _size(network.stages[at - 1].arrays.dh)
            arrivals = network.arrivals(at - 1)
            if arrivals:
                cuts.append((layer.last_role, _size(layer.way())))
            cuts.append((arrivals or layer.last_role, below))
        yield tuple(cuts)


def _size(gradient: Array) -> float:
    """RMS of one gradient."""
    return float(norms(gradient, None) / np.sqrt(gradient.size))


def _edges(network: Network, backward_from: int) -> Iterable[Array]:
    """What the edges below each stage hand back; nan before the hop is taken."""
    for at, layer in enumerate(network.stages):
        # the hop from stage k to k - 1 is the moment backward:k-1; the one to x has none of its own
        taken = at + 1 > backward_from or (at == 0 and backward_from == 1)
        weights = layer.edge_weights()
        yield _frozen(edge_signal(weights, layer.arrays.dz) if taken else weights * np.nan)


def _frozen(values: Array) -> Array:
    copy = np.array(values)
    copy.setflags(write=False)
    return copy
