"""What a recording tells of its training's settings, as a spec that outcomes can ask."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from vgsim.core.errors import SpecError
from vgsim.measure.recording.kinds import normalization_of
from vgsim.nn.cells import CELLS
from vgsim.nn.losses import LOSSES
from vgsim.nn.optimizers import OPTIMIZERS
from vgsim.nn.precision import PRECISIONS
from vgsim.nn.spec import Spec
from vgsim.record.reader import RecordedRun, RecordedStage, RecordedStep

NARROW = tuple(entry.name for entry in PRECISIONS if entry.value.to_nearest is not None)
"""Number types that are too narrow for some gradients."""
BESIDES = {"sigmoid cross-entropy": "binary_cross_entropy", "smooth l1": "huber"}
"""Losses of PyTorch that are one of those here by another name."""
SETTINGS = {
    "momentum": "training.momentum",
    "eps": "training.epsilon",
    "weight_decay": "training.weight_decay",
}
"""Settings of an optimizer as a recording calls them, and as a spec does."""


def settings_of(run: RecordedRun) -> dict[str, float]:
    """The numbers among the optimizer's settings; empty where they were not recorded."""
    found = {}
    for word in run.about.get("settings", "").split():
        name, _, value = word.partition("=")
        try:
            found[name] = float(value)
        except ValueError:  # betas are two, and nesterov is none
            continue
    return found


def knows_settings(run: RecordedRun) -> bool:
    """Whether the optimizer was recorded: what it then says nothing of is 0."""
    return "settings" in run.about or "optimizer" in run.about


def precision_of(stages: Sequence[RecordedStage]) -> str:
    """The narrowest number type that several outputs have."""
    counted = Counter(stage.dtype for stage in stages)
    for kind in NARROW:
        if counted[kind] >= max(1, len(stages) // 10):
            return kind
    return "float64" if counted["float64"] > len(stages) / 2 else "float32"


def loss_of(run: RecordedRun, outputs: int) -> str:
    """The loss by its name here; cross-entropy where the first loss is that of guessing."""
    told = run.about.get("loss", "").lower()
    if told in BESIDES:
        return BESIDES[told]
    for entry in LOSSES:
        if told and told in (entry.name, entry.label.lower()):
            return entry.name
    losses = run["loss"].tolist() if "loss" in run.figures else []
    guessing = math.log(max(outputs, 1))
    if not told and len(losses) and guessing > 0 and abs(losses[0] / guessing - 1) < 0.25:
        return "cross_entropy"
    return ""


def likeness(
    run: RecordedRun, step: RecordedStep, stages: Sequence[RecordedStage], *,
    cell: str, activation: str, around: bool, output: str, loss: str, clipped: bool, scaled: bool,
    dropped: float,
) -> Spec:  # fmt: skip
    """A spec that has in common with the recording what outcomes ask of a spec."""
    norms = Counter(filter(None, (normalization_of(stage.kind) for stage in stages)))
    kind = cell.lower().removesuffix("cell")
    wanted: dict[str, str | float | bool] = {
        "network.kind": kind if kind in CELLS else "layers",
        "network.activation": activation,
        "network.norm": norms.most_common(1)[0][0] if norms else "none",
        "network.skip": "residual" if around else "none",
        "network.output": output,
        "network.dropout": min(dropped, 0.95) if dropped > 0.01 else 0.0,
        "training.precision": precision_of(run.stage_list),
        "training.loss": loss or "mse",
        "training.clip": "norm" if clipped else "none",
    }
    if scaled:
        wanted["training.loss_scaling"] = "dynamic"
    optimizer = optimizer_of(run)
    if optimizer:
        wanted["training.optimizer"] = optimizer
    known = settings_of(run)
    for name, path in SETTINGS.items():
        if name in known:
            wanted[path] = known[name]
    if "learning_rate" in run:
        rates = run["learning_rate"]
        highest = max((float(it) for it in rates.ravel() if math.isfinite(it)), default=0.0)
        if highest > 0:
            wanted["training.learning_rate"] = highest
    return _replaced(Spec(), wanted)


def _replaced(spec: Spec, wanted: dict[str, str | float | bool]) -> Spec:
    """One after the other, without what does not go together."""
    for path, value in wanted.items():
        try:
            spec = spec.replace({path: value})
        except SpecError:
            continue
    return spec


def optimizer_of(run: RecordedRun) -> str:
    """The first update rule that PyTorch calls so, with momentum where there is any."""
    name = run.about.get("optimizer", "")
    momentum = settings_of(run).get("momentum", 0.0) > 0
    for entry in OPTIMIZERS:
        written = entry.pytorch.partition("(")[0].rpartition(".")[2]
        if written == name and momentum == ("training.momentum" in entry.uses):
            return entry.name
    return ""
