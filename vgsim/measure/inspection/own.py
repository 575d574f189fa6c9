"""The sample that is looked at, as it was read: in its own units, by the names of its columns."""

from __future__ import annotations

import numpy as np

from vgsim.measure.inspection.look import NAN, Figure, StageLook
from vgsim.measure.own_units import OwnSample, in_own_units, own_sample, target_names
from vgsim.nn.losses import LOSSES
from vgsim.nn.unrolled import Unrolled

MOST_FEATURES = 30
"""Features of one timestep that are listed; the pixels of a picture are shown as one instead."""


def own_features(look: StageLook) -> list[Figure]:
    """What goes in at this stage."""
    if look.pick.sample is None or not look.forward_to:
        return []
    if look.stage == 1 or (isinstance(look.network, Unrolled) and look.cell):
        return _features(look, own_sample(look.experiment, look.pick.sample))
    return []


def own_targets(look: StageLook) -> list[Figure]:
    """What is asked of the network, at its last stage."""
    if look.pick.sample is None or not look.forward_to or look.stage < len(look.network.views):
        return []
    return _targets(look, own_sample(look.experiment, look.pick.sample))


def _features(look: StageLook, sample: OwnSample) -> list[Figure]:
    names = sample.names
    if not 0 < len(names) <= MOST_FEATURES:
        return []
    values = sample.features
    if isinstance(look.network, Unrolled):
        values = values.reshape(look.network.steps, -1)[look.stage - 1]
        if look.stage <= sample.padding:
            return [Figure("x", NAN, "Padding: the sequence has not begun")]
    if len(values) != len(names):
        return []
    return [
        Figure(rf"x_{{{at}}}", float(value), f"{name}, as it was read")
        for at, (name, value) in enumerate(zip(names, values, strict=True), start=1)
    ]


def _targets(look: StageLook, sample: OwnSample) -> list[Figure]:
    """Its class and the one with the largest output, or its numbers and the outputs."""
    experiment = look.experiment
    dataset = experiment.data.dataset
    h = look.pick.rows(look.network.views[-1].h)[0]
    if dataset.classes:
        if not sample.label:
            return []
        found = [Figure("y", float(dataset.classes.index(sample.label)), f"Class: {sample.label}")]
        if look.forward and len(h) == len(dataset.classes):
            largest = int(np.argmax(h))
            words = f"Class of the largest output: {dataset.classes[largest]}"
            found.append(Figure("h", float(largest), words))
        return found
    names = target_names(experiment)
    found = [
        Figure("y", float(value), f"{name}, as it was read")
        for name, value in zip(names, sample.targets, strict=False)
    ]
    if LOSSES[experiment.spec.training.loss].fits_targets:
        own = in_own_units(experiment, h) if look.forward else np.full(len(h), NAN)
        found += [
            Figure("h", float(value), f"{name}, as the network has it")
            for name, value in zip(names, own, strict=False)
        ]
    return found
