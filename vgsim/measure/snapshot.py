"""Experiment -> Frame: read-only copies of what the pass has reached."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vgsim.measure.chain_rule.hop import formula
from vgsim.measure.collectors import collect
from vgsim.measure.frame import Frame
from vgsim.measure.own_units import own_errors, own_sample
from vgsim.measure.request import NOTHING, Request
from vgsim.measure.subject import subject_of
from vgsim.nn.arrays import Array, quiet
from vgsim.nn.clipping import CLIPPINGS
from vgsim.nn.experiment import Experiment
from vgsim.nn.moments import Phase
from vgsim.nn.network import Network, StageTable
from vgsim.nn.norms import node_rms, norms, rms, segment_norms

EDGES_MOST = 20_000
"""A frame of a network with more edges carries none: no view can draw them apart."""

Floats = NDArray[np.float64]


def frame_of(
    experiment: Experiment,
    generation: int = 0,
    rate: float = float("nan"),
    request: Request = NOTHING,
) -> Frame:
    """The frame of the experiment's current moment, with the measurements that are requested.

    ``rate`` is the steps a second to be shown. Changes nothing but ``flat.gradients``: those of the
    stages that the pass has reached are computed there before their time, and again at the update.
    """
    with quiet():
        return _take(experiment, generation, rate, request)


def _take(experiment: Experiment, generation: int, rate: float, request: Request) -> Frame:
    network = experiment.network
    moment = experiment.moment
    count = len(network.views)
    forward_to, backward_from = moment.reached(count)
    lost = moment.position > count  # the loss and, with it, the derivatives are known
    updated = moment.phase is Phase.UPDATE
    small = network.edges <= EDGES_MOST
    node_h = _nodes(network, "h", 0, forward_to)
    node_dh = _nodes(network, "dh", backward_from - 1, count)
    with network.flat.as_passed(updated):  # what an edge handed back it did with those weights
        edges = tuple(_edges(network, backward_from)) if small else ()
        weights = tuple(map(_frozen, map(network.edge_weights, range(count)))) if small else ()
    return Frame(
        generation=generation,
        spec=experiment.spec,
        subject=subject_of(experiment.spec),
        moment=moment,
        stages=count,
        step=experiment.step,
        steps_per_second=rate,
        widths=network.widths,
        input_width=network.input_width,
        image_shape=_image_shape(experiment),
        forward_to=forward_to,
        backward_from=backward_from,
        sample=_frozen(_sample(experiment)),
        node_h=_split(node_h),
        node_dh=_split(node_dh),
        edges=edges,
        weights=weights,
        h_rms=_frozen(_root_mean_square(node_h)),
        dh_rms=_frozen(_root_mean_square(node_dh)),
        loss=_overflow_as_inf(experiment.value) if lost else float("nan"),
        accuracy=experiment.accuracy() if lost else float("nan"),
        chance_loss=experiment.chance,
        history=experiment.history.view(experiment.step),
        anomalies=experiment.anomalies,
        clipped=(experiment.clipped.before, experiment.clipped.after)
        if updated
        else (float("nan"), float("nan")),
        cuts=tuple(_cuts(network, backward_from, updated)),
        formula=formula(experiment),
        reach=experiment.reach(),
        request=request,
        measurements=collect(experiment, request),
        lost=_lost(experiment, backward_from, updated),
        errors=own_errors(experiment),
        loss_scale=experiment.mixed.scale if experiment.mixed else 1.0,
        **_norms(network, backward_from, updated, CLIPPINGS[experiment.spec.training.clip].leaves),
    )


def _overflow_as_inf(value: float) -> float:
    if np.isnan(value):
        return float("inf")
    return value


def _sample(experiment: Experiment) -> Array:
    """The first sample as the input column shows it; a sequence feature by feature."""
    sample = own_sample(experiment, 0).features
    if experiment.steps > 1:
        sample = sample.reshape(experiment.steps, -1).T.reshape(-1)
    return sample


def _image_shape(experiment: Experiment) -> tuple[int, int] | None:
    """(rows, columns) of the sample; a row is what one input unit of a recurrent net sees."""
    if experiment.steps > 1:
        return experiment.network.input_width, experiment.steps
    return experiment.data.dataset.image_shape


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
        for at in range(low, high):
            there = network.there(stack.first + at)
            if there is not None:
                kept = buffer[at][there]
                table[at] = node_rms(kept[None])[0] if len(kept) else np.nan
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


def _norms(network: Network, backward_from: int, updated: bool, whole: bool) -> dict[str, Any]:
    """L2 norms by stage: of ∂J/∂h, of the parameters, their gradients and their change."""
    flat = network.flat
    owners = network.owners
    dW, db = network.parameter_norms(backward_from - 1, updated and whole)
    found = {
        "dh_norm": np.concatenate([_sizes(stack, backward_from - 1) for stack in network.stacks]),
        "dW_norm": dW,
        "db_norm": db,
    }
    for values in (dW, db):
        values[: backward_from - 1] = np.nan
    found["weight_norm"] = segment_norms(flat.values, flat.stage_starts)[owners]
    found["update_norm"] = (
        segment_norms(flat.change, flat.stage_starts)[owners]
        if updated
        else np.full(len(network.views), np.nan)
    )
    for values in found.values():
        values.setflags(write=False)
    return found


def _sizes(stack: StageTable, first: int) -> Floats:
    """(count,) L2 norm of ∂J/∂h of each stage; nan before ``first``, whose buffers are stale."""
    found = np.full(stack.count, np.nan)
    reached = slice(min(max(first - stack.first, 0), stack.count), None)
    found[reached] = norms(stack.dh[reached], axis=(1, 2))
    return found


def _lost(experiment: Experiment, backward_from: int, updated: bool) -> tuple[float, ...]:
    """What the rounding took: of the parameter gradients, then by stage; nan where not reached."""
    if experiment.mixed is None:
        return ()
    found = experiment.mixed.shares()
    found[1:backward_from] = np.nan
    if not updated:
        found[0] = np.nan
    return tuple(found.tolist())


def _cuts(network: Network, first: int, updated: bool) -> list[tuple[tuple[str, float], ...]]:
    """By stage, the RMS of the gradient at every cut of the hop below it, as far as taken."""
    found: list[tuple[tuple[str, float], ...]] = [()] * (first - 1)
    with network.flat.as_passed(updated):  # what is computed anew needs those weights
        shares = network.shares()
        for at in range(first - 1, len(network.views)):
            cuts = [(part, rms(gradient)) for part, gradient in network.cuts(at, at + 1 > first)]
            if shares is not None:
                cuts = _without_padding(cuts, shares, at, taken=at + 1 > first)
            found.append(tuple(cuts))
    return found


def _without_padding(
    cuts: list[tuple[str, float]], shares: Floats, at: int, taken: bool
) -> list[tuple[str, float]]:
    """RMS over the rows that are no padding: those of the stage, at the end of the one below."""
    roots = np.sqrt(np.full(len(cuts), shares[at]))
    if taken and at:
        roots[-1] = np.sqrt(shares[at - 1])
    return [
        (part, float(size / root) if root > 0 else float("nan"))
        for (part, size), root in zip(cuts, roots, strict=True)
    ]


def _edges(network: Network, backward_from: int) -> Iterable[Array]:
    """What the edges below each stage hand back; nan before the hop is taken."""
    for at in range(len(network.views)):
        # the hop from stage k to k - 1 is the moment backward:k-1; the one to x has none of its own
        taken = at + 1 > backward_from or (at == 0 and backward_from == 1)
        if taken:
            signal = _frozen(network.edge_signal(at))
        else:
            signal = _frozen(network.edge_weights(at) * np.nan)
        yield signal


def _frozen(values: Array) -> Array:
    copy = np.array(values)
    copy.setflags(write=False)
    return copy
