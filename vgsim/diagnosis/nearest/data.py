"""Data that stand in for those of a recording, which has none, and its loss."""

from __future__ import annotations

import math

from vgsim.core.registry import Entry
from vgsim.diagnosis.nearest.modeling import Modeling
from vgsim.diagnosis.nearest.weights import Changes
from vgsim.diagnosis.recorded_form import (
    called,
    found_in,
    written,
)
from vgsim.nn.losses import LOSSES

STANDING_IN = ((2, "spirals"), (3, "penguins"), (10, "digits"))
"""Data that stand in for a classification, by how many classes they have."""
FOR_NUMBERS = "sunspots"
IN_TIME = "temporal_order"
NUMBERS_IN_TIME = "adding"
LIKE_A_GUESS = (0.5, 3.0)
"""J of a guess among the classes, times these, is a first J that cross-entropy may have. Ours."""
MOST_STEPS = 200
"""Timesteps of a model: more of them show nothing that these do not. Ours."""


def take_data(m: Modeling) -> None:
    outputs = m.form.weights[-1].units if m.form.weights else 0
    loss = _loss(m, outputs)
    if loss is not None:
        m.take({"training.loss": loss.name})
    needs_classes = LOSSES[m.spec.training.loss].needs_classes
    if m.form.recurrent:
        _take_sequences(m, needs_classes)
    elif needs_classes:
        classes, dataset = min(STANDING_IN, key=lambda it: abs(it[0] - outputs))
        m.take({"data.dataset": dataset})
        also = "" if classes == outputs else f", with {classes} classes instead of {outputs}"
        m.say(f"Its data are not in a recording: {dataset} stand in for them{also}.")
    else:
        m.take({"data.dataset": FOR_NUMBERS})
        m.say(f"Its data are not in a recording: {FOR_NUMBERS} stand in for them.")


def _take_sequences(m: Modeling, needs_classes: bool) -> None:
    steps = _timesteps(m)
    dataset = IN_TIME if needs_classes else NUMBERS_IN_TIME
    changes: Changes = {"data.dataset": dataset}
    if steps:
        changes["data.length"] = min(steps, MOST_STEPS)
    m.take(changes)
    length = m.spec.data.length
    told = (
        f"{length} timesteps" if not steps or steps == length else f"{length} of {steps} timesteps"
    )
    m.say(f"Its data are not in a recording: {dataset} of {told} stand in for them.")


def _timesteps(m: Modeling) -> int:
    """T of the recurrent module, from its figures by timestep."""
    for row in range(len(m.run.steps)):
        step = m.run.at_row(row)
        if "dh_t" in step:
            table = step.tables("dh_t")[m.form.recurrent[0].place]
            if table is not None:
                return int(table.shape[1])
    return 0


def _loss(m: Modeling, outputs: int) -> Entry[type] | None:
    """By name; else cross-entropy where J begins at that of a guess among the outputs."""
    said = m.run.about.get("loss", "")
    for entry in LOSSES:
        if said and called(said) in (called(entry.label), called(written(entry)), entry.name):
            return entry
    if said:
        m.say(f"The loss ({said}) has no counterpart: mean squared error stands for it.")
        return found_in(LOSSES, "MSELoss")
    first = m.run["loss"][0] if "loss" in m.run else math.nan
    guess = math.log(outputs) if outputs > 1 else math.nan
    if math.isfinite(first) and LIKE_A_GUESS[0] * guess < first < LIKE_A_GUESS[1] * guess:
        m.say("The loss is not known; by its size at first it is cross-entropy.")
        return found_in(LOSSES, "CrossEntropyLoss")
    m.say("The loss is not known: mean squared error stands for it.")
    return found_in(LOSSES, "MSELoss")
