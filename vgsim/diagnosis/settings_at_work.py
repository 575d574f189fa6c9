"""What the settings of the update, of the data and of the forward pass do, as plain figures."""

from __future__ import annotations

import math

import numpy as np

from vgsim.measure.own_units import target_names
from vgsim.nn.arrays import Array
from vgsim.nn.experiment import Experiment
from vgsim.nn.layered import Layered
from vgsim.nn.layers.parts import NORMS
from vgsim.nn.losses import LOSSES
from vgsim.nn.norms import norms
from vgsim.nn.unrolled import Unrolled

FAINT = 1e3
"""Times the smallest normal number below which a stage's activations count as lost. Ours."""
VAST = 1e-12
"""The same upward, of the largest number, from which a stage is about to overflow. Ours."""


def size(values: Array) -> float:
    """L2 norm, which squares cannot lose."""
    return float(norms(values, None))


def rms(values: Array) -> float:
    """Root of the mean square."""
    return size(values) / math.sqrt(values.size)


def of_the_update(experiment: Experiment, before: Array) -> dict[str, object]:
    """What decay, clipping and schedule did to the update just made from parameters ``before``."""
    training = experiment.spec.training
    flat = experiment.network.flat
    rate = experiment.optimizer.rate(experiment.step - 1)
    clipped = experiment.clipped
    gradient = size(flat.gradients)
    kept = 1.0
    if clipped.before > 0:
        gradient = clipped.before
        kept = clipped.after / clipped.before
    pull = training.weight_decay * size(before)
    if experiment.optimizer.decoupled:
        gradient = size(flat.change + rate * training.weight_decay * before)
        pull *= rate
    decay = 0.0
    if pull > 0:
        decay = pull / gradient if gradient > 0 else math.inf
    return {
        "decay": decay, "clipped": kept, "rate": rate, "undone": _undone(experiment, before),
        "gradient": rms(flat.gradients),
    }  # fmt: skip


def _undone(experiment: Experiment, before: Array) -> float:
    """Share of the weights for which there was a change that rounding took back at once."""
    mixed = experiment.mixed
    if mixed is not None and mixed.master is not None:  # which takes what the rounded ones cannot
        return 0.0
    flat = experiment.network.flat
    changed = np.asarray(flat.change) != 0
    if not changed.any():
        return 0.0
    same = np.asarray(flat.values) == np.asarray(before)
    return float(np.mean(same[changed]))


def of_the_data(experiment: Experiment) -> dict[str, object]:
    """Size of targets that are numbers, share of the commonest class, values a norm is over."""
    spec = experiment.spec
    figures: dict[str, object] = {"normalized": _normalized(experiment)}
    targets = experiment.loss.targets
    classes = experiment.data.dataset.classes
    if not classes and LOSSES[spec.training.loss].judges:
        figures["target"] = rms(targets)
        figures["target_names"] = target_names(experiment)
    if classes:
        counts = np.unique(experiment.data.y_train, return_counts=True)[1]
        figures["majority"] = float(counts.max() / counts.sum())
        if LOSSES[spec.training.loss].needs_classes:
            figures["uniform"] = math.log(max(len(classes), 2))
    return figures


def _normalized(experiment: Experiment) -> int:
    """Values over which a normalization takes its mean; 0 without one."""
    spec = experiment.spec
    if not spec.applies("network.norm"):
        return 0
    norm = NORMS[spec.network.norm]
    if norm.absent:
        return 0
    if norm.axis == -2:
        return experiment.batches.batch
    return spec.network.width


def of_the_forward_pass(experiment: Experiment) -> dict[str, object]:
    """Where activations were lost or grew too large for the number type; biases against them."""
    network = experiment.network
    if isinstance(network, Unrolled):
        return {}
    assert isinstance(network, Layered)  # there are no other networks
    kind = np.finfo(network.x.dtype)
    figures: dict[str, object] = {}
    before = rms(network.x)
    for at, view in enumerate(network.views[:-1]):
        now = rms(view.h)
        if "burst" not in figures and before > 0 and not now < VAST * float(kind.max):
            figures["burst"] = at + 1
        faint = FAINT * float(kind.smallest_normal)
        unbiased = not np.any(network.stages[at].parameters.get("b", 0))
        shrinking = 0 < before < math.sqrt(faint) and now < faint
        if "faded" not in figures and shrinking and unbiased:
            figures["faded"] = at + 1
        if now > 0 and math.isfinite(now):
            before = now
    return figures | _of_weights_and_biases(network)


def _of_weights_and_biases(network: Layered) -> dict[str, object]:
    """Share of hidden stages whose weights are all 0; how far biases outweigh what varies in z."""
    empty: list[bool] = []
    offsets: list[float] = []
    for at, layer in enumerate(network.stages[:-1]):
        weights = layer.edge_weights()
        empty.append(not np.any(weights))
        biases = layer.parameters.get("b")
        if biases is None or biases.shape[-1] != network.views[at].z.shape[-1]:
            continue
        varying = rms(network.views[at].z - biases)
        offset = rms(biases)
        if offset > 0:
            offsets.append(offset / varying if varying > 0 else math.inf)
        else:
            offsets.append(0.0)
    figures: dict[str, object] = {}
    if empty:
        figures["zero_weights"] = float(np.mean(empty))
    if offsets:
        figures["offset"] = float(np.median(offsets))
    return figures
