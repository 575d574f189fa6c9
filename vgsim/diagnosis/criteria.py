"""Criteria that several outcomes ask, and the thresholds they have in common."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from vgsim.diagnosis import evidence
from vgsim.diagnosis.evidence import MeasuredFacts
from vgsim.diagnosis.findings import Findings
from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.layers.parts import OUTPUTS, SKIPS
from vgsim.nn.losses import LOSSES

Margin = Callable[[Findings], float]


@dataclass(frozen=True, slots=True)
class Criterion:
    """A margin and the facts that show its figure, None where there is nothing to measure.

    An outcome shows whatever its criteria measure, so that no title stands without its evidence.
    ``figures`` are those it reads that not every source has.
    """

    margin: Margin
    shown: MeasuredFacts | None
    figures: tuple[str, ...] = ()

    def __call__(self, findings: Findings) -> float:
        """The margin of these findings."""
        return self.margin(findings)


def criterion(
    shown: MeasuredFacts | None = None, figures: tuple[str, ...] = ()
) -> Callable[[Margin], Criterion]:
    """Decorator that makes a criterion of a function."""
    return lambda margin: Criterion(margin, shown, figures)


def over(value: float, threshold: float) -> float:
    """Margin of a figure that should be above ``threshold``; what is not above 0 is far below."""
    if not value > 0 or math.isnan(threshold):
        return -math.inf
    if math.isinf(value) or threshold <= 0:
        return math.inf
    return math.log2(value) - math.log2(threshold)


def under(value: float, threshold: float) -> float:
    """Margin of a figure that should be below ``threshold``; what is not above 0 is far below."""
    if math.isnan(value):
        return -math.inf
    if value > 0:
        return -over(value, threshold)
    return math.inf


def true(condition: bool) -> float:
    """A plain yes or no."""
    if condition:
        return math.inf
    return -math.inf


FADED = 1.75
GROWN = 2.0
"""Decades over all hidden hops from which a gradient vanishes or explodes: a 56th, a hundredfold.
Ours: sound networks of every kind in the labelled sets stay within 1.4, and three hops through
sigmoids lose 1.8 at the least; at a hundredth the first stage learns a hundred times slower than
the last (Glorot and Bengio 2010)."""
SATURATED_SLOPE = 0.2
"""Mean |f′| over its bound up to which a squashing activation counts as saturated rather than
capped. Ours: a standard normal z leaves σ′ at 0.83, tanh′ at 0.61 of the bound."""
SHATTERED = 0.06
"""Agreement of the samples kept over the hops: 1 in rotations, 2⁻ᴸ in batch normalized ReLU
layers without skips (Balduzzi et al. 2017). Ours: twice the noise of the estimate on 32 samples."""
TINY_UPDATE = 1e-4
"""Largest update:data ratio of any stage that is too small: a tenth of the 1e-3 that is healthy
(Karpathy, "Neural Networks: Zero to Hero", 2022)."""
RUNAWAY = 5.0
"""Times the starting (or chance) loss that a diverging loss passes. Ours: a sound run in the
labelled set overshoots by 2.3 times at most."""
LARGE_UPDATE = 0.1
"""Update:data ratio that throws weights away: a hundred times what is healthy. Ours."""
RECOVERED = 0.9
"""A loss that ends below this share of where it began, or of chance, has recovered. Ours."""


def begins_as_paths(f: Findings) -> bool:
    """Whether paths lead around stages that begin at 0, and the loss falls: as Fixup has it."""
    if not f.spec.applies("network.skip") or SKIPS[f.spec.network.skip].absent:
        return False
    return f.trial.after < STILL * f.trial.before  # false where there was no trial


@criterion(evidence.loss)
def stopped(f: Findings) -> float:
    """Not where training soon moves what begins at 0."""
    return true(not begins_as_paths(f))


@criterion(evidence.gradient)
def vanishes(f: Findings) -> float:
    """Decades are lost over the hops, or nothing arrives though the output has an error."""
    if f.arrives == 0 and begins_as_paths(f):
        return -math.inf
    if f.arrives == 0 and f.error > 0 and not f.way.cut and not f.broken:
        return math.inf
    return over(f.lost, FADED)


@criterion(evidence.gradient)
def explodes(f: Findings) -> float:
    """Decades are gained over the hops, or numbers overflow."""
    if f.broken:
        return true(f.broken)
    return over(-f.lost, GROWN)


@criterion(evidence.gradient)
def arrives(f: Findings) -> float:
    """Neither vanishing nor exploding: nearly 2 decades are nearly a threshold."""
    if f.arrives == 0 and begins_as_paths(f):
        return math.inf
    if not math.isfinite(f.lost):
        return -math.inf
    if f.lost > 0:
        return under(f.lost, FADED)
    return under(-f.lost, GROWN)


@criterion()
def chain(f: Findings) -> float:
    """The hops are the fixed factors of the worked example."""
    return true(f.chain)


@criterion()
def in_time(f: Findings) -> float:
    """The hops are timesteps."""
    return true(f.recurrent)


@criterion(evidence.budget)
def activation_takes_most(f: Findings) -> float:
    """Only squashing activations are to blame; the others' weights should make up for them."""
    if not ACTIVATIONS[f.activation].squashes or f.gated:
        return -math.inf
    taken = -f.way.part("activation")
    weights = -f.way.part("weights")
    if weights > 0:
        return over(taken, weights)
    return over(taken, f.lost / 2)


