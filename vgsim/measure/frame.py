"""The immutable picture of one moment, which crosses from the worker to everything else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from vgsim.measure.chain_rule.result import Formula
from vgsim.measure.own_units import OwnErrors
from vgsim.measure.request import NOTHING, Request
from vgsim.measure.subject import Subject
from vgsim.nn.anomalies import Anomaly
from vgsim.nn.history import HistoryView
from vgsim.nn.moments import Moment
from vgsim.nn.spec import Spec

Floats = NDArray[np.floating]
R = TypeVar("R")


@dataclass(frozen=True, slots=True, eq=False)
class PinnedRun:
    """A run that was kept to be looked at beside others: it goes no further.

    ``gradient`` (N,) is the RMS of ∂J/∂h by stage in its last whole pass, ``step`` the updates that
    it had made.
    """

    name: str
    spec: Spec | None
    step: int
    gradient: Floats
    history: HistoryView


class Growth(StrEnum):
    """Whether more steps may come to a recording."""

    FINISHED = "finished"
    GROWING = "growing"
    ENDED = "ended"
    """Nobody writes it any more, but it was not finished."""
    GONE = "gone"
    """There is no such file any more."""


@dataclass(frozen=True, slots=True, eq=False)
class RecordedSteps:
    """The steps that a recording has: there are no passes between them to go to.

    ``steps`` (R,) are their numbers in order, ``gradient`` (R,) the RMS of ∂J/∂h in each at
    ``stage``, the first one with a gradient, nan where it was not recorded. ``history`` is that of
    all of them. ``every`` is how often
    the training was recorded, 0 when that is not known, ``framework`` what trained, ``edition``
    counts the recordings that have taken the place of the file.
    """

    steps: NDArray[np.int64]
    gradient: Floats
    history: HistoryView
    stage: int = 1
    framework: str = ""
    edition: int = 0
    every: int = 0
    growth: Growth = Growth.FINISHED

    def row(self, step: int) -> int:
        """Where ``step`` is among the steps, or the nearest one before it, or the first."""
        return max(int(np.searchsorted(self.steps, step, side="right")) - 1, 0)


@dataclass(frozen=True, slots=True)
class Frame:
    """One moment of one experiment or recording. N stages; arrays are read-only copies.

    Stage k is at index k - 1. What the pass has not reached yet is nan in every array by stage
    (forward quantities from stage ``forward_to`` + 1 on, backward ones before
    ``backward_from``). A quantity that overflowed is inf, never nan.

    ========================  =========  =====================================================
    ``sample``                (F,)       first sample of the batch, in the data's own units; of
                                         a sequence T values of the first feature, then the next
    ``node_h``                N × (n_k,) RMS over the batch of h_k, unit by unit
    ``node_dh``               N × (n_k,) RMS over the batch of ∂J/∂h_k, unit by unit
    ``edges``                 N × (m, n) |w| · RMS of ∂J/∂z_k: what each edge hands back, or
                                         empty when the network is too large to draw edges
    ``weights``               N × (m, n) the weights behind ``edges``, or empty: at an update
                                         still those of the pass that led to it
    ``h_rms`` … ``db_norm``   (N,)       RMS or L2 norm over batch and units, or parameters
    ``weight_norm``           (N,)       L2 norm of a stage's parameters
    ``update_norm``           (N,)       L2 norm of their last change; nan before the update
    ``clipped``               (2,)       L2 norm of the whole gradient before and after clipping;
                                         nan where nothing is clipped and before the update
    ``cuts``                  N × …      the way of the gradient through stage k, see below
    ========================  =========  =====================================================

    In a recurrent network stage t is timestep t with h of the top cell, stage N the readout.
    ``image_shape`` is then (features, T), a row for each input unit. ``edges`` below a timestep
    are W_h's (W_x's below the first), ``dW_norm`` and ``db_norm`` the timestep's own contribution
    to the shared parameters of the top cell, ``weight_norm`` and ``update_norm`` those of the
    shared parameters themselves; dz is by gate and unit.

    ``cuts[k - 1]`` are pairs (part, RMS of the gradient) from ∂J/∂h_k, whose part is "h", down to
    ∂J/∂h_(k−1), which is the last pair of a hop that was taken. Each part is what led from the pair
    before: "activation", "weights", "normalization", "dropout", "skip" (what other ways add),
    "loss" (what the loss adds at a timestep), "truncation". So the log10 ratios of neighboring
    pairs add up to the log10 factor of the hop. Empty before the stage is reached.

    ``subject`` is what this is a picture of: its name, its stages' names, its skip paths. ``spec``
    is the experiment that it was taken of, None of a recording: what shows frames asks the subject.
    ``formula`` is how the hop of a backward moment is written; None in others.
    ``lost`` is, in float16 and bfloat16, the share of gradient values that became exactly 0 by the
    rounding: of the parameter gradients, then of the operations that lead to ∂J/∂h and ∂J/∂z of
    each stage, nan before they are reached; empty otherwise. ``loss_scale`` multiplies the loss.
    ``errors`` is how far outputs are off in the data's own units; None where classes are told.
    ``reach`` is the first step that one can go back to at once, and the latest that was run.
    ``lacks`` are the names of arrays of this class, and of classes of measurements, that whatever
    the frame comes from never has: not recorded, rather than not reached yet.
    ``track`` are the steps that one can go to; None where those are all up to the latest.
    ``measurements`` are what ``request`` asked for, as far as there is any in this moment.
    ``other`` is the frame of the experiment that this one is compared with, at the same moment of
    its own pass, and ``pins`` are runs that are over. ``ahead`` is the last frame of the animation
    that this one is part of: axes have its range from the first picture on, so that they never
    jump.
    """

    generation: int
    spec: Spec | None
    subject: Subject
    moment: Moment
    stages: int
    step: int
    steps_per_second: float
    widths: tuple[int, ...]
    input_width: int
    image_shape: tuple[int, int] | None
    forward_to: int
    backward_from: int
    sample: Floats
    node_h: tuple[Floats, ...]
    node_dh: tuple[Floats, ...]
    edges: tuple[Floats, ...]
    weights: tuple[Floats, ...]
    h_rms: Floats
    dh_rms: Floats
    dh_norm: Floats
    dW_norm: Floats
    db_norm: Floats
    weight_norm: Floats
    update_norm: Floats
    loss: float
    accuracy: float
    chance_loss: float
    history: HistoryView
    anomalies: tuple[Anomaly, ...]
    cuts: tuple[tuple[tuple[str, float], ...], ...] = ()
    clipped: tuple[float, float] = (float("nan"), float("nan"))
    reach: tuple[int, int] = (0, 0)
    formula: Formula | None = None
    request: Request = NOTHING
    measurements: tuple[object, ...] = ()
    other: Frame | None = None
    ahead: Frame | None = None
    pins: tuple[PinnedRun, ...] = ()
    lost: tuple[float, ...] = ()
    loss_scale: float = 1.0
    errors: OwnErrors | None = None
    lacks: frozenset[str] = frozenset()
    track: RecordedSteps | None = None

    @property
    def entire(self) -> Frame:
        """The same with all that is recorded of the training, also what came after this moment.

        Itself where nothing did, and in an animation, which has its own end.
        """
        other = self.other.entire if self.other is not None else None
        if self.ahead is not None or (self.track is None and other is self.other):
            return self
        history = self.history if self.track is None else self.track.history
        return replace(self, history=history, other=other)

    @property
    def horizon(self) -> Frame:
        """The frame whose history and range axes are made for."""
        return self.ahead or self

    def measurement(self, kind: type[R]) -> R | None:
        """The measurement of that class, if it was asked for and there is one in this moment."""
        return next((found for found in self.measurements if isinstance(found, kind)), None)
