"""The table by stage that ``vgsim run`` prints."""

from __future__ import annotations

import math

import numpy as np

from vgsim.core.numbers import factor, magnitude, percent, plain, superscript
from vgsim.measure.frame import Frame
from vgsim.text.moments import seed_words
from vgsim.text.stages import place_name


def stage_table(frame: Frame) -> str:
    """Norms of one finished pass by stage, with the ×factor a hop, then loss and accuracy."""
    subject = frame.subject
    seed = seed_words(subject)
    lines = [" · ".join(filter(None, (subject.name or "experiment", f"step {frame.step}", seed)))]
    timesteps = subject.recurrent
    names = [_row_name(stage, frame) for stage in range(1, frame.stages + 1)]
    head = "timestep" if timesteps else "stage"
    wide = max(8 if timesteps else 5, *map(len, names))
    lines.append(
        f"{head:>{wide}} {'units':>6} {'RMS ∂J/∂h':>10} "
        f"{'×factor':>9} {'‖∂J/∂h‖':>9} {'‖∂J/∂W‖':>9} {'‖∂J/∂b‖':>9}"
    )
    for at in range(frame.stages - 1, -1, -1):
        norms = (frame.dh_norm[at], frame.dW_norm[at], frame.db_norm[at])
        lines.append(
            f"{names[at]:>{wide}} {frame.widths[at]:>6} {magnitude(float(frame.dh_rms[at])):>10} "
            f"{factor(hop_factor(frame, at + 1)):>9} "
            + " ".join(f"{magnitude(float(norm)):>9}" for norm in norms)
        )
    if timesteps:
        lines.append("∂J/∂W and ∂J/∂b of a timestep are its own share of their sum over time")
    return "\n".join([*lines, *_summary(frame)])


def _row_name(stage: int, frame: Frame) -> str:
    """What stands at the head of a row: "3", "readout", "layers.3.mlp.0"."""
    readout = frame.subject.recurrent and stage == frame.stages
    if readout or frame.subject.named:
        return place_name(stage, frame.stages, frame.subject)
    return str(stage)


def hop_factor(frame: Frame, stage: int, above_stage: int = 0) -> float:
    """RMS ∂J/∂h of ``stage`` over that of what is above it; nan for the last or unreached.

    That is the next one, or ``above_stage``: then the product of all factors between the two.
    """
    above_stage = above_stage or stage + 1
    if above_stage > frame.stages:
        return math.nan
    if above_stage == stage + 1:
        above = handed_on(frame, stage)
    else:
        above = float(frame.dh_rms[above_stage - 1])
    here = float(frame.dh_rms[stage - 1])
    if math.isnan(above) or math.isnan(here) or above == 0:
        return math.nan
    if math.isfinite(above):
        return here / above
    return math.nan


def handed_on(frame: Frame, stage: int) -> float:
    """RMS ∂J/∂h of the stage after ``stage``, or of all those that hand it its gradient."""
    heard = frame.subject.heard.get(stage, (stage + 1,))
    sizes = np.asarray(frame.dh_rms, np.float64)[np.array(heard) - 1]
    return float(np.hypot.reduce(sizes) / math.sqrt(len(sizes)))


def _summary(frame: Frame) -> list[str]:
    lines = [f"J {plain(frame.loss)} on the last batch{_percent(frame.accuracy)}"]
    if len(frame.history.held_loss):
        loss = frame.history.held_loss[-1]
        accuracy = frame.history.held_accuracy[-1]
        size = math.inf if math.isnan(loss) else float(loss)
        lines.append(
            f"J {plain(size)} held out{_percent(float(accuracy))} "
            f"at step {frame.history.held_steps[-1]}"
        )
    lines += _lost(frame)
    for anomaly in frame.anomalies:
        place = place_name(anomaly.stage, frame.stages, frame.subject)
        lines.append(f"{anomaly.kind} began at {place}, step {anomaly.step}")
    return lines


def _lost(frame: Frame) -> list[str]:
    """What rounding to the number type took from the gradient, and the loss scale."""
    if not frame.lost:
        return []
    kind = frame.subject.precision
    scale = ""
    if frame.loss_scale != 1:
        scale = f", loss scale 2{superscript(round(math.log2(frame.loss_scale)))}"
    parts = []
    for stage in range(frame.stages, 0, -1):
        share = frame.lost[stage]
        if share > 0:
            place = place_name(stage, frame.stages, frame.subject)
            parts.append(f"{percent(share, decimals=1)} at {place}")
    if frame.lost[0] > 0:
        parts.append(f"{percent(frame.lost[0], decimals=1)} of the parameter gradients")
    taken = ", ".join(parts) or "no gradient value"
    return [f"rounding to {kind} made 0: {taken}{scale}"]


def _percent(accuracy: float) -> str:
    if math.isnan(accuracy):
        return ""
    return f", accuracy {percent(accuracy, decimals=1)}"
