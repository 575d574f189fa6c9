"""The table by stage that ``vgsim run`` prints."""

from __future__ import annotations

import math

from vgsim.engine.frame import Frame
from vgsim.present.words import factor, magnitude, plain


def stage_table(frame: Frame) -> str:
    """Norms of one finished pass by stage, with the ×factor a hop, then loss and accuracy."""
    lines = [
        f"{frame.spec.name or 'experiment'} · step {frame.step} · seed {frame.spec.training.seed}"
    ]
    lines.append(f"{'stage':>5} {'units':>6} {'RMS ∂J/∂h':>10} {'×factor':>9} {'‖∂J/∂h‖':>9} "
                 f"{'‖∂J/∂W‖':>9} {'‖∂J/∂b‖':>9}")  # fmt: skip
    for at in range(frame.stages - 1, -1, -1):
        norms = (frame.dh_norm[at], frame.dW_norm[at], frame.db_norm[at])
        lines.append(
            f"{at + 1:>5} {frame.widths[at]:>6} {magnitude(float(frame.dh_rms[at]), 2):>10} "
            f"{factor(hop_factor(frame, at + 1)):>9} "
            + " ".join(f"{magnitude(float(norm), 2):>9}" for norm in norms)
        )
    return "\n".join([*lines, *_summary(frame)])


def hop_factor(frame: Frame, stage: int) -> float:
    """RMS ∂J/∂h of ``stage`` over that of the stage above it; nan for the last or unreached."""
    if stage >= frame.stages:
        return math.nan
    above, here = float(frame.dh_rms[stage]), float(frame.dh_rms[stage - 1])
    if math.isnan(above) or math.isnan(here) or above == 0:
        return math.nan
    return here / above if math.isfinite(above) else math.nan


def _summary(frame: Frame) -> list[str]:
    lines = [f"J {plain(frame.loss)} on the last batch{_percent(frame.accuracy)}"]
    if len(frame.history.held_loss):
        loss, accuracy = frame.history.held_loss[-1], frame.history.held_accuracy[-1]
        size = math.inf if math.isnan(loss) else float(loss)
        lines.append(
            f"J {plain(size)} held out{_percent(float(accuracy))} "
            f"at step {frame.history.held_steps[-1]}"
        )
    for trouble in frame.trouble:
        lines.append(f"{trouble.kind} began at stage {trouble.stage}, step {trouble.step}")
    return lines


def _percent(accuracy: float) -> str:
    return "" if math.isnan(accuracy) else f", accuracy {100 * accuracy:.1f} %"
