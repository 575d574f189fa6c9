"""Where narrower number types lose the gradient, in one line."""

from __future__ import annotations

from vgsim.core.numbers import percent, superscript
from vgsim.measure.subject import Subject
from vgsim.measure.underflow import Underflow
from vgsim.text.stages import NUMBERED, stage_name

SEEN = 0.005
"""Share from which something counts as lost: half a percent is still written as 1 %. Ours."""


def underflow_words(found: Underflow, stages: int, subject: Subject = NUMBERED) -> str:
    """ "from h₇ down 83 % would be 0 in float16; bfloat16 keeps it"; what is 0, without others."""
    lost: list[str] = []
    kept: list[str] = []
    for row, kind in enumerate(found.kinds):
        stage, share = found.located(row)
        if share < SEEN:
            kept.append(kind)
            continue
        where = "" if stage == stages else f"from {stage_name(stage, subject)} down "
        lost.append(f"{where}{percent(share)} would be 0 in {kind}")
    said = lost
    if kept:
        said = [*lost, f"{' and '.join(kept)} {'keep' if len(kept) > 1 else 'keeps'} it"]
    words = "; ".join(said) or "share of ∂J/∂h that is 0"
    if found.log2_scale:
        words += f" · loss scale 2{superscript(round(found.log2_scale))}"
    return words
