"""Update rule, clipping and number type of a simulated training like the recorded one."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np

from vgsim.core.numbers import about
from vgsim.core.registry import Entry
from vgsim.diagnosis.nearest.modeling import Modeling
from vgsim.diagnosis.recorded_form import (
    called,
    found_in,
    written,
)
from vgsim.nn.clipping import CLIPPINGS
from vgsim.nn.optimizers import OPTIMIZERS
from vgsim.nn.precision import PRECISIONS
from vgsim.nn.roles import Role
from vgsim.nn.scaling import LOSS_SCALINGS

VISIBLE = 1e-3
"""Updates over weights from which on the size of an update is exact enough to be judged. Ours."""


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _with_momentum(entry: Entry[type], nesterov: bool) -> Entry[type]:
    """Of the rules that PyTorch writes with the same class, the one with momentum."""
    for other in OPTIMIZERS:
        same = written(other) == written(entry) and "training.momentum" in other.uses
        if same and ("nesterov=True" in other.pytorch) is nesterov:
            return other
    return entry


def take_training(m: Modeling) -> None:
    run = m.run
    _take_optimizer(m)
    rate = m.at("learning_rate")
    if rate is not None and len(rate) and np.isfinite(rate[0]):
        m.take({"training.learning_rate": float(f"{rate[0]:.6g}")})
        if len({*rate.tolist()}) > 1:
            m.say("The learning rate is that of the first parameter group.")
    _take_clipping(m)
    batch = run.about.get("batch", "")
    if not batch.isdecimal():
        shape = run.stage_list[-1].shape
        batch = str(shape[0]) if shape else ""
    if batch:
        m.take({"training.batch": int(batch)})
    _take_precision(m)


def _take_optimizer(m: Modeling) -> None:
    words = m.run.about.get("optimizer", "").partition(",")[0].split()
    entry = _optimizer(m, words[0] if words else "")
    settings = dict(word.partition("=")[::2] for word in m.run.about.get("settings", "").split())
    if entry is None:
        m.say("The update rule is not known: plain gradient descent stands for it.")
        return
    momentum = _number(settings.get("momentum", ""))
    if momentum > 0:
        entry = _with_momentum(entry, settings.get("nesterov") == "True")
        m.take({"training.momentum": momentum})
    m.take({"training.optimizer": entry.name})
    decay = _number(settings.get("weight_decay", ""))
    if decay > 0:
        m.take({"training.weight_decay": decay})
    epsilon = _number(settings.get("eps", ""))
    if epsilon > 0 and m.spec.applies("training.epsilon"):
        m.take({"training.epsilon": epsilon})


def _optimizer(m: Modeling, name: str) -> Entry[type] | None:
    """By name; else by whether an update is the gradient times the rate."""
    if name:
        return found_in(OPTIMIZERS, name)
    sizes = m.at("update_norm")
    weights = m.at("W_norm")
    gradients = m.at("dW_norm")
    rate = m.at("learning_rate")
    if sizes is None or weights is None or gradients is None or rate is None or not len(rate):
        return None
    # smaller changes are lost in the rounding of what they are added to
    known = (gradients > 0) & (sizes > VISIBLE * weights) & (weights > 0)
    if not known.any():
        return None
    ratio = sizes[known] / (gradients[known] * rate[0])
    if float(np.ptp(ratio)) < 0.01 * float(np.median(ratio)):
        return next(entry for entry in OPTIMIZERS if entry.value.along_gradient)
    return OPTIMIZERS.entry(OPTIMIZERS.cast(Role.ADAPTS))


def _take_clipping(m: Modeling) -> None:
    run = m.run
    if "gradient_norm" not in run or "clipped_norm" not in run:
        return
    before = run["gradient_norm"]
    after = run["clipped_norm"]
    cut = np.isfinite(before) & np.isfinite(after) & (after < before * (1 - 1e-4))
    if not cut.any():
        return
    limit = float(np.max(after[cut]))
    m.take(
        {
            "training.clip": CLIPPINGS.cast(Role.LIMITS_NORM),
            "training.clip_at": float(f"{limit:.3g}"),
        }
    )
    m.say(f"Gradients are clipped at a norm of {about(limit)}.")


def _take_precision(m: Modeling) -> None:
    dtype = m.run.about.get("precision", "")
    if not dtype:
        counted = Counter(stage.dtype for stage in m.run.stage_list if stage.dtype)
        dtype = counted.most_common(1)[0][0] if counted else ""
    entry = found_in(PRECISIONS, dtype) if dtype else None
    if entry is None:
        return
    m.take({"training.precision": entry.name})
    if entry.value.to_nearest is None:
        return
    weights = m.run.about.get("weights", "float32")
    m.take({"training.master_weights": called(weights) != called(dtype)})
    scale = m.at("loss_scale")
    if scale is not None and np.isfinite(scale) and scale > 1:
        adapting = next(entry.name for entry in LOSS_SCALINGS if entry.value.adapts)
        m.take(
            {
                "training.loss_scaling": adapting,
                "training.loss_scale_log2": round(math.log2(float(scale))),
            }
        )
