"""Frames whose stages have names of their own and that no experiment stands behind."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vgsim.measure.frame import Frame
from vgsim.measure.request import Request
from vgsim.measure.snapshot import frame_of
from vgsim.measure.subject import NamedStage, Subject
from vgsim.nn.experiment import Experiment
from vgsim.nn.spec import Spec

BLOCKS = 3
PARTS = (("norm1", "LayerNorm"), ("attn.qkv", "Linear"), ("mlp.0", "Linear"), ("mlp.1", "GELU"))


def named_stages() -> tuple[NamedStage, ...]:
    """embed, the parts of some blocks, head."""
    found = [NamedStage("embed", "", "Embedding", (16, 8))]
    for block in range(BLOCKS):
        for name, kind in PARTS:
            whole = f"layers.{block}.{name}"
            found.append(NamedStage(whole, whole.rpartition(".")[0], kind, (16, 8)))
    return (*found, NamedStage("head", "", "Linear", (16, 4)))


NAMED = named_stages()
STAGES = len(NAMED)
SUBJECT = Subject(
    name="run.vgrun",
    named=NAMED,
    holders={"layers": "ModuleList", "layers.0": "Block", "layers.1": "Block", "layers.2": "Block"},
    arcs=((1, 5), (5, 9)),
    loss="cross entropy of characters",
    precision="float32",
    optimizer="AdamW",
)
UNKNOWN = Subject(named=NAMED)
"""A network of which nothing but its stages is known."""


def named_frame(
    moment: str = "backward:3",
    *,
    steps: int = 2,
    kinds: tuple[type, ...] = (),
    subject: Subject = SUBJECT,
    unknown: bool = False,
) -> Frame:
    """A pass of ``STAGES`` stages, seen as a recording is; ``unknown`` leaves norms out (nan)."""
    spec = Spec().replace(
        {"network.depth": STAGES - 1, "network.width": 8, "training.batch": 16, "name": "its own"}
    )
    experiment = Experiment(spec)
    experiment.run(steps)
    position = next(at for at, one in enumerate(experiment.timeline) if str(one) == moment)
    experiment.seek(steps, position)
    frame = frame_of(experiment, 1, request=Request(kinds=frozenset(kinds)))
    frame = replace(
        frame, spec=None, subject=subject, formula=None, cuts=(), edges=(), weights=(),
        accuracy=np.nan, chance_loss=np.nan, errors=None,
    )  # fmt: skip
    if not unknown:
        return frame
    nothing = np.full(frame.stages, np.nan)
    return replace(
        frame, dW_norm=nothing, db_norm=nothing, weight_norm=nothing, update_norm=nothing,
        node_h=tuple(np.full(len(row), np.nan) for row in frame.node_h),
        node_dh=tuple(np.full(len(row), np.nan) for row in frame.node_dh),
        sample=np.empty(0), measurements=(),
    )  # fmt: skip
