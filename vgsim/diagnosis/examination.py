"""Experiment -> Findings: one pass, its update, and a short trial ahead."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from itertools import islice

import numpy as np

from vgsim.diagnosis.findings import NAN, Findings, Trial
from vgsim.diagnosis.hops import way_of
from vgsim.diagnosis.minimum import gain_left
from vgsim.diagnosis.settings_at_work import of_the_data, of_the_forward_pass, of_the_update
from vgsim.diagnosis.stopping import Stop, moments
from vgsim.measure.coherence import kept_agreement
from vgsim.measure.frame import Frame
from vgsim.measure.gates import gate_means
from vgsim.measure.saturation import dead_fraction, saturated_fraction
from vgsim.measure.snapshot import frame_of
from vgsim.measure.theory import spectral_radius
from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.anomalies import too_small
from vgsim.nn.arrays import Array, quiet
from vgsim.nn.experiment import Experiment
from vgsim.nn.history import HistoryView
from vgsim.nn.layered import Layered
from vgsim.nn.layers import StagePlan
from vgsim.nn.moments import Phase
from vgsim.nn.network import Network
from vgsim.nn.norms import norms, segment_norms
from vgsim.nn.unrolled import Unrolled

TRIAL_MOST, TRIAL_LEAST = 40, 8
"""Updates of a trial: enough to see a loss move or run away."""
TRIAL_WORK, STAGE_WORK = 2**27, 20_000
"""Products of a parameter and a sample that a trial may cost, and what a stage costs besides."""
LONG_MOST, LONG_WORK = 400, 2**32
"""The same where the samples of a deep network no longer agree."""
LONG_FROM, DISAGREE = 10, 0.1
"""Stages, and agreement kept, from which that is so."""
PROBED = 4
"""Batches on which a trial is compared with where it began."""
COHERENT_SAMPLES = 64
COHERENT_LEAST = 8
"""Samples whose gradients are compared, and how few do not say anything."""


def collect(experiment: Experiment, stop: Stop) -> Findings:
    """Figures of the pass that follows the updates done so far; the experiment is moved on."""
    history = experiment.history.view(experiment.step)  # what came later is of other passes
    experiment.rewind()
    gain = NAN
    probed = probe(experiment, experiment.step, stop)
    if experiment.step:
        gain = gain_left(experiment, stop)
    next(moment for moment in moments(experiment, stop) if moment == experiment.timeline[-2])
    step = experiment.step
    network = experiment.network
    with quiet():
        frame = frame_of(experiment)
        figures: dict[str, object] = {
            **_loss(frame, history.loss),
            **_held_out(history),
            "lost_at_first": _lost(history.dh_rms),
            **_units(network),
            **_gradients(experiment, frame),
            **_memory(network),
            **_inputs(network),
            **of_the_data(experiment),
            **of_the_forward_pass(experiment),
        }
        if experiment.mixed is not None:
            figures["scale"] = experiment.mixed.scale
        before = network.flat.values.copy()
        experiment.advance()
        figures |= of_the_update(experiment, before)
        ratios = _ratios(experiment)
        trial = _trial(experiment, stop, _updates(experiment, figures))
        if trial.finite:
            trial = replace(trial, before=probed, after=probe(experiment, step, stop))
    figures["shrunk"] = _shrunk(experiment, before)
    broken = not (math.isfinite(frame.loss) and np.isfinite(frame.dh_norm).all())
    return Findings(
        spec=experiment.spec, step=step, ratios=ratios, trial=trial, broken=broken, gain=gain,
        **figures,  # type: ignore[arg-type]  # every helper below names fields of Findings
    )  # fmt: skip


def _loss(frame: Frame, losses: Array) -> dict[str, object]:
    """The loss now, at the start, at its worst, by chance."""
    known = [*losses.tolist(), frame.loss]
    known = [math.inf if math.isnan(value) else value for value in known]
    return {
        "loss": known[-1], "start": known[0], "peak": max(known),
        "chance": frame.chance_loss, "accuracy": frame.accuracy,
    }  # fmt: skip


def _shrunk(experiment: Experiment, now: Array) -> float:
    """Norm of the parameters over that at the start, where weight decay could have shrunk them."""
    if experiment.spec.training.weight_decay == 0:
        return 1.0
    start = norms(Experiment(experiment.spec).network.flat.values, None)
    return float(norms(now, None) / start) if start > 0 else 1.0


def _held_out(history: HistoryView) -> dict[str, object]:
    """The least and the present loss on the samples that are held out."""
    if len(history.held_loss) == 0:
        return {}
    losses = history.held_loss
    return {"held_out": (float(np.min(losses)), float(losses[-1]))}


def _lost(sizes: Array) -> float:
    """Decades that the first row of RMS ∂J/∂h (rows, stages) lost between the hidden stages."""
    if len(sizes) == 0 or sizes.shape[1] < 3 or not (sizes[0, [0, -2]] > 0).all():
        return math.nan
    return float(np.log10(sizes[0, -2]) - np.log10(sizes[0, 0]))


def _there(network: Network, at: int) -> Array:
    """f′ of a stage (from 0), rows (samples, n); of sequences without padding, if any is there."""
    derivative: Array = network.views[at].derivative
    there = network.there(at)
    return derivative if there is None or not there.any() else derivative[there]


def _units(network: Network) -> dict[str, object]:
    """Slopes, saturated, dead and equal units of the hidden stages."""
    hidden = [
        (_plan(network, at).activation, _there(network, at)) for at in range(len(network.views) - 1)
    ]
    bent = [(name, derivative) for name, derivative in hidden if not ACTIVATIONS[name].linear]
    found = [(ACTIVATIONS[name], derivative) for name, derivative in bent]
    names = Counter(name for name, _ in bent or hidden)
    always: dict[str, object] = {"alike": _alike(network)}
    if names:
        commonest = names.most_common(1)[0][0]
        always["activation"] = commonest
    if not found or (isinstance(network, Unrolled) and network.top.several_gates()):
        return always
    derivatives = [derivative for _, derivative in found]
    if isinstance(network, Unrolled):  # a unit that is shut at one timestep may open at the next
        derivatives = [np.concatenate([_there(network, at) for at in range(network.steps)])]
    slopes = {}
    for kind in names:
        sizes = [np.abs(slope).mean(dtype=np.float64) for name, slope in bent if name == kind]
        slopes[kind] = float(np.mean(sizes)), ACTIVATIONS[kind].bound
    return {
        "bound": ACTIVATIONS[commonest].bound,
        "bounds": tuple(ACTIVATIONS[name].bound for name, _ in hidden),
        "saturated": tuple(float(saturated_fraction(*pair)) for pair in found),
        "dead": tuple(float(dead_fraction(derivative)) for derivative in derivatives),
        "derivative": slopes[commonest][0],
        "slopes": slopes,
        **always,
    }


def _plan(network: Network, at: int) -> StagePlan:
    """What a hidden stage is made of."""
    if isinstance(network, Unrolled):
        return network.top.plan
    assert isinstance(network, Layered)  # there are no other networks
    return network.stages[at].plan


def _alike(network: Network) -> float:
    """Share of hidden stages whose units all have the same weights in and out, biases and h."""
    if isinstance(network, Unrolled):
        own = network.top.own
        by_gate = [
            np.array_equal(gate, np.broadcast_to(gate[..., :1], gate.shape))
            for name in ("W_x", "b", "b_h")
            if name in own
            for gate in np.split(own[name], len(network.top.gates), axis=-1)
        ]
        return float(all(by_gate) and _same_columns(network.top.h[-1]))
    assert isinstance(network, Layered)
    hidden = [layer for layer in network.stages[:-1] if layer.plan.outputs > 1]
    alike = [
        _same_columns(layer.edge_weights()) and np.ptp(layer.parameters["b"]) == 0
        for layer in hidden
    ]
    if alike:
        return float(np.mean(alike))
    return 0.0


def _same_columns(values: Array) -> bool:
    return values.shape[-1] > 1 and bool((values == values[..., :1]).all())


def _gradients(experiment: Experiment, frame: Frame) -> dict[str, object]:
    """The way of the gradient, what arrives, whether samples agree, what was too small to hold."""
    network = experiment.network
    views = experiment.network.views
    first = views[0].dh
    norm = norms(np.stack([_size(view.dh) for view in views]), axis=1)
    rounded_away = experiment.mixed is not None and experiment.mixed.first_lost() > 0
    small = too_small(network, norm, frame.step, set())
    return {
        "way": way_of(experiment, frame),
        "error": float(frame.dh_rms[-1]),
        "arrives": float(frame.dh_rms[0]),
        "zeros": float((first == 0).mean()),
        "agreement": _agreement(views[max(frame.stages - 2, 0)].dh, first),
        "rounded_away": frame.lost[1:],
        "underflow": rounded_away or any(found.kind == "underflow" for found in small),
    }


def _size(values: Array) -> Array:
    """(1,) L2 norm, which squares cannot lose."""
    size: Array = np.atleast_1d(norms(values, None))
    return size


def _agreement(above: Array, below: Array) -> float:
    """Of the samples whose gradient arrives; nan when next to none does."""
    above = above[:COHERENT_SAMPLES]
    below = below[:COHERENT_SAMPLES]
    some = above.any(axis=1) & below.any(axis=1)
    if some.sum() >= COHERENT_LEAST:
        return kept_agreement(above, below)
    return float("nan")


def _memory(network: Network) -> dict[str, object]:
    """W_h and the gate that keeps the state."""
    if not isinstance(network, Unrolled):
        return {}
    top = network.top
    kept = top.kept()
    if kept and kept.by:
        means = gate_means(network, network.steps).tolist()
        gates = dict(zip(top.valves(), map(tuple, means), strict=True))
        return {"keep": float(top.factor(kept, slice(None)).mean()), "gates": gates}
    weights = top.own["W_h"]
    if top.several_gates() or top.from_h is not None or not np.isfinite(weights).all():
        return {}
    return {
        "radius": spectral_radius(weights),
        "singular": float(np.linalg.norm(weights.astype(np.float64), 2)),
    }


def _inputs(network: Network) -> dict[str, object]:
    """Sizes of the input, of its features, and of what the first weights make of it."""
    size = norms(network.x, axis=0) / math.sqrt(len(network.x))
    some = size[size > 0]
    return {
        "x": _rms(network.x),
        "z1": _rms(network.views[0].z),
        "spread": float(some.max() / some.min()) if some.size else 1.0,
    }


def _rms(values: Array) -> float:
    return float(norms(values, None)) / math.sqrt(values.size)


def _ratios(experiment: Experiment) -> tuple[float, ...]:
    """‖Δw‖ / ‖w‖ by stage, of the update just made."""
    network = experiment.network
    flat = network.flat
    with np.errstate(divide="ignore", invalid="ignore"):  # of stages without any weight
        ratios = segment_norms(flat.change, flat.stage_starts) / segment_norms(
            flat.values, flat.stage_starts
        )
    return tuple(ratios[network.owners].tolist())


def _updates(experiment: Experiment, figures: dict[str, object]) -> int:
    """Updates of a trial: many where samples no longer agree, which alone says nothing of what
    training does."""
    agreement = figures["agreement"]
    assert isinstance(agreement, float)
    if experiment.stages > LONG_FROM and agreement < DISAGREE:
        work = _work(experiment)
        return int(min(max(LONG_WORK // work, TRIAL_LEAST), LONG_MOST))
    return trial_length(experiment)


def _trial(experiment: Experiment, stop: Stop, length: int) -> Trial:
    """The losses of a few updates ahead, on the batches that come."""
    losses: list[float] = []
    updates = (moment for moment in moments(experiment, stop) if moment.phase is Phase.UPDATE)
    for _ in islice(updates, length):
        losses.append(experiment.value)
        if not math.isfinite(experiment.value):
            break
    finite = all(map(math.isfinite, losses))
    return Trial(tuple(filter(math.isfinite, losses)), finite)


def trial_length(experiment: Experiment) -> int:
    """Updates that a trial makes: fewer in a network whose updates cost more."""
    return int(min(max(TRIAL_WORK // _work(experiment), TRIAL_LEAST), TRIAL_MOST))


def probe(experiment: Experiment, first: int, stop: Stop) -> float:
    """Mean loss of PROBED batches from that of step ``first`` on, with the parameters as they are.

    The batches and the masks of dropout are those of these steps, so two probes of the same
    ``first`` differ by the parameters alone. Leaves the experiment before its present pass.
    """
    kept = experiment.state()
    losses = []
    for ahead in range(PROBED):
        experiment.step = first + ahead
        experiment.rewind()
        next(moment for moment in moments(experiment, stop) if moment.phase is Phase.LOSS)
        losses.append(experiment.value)
    experiment.restore(kept)
    return float(np.mean(losses))


def _work(experiment: Experiment) -> int:
    """What one update costs, in products of a parameter and a sample."""
    network = experiment.network
    products = network.flat.size * experiment.batches.batch * experiment.steps
    return products + STAGE_WORK * experiment.stages
