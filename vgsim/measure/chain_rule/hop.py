"""The product of the current moment, with the numbers that multiply."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vgsim.measure.chain_rule import layers as hop_layers
from vgsim.measure.chain_rule import loss as hop_loss
from vgsim.measure.chain_rule import recurrent as hop_recurrent
from vgsim.measure.chain_rule.product import Pick
from vgsim.measure.chain_rule.result import Formula, Hop
from vgsim.measure.collectors import collector
from vgsim.measure.request import Request
from vgsim.nn.layered import Layered
from vgsim.nn.moments import Phase
from vgsim.nn.network import Network
from vgsim.nn.norms import norms
from vgsim.nn.unrolled import Unrolled

if TYPE_CHECKING:
    from vgsim.nn.experiment import Experiment


@collector(Hop)
def hop(experiment: Experiment, request: Request) -> Hop | None:
    """What is multiplied in this moment; None before the pass and at the update."""
    pick = Pick.of(request.sample, len(experiment.network.x))
    found = _found(experiment, pick)
    if found is None:
        return None
    _, backward_from = experiment.moment.reached(experiment.stages)
    return replace(found, so_far=so_far(experiment.network, pick, backward_from))


def formula(experiment: Experiment) -> Formula | None:
    """How the hop of backpropagation is written that was the last moment; None when it was none.

    The very product that :func:`hop` multiplies.
    """
    moment = experiment.moment
    if moment.phase is not Phase.BACKWARD or moment.stage == experiment.stages:
        return None
    found = _found(experiment, Pick(0, len(experiment.network.x), values=False))
    assert found is not None  # every hop is a product
    return found.formula


def _found(experiment: Experiment, pick: Pick) -> Hop | None:
    moment = experiment.moment
    network = experiment.network
    if moment.phase is Phase.LOSS:
        return hop_loss.output(experiment, pick)
    if moment.phase is Phase.BACKWARD and moment.stage == experiment.stages:
        return hop_loss.gradient(experiment, pick)
    backward = moment.phase is Phase.BACKWARD
    if not backward and moment.phase is not Phase.FORWARD:
        return None
    if isinstance(network, Unrolled):
        if backward:
            make = hop_recurrent.backward
        else:
            make = hop_recurrent.forward
        return make(network, moment.stage, pick)
    assert isinstance(network, Layered)  # there is no third kind of network
    return (hop_layers.backward if backward else hop_layers.forward)(network, moment.stage, pick)


def so_far(network: Network, pick: Pick, backward_from: int) -> NDArray[np.float64]:
    """(N,) RMS ∂J/∂h of each stage over that of the last one; nan before ``backward_from``."""
    sizes = []
    for stack in network.stacks:
        rows = stack.dh
        if pick.sample is not None:
            rows = rows[:, pick.row(rows[0])][:, None]
        sizes.append(norms(rows, axis=(1, 2)) / np.sqrt(rows[0].size))
    size = np.concatenate(sizes)
    size[: backward_from - 1] = np.nan
    ratio: NDArray[np.float64] = size / size[-1]
    ratio.setflags(write=False)
    return ratio
