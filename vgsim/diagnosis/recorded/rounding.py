"""What rounding took of the gradient of a recorded step."""

from __future__ import annotations

from vgsim.diagnosis.recorded import circumstances
from vgsim.diagnosis.recorded.path import MainPath
from vgsim.diagnosis.recorded.step import StepFigures
from vgsim.measure.recording.kinds import StageParts, called
from vgsim.nn.precision import PRECISIONS

NEAR_TINIEST = 1e3
"""Times the smallest number of a type up to which the largest value of a gradient is near its end.
Ours."""


def rounded_stages(figures: StepFigures, path: MainPath) -> tuple[tuple[str, float], ...]:
    """Stages with the share of ∂J/∂output that is 0 or has lost digits by rounding.

    Zeros that an activation makes do not count: there the largest value is not near the end
    of the number type.
    """
    size = figures.by_stage("dh_size")
    zero = figures.by_stage("dh_zero") / size
    faint = figures.by_stage("dh_subnormal") / size
    largest = figures.by_stage("dh_max") * figures.scale()
    found: list[tuple[str, float]] = []
    last = path.stages[-1] if path.stages else -1
    for k in reversed(path.stages):
        tiniest = _smallest(figures.run.stage_list[k].dtype)
        near = 0 < largest[k] < NEAR_TINIEST * tiniest or faint[k] > 0.02
        narrow = figures.run.stage_list[k].dtype in circumstances.NARROW
        silent = zero[k] == 1 and (bool(found) or (k == last and narrow))
        if near or (silent and figures.step.number("loss") != 0):
            found.append((called(figures.run.stage_list[k]), min(float(zero[k] + faint[k]), 1.0)))
    return tuple(found)


def zeros_by_rounding(figures: StepFigures, path: MainPath, parts: StageParts, end: int) -> float:
    """Share of exact zeros in the first stage where no activation makes any."""
    zero = figures.by_stage("dh_zero") / figures.by_stage("dh_size")
    masked = {h.lower for h in path.hops if parts[h.upper] == "activation"}
    shares = [float(zero[k]) for k in path.stages if k >= end]
    bare = [k not in masked for k in path.stages if k >= end]
    return next((share for share, own in zip(shares, bare, strict=True) if own), 0.0)


def _smallest(dtype: str) -> float:
    """The smallest number of a type above 0."""
    return PRECISIONS[dtype if dtype in PRECISIONS else "float32"].smallest
