"""What changes the update: learning rate, update rule, clipping, schedule."""

from __future__ import annotations

import math

import numpy as np

from vgsim.diagnosis.pytorch.writing import CODE, CodeWriter, Lines, Wanted, plain
from vgsim.nn.clipping import CLIPPINGS
from vgsim.nn.optimizers import OPTIMIZERS
from vgsim.nn.spec import field_at

FIGURE = "loss_scale"
_OF_GROUP = {
    "training.momentum": "momentum",
    "training.weight_decay": "weight_decay",
    "training.epsilon": "eps",
}
"""What a group of an optimizer calls it."""


def rates(wanted: Wanted) -> list[float]:
    """The learning rate of each group in the last recorded step."""
    run = wanted.form.run
    if "learning_rate" not in run or not len(run.steps):
        return []
    return [float(rate) for rate in run["learning_rate"][-1]]


def is_scaled(wanted: Wanted) -> bool:
    """Whether the loss was scaled in the recorded training."""
    run = wanted.form.run
    return FIGURE in run and bool(np.any(run[FIGURE] > 1))


def _groups(wanted: Wanted) -> Lines:
    lines: Lines = ["for group in optimizer.param_groups:"]
    if "training.learning_rate" in wanted.changes:
        lines += _rate_lines(wanted)
    for path, name in _OF_GROUP.items():
        if path in wanted.changes:
            lines.append(f'    group["{name}"] = {wanted.number(path)}')
    return lines


def _rate_lines(wanted: Wanted) -> Lines:
    """The same rate for all groups; where they differ, each times the same factor."""
    new = float(wanted["training.learning_rate"])
    known = rates(wanted)
    if len(set(known)) > 1:
        present = wanted.spec.training.learning_rate
        factor = new / present if present > 0 else math.nan
        if math.isfinite(factor):
            told = ", ".join(plain(rate) for rate in known)
            return [f'    group["lr"] *= {factor:.3g}  # was {told}']
    was = f"  # was {plain(float(f'{known[0]:.6g}'))}" if known and math.isfinite(known[0]) else ""
    return [f'    group["lr"] = {plain(new)}{was}']


def _rule(wanted: Wanted) -> Lines:
    text = OPTIMIZERS.entry(str(wanted["training.optimizer"])).pytorch
    if not text:
        return []
    made = text.format(
        parameters="model.parameters()",
        rate=wanted.number("training.learning_rate"),
        momentum=wanted.number("training.momentum"),
    )
    return [f"optimizer = {made}"]


def _update(wanted: Wanted) -> Lines:
    if "training.optimizer" in wanted.changes:
        return _rule(wanted)
    return _groups(wanted)


def _clip(wanted: Wanted) -> Lines:
    """A line between the backward pass and the update."""
    text = CLIPPINGS.entry(str(wanted["training.clip"])).pytorch
    present = CLIPPINGS.entry(wanted.spec.training.clip).pytorch
    values = {"parameters": "model.parameters()"}
    old = present.format(at=plain(wanted.spec.training.clip_at), **values)
    new = text.format(at=wanted.number("training.clip_at"), **values)
    backward, step = "  loss.backward()", "  optimizer.step()"
    unscale: Lines = []
    if is_scaled(wanted):
        backward, step = "  scaler.scale(loss).backward()", "  scaler.step(optimizer)"
        if not present:
            unscale = ["+ scaler.unscale_(optimizer)  # the gradient as it is"]
    changed = [f"- {old}"] * bool(old) + unscale + [f"+ {new}"] * bool(new)
    return [backward, *changed, step] if changed else []


def _schedule(wanted: Wanted) -> Lines:
    scheduler = "torch.optim.lr_scheduler"
    if "training.warmup" in wanted.changes:
        steps = int(float(wanted["training.warmup"]))
        return [
            f"scheduler = {scheduler}.LinearLR(",
            f"    optimizer, start_factor={1 / steps:.3g}, total_iters={steps}",
            ")  # and scheduler.step() after every optimizer.step()",
        ]
    if wanted["training.schedule"] == field_at("training.schedule").default:
        return ["  optimizer.step()", "- scheduler.step()"]
    return []


CODE.add(
    "update rule",
    CodeWriter(
        ("training.learning_rate", "training.optimizer", *_OF_GROUP),
        _update,
        ("training.beta1", "training.beta2", "training.rho"),
    ),
    "learning rate and update rule, by parameter group",
)
CODE.add(
    "clipping",
    CodeWriter(("training.clip", "training.clip_at"), _clip),
    "a line between the backward pass and the update",
)
CODE.add(
    "schedule",
    CodeWriter(("training.schedule", "training.warmup"), _schedule, ("training.decay_steps",)),
    "how the learning rate changes",
)
