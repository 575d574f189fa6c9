"""Frames made by hand, for tests of what draws them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from vgsim.measure.frame import Frame
from vgsim.measure.subject import NamedStage, Subject, subject_of
from vgsim.nn.history import HistoryView
from vgsim.nn.moments import Moment, Phase
from vgsim.nn.spec import Spec

NO_HISTORY = HistoryView(
    steps=np.empty(0, np.int64),
    loss=np.empty(0),
    accuracy=np.empty(0),
    dh_rms=np.empty((0, 0)),
    held_steps=np.empty(0, np.int64),
    held_loss=np.empty(0),
    held_accuracy=np.empty(0),
)


def make_history(
    rows: int = 400, stages: int = 6, *, stride: int = 1, every: int = 25, seed: int = 0
) -> HistoryView:
    """``rows`` rows, ``stride`` steps apart: the loss falls from ln 10, the gradient wanders.

    There is a held-out evaluation every ``every`` steps.
    """
    rng = np.random.default_rng(seed)
    steps = np.arange(rows, dtype=np.int64) * stride
    progress = np.linspace(0, 3, rows)
    fall = np.exp(-progress)
    loss = np.log(10) * (0.3 + 0.7 * fall) + 0.08 * rng.standard_normal(rows)
    held = np.arange(0, steps[-1] + 1 if rows else 0, every)
    share = np.interp(held, steps, fall) if rows else np.empty(0)
    decay = 10.0 ** (-0.65 * np.arange(stages)[::-1] - 0.5)
    wander = 10.0 ** (0.1 * rng.standard_normal((rows, stages)) - progress[:, None] / 3)
    return HistoryView(
        steps=steps,
        loss=loss,
        accuracy=1 - 0.9 * fall,
        dh_rms=decay * wander,
        held_steps=held,
        held_loss=np.log(10) * (0.35 + 0.65 * share),
        held_accuracy=0.95 - 0.85 * share,
    )


def make_frame(
    stages: int = 6,
    *,
    reached: int | None = None,
    decay: float = 0.65,
    dh_rms: ArrayLike | None = None,
    history: HistoryView | None = None,
    generation: int = 1,
) -> Frame:
    """A moment of the backward pass with ``reached`` stages done, all of them by default.

    The gradient loses ``decay`` decades a stage, unless ``dh_rms`` gives it stage by stage.
    """
    back = stages if reached is None else reached
    gradient = 0.3 * 10.0 ** (-decay * np.arange(stages)[::-1])
    gradient = np.array(gradient if dh_rms is None else dh_rms, dtype=np.float64)
    gradient[: stages - back] = np.nan
    position = stages + 1 + back
    moment = Moment(Phase.BACKWARD, stages - back + 1, position)
    none = np.full(stages, np.nan)
    blank = tuple(np.empty(0) for _ in range(stages))
    return Frame(
        generation=generation,
        spec=Spec(),
        subject=subject_of(Spec()),
        moment=moment if back else Moment(Phase.LOSS, 0, position),
        stages=stages,
        step=0,
        steps_per_second=0.0,
        widths=(8,) * stages,
        input_width=64,
        image_shape=(8, 8),
        forward_to=stages,
        backward_from=stages - back + 1,
        sample=np.zeros(64),
        node_h=tuple(np.ones(8) for _ in range(stages)),
        node_dh=tuple(np.full(8, value) for value in gradient),
        edges=blank,
        weights=blank,
        h_rms=np.ones(stages),
        dh_rms=gradient,
        dh_norm=gradient * np.sqrt(8),
        dW_norm=none,
        db_norm=none,
        weight_norm=none,
        update_norm=none,
        loss=2.53,
        accuracy=0.1,
        chance_loss=float(np.log(10)),
        history=NO_HISTORY if history is None else history,
        anomalies=(),
    )


def with_loss(history: HistoryView, loss: ArrayLike) -> HistoryView:
    """The same history with another training loss."""
    return replace(history, loss=np.asarray(loss, dtype=np.float64))


BLOCK = ("norm1", "attn.qkv", "attn.proj", "norm2", "mlp.0", "mlp.1", "mlp.2")
"""The parts of a block of a transformer that has no skip path around its mlp."""


def transformer_names(blocks: int) -> tuple[str, ...]:
    """The stages of a transformer of so many blocks, in the order of execution."""
    inner = [f"layers.{block}.{part}" for block in range(blocks) for part in BLOCK]
    return ("embed", *inner, "norm", "head")


def named_subject(
    names: Sequence[str],
    arcs: Sequence[tuple[int, int]] = (),
    kinds: Mapping[str, str] | None = None,
) -> Subject:
    """What a recording of stages with these dotted names says of itself."""
    known = kinds or {}
    named = tuple(
        NamedStage(name, name.rpartition(".")[0], known.get(name, "Linear"), (16, 8))
        for name in names
    )
    parents = {stage.parent for stage in named if stage.parent}
    holders = {parent: known.get(parent, "Block") for parent in sorted(parents)}
    return Subject("char.vgrun", named=named, arcs=tuple(arcs), holders=holders)


def named_frame(
    names: Sequence[str],
    arcs: Sequence[tuple[int, int]] = (),
    *,
    decay: float = 0.2,
    reached: int | None = None,
    dh_rms: ArrayLike | None = None,
    history: HistoryView | None = None,
) -> Frame:
    """A frame of stages with names, without input and edges, as a recording has."""
    made = make_frame(len(names), reached=reached, decay=decay, dh_rms=dh_rms, history=history)
    subject = named_subject(names, arcs)
    unknown = {"sample": np.empty(0), "input_width": 0, "image_shape": None}
    return replace(made, subject=subject, edges=(), weights=(), **unknown)


def transformer_frame(blocks: int = 6, **changes: object) -> Frame:
    """A frame of a transformer with skip paths around attention."""
    names = transformer_names(blocks)
    each = len(BLOCK)
    arcs = [(1 + block * each, 5 + block * each) for block in range(blocks)]
    return named_frame(names, arcs, **changes)  # type: ignore[arg-type]
