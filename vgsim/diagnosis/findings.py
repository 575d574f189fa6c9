"""What the rules look at: plain figures of one pass and of a short trial ahead."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from vgsim.nn.architectures import KINDS
from vgsim.nn.cells import Cell
from vgsim.nn.spec import Spec

NAN = float("nan")
ALWAYS_KNOWN = frozenset({
    "way.hops", "way.parts", "way.cut", "way.last",
    "step", "activation", "error", "arrives", "zeros", "underflow", "rounded_away", "loss",
    "start", "peak", "lost_at_first", "chance", "uniform", "accuracy", "trial", "broken",
    "diverged", "from_start", "ratios", "rate", "scale", "burst", "faded", "named", "unit",
    "stage_names", "unit_names", "where", "past_mended", "needless",
    "network.kind", "network.norm", "network.skip", "network.output", "network.factor",
    "training.precision", "training.loss", "training.learning_rate",
})  # fmt: skip
"""Figures that every source has, or of which nan or nothing says that there are none. An outcome
declares all others that it reads."""


@dataclass(frozen=True, slots=True)
class GradientWay:
    """The gradient's way through the hidden stages, from the last of them down to the first.

    ``hops`` are the factors by which RMS ∂J/∂h is multiplied, first the one that comes first on
    the way back; of an LSTM those of its state's gradient ∂J/∂c. The hop from the output stage is
    not among them: it changes the number of units, not what depth does. What the loss adds at a
    timestep is not in them either. ``parts`` are the decades (log10) that each part of a stage
    gave or took, summed over the hops: "activation", "weights", "normalization", "dropout", "skip",
    "truncation"; −inf where one made the gradient exactly 0. ``cut`` counts the truncated hops,
    which are left out of everything else. ``last`` is the number of the last hidden stage.
    """

    hops: tuple[float, ...] = ()
    parts: Mapping[str, float] = field(default_factory=dict)
    cut: int = 0
    last: int = 1

    @property
    def decades(self) -> float:
        """log10 of the product of the hops: below 0 where gradient is lost, −inf for exactly 0."""
        if any(hop == 0 for hop in self.hops):
            return -math.inf
        return math.fsum(math.log10(hop) for hop in self.hops)

    @property
    def mean_hop(self) -> float:
        """Geometric mean of the hops; 1 without any."""
        if self.hops:
            return float(10 ** min(self.decades / len(self.hops), 308.0))
        return 1.0

    def part(self, name: str) -> float:
        """Decades of one part, 0 where there is no such part."""
        return self.parts.get(name, 0.0)


@dataclass(frozen=True, slots=True)
class Trial:
    """The loss of each of a few updates ahead; ``losses`` ends where numbers overflowed.

    They are ``every`` so many updates apart; ``past`` says that they are of the updates before,
    where nothing is known of those to come.

    ``before`` and ``after`` are the mean loss on the same few batches at both ends of the trial,
    which no luck of the batches can make differ; nan where that was not measured.
    """

    losses: tuple[float, ...] = ()
    finite: bool = True
    before: float = NAN
    after: float = NAN
    every: int = 1
    past: bool = False

    @property
    def updates(self) -> int:
        """Updates that the losses are over."""
        return len(self.losses) * self.every

    def _third(self) -> int:
        return max(1, len(self.losses) // 3)

    @property
    def first(self) -> float:
        """Median loss of the first third."""
        return _median(self.losses[: self._third()])

    @property
    def last(self) -> float:
        """Median loss of the last third."""
        return _median(self.losses[-self._third() :])

    @property
    def peak(self) -> float:
        """Largest loss; inf when numbers overflowed."""
        if self.finite:
            return max(self.losses, default=NAN)
        return math.inf


@dataclass(frozen=True, slots=True)
class Findings:
    """Figures of the pass after ``step`` updates, before anything is said about them.

    Sizes are RMS over batch and units; fractions are 0 to 1; nan where there is no such figure.
    ``activation`` is the name that most hidden stages have, ``bound`` the bound of its |f′| and
    ``derivative`` the mean |f′| over the stages that have it; ``slopes`` the same two, mean first,
    of every activation there is, ``bounds`` the bound of every hidden stage. ``saturated`` and
    ``dead`` are shares of units by hidden stage, of a recurrent network ``dead`` over all timesteps
    together (of an LSTM or GRU not measured).
    ``alike`` is the share of hidden stages all of whose units are the same unit. ``ratios`` are
    ‖Δw‖ / ‖w‖ by stage. ``error`` is RMS ∂J/∂h at the output, ``arrives`` at the first hidden
    stage. ``zeros`` is the share of exact zeros there.
    ``agreement`` is what is left at the first hidden stage of the samples' agreement at the last
    (:func:`vgsim.measure.coherence.kept_agreement`). ``radius`` and ``singular`` are the spectral
    radius and the largest singular value of W_h, ``keep`` is the mean of the gate that keeps the
    state (f, or z of a GRU), ``gates`` the mean of every gate by timestep, by its name.
    ``x`` is the input, ``z1`` the first pre-activation, ``spread`` the largest feature's RMS over
    the smallest. ``start`` and ``peak`` are the first and the largest loss of the history.
    ``lost_at_first`` are the decades lost in the first update of the history, loss shares included.
    ``decay`` is what weight decay adds over the gradient, ``shrunk`` the parameters' norm over that
    at the start; ``clipped`` the gradient's norm after clipping over before, ``rate`` the learning
    rate of this very update, ``undone`` the share of its changes that rounding took back, ``early``
    the largest update:data ratio of the first update.
    ``scale`` is what the loss was multiplied by, ``gradient`` the RMS of the gradient in use.
    ``normalized`` are the values a normalization is over (0 without), ``target`` is the RMS of
    targets that are numbers and ``target_names`` what they are called,
    ``majority`` the share of the commonest class, ``uniform`` the loss of holding all classes for
    equally likely, ``held_out`` the least
    and the present loss on held-out samples. ``burst`` and ``faded`` are the stages where
    activations first were too large or too small for the number type, 0 for none. ``zero_weights``
    is the share of hidden stages without any weight but 0, ``offset`` the RMS of the biases over
    that of the rest of z, their median over the stages.
    ``from_start`` says that these are the figures of the start, which explain what is now.
    ``gain`` is the share of J that a hundred plain steps along the mean gradient of several
    batches, less its noise, could still take away; ``restart`` the least loss that other seeds
    reach after as many updates, nan where that was not tried.
    ``rounded_away`` is the share of gradient values that rounding made 0, by stage; empty where the
    number type is not emulated.
    ``named`` are the names of the stages where the way begins and ends, empty where stages are
    numbered; ``unit`` is what a hop is called, ``stage_names`` those of all stages, ``unit_names``
    those of the hidden ones that have shares of units, and ``where`` sentences on where it is lost.
    ``needless`` says in sentences how it fades over timesteps that learning has not needed.
    ``bare`` is the part of every block that a skip path leads
    around, the one that none does, and the factor of the latter. ``cut_off`` are stages with
    parameters that no gradient comes to, ``frozen`` those whose parameters are not trained,
    ``unmoved`` those that get a gradient and are not changed; ``held_share`` is the share of the
    parameters that the last two hold. ``usual_size`` is the median size of the weights times the
    root of their inputs, nan where an initializer says it; ``past_mended`` that the gradient has
    come back since the start whose figures these are. ``rounded`` are stages with the share of
    their gradient that is 0 or has lost digits by rounding, ``peaked`` softmaxes with the share of
    rows that are as good as one class, ``logits`` the RMS of what attention compares, by module.
    ``unknown`` are the names of the figures that the source does not have, whatever stands in
    their place; those of settings are paths ("training.momentum"), those of the way "way.parts".
    ``broken`` says that parameters, loss or gradients are inf or nan; ``diverged`` that these are
    the figures of a start from which training has run away since.
    """

    spec: Spec
    step: int = 0
    way: GradientWay = GradientWay()
    activation: str = "identity"
    bound: float = 1.0
    saturated: tuple[float, ...] = ()
    dead: tuple[float, ...] = ()
    derivative: float = 1.0
    slopes: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    bounds: tuple[float, ...] = ()
    alike: float = 0.0
    ratios: tuple[float, ...] = ()
    error: float = 1.0
    arrives: float = 1.0
    zeros: float = 0.0
    loss: float = 1.0
    start: float = 1.0
    peak: float = 1.0
    lost_at_first: float = NAN
    chance: float = NAN
    accuracy: float = NAN
    agreement: float = NAN
    radius: float = NAN
    singular: float = NAN
    keep: float = NAN
    gates: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    x: float = 1.0
    z1: float = 1.0
    spread: float = 1.0
    underflow: bool = False
    rounded_away: tuple[float, ...] = ()
    broken: bool = False
    trial: Trial = Trial()
    diverged: bool = False
    from_start: bool = False
    decay: float = 0.0
    shrunk: float = 1.0
    clipped: float = 1.0
    rate: float = NAN
    early: float = NAN
    undone: float = 0.0
    scale: float = 1.0
    gradient: float = NAN
    normalized: int = 0
    target: float = 1.0
    target_names: tuple[str, ...] = ()
    majority: float = 0.0
    uniform: float = NAN
    held_out: tuple[float, float] = (NAN, NAN)
    burst: int = 0
    faded: int = 0
    zero_weights: float = 0.0
    offset: float = 0.0
    gain: float = NAN
    restart: float = NAN
    named: tuple[str, str] | None = None
    unit: str = ""
    stage_names: tuple[str, ...] = ()
    unit_names: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    needless: str = ""
    bare: tuple[str, str, float] = ("", "", 1.0)
    cut_off: tuple[str, ...] = ()
    frozen: tuple[str, ...] = ()
    unmoved: tuple[str, ...] = ()
    held_share: float = 0.0
    usual_size: float = NAN
    past_mended: bool = False
    rounded: tuple[tuple[str, float], ...] = ()
    peaked: tuple[tuple[str, float], ...] = ()
    logits: tuple[tuple[str, float], ...] = ()
    unknown: frozenset[str] = frozenset()

    def knows(self, *figures: str) -> bool:
        """Whether the source has all of these figures."""
        return self.unknown.isdisjoint(figures)

    @property
    def recurrent(self) -> bool:
        """Whether the hops are timesteps."""
        return KINDS[self.spec.network.kind].recurrent

    @property
    def cell(self) -> type[Cell] | None:
        """The cell whose timesteps the hops are."""
        return KINDS[self.spec.network.kind].cell

    @property
    def gated(self) -> bool:
        """Whether gates decide what is kept."""
        kept = self.cell.kept() if self.cell else None
        return kept is not None and kept.by != ""

    @property
    def memory(self) -> str:
        """What is kept from hop to hop: h, or the state of the cell that has one."""
        kept = self.cell.kept() if self.cell else None
        return kept.of if kept else "h"

    @property
    def chain(self) -> bool:
        """Whether the hops are the fixed factors of the worked example."""
        return KINDS[self.spec.network.kind].fixed

    @property
    def lost(self) -> float:
        """Decades lost over the hidden hops; negative where the gradient grows."""
        return -self.way.decades

    @property
    def ratio(self) -> float:
        """The largest update:data ratio of any stage."""
        return max((r for r in self.ratios if not math.isnan(r)), default=NAN)

    @property
    def saturation(self) -> float:
        """Mean share of saturated units over the hidden stages."""
        return _mean(self.saturated)

    @property
    def deadness(self) -> float:
        """The largest share of dead units of any hidden stage."""
        return max(self.dead, default=0.0)

    @property
    def shut_out(self) -> bool:
        """Whether units whose derivative is 0, and nothing else, let no gradient through at all."""
        shut = self.lost == math.inf and self.way.part("activation") == -math.inf
        return shut and not self.underflow

    @property
    def level(self) -> float:
        """The loss over several batches; that of the one in use where no others were asked."""
        if math.isfinite(self.trial.before):
            return self.trial.before
        return self.loss

    @property
    def left(self) -> float:
        """Level over the loss of the best constant guess, or over the first loss without one."""
        against = self.chance if self.chance > 0 else self.start
        if against > 0:
            return self.level / against
        return NAN


def _mean(values: tuple[float, ...]) -> float:
    if values:
        return math.fsum(values) / len(values)
    return 0.0


def _median(values: tuple[float, ...]) -> float:
    ordered = sorted(values)
    half = len(ordered) // 2
    if not ordered:
        return NAN
    if len(ordered) % 2:
        return ordered[half]
    return (ordered[half - 1] + ordered[half]) / 2