@criterion(evidence.saturation, figures=("bound", "derivative"))
def flat(f: Findings) -> float:
    """The mean derivative is far below what it could be."""
    return under(f.derivative, SATURATED_SLOPE * f.bound)


@criterion(evidence.saturation, figures=("bound", "derivative"))
def not_flat(f: Findings) -> float:
    """The mean derivative is not far below what it could be."""
    return over(f.derivative, SATURATED_SLOPE * f.bound)


@criterion(evidence.budget)
def weights_give(f: Findings) -> float:
    """The weights give at least half of what the gradient gains."""
    if f.lost < 0:
        return over(f.way.part("weights"), -f.lost / 2)
    return -math.inf


@criterion(evidence.agreement, figures=("agreement",))
def no_agreement(f: Findings) -> float:
    """The samples no longer agree; nan where that was not measured."""
    if math.isnan(f.agreement):
        return math.nan
    return under(f.agreement, SHATTERED)


@criterion(evidence.loss)
def loss_at_chance(f: Findings) -> float:
    """Nothing has been learned."""
    return over(f.left, 0.9)


ONE_CLASS = 0.85
"""Share of one class from which accuracy says little. Ours."""
GAIN = 0.02
"""Share of J that a hundred steps could still gain from which there is something to gain. Ours."""


@criterion(evidence.gain, figures=("gain",))
def nothing_to_gain(f: Findings) -> float:
    """The gradient is 0, but for the noise of the batches."""
    return under(f.gain, GAIN)


STILL = 0.97
"""Share of the loss that is left after the trial from which it has not moved. Ours."""


@criterion(evidence.loss)
def calm(f: Findings) -> float:
    """The loss ahead does not run away from what it is, or from guessing."""
    reference = max(f.loss, f.chance if f.chance > 0 else f.loss)
    return true(not f.trial.peak > RUNAWAY * reference)


@criterion(evidence.loss)
def stays(f: Findings) -> float:
    """The loss of the same batches does not fall in the trial; nan where it was not asked."""
    if math.isnan(f.trial.before) or math.isnan(f.trial.after):
        return math.inf
    return true(f.trial.after >= STILL * f.trial.before)


FAR_START = 8.0
"""Times SURE_START from which what the loss runs away from is the start, not the rate. Ours."""
SURE_START = 3.0
"""First loss over guessing from which a start is not a guess but a sure mistake. Ours: sound
networks of both labelled sets begin below 2."""


def output_squashes(f: Findings) -> bool:
    """Whether the output cannot be larger than a bound, and is flat where it is near it."""
    if not f.spec.applies("network.output"):
        return False
    end = OUTPUTS[f.spec.network.output]
    return end.part is not None or ACTIVATIONS[end.activation].squashes


@criterion(evidence.start)
def starts_too_large(f: Findings) -> float:
    """The first loss against holding all classes for equally likely, or the mean for sure."""
    if not f.chance > 0 or not LOSSES[f.spec.training.loss].judges:
        return -math.inf
    if math.isnan(f.uniform) and not output_squashes(f):  # numbers: squares are larger at once
        return over(f.start / f.chance, SURE_START**3)
    if math.isnan(f.uniform):
        return over(f.start / f.chance, SURE_START)
    return over(f.start / max(f.chance, f.uniform), SURE_START)


def went_astray(f: Findings) -> bool:
    """Whether training broke what is seen now, so that only its start can tell why."""
    if f.step == 0:
        return False
    worst = RUNAWAY * max(f.start, f.chance if f.chance > 0 else f.start)
    judges = LOSSES[f.spec.training.loss].judges
    lost = f.loss > RECOVERED * f.start and f.peak > worst and judges
    return f.broken or lost
