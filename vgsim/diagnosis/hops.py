"""The hidden hops of one pass, and what each part of a stage did to them."""

from __future__ import annotations

import numpy as np

from vgsim.diagnosis.findings import GradientWay
from vgsim.measure.budget import gain_budget
from vgsim.measure.frame import Frame
from vgsim.nn.architectures import KINDS
from vgsim.nn.experiment import Experiment
from vgsim.nn.norms import norms
from vgsim.nn.spec import Spec
from vgsim.nn.unrolled import Unrolled

Cuts = tuple[tuple[str, float], ...]


def last_hidden(spec: Spec, stages: int) -> int:
    """Number of the last stage before the output; the worked example has no output of its own."""
    if KINDS[spec.network.kind].fixed:
        return stages
    return stages - 1


def way_of(experiment: Experiment, frame: Frame) -> GradientWay:
    """The hops between the hidden stages; ``frame`` is of the end of the backward pass."""
    last = last_hidden(experiment.spec, frame.stages)
    taken: list[tuple[float, dict[str, float]]] = []
    cut = 0
    held = 0.0  # what there was before it became 0
    silent = 0  # hops since then
    for stage in range(last, 1, -1):
        cuts = frame.cuts[stage - 1]
        hop, split, truncated = _hop(cuts)
        cut += truncated
        ended = cuts[-1][1]
        if hop is not None:
            taken.append((hop, split))
            held = 0.0 if hop else cuts[0][1]
            silent = 1
        elif held and 0 < ended < np.inf and not truncated:
            # a path leads around stages that get nothing: it takes all these hops, alike
            each = (ended / held) ** (1 / (silent + 1))
            taken[-1:] = [(each, {"skip": float(np.log10(each))})] * (silent + 1)
            held = 0.0
        elif held and ended == 0:
            silent += 1
    parts: dict[str, float] = {}
    for _, split in taken:
        for name, decades in split.items():
            parts[name] = parts.get(name, 0.0) + decades
    hops = [hop for hop, _ in taken]
    state = _state_hops(experiment)
    return GradientWay(tuple(state or hops), parts, cut, last)


def _hop(cuts: Cuts) -> tuple[float | None, dict[str, float], bool]:
    """(factor of the hop, decades by part, whether it is truncated); no factor where none came."""
    own = [cut for cut in cuts if cut[0] != "loss"]
    if any(name == "truncation" for name, _ in own):
        return None, {}, True
    begun, ended = own[0][1], own[-1][1]
    if not 0 < begun < np.inf or not np.isfinite(ended):
        return None, {}, False
    budget = gain_budget([[size] for _, size in own], [name for name, _ in own[1:]])
    split = {name: float(value[0]) for name, value in budget.parts.items()}
    return ended / begun, split, False


def _state_hops(experiment: Experiment) -> list[float]:
    """Factors of ∂J/∂c from timestep to timestep of a cell whose memory that is; else none."""
    network = experiment.network
    if isinstance(network, Unrolled):
        kept = network.top.kept()
    else:
        kept = None
    if not isinstance(network, Unrolled) or kept is None or network.top.carries():
        return []
    sizes = norms(network.top.gradient(kept.of), axis=(1, 2))
    found = []
    for t in range(network.steps - 1, 0, -1):
        if not network.cuts_below(t) and 0 < sizes[t] < np.inf and np.isfinite(sizes[t - 1]):
            found.append(float(sizes[t - 1] / sizes[t]))
    return found
